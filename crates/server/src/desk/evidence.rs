//! What each source of a policy is there for.

use std::collections::HashMap;

use connect_src::{
    BrowserProfile, CspList, DirectiveName, Disposition, HostPart, Policy, SourceExpression,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::preview::{Tallied, host, seen, target};
use super::question::{Engine, Question};
use crate::policy_text::PolicyText;
use crate::store::InventoryRow;

/// A source of a policy, and what it was seen to allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceUse {
    /// The source, as written.
    pub source: String,
    /// What it allows in some browser that was seen with it.
    pub allows: Tallied,
    /// How many of these connections no other source allows: they break without it.
    pub alone: u64,
    /// Some of them, those with the most reports first, up to three; of all that it allows where it is alone for none.
    /// They come from reports: escape them.
    pub examples: Vec<String>,
}

/// Connections that sources are held against.
pub(super) struct Asked<'i> {
    rows: Vec<(&'i InventoryRow, Question)>,
    by_host: HashMap<String, Vec<usize>>,
}

impl<'i> Asked<'i> {
    pub(super) fn new(rows: Vec<(&'i InventoryRow, Question)>) -> Self {
        let mut by_host: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, (_, question)) in rows.iter().enumerate() {
            let host = question.request.url().host_str().unwrap_or_default();
            match by_host.get_mut(host) {
                Some(places) => places.push(place),
                None => drop(by_host.insert(host.to_owned(), vec![place])),
            }
        }
        Self { rows, by_host }
    }

    /// Each source of the directive that decides, with what it is for, in the order of the text. Up to 300 of them, of
    /// which up to 30 that are not about a host.
    pub(super) fn uses(&self, text: &PolicyText) -> Vec<SourceUse> {
        let policy = text.policy(Disposition::Enforce);
        let profile = BrowserProfile::Standard;
        let directive = policy.governing_directive(DirectiveName::ConnectSrc, profile);
        let sources = directive.map(|it| it.source_list().texts().map(|(_, text)| text.to_owned()));
        let sources: Vec<String> = sources.into_iter().flatten().take(MOST_SOURCES).collect();
        let mut wide = 0;
        let allowed: Vec<Vec<usize>> = sources
            .iter()
            .map(|source| self.allowed_by(source, &mut wide))
            .collect();
        let mut admitting = vec![0_u32; self.rows.len()];
        for place in allowed.iter().flatten() {
            admitting[*place] += 1;
        }
        let uses = sources.into_iter().zip(allowed);
        uses.map(|(source, places)| self.source_use(source, &places, &admitting))
            .collect()
    }

    fn source_use(&self, source: String, places: &[usize], admitting: &[u32]) -> SourceUse {
        let rows = || places.iter().map(|place| self.rows[*place].0);
        let alone = places.iter().filter(|place| admitting[**place] == 1);
        let alone: Vec<&InventoryRow> = alone.map(|place| self.rows[*place].0).collect();
        let hosts: std::collections::HashSet<&str> = rows().map(|row| host(&row.origin)).collect();
        let some: Vec<&InventoryRow> = match alone.as_slice() {
            [] => rows().take(MOST_EXAMPLES).collect(),
            alone => alone.iter().copied().take(MOST_EXAMPLES).collect(),
        };
        SourceUse {
            source,
            allows: Tallied {
                connections: places.len() as u64,
                hosts: hosts.len() as u64,
                reports: rows().map(|row| row.count).sum(),
            },
            alone: alone.len() as u64,
            examples: some.into_iter().map(target).collect(),
        }
    }

    /// The places of the connections that a source allows.
    fn allowed_by(&self, source: &str, wide: &mut usize) -> Vec<usize> {
        let policy = Policy::from_header(format!("connect-src {source}"), Disposition::Enforce);
        let mut engine = Engine::of_list([policy].into_iter().collect::<CspList>());
        let mut places = self.candidates(source, wide);
        places.retain(|place| {
            let (row, question) = &self.rows[*place];
            let seen = seen(row);
            let blocked = engine.blocked_in(&row.document, question);
            !seen.without(blocked).is_empty()
        });
        places.sort_unstable();
        places
    }

    /// Those that the source may be about: a source for a host is about no other.
    fn candidates(&self, source: &str, wide: &mut usize) -> Vec<usize> {
        let of_hosts = |is_meant: &dyn Fn(&str) -> bool| {
            let hosts = self.by_host.iter().filter(|(host, _)| is_meant(host));
            hosts
                .flat_map(|(_, places)| places.iter().copied())
                .collect()
        };
        match SourceExpression::parse(source) {
            SourceExpression::Host(expression) => match expression.host {
                HostPart::Exact(name) => {
                    let found = self.by_host.get(&name.to_ascii_lowercase());
                    found.cloned().unwrap_or_default()
                }
                HostPart::Subdomains(suffix) => {
                    let suffix = suffix.to_ascii_lowercase();
                    of_hosts(&|host| host.ends_with(&suffix))
                }
                HostPart::Any => self.all(wide),
            },
            _ => self.all(wide),
        }
    }

    fn all(&self, wide: &mut usize) -> Vec<usize> {
        *wide += 1;
        if *wide > MOST_WIDE {
            return Vec::new();
        }
        (0..self.rows.len()).collect()
    }
}

const MOST_SOURCES: usize = 300;
/// Sources that every connection is held against.
const MOST_WIDE: usize = 30;
const MOST_EXAMPLES: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ConnectionId;

    fn row(url: &str, count: u64) -> InventoryRow {
        let url = url::Url::parse(url).unwrap();
        InventoryRow {
            id: ConnectionId(1),
            document: "https://app.example".to_owned(),
            origin: url.origin().ascii_serialization(),
            path: Some(url.path().to_owned()),
            count,
            profiles: Vec::new(),
        }
    }

    #[test]
    fn a_source_is_for_what_it_allows_and_alone_for_what_nothing_else_does() {
        let rows = [
            row("https://api.a.example/v1", 9),
            row("https://cdn.a.example/x", 5),
            row("https://app.example/me", 3),
            row("https://b.example/", 1),
        ];
        let asked = rows.iter().map(|row| {
            let question = Question::of(&row.document, &target(row)).unwrap();
            (row, question)
        });
        let asked = Asked::new(asked.collect());
        let policy =
            "connect-src 'self' https://API.a.example https://*.a.example https://c.example 'none'";
        let uses = asked.uses(&PolicyText::parse(policy).unwrap());
        let found: Vec<_> = uses
            .iter()
            .map(|it| (&*it.source, it.allows.connections, it.alone))
            .collect();
        assert_eq!(
            found,
            [
                ("'self'", 1, 1),
                ("https://API.a.example", 1, 0),
                ("https://*.a.example", 2, 1),
                ("https://c.example", 0, 0),
                ("'none'", 0, 0),
            ]
        );
        assert_eq!(uses[2].examples, ["https://cdn.a.example/x"]);
        assert_eq!(uses[1].examples, ["https://api.a.example/v1"]);
        assert_eq!(uses[2].allows.reports, 14);
    }
}
