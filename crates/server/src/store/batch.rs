//! Reports on their way into the store, added up so that the same finding is written once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use connect_src_report::{Class, GroupKey};

use super::key::{Key, KeyMap};
use crate::clock::Timestamp;
use crate::rollout::{Mark, RevisionId};

/// Reports that are committed together. It grows with the number of different findings, not with
/// the number of reports.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// By finding.
    pub groups: KeyMap<GroupIdent, GroupDelta>,
    /// By connection.
    pub connections: KeyMap<ConnectionIdent, ConnectionDelta>,
    /// Where reports came from, by site.
    pub coverage: HashMap<Arc<str>, CoverageDelta>,
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
    pub reason: Arc<str>,
    /// The policy that the last report names.
    pub policy: Option<String>,
    /// The URL that the last report says was blocked.
    pub blocked_url: Arc<str>,
    /// Where the last report says that it was caused.
    pub place: Option<String>,
    /// Reports by hour.
    pub hours: Vec<HourDelta>,
    /// Reports by page.
    pub pages: KeyMap<str, Seen>,
    /// Reports by browser.
    pub browsers: KeyMap<str, Seen>,
    /// Reports as they came, a few.
    pub samples: Vec<RawSample>,
}

/// The reports of a group in one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourDelta {
    /// Hours since 1970.
    pub hour: i64,
    /// How many.
    pub count: u64,
    /// How many of them are in the batch's tallies.
    tallied: u64,
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
    pub pages: KeyMap<str, Seen>,
    /// Reports by browser.
    pub browsers: KeyMap<str, Seen>,
}

/// What a batch adds to what is known of where a site's reports come from.
#[derive(Clone, Debug, Default)]
pub struct CoverageDelta {
    /// Reports by page.
    pub pages: KeyMap<str, Seen>,
    /// Reports by browser.
    pub browsers: KeyMap<str, Seen>,
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
    pub fn group(&mut self, ident: impl Into<Key<GroupIdent>>) -> GroupEntry<'_> {
        let bytes = &mut self.bytes;
        let delta = entry(&mut self.groups, ident.into(), bytes, |ident| {
            ident.key.blocked.len() + ident.key.site.len() + ROW_BYTES
        });
        GroupEntry { delta, bytes }
    }

    /// One more report of a connection, from a page and a browser.
    pub fn add_connection(
        &mut self,
        ident: impl Into<Key<ConnectionIdent>>,
        page: impl Into<Key<str>>,
        browser: impl Into<Key<str>>,
        at: Timestamp,
    ) {
        let bytes = &mut self.bytes;
        let delta = entry(&mut self.connections, ident.into(), bytes, |ident| {
            ident.document.len() + ident.origin.len() + ident.path.len() + ROW_BYTES
        });
        delta.seen.add(1, at);
        add_seen(&mut delta.pages, page.into(), at, MOST_SEEN, bytes);
        add_seen(&mut delta.browsers, browser.into(), at, MOST_SEEN, bytes);
    }

    /// One more report from a page and a browser of a site.
    pub fn add_coverage(
        &mut self,
        site: &Arc<str>,
        page: impl Into<Key<str>>,
        browser: impl Into<Key<str>>,
        at: Timestamp,
    ) {
        let bytes = &mut self.bytes;
        // Asked for first, since the site is mostly known.
        if !self.coverage.contains_key(site) {
            *bytes += ROW_BYTES;
            let nothing = CoverageDelta::default();
            self.coverage.insert(Arc::clone(site), nothing);
        }
        if let Some(delta) = self.coverage.get_mut(site) {
            add_seen(&mut delta.pages, page.into(), at, usize::MAX, bytes);
            add_seen(&mut delta.browsers, browser.into(), at, usize::MAX, bytes);
        }
    }

    /// Adds the reports of the groups to the tallies, those that are not in them yet.
    pub fn tally_groups(&mut self) {
        for (ident, delta) in &mut self.groups {
            for hour in &mut delta.hours {
                let count = hour.count - std::mem::replace(&mut hour.tallied, hour.count);
                if count > 0 {
                    let ident = TallyIdent::of_group(ident, hour.hour);
                    add_tally(&mut self.tallies, ident, count, &mut self.bytes);
                }
            }
        }
    }

    /// So many more of what is counted by the hour.
    pub fn tally(&mut self, ident: TallyIdent, count: u64) {
        add_tally(&mut self.tallies, ident, count, &mut self.bytes);
    }

    /// One more report that is about no violation.
    pub fn add_other(&mut self, report_type: &str, raw: &str, at: Timestamp) {
        let delta = self
            .others
            .entry(report_type.to_owned())
            .or_insert_with(|| {
                self.bytes += report_type.len() + raw.len() + ENTRY_BYTES;
                OtherDelta::default()
            });
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
    pub fn add(
        &mut self,
        score: u8,
        page: impl Into<Key<str>>,
        browser: impl Into<Key<str>>,
        at: Timestamp,
    ) {
        let delta = &mut *self.delta;
        delta.seen.add(1, at);
        delta.score += u64::from(score);
        add_hour(&mut delta.hours, at.hour(), self.bytes);
        add_seen(&mut delta.pages, page.into(), at, MOST_SEEN, self.bytes);
        let browser = browser.into();
        add_seen(&mut delta.browsers, browser, at, MOST_SEEN, self.bytes);
    }

    /// Keeps the report as it came, unless there are enough.
    pub fn add_sample(&mut self, raw: impl Into<String>, at: Timestamp, most: usize) {
        if self.delta.samples.len() < most {
            let raw = raw.into();
            *self.bytes += raw.len() + ENTRY_BYTES;
            self.delta.samples.push(RawSample { at, raw });
        }
    }
}

