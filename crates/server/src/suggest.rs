//! Suggests a policy for a route: the smallest that allows every genuine connection, with what speaks for each
//! source.
//!
//! Groups of violations are what it goes by: while a route is observed, each connection is one. Nothing is
//! allowed that the reports do not show, so no hosts are merged into a wildcard.

mod cover;

use std::collections::{BTreeMap, BTreeSet};

use connect_src_report::Class;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;
use crate::store::{Group, GroupQuery, PageRequest, ReportStore, StoreError};
use cover::{Cover, Pair};

/// A policy, and what speaks for each of its sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestion {
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The policy. It allows nothing where no connection is known.
    pub policy: String,
    /// Its sources, `'self'` first.
    pub sources: Vec<SuggestedSource>,
    /// What was reported too, and is not allowed.
    pub left_out: Vec<LeftOut>,
}

/// A source, and the reports that speak for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedSource {
    /// The source expression.
    pub source: String,
    /// The origins, or schemes, that it is there for.
    pub connections: Vec<String>,
    /// What was reported.
    pub evidence: Evidence,
}

/// Something that the policy does not allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftOut {
    /// The origin, scheme or keyword.
    pub blocked: String,
    /// Why it is left out.
    pub reason: LeftOutReason,
    /// What was reported.
    pub evidence: Evidence,
}

/// Why something is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOutReason {
    /// Whoever asked for the policy said so.
    Asked,
    /// A person said that the group is expected, or noise.
    Labelled,
    /// It was redirected, and browsers do not tell where to.
    Redirected,
    /// No source can stand for it.
    Inexpressible,
}

impl LeftOutReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::Asked,
        Self::Labelled,
        Self::Redirected,
        Self::Inexpressible,
    ];
}

/// What was reported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Evidence {
    /// How many reports.
    pub reports: u64,
    /// When first.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen: Timestamp,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen: Timestamp,
    /// Pages; those with the most reports, where there are many.
    pub pages: Vec<String>,
    /// Browsers; likewise.
    pub browsers: Vec<String>,
}

/// Suggests a policy for a route. `without` are origins that are not to be allowed, in whichever scheme.
pub fn suggest(
    store: &dyn ReportStore,
    key: &RouteKey,
    without: &[String],
) -> Result<Suggestion, StoreError> {
    let mut findings = Findings::default();
    for group in genuine_groups(store, key)? {
        let target = findings.of(&group, without);
        target.add(store, &group)?;
    }
    Ok(findings.suggestion(key))
}

/// Which parts of an origin make another one the same for `without`: all but the scheme, since a host that is not to
/// be connected to is so by every API.
pub(crate) fn is_same_host(one: &str, other: &str) -> bool {
    let after_scheme = |text: &str| text.split_once("://").map(|(_, rest)| rest.to_owned());
    one == other || after_scheme(one).is_some_and(|rest| after_scheme(other) == Some(rest))
}

fn genuine_groups(store: &dyn ReportStore, key: &RouteKey) -> Result<Vec<Group>, StoreError> {
    let query = GroupQuery {
        site: Some(key.site.to_string()),
        route: Some(key.route.to_string()),
        classes: vec![Class::Genuine, Class::StalePolicy],
        directive: Some("connect-src".to_owned()),
        ..GroupQuery::default()
    };
    let mut groups = Vec::new();
    let mut request = PageRequest::first(PageRequest::MOST);
    loop {
        let page = store.groups(&query, &request)?;
        groups.extend(page.items);
        if page.next.is_none() || groups.len() >= MOST_GROUPS {
            return Ok(groups);
        }
        request.after = page.next;
    }
}

/// What is known of each pair of a page's origin and what it connects to.
#[derive(Default)]
struct Findings {
    wanted: BTreeMap<Pair, Gathered>,
    left_out: BTreeMap<(String, LeftOutReason), Gathered>,
}

/// Evidence that grows.
#[derive(Default)]
struct Gathered {
    groups: u32,
    reports: u64,
    seen: Option<(Timestamp, Timestamp)>,
    pages: BTreeSet<String>,
    browsers: BTreeSet<String>,
}

