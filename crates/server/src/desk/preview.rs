//! What a draft would have blocked, and newly allows, of all that was seen.

use std::collections::{HashMap, HashSet};

use connect_src::BrowserProfile;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::evidence::{Asked, SourceUse};
use super::inspection::PolicyFinding;
use super::question::{Browsers, Engine, Question};
use super::{Desk, DeskError, current};
use crate::policy_text::PolicyText;
use crate::rollout::{RevisionId, RouteKey};
use crate::store::{ConnectionId, InventoryRow, PolicyNote};

/// What a draft would do with the inventory of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Preview {
    /// What browsers ignore in the draft, with places in its text.
    pub notes: Vec<PolicyNote>,
    /// The revision that it is compared with: the policy on its way, or else the enforced one; `null` without any,
    /// so that everything is allowed now.
    pub compared_with: Option<RevisionId>,
    /// How many connections were looked at: those that the site itself makes.
    pub connections: u64,
    /// How many were not, because there are too many, or they are no URLs.
    pub not_looked_at: u64,
    /// What the draft allows everywhere.
    pub allowed: Tallied,
    /// What the draft blocks in a browser that was seen with it.
    pub blocked: Tallied,
    /// What of that is allowed now.
    pub newly_blocked: Tallied,
    /// What is blocked now, and the draft allows.
    pub newly_allowed: Tallied,
    /// The same by browser, for browsers that were seen.
    pub profiles: Vec<ProfileCounts>,
    /// What is blocked: that which is allowed now first, then by reports. Not more than 100.
    pub blocked_rows: Vec<PreviewRow>,
    /// What is newly allowed, by reports. Not more than 100.
    pub newly_allowed_rows: Vec<PreviewRow>,
    /// What each source of the draft is for, in the order of its text. Not more than 300.
    pub sources: Vec<SourceUse>,
    /// What the linter finds in the draft. Not more than 200.
    pub findings: Vec<PolicyFinding>,
}

/// How much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tallied {
    /// Connections.
    pub connections: u64,
    /// The hosts of them.
    pub hosts: u64,
    /// Reports of them.
    pub reports: u64,
}

/// What happens in one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileCounts {
    /// Whose rules: `chromium`, `firefox` or `webkit`.
    #[schema(value_type = String)]
    pub profile: BrowserProfile,
    /// Connections that were seen in it.
    pub connections: u64,
    /// What of them the draft blocks.
    pub blocked: u64,
    /// What of that is allowed now.
    pub newly_blocked: u64,
    /// What is blocked now, and the draft allows.
    pub newly_allowed: u64,
}

/// A connection that the draft is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviewRow {
    /// The number of the connection.
    pub id: ConnectionId,
    /// The origin of the documents.
    pub document: String,
    /// Where it goes: an origin with its path, or a scheme. It comes from a report: escape it.
    pub target: String,
    /// How many reports.
    pub reports: u64,
    /// In which browsers it is blocked, or was.
    #[schema(value_type = Vec<String>)]
    pub browsers: Vec<BrowserProfile>,
    /// Whether that is new with the draft.
    pub is_new: bool,
    /// Pages that make it, up to three. They come from reports: escape them.
    pub pages: Vec<String>,
}

impl Desk {
    /// Holds a text against everything that the site itself was seen to connect to on a route.
    pub fn preview(&self, key: &RouteKey, text: &PolicyText) -> Result<Preview, DeskError> {
        let status = self.status(key)?;
        let inventory = self.reports.inventory(key, MOST_LOOKED_AT)?;
        let left_out = inventory.total.saturating_sub(inventory.rows.len() as u64);
        let mut comparison = Comparison {
            draft: Engine::new(text),
            current: current(&status).map(Engine::new),
            documents: HashMap::new(),
            counts: Counts::default(),
            blocked: Vec::new(),
            newly_allowed: Vec::new(),
        };
        comparison.counts.not_looked_at = left_out;
        let mut asked = Vec::with_capacity(inventory.rows.len());
        for row in &inventory.rows {
            if let Some(question) = comparison.question(row) {
                comparison.add(row, &question);
                asked.push((row, question));
            } else {
                comparison.counts.not_looked_at += 1;
            }
        }
        let compared_with = status.state.stage.revision().or(status.state.baseline);
        let Comparison {
            counts,
            mut blocked,
            newly_allowed,
            ..
        } = comparison;
        // The rows come with the most reports first; the sort is stable.
        blocked.sort_by_key(|found| !found.is_new);
        Ok(Preview {
            notes: text.notes(),
            compared_with: compared_with.filter(|_| current(&status).is_some()),
            blocked_rows: self.rows(blocked)?,
            newly_allowed_rows: self.rows(newly_allowed)?,
            sources: Asked::new(asked).uses(text),
            findings: self.findings(key, text)?,
            ..counts.preview()
        })
    }

    fn rows(&self, found: Vec<Found<'_>>) -> Result<Vec<PreviewRow>, DeskError> {
        let found: Vec<Found<'_>> = found.into_iter().take(MOST_ROWS).collect();
        let ids: Vec<ConnectionId> = found.iter().map(|found| found.row.id).collect();
        let pages = self.reports.witness_pages(&ids)?;
        let rows = found.into_iter().zip(pages);
        Ok(rows.map(|(found, pages)| found.row(pages)).collect())
    }
}

