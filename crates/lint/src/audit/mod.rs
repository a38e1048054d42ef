//! The egress audit: every channel by which data can leave a page, and how far it reaches under all of its policies.
//!
//! A policy protects as well as its least restrictive channel, so the weakest comes first.
//!
//! ```
//! use connect_src::{BrowserProfile, CspList, Disposition};
//! use connect_src_lint::audit::{Audit, Channel, Page, Reach};
//!
//! let list = CspList::from_header("default-src 'none'; img-src *", Disposition::Enforce);
//! let audit = Audit::of(&Page::new(&list), &[BrowserProfile::Chromium]);
//! let images = audit.rows.iter().find(|row| row.channel == Channel::Images).unwrap();
//! assert_eq!(images.cells[0].reach, Reach::Anywhere);
//! assert_eq!(images.cells[0].proof.as_ref().unwrap().scheme(), "https");
//! ```
//!
//! <https://w3c.github.io/webappsec-csp/#exfiltration>

mod channel;
mod edits;
mod reach;

use connect_src::{BrowserProfile, CspList, Origin};
use connection_allowlist::{Allowlist, Connection, Disposition};
use url::Url;

pub use channel::{Channel, Level};
pub use edits::Edit;
pub use reach::Reach;

use crate::response_headers::ResponseHeaders;
use reach::{Found, of_allowlist, of_channel};

/// What is audited.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    list: &'a CspList,
    url: Option<&'a Url>,
    allowlist: Option<&'a Allowlist>,
    headers: Option<&'a ResponseHeaders>,
}

impl<'a> Page<'a> {
    /// Some https page with these policies.
    pub fn new(list: &'a CspList) -> Self {
        Self {
            list,
            url: None,
            allowlist: None,
            headers: None,
        }
    }

    /// The same page at this URL.
    pub fn at(self, url: &'a Url) -> Self {
        Self {
            url: Some(url),
            ..self
        }
    }

    /// The same page with a `Connection-Allowlist` as well, which Chromium enforces.
    pub fn with_allowlist(self, allowlist: &'a Allowlist) -> Self {
        Self {
            allowlist: Some(allowlist),
            ..self
        }
    }

    /// The same page with these headers: what `report-to` names is known by them. An allowlist among them counts only if it
    /// is given by [`with_allowlist`](Self::with_allowlist).
    pub fn with_response_headers(self, headers: &'a ResponseHeaders) -> Self {
        Self {
            headers: Some(headers),
            ..self
        }
    }

    fn origin(&self) -> Origin {
        let unknown = || Url::parse(UNKNOWN_PAGE).map_or(Origin::Opaque, |url| Origin::of(&url));
        self.url.map_or_else(unknown, Origin::of)
    }

    fn enforced_allowlist(&self, profile: BrowserProfile) -> Option<&'a Allowlist> {
        let is_enforced = |list: &&Allowlist| list.disposition() == Disposition::Enforce;
        let allowlist = self.allowlist.filter(is_enforced);
        allowlist.filter(|_| profile == BrowserProfile::Chromium)
    }
}

/// Every channel of a page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Audit {
    /// The weakest first.
    pub rows: Vec<Row>,
    /// Where Content Security Policy and `Connection-Allowlist` say different things about `fetch()`.
    pub disagreements: Vec<Disagreement>,
}

/// One channel in every browser that was asked about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// What sends.
    pub channel: Channel,
    /// One for each browser, in the order in which they were given.
    pub cells: Vec<Cell>,
}

impl Row {
    /// How far it reaches where it reaches farthest.
    pub fn worst(&self) -> Reach {
        let reaches = self.cells.iter().map(|cell| cell.reach);
        reaches.max().unwrap_or(Reach::Closed)
    }
}

/// One channel in one browser.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cell {
    /// Whose decision.
    pub profile: BrowserProfile,
    /// How far data gets.
    pub reach: Reach,
    /// A URL that gets through, decided by the engine; `None` where nothing does or no URL is asked.
    pub proof: Option<Url>,
    /// The source that lets it through, as written, and the directive it is in.
    pub source: Option<String>,
    /// All sources that let something through, those that reach farthest first.
    pub sources: Vec<String>,
    /// Those of them that reach beyond named hosts.
    pub open_sources: Vec<String>,
    /// Whether `Connection-Allowlist` is what decides.
    pub is_by_allowlist: bool,
}

