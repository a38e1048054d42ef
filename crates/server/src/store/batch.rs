//! Reports on their way into the store, added up so that the same finding is written once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use connect_src_report::{Class, GroupKey};

use crate::clock::Timestamp;
use crate::rollout::{Mark, RevisionId};

/// Reports that are committed together. It grows with the number of different findings, not with
/// the number of reports.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// By finding.
    pub groups: HashMap<Arc<GroupIdent>, GroupDelta>,
    /// By connection.
    pub connections: HashMap<Arc<ConnectionIdent>, ConnectionDelta>,
    /// Pages that reported, by site and URL.
    pub pages: HashMap<(Arc<str>, Arc<str>), Seen>,
    /// Browsers that reported, by site and name.
    pub browsers: HashMap<(Arc<str>, Arc<str>), Seen>,
    /// Reports by hour, class and mark; responses by hour and mark.
    pub tallies: HashMap<TallyIdent, u64>,
    /// What is no violation report, by type.
    pub others: HashMap<String, OtherDelta>,
    /// What was shed, by hour, reason and class.
    pub sheds: HashMap<(i64, &'static str, &'static str), u64>,
    bytes: usize,
}

/// What makes two reports the same finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupIdent {
    /// The site's host pattern.
    pub site: Arc<str>,
    /// The route's path.
    pub route: Arc<str>,
    /// What the report's mark names; `None` without a mark of ours.
    pub mark: Option<Mark>,
    /// What the report itself says.
    pub key: GroupKey,
}

/// What a batch adds to a group.
#[derive(Clone, Debug, Default)]
pub struct GroupDelta {
    /// How many reports, first and last.
    pub seen: Seen,
    /// The sum of the scores.
    pub score: u64,
    /// The last report's reason, as a sentence.
    pub reason: String,
    /// The policy that the last report names.
    pub policy: Option<String>,
    /// The URL that the last report says was blocked.
    pub blocked_url: String,
    /// Where the last report says that it was caused.
    pub place: Option<String>,
    /// Reports by hour.
    pub hours: HashMap<i64, u64>,
    /// Reports by page.
    pub pages: HashMap<String, Seen>,
    /// Reports by browser.
    pub browsers: HashMap<String, Seen>,
    /// Reports as they came, a few.
    pub samples: Vec<RawSample>,
}

/// A report as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawSample {
    /// When it came.
    pub at: Timestamp,
    /// What came, scrubbed and capped.
    pub raw: String,
}

/// What makes two reports tell of the same connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionIdent {
    /// The site's host pattern.
    pub site: Arc<str>,
    /// The route's path.
    pub route: Arc<str>,
    /// The origin of the documents: what `'self'` stands for.
    pub document: String,
    /// Noise is kept apart.
    pub class: Class,
    /// Scheme, host and port, or the scheme alone.
    pub origin: String,
    /// The path; empty where the browser withheld it.
    pub path: String,
}

/// What a batch adds to a connection.
#[derive(Clone, Debug, Default)]
pub struct ConnectionDelta {
    /// How many reports, first and last.
    pub seen: Seen,
    /// Reports by page.
    pub pages: HashMap<String, Seen>,
    /// Reports by browser.
    pub browsers: HashMap<String, Seen>,
}

/// What a batch adds to the reports of another type.
#[derive(Clone, Debug, Default)]
pub struct OtherDelta {
    /// How many, first and last.
    pub seen: Seen,
    /// The last one, as it came.
    pub raw: String,
}

/// How often, first and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How often.
    pub count: u64,
    /// When first.
    pub first: Timestamp,
    /// When last.
    pub last: Timestamp,
}

/// What is counted by the hour.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TallyIdent {
    /// The site's host pattern.
    pub site: Arc<str>,
    /// The route's path.
    pub route: Arc<str>,
    /// What the mark names.
    pub mark: Option<Mark>,
    /// What is counted.
    pub tally: Tally,
    /// Hours since 1970.
    pub hour: i64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tally {
    /// Responses that carried the policy.
    Responses,
    /// Reports of a class.
    Reports(Class),
}

/// The most bytes of any one text that is kept, but for policies and samples.
pub const MAX_TEXT_BYTES: usize = 2048;

impl Default for Seen {
    fn default() -> Self {
        Self {
            count: 0,
            first: Timestamp::from_millis(i64::MAX),
            last: Timestamp::from_millis(i64::MIN),
        }
    }
}

impl Seen {
    /// Once, at this moment.
    pub fn once(at: Timestamp) -> Self {
        let mut seen = Self::default();
        seen.add(1, at);
        seen
    }

    /// So many more, at this moment.
    pub fn add(&mut self, count: u64, at: Timestamp) {
        self.count += count;
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }
}

impl Tally {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Responses => "responses",
            Self::Reports(class) => class.as_str(),
        }
    }

    /// Finds it by its word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "responses" => Some(Self::Responses),
            word => Class::parse(word).map(Self::Reports),
        }
    }
}