impl TallyIdent {
    fn of_group(ident: &GroupIdent, hour: i64) -> Self {
        Self {
            site: Arc::clone(&ident.site),
            route: Arc::clone(&ident.route),
            mark: ident.mark,
            tally: Tally::Reports(ident.key.class),
            hour,
        }
    }
}

fn entry<'m, K: Eq + ?Sized, V: Default>(
    map: &'m mut KeyMap<K, V>,
    key: Key<K>,
    bytes: &mut usize,
    size: impl FnOnce(&K) -> usize,
) -> &'m mut V {
    match map.entry(key) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => {
            *bytes += size(entry.key());
            entry.insert(V::default())
        }
    }
}

fn add_seen(
    map: &mut KeyMap<str, Seen>,
    text: Key<str>,
    at: Timestamp,
    most: usize,
    bytes: &mut usize,
) {
    if let Some(seen) = map.get_mut(&text) {
        seen.add(1, at);
    } else if map.len() < most && !text.is_empty() {
        *bytes += text.len() + ENTRY_BYTES;
        map.insert(text, Seen::once(at));
    }
}

/// Reports of a batch are of one hour, or two.
fn add_hour(hours: &mut Vec<HourDelta>, hour: i64, bytes: &mut usize) {
    if let Some(known) = hours.iter_mut().rev().find(|it| it.hour == hour) {
        known.count += 1;
        return;
    }
    *bytes += size_of::<HourDelta>();
    hours.push(HourDelta {
        hour,
        count: 1,
        tallied: 0,
    });
}

fn add_tally(
    tallies: &mut HashMap<TallyIdent, u64>,
    ident: TallyIdent,
    count: u64,
    bytes: &mut usize,
) {
    let sum = tallies.entry(ident).or_insert_with(|| {
        *bytes += ENTRY_BYTES;
        0
    });
    *sum += count;
}

/// The most pages or browsers that a batch tells apart in one group or connection; the next batch can tell of others.
const MOST_SEEN: usize = 64;
/// What an entry of a map costs beside its texts, about.
const ENTRY_BYTES: usize = 96;
/// What a group or a connection costs beside its texts and what it has seen, about.
const ROW_BYTES: usize = 4 * ENTRY_BYTES;

/// The number of the revision that a mark names, for a column.
pub(super) fn revision_of(mark: Option<Mark>) -> Option<RevisionId> {
    mark.map(|mark| mark.revision)
}
