//! Suggests a policy for a route: the smallest that allows every genuine connection, with what speaks for each
//! source.
//!
//! Groups of violations are what it goes by: while a route is observed, each connection is one. The crate
//! `connect-src-generate` writes the policy. Nothing is allowed that the reports do not show, so no hosts are merged
//! into a wildcard; where that is possible, the price is told.

use std::collections::{BTreeMap, BTreeSet};

use connect_src::Api;
use connect_src_generate::{Evidence as Connection, Merge, Options};
use connect_src_report::Class;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;
use crate::store::{Group, GroupQuery, PageRequest, ReportStore, StoreError};

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
    /// Wildcards that could take the place of sources, if their price is worth it.
    pub possible_merges: Vec<PossibleMerge>,
}

/// A wildcard that could take the place of several sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PossibleMerge {
    /// The wildcard, such as `https://*.cdn.example`.
    pub wildcard: String,
    /// The sources that it would replace.
    pub replaces: Vec<String>,
    /// What it costs, as a sentence.
    pub price: String,
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
        let mut left_out = self.left_out;
        let (pairs, evidence) = expressible(self.wanted, &mut left_out);
        let suggested = connect_src_generate::suggest(&evidence, &Options::default());
        let gathered = |places: &[usize]| {
            let mut sum = Gathered::default();
            for place in places {
                sum.merge(&pairs[*place].1);
            }
            sum
        };
        for unresolved in &suggested.unresolved {
            let place = (unresolved.target.clone(), LeftOutReason::Inexpressible);
            let known = left_out.entry(place).or_default();
            known.merge(&gathered(&unresolved.evidence));
        }
        let sources = suggested.sources.iter().map(|source| {
            let places = source.evidence.iter();
            let connections: BTreeSet<&String> = places.map(|it| &pairs[*it].0.blocked).collect();
            SuggestedSource {
                source: source.text.clone(),
                connections: connections.into_iter().cloned().collect(),
                evidence: gathered(&source.evidence).evidence(),
            }
        });
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
            sources: sources.collect(),
            left_out: left_out.collect(),
            possible_merges: suggested
                .possible_merges
                .iter()
                .map(PossibleMerge::of)
                .collect(),
            policy: suggested.policy,
        }
    }
}

/// The pairs that can be asked about, with what is asked. The others are left out.
fn expressible(
    wanted: BTreeMap<Pair, Gathered>,
    left_out: &mut BTreeMap<(String, LeftOutReason), Gathered>,
) -> (Vec<(Pair, Gathered)>, Vec<Connection>) {
    let (mut pairs, mut evidence) = (Vec::new(), Vec::new());
    for (pair, gathered) in wanted {
        if let Some(connection) = pair.connection(gathered.reports) {
            evidence.push(connection);
            pairs.push((pair, gathered));
        } else {
            let place = (pair.blocked, LeftOutReason::Inexpressible);
            left_out.entry(place).or_default().merge(&gathered);
        }
    }
    (pairs, evidence)
}

/// A page's origin, and what the page connects to: an origin, or a scheme with its colon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    page: String,
    blocked: String,
}

impl Pair {
    fn new(page: &str, blocked: &str) -> Self {
        Self {
            page: page.to_owned(),
            blocked: blocked.to_owned(),
        }
    }

    /// What a browser would ask for; `None` for what is no URL.
    fn connection(&self, reports: u64) -> Option<Connection> {
        let url = match self.blocked.strip_suffix(':') {
            Some("blob") => Url::parse(&format!("blob:{}/0", self.page)),
            Some(scheme) => Url::parse(&format!("{scheme}:x")),
            None => Url::parse(&self.blocked),
        };
        let url = url.ok()?;
        let connection = Connection::new(Api::implied_by(&url), url)
            .origin_only()
            .seen(reports);
        Some(match Url::parse(&self.page) {
            Ok(page) => connection.on(page),
            Err(_) => connection,
        })
    }
}

impl PossibleMerge {
    fn of(merge: &Merge) -> Self {
        Self {
            wildcard: merge.wildcard.clone(),
            replaces: merge.replaces.clone(),
            price: merge.to_string(),
        }
    }
}

impl Suggestion {
    /// The policy, ready to be sent. Fails if it is too long.
    pub fn policy_text(&self) -> Result<PolicyText, crate::PolicyTextError> {
        PolicyText::parse(&self.policy)
    }
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

    fn merge(&mut self, other: &Self) {
        if let Some((first, last)) = other.seen {
            self.see(other.reports, first, last);
        }
        self.pages.extend(other.pages.iter().cloned());
        self.browsers.extend(other.browsers.iter().cloned());
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