impl Batch {
    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
            && self.tallies.is_empty()
            && self.others.is_empty()
            && self.sheds.is_empty()
    }

    /// About how many bytes it holds. Grows with what is different in it.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The group of a finding, new if need be.
    pub fn group(&mut self, ident: impl Into<Arc<GroupIdent>>) -> GroupEntry<'_> {
        let ident = ident.into();
        let size = ident.key.blocked.len() + ident.key.site.len() + ENTRY_BYTES * 4;
        let delta = entry(&mut self.groups, ident, size, &mut self.bytes);
        GroupEntry {
            delta,
            bytes: &mut self.bytes,
        }
    }

    /// One more report of a connection, from a page and a browser.
    pub fn add_connection(
        &mut self,
        ident: impl Into<Arc<ConnectionIdent>>,
        page: &str,
        browser: &str,
        at: Timestamp,
    ) {
        let ident = ident.into();
        let texts = ident.document.len() + ident.origin.len() + ident.path.len();
        let size = texts + ENTRY_BYTES * 3;
        let delta = entry(&mut self.connections, ident, size, &mut self.bytes);
        delta.seen.add(1, at);
        add_seen(&mut delta.pages, page, at, &mut self.bytes);
        add_seen(&mut delta.browsers, browser, at, &mut self.bytes);
    }

    /// One more report from a page and a browser of a site.
    pub fn add_coverage(
        &mut self,
        site: &Arc<str>,
        page: &Arc<str>,
        browser: &Arc<str>,
        at: Timestamp,
    ) {
        let bytes = &mut self.bytes;
        for (map, text) in [(&mut self.pages, page), (&mut self.browsers, browser)] {
            if !text.is_empty() {
                let ident = (Arc::clone(site), Arc::clone(text));
                entry(map, ident, text.len() + ENTRY_BYTES, bytes).add(1, at);
            }
        }
    }

    /// So many more of what is counted by the hour.
    pub fn tally(&mut self, ident: TallyIdent, count: u64) {
        *entry(&mut self.tallies, ident, ENTRY_BYTES, &mut self.bytes) += count;
    }

    /// One more report that is about no violation.
    pub fn add_other(&mut self, report_type: &str, raw: &str, at: Timestamp) {
        let size = report_type.len() + raw.len() + ENTRY_BYTES;
        let ident = report_type.to_owned();
        let delta = entry(&mut self.others, ident, size, &mut self.bytes);
        delta.seen.add(1, at);
        raw.clone_into(&mut delta.raw);
    }

    /// So many reports were shed.
    pub fn shed(&mut self, reason: &'static str, class: &'static str, count: u64, at: Timestamp) {
        *self.sheds.entry((at.hour(), reason, class)).or_default() += count;
    }
}

/// A group of a batch that is being added to.
pub struct GroupEntry<'b> {
    /// What the batch adds to the group.
    pub delta: &'b mut GroupDelta,
    bytes: &'b mut usize,
}

impl GroupEntry<'_> {
    /// One more report, from a page and a browser.
    pub fn add(&mut self, score: u8, page: &str, browser: &str, at: Timestamp) {
        let delta = &mut *self.delta;
        delta.seen.add(1, at);
        delta.score += u64::from(score);
        *entry(&mut delta.hours, at.hour(), ENTRY_BYTES, self.bytes) += 1;
        add_seen(&mut delta.pages, page, at, self.bytes);
        add_seen(&mut delta.browsers, browser, at, self.bytes);
    }

    /// Keeps the report as it came, unless there are enough.
    pub fn add_sample(&mut self, raw: &str, at: Timestamp, most: usize) {
        if self.delta.samples.len() < most {
            *self.bytes += raw.len() + ENTRY_BYTES;
            let raw = raw.to_owned();
            self.delta.samples.push(RawSample { at, raw });
        }
    }
}

/// The most pages or browsers that a batch tells apart in one group; the next batch can tell of others.
const MAX_SEEN: usize = 64;
/// What an entry of a map costs beside its texts, about.
const ENTRY_BYTES: usize = 96;

fn entry<'m, K: Eq + Hash, V: Default>(
    map: &'m mut HashMap<K, V>,
    key: K,
    size: usize,
    bytes: &mut usize,
) -> &'m mut V {
    map.entry(key).or_insert_with(|| {
        *bytes += size;
        V::default()
    })
}

fn add_seen(map: &mut HashMap<String, Seen>, text: &str, at: Timestamp, bytes: &mut usize) {
    if let Some(seen) = map.get_mut(text) {
        seen.add(1, at);
    } else if map.len() < MAX_SEEN && !text.is_empty() {
        *bytes += text.len() + ENTRY_BYTES;
        map.insert(text.to_owned(), Seen::once(at));
    }
}

/// The number of the revision that a mark names, for a column.
pub(super) fn revision_of(mark: Option<Mark>) -> Option<RevisionId> {
    mark.map(|mark| mark.revision)
}