impl Findings {
    fn of(&mut self, group: &Group, without: &[String]) -> &mut Gathered {
        let is_asked = without.iter().any(|one| is_same_host(one, &group.blocked));
        let reason = match &*group.reason_code {
            _ if is_asked => Some(LeftOutReason::Asked),
            _ if group.label.is_some() => Some(LeftOutReason::Labelled),
            "redirected" => Some(LeftOutReason::Redirected),
            _ => None,
        };
        match reason {
            Some(reason) => self
                .left_out
                .entry((group.blocked.clone(), reason))
                .or_default(),
            None => self
                .wanted
                .entry(Pair::new(&group.origin, &group.blocked))
                .or_default(),
        }
    }

    fn suggestion(self, key: &RouteKey) -> Suggestion {
        let mut cover = Cover::default();
        let mut sources: BTreeMap<usize, (BTreeSet<String>, Gathered)> = BTreeMap::new();
        let mut left_out = self.left_out;
        for (pair, gathered) in self.wanted {
            if let Some(index) = cover.index_of_source(&pair) {
                let (connections, sum) = sources.entry(index).or_default();
                connections.insert(pair.blocked);
                sum.merge(gathered);
            } else {
                let place = (pair.blocked, LeftOutReason::Inexpressible);
                left_out.entry(place).or_default().merge(gathered);
            }
        }
        let mut expressions = cover.into_sources();
        let sources = sources
            .into_iter()
            .map(|(index, (connections, gathered))| SuggestedSource {
                source: std::mem::take(&mut expressions[index]),
                connections: connections.into_iter().collect(),
                evidence: gathered.evidence(),
            });
        let mut sources: Vec<_> = sources.collect();
        sources.sort_by_key(|one| (one.source != "'self'", one.source.clone()));
        let left_out = left_out
            .into_iter()
            .map(|((blocked, reason), gathered)| LeftOut {
                blocked,
                reason,
                evidence: gathered.evidence(),
            });
        Suggestion {
            site: key.site.to_string(),
            route: key.route.to_string(),
            policy: policy(&sources),
            sources,
            left_out: left_out.collect(),
        }
    }
}

impl Suggestion {
    /// The policy, ready to be sent. Fails if it is too long.
    pub fn policy_text(&self) -> Result<PolicyText, crate::PolicyTextError> {
        PolicyText::parse(&self.policy)
    }
}

fn policy(sources: &[SuggestedSource]) -> String {
    if sources.is_empty() {
        return PolicyText::observe().to_string();
    }
    let sources = sources.iter().map(|one| &*one.source);
    let words: Vec<&str> = ["connect-src"].into_iter().chain(sources).collect();
    words.join(" ")
}

impl Gathered {
    fn add(&mut self, store: &dyn ReportStore, group: &Group) -> Result<(), StoreError> {
        self.groups += 1;
        self.see(group.count, group.first_seen, group.last_seen);
        if self.groups <= MOST_DETAILED {
            let detail = store.group(group.id)?;
            let detail = detail.map(|detail| (detail.page_list, detail.browser_list));
            let (pages, browsers) = detail.unwrap_or_default();
            self.pages.extend(pages.into_iter().map(|seen| seen.name));
            self.browsers
                .extend(browsers.into_iter().map(|seen| seen.name));
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        if let Some((first, last)) = other.seen {
            self.see(other.reports, first, last);
        }
        self.pages.extend(other.pages);
        self.browsers.extend(other.browsers);
    }

    fn see(&mut self, reports: u64, first: Timestamp, last: Timestamp) {
        self.reports += reports;
        let (known_first, known_last) = self.seen.unwrap_or((first, last));
        self.seen = Some((known_first.min(first), known_last.max(last)));
    }

    fn evidence(self) -> Evidence {
        let (first_seen, last_seen) = self.seen.unwrap_or_default();
        Evidence {
            reports: self.reports,
            first_seen,
            last_seen,
            pages: self.pages.into_iter().take(MOST_NAMES).collect(),
            browsers: self.browsers.into_iter().take(MOST_NAMES).collect(),
        }
    }
}

/// Groups beyond are not looked at; those with the most reports come first.
const MOST_GROUPS: usize = 20_000;
/// Groups of one pair whose pages and browsers are asked for.
const MOST_DETAILED: u32 = 8;
const MOST_NAMES: usize = 20;

#[cfg(test)]
mod tests;