/// Both policies, held against row after row.
struct Comparison<'i> {
    draft: Engine,
    current: Option<Engine>,
    documents: HashMap<&'i str, Option<Url>>,
    counts: Counts<'i>,
    blocked: Vec<Found<'i>>,
    newly_allowed: Vec<Found<'i>>,
}

/// A row, and what is to be said about it.
struct Found<'i> {
    row: &'i InventoryRow,
    browsers: Browsers,
    is_new: bool,
}

impl<'i> Comparison<'i> {
    fn add(&mut self, row: &'i InventoryRow, question: &Question) {
        let seen = seen(row);
        let blocked = self.draft.blocked_in(&row.document, question).and(seen);
        let before = self.current.as_mut();
        let before = before.map_or(Browsers::default(), |engine| {
            engine.blocked_in(&row.document, question).and(seen)
        });
        self.counts.add(row, seen, blocked, before);
        let found = |browsers, is_new| Found {
            row,
            browsers,
            is_new,
        };
        let newly_blocked = blocked.without(before);
        if !blocked.is_empty() {
            self.blocked.push(found(blocked, !newly_blocked.is_empty()));
        }
        let newly_allowed = before.without(blocked);
        if !newly_allowed.is_empty() {
            self.newly_allowed.push(found(newly_allowed, true));
        }
    }

    /// A policy is compiled for each origin of documents, so there is a bound to them.
    fn question(&mut self, row: &'i InventoryRow) -> Option<Question> {
        if !self.documents.contains_key(&*row.document) {
            if self.documents.len() >= MOST_DOCUMENTS {
                return None;
            }
            let page = Url::parse(&row.document).ok();
            self.documents.insert(&row.document, page);
        }
        let page = self.documents.get(&*row.document)?;
        Question::of_page(page.as_ref(), &row.document, &target(row))
    }
}

impl Found<'_> {
    fn row(self, pages: Vec<String>) -> PreviewRow {
        PreviewRow {
            id: self.row.id,
            document: self.row.document.clone(),
            target: target(self.row),
            reports: self.row.count,
            browsers: self.browsers.profiles(),
            is_new: self.is_new,
            pages,
        }
    }
}

/// The browsers that made the connection. A browser that we do not know may be any.
pub(super) fn seen(row: &InventoryRow) -> Browsers {
    if row.profiles.is_empty() {
        return Browsers::ALL;
    }
    let mut seen = Browsers::default();
    for profile in &row.profiles {
        seen.insert(*profile);
    }
    seen
}

pub(super) fn target(row: &InventoryRow) -> String {
    format!("{}{}", row.origin, row.path.as_deref().unwrap_or_default())
}

/// What is counted.
#[derive(Default)]
struct Counts<'i> {
    connections: u64,
    not_looked_at: u64,
    allowed: Sum<'i>,
    blocked: Sum<'i>,
    newly_blocked: Sum<'i>,
    newly_allowed: Sum<'i>,
    profiles: [[u64; 4]; 3],
}

#[derive(Default)]
struct Sum<'i> {
    connections: u64,
    reports: u64,
    origins: HashSet<&'i str>,
}

impl<'i> Counts<'i> {
    fn add(&mut self, row: &'i InventoryRow, seen: Browsers, now: Browsers, before: Browsers) {
        self.connections += 1;
        let sums = [
            (&mut self.allowed, now.is_empty()),
            (&mut self.blocked, !now.is_empty()),
            (&mut self.newly_blocked, !now.without(before).is_empty()),
            (&mut self.newly_allowed, !before.without(now).is_empty()),
        ];
        for (sum, _) in sums.into_iter().filter(|(_, holds)| *holds) {
            sum.connections += 1;
            sum.reports += row.count;
            sum.origins.insert(host(&row.origin));
        }
        let sets = [seen, now, now.without(before), before.without(now)];
        for (place, counts) in self.profiles.iter_mut().enumerate() {
            for (count, set) in counts.iter_mut().zip(sets) {
                *count += u64::from(set.has(place));
            }
        }
    }

    fn preview(self) -> Preview {
        let profiles = BrowserProfile::BROWSERS.into_iter().zip(self.profiles);
        let profiles = profiles.map(|(profile, counts)| {
            let [connections, blocked, newly_blocked, newly_allowed] = counts;
            ProfileCounts {
                profile,
                connections,
                blocked,
                newly_blocked,
                newly_allowed,
            }
        });
        Preview {
            notes: Vec::new(),
            compared_with: None,
            connections: self.connections,
            not_looked_at: self.not_looked_at,
            allowed: self.allowed.tallied(),
            blocked: self.blocked.tallied(),
            newly_blocked: self.newly_blocked.tallied(),
            newly_allowed: self.newly_allowed.tallied(),
            profiles: profiles.filter(|counts| counts.connections > 0).collect(),
            blocked_rows: Vec::new(),
            newly_allowed_rows: Vec::new(),
            sources: Vec::new(),
            findings: Vec::new(),
        }
    }
}

impl Sum<'_> {
    fn tallied(self) -> Tallied {
        Tallied {
            connections: self.connections,
            hosts: self.origins.len() as u64,
            reports: self.reports,
        }
    }
}

/// The host and port of an origin, whatever its scheme; a scheme as it is.
pub(super) fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

/// Connections beyond are not looked at; those with the most reports come first.
const MOST_LOOKED_AT: u32 = 20_000;
/// Origins of documents beyond are not looked at: the policy is compiled for each.
const MOST_DOCUMENTS: usize = 200;
const MOST_ROWS: usize = 100;