/// A URL that one header allows and the other blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disagreement {
    /// What shows it.
    pub url: Url,
    /// Whether `Connection-Allowlist` is the one that allows.
    pub is_allowed_by_allowlist: bool,
    /// The source or the pattern that allows.
    pub source: String,
}

impl Audit {
    /// Audits a page in these browsers.
    pub fn of(page: &Page<'_>, profiles: &[BrowserProfile]) -> Self {
        let beside_closed = |profile: &BrowserProfile| reach::beside_closed(page, *profile);
        let comparisons: Vec<_> = profiles.iter().map(beside_closed).collect();
        let looks: Vec<_> = profiles
            .iter()
            .zip(&comparisons)
            .map(|(profile, comparison)| reach::Look::new(page, comparison, *profile))
            .collect();
        let mut rows: Vec<Row> = Channel::ALL
            .iter()
            .map(|channel| Row {
                channel: *channel,
                cells: looks
                    .iter()
                    .map(|look| cell(page, look, *channel))
                    .collect(),
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.worst()));
        Self {
            rows,
            disagreements: disagreements(page, &looks),
        }
    }

    /// Whether no channel of the level reaches hosts that are not named for it.
    pub fn meets(&self, level: Level) -> bool {
        let mut rows = self.rows.iter().filter(|row| row.channel.level() <= level);
        rows.all(|row| row.worst() <= Reach::TheseHosts)
    }

    /// The fewest edits that bring the page to the level.
    pub fn edits(&self, page: &Page<'_>, level: Level) -> Vec<Edit> {
        edits::edits(self, page, level)
    }
}

fn cell(page: &Page<'_>, look: &reach::Look<'_>, channel: Channel) -> Cell {
    let by_csp = of_channel(look, channel);
    let profile = look.profile();
    let Some(allowlist) = page.enforced_allowlist(profile) else {
        return by_csp.cell(profile, false);
    };
    if by_csp.reach < Reach::Anywhere {
        let is_allowed = |url: &Url| allowlist.decide(&Connection::to(url)).is_allowed();
        let both = by_csp.only(is_allowed);
        let is_by_allowlist = both.reach < by_csp.reach;
        return both.cell(profile, is_by_allowlist);
    }
    let by_allowlist = of_allowlist(look, allowlist, channel);
    if by_allowlist.reach < by_csp.reach {
        by_allowlist.cell(profile, true)
    } else {
        by_csp.cell(profile, false)
    }
}

fn disagreements(page: &Page<'_>, looks: &[reach::Look<'_>]) -> Vec<Disagreement> {
    let look = looks
        .iter()
        .find(|look| look.profile() == BrowserProfile::Chromium);
    let (Some(look), Some(allowlist)) = (look, page.allowlist) else {
        return Vec::new();
    };
    let by_csp = of_channel(look, Channel::Fetch);
    let blocked = by_csp
        .all
        .iter()
        .filter(|found| allowlist.decide(&Connection::to(&found.url)).is_violation());
    let mut disagreements: Vec<_> = blocked.map(|found| disagreement(found, false)).collect();
    let by_allowlist = of_allowlist(look, allowlist, Channel::Fetch);
    let blocked = by_allowlist
        .all
        .iter()
        .filter(|found| !look.allows(Channel::Fetch, &found.url));
    disagreements.extend(blocked.map(|found| disagreement(found, true)));
    disagreements
}

fn disagreement(found: &Found, is_allowed_by_allowlist: bool) -> Disagreement {
    Disagreement {
        url: found.url.clone(),
        is_allowed_by_allowlist,
        source: found.source.clone().unwrap_or_default(),
    }
}

const UNKNOWN_PAGE: &str = "https://page.invalid/";

#[cfg(test)]
mod tests;
