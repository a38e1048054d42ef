//! What is known of the connections that a site makes.

use std::collections::BTreeSet;
use std::time::SystemTime;

use connect_src::Api;
use serde::Serialize;
use url::Url;

/// A connection that a site makes, and what is known of it.
///
/// ```
/// use connect_src::Api;
/// use connect_src_generate::Evidence;
/// use url::Url;
///
/// let evidence = Evidence::new(Api::Fetch, Url::parse("https://api.example/v1")?)
///     .on(Url::parse("https://app.example/cart")?)
///     .by("Firefox 153")
///     .seen(12);
/// assert_eq!(evidence.count, 12);
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Evidence {
    /// How the page connects.
    pub api: Api,
    /// Where to. Sources are suggested by origin; the path tells whether the base policy has one already.
    pub url: Url,
    /// What was seen of it.
    pub sighting: Sighting,
    /// Whether the policy must allow it.
    pub standing: Standing,
    /// The pages that connect. Their origins are what `'self'` stands for; without any, `'self'` is not used.
    pub pages: Vec<Url>,
    /// How often it was seen.
    pub count: u64,
    /// When it was first seen.
    pub first_seen: Option<SystemTime>,
    /// When it was last seen.
    pub last_seen: Option<SystemTime>,
    /// The browsers that it was seen in, in any words.
    pub browsers: BTreeSet<String>,
    /// Where it is written down, in any words: `src/api.ts:41`, `traffic.har: entry 12`.
    pub places: BTreeSet<String>,
}

/// What was seen of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Sighting {
    /// The URL itself was connected to, or would have been.
    #[default]
    Requested,
    /// Some URL of this origin was; which path it has is not known.
    OriginOnly,
    /// The URL was redirected to one that is not known: what violation reports tell of a redirect.
    RedirectedElsewhere,
}

/// Whether the policy must allow a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Standing {
    /// The site itself connects: allow it.
    #[default]
    Genuine,
    /// Noise, or something that nobody answers for: leave it out.
    SetAside,
}

impl Evidence {
    /// A genuine connection, seen once.
    pub fn new(api: Api, url: Url) -> Self {
        Self {
            api,
            url,
            sighting: Sighting::Requested,
            standing: Standing::Genuine,
            pages: Vec::new(),
            count: 1,
            first_seen: None,
            last_seen: None,
            browsers: BTreeSet::new(),
            places: BTreeSet::new(),
        }
    }

    /// The same, written down here too.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.places.insert(place.into());
        self
    }

    /// The same, made by this page too.
    pub fn on(mut self, page: Url) -> Self {
        self.pages.push(page);
        self
    }

    /// The same, in this browser too.
    pub fn by(mut self, browser: impl Into<String>) -> Self {
        self.browsers.insert(browser.into());
        self
    }

    /// The same, seen so often.
    pub fn seen(mut self, count: u64) -> Self {
        self.count = count;
        self
    }

    /// The same, seen first and last at these times.
    pub fn between(mut self, first: SystemTime, last: SystemTime) -> Self {
        (self.first_seen, self.last_seen) = (Some(first), Some(last));
        self
    }

    /// The same, with a path that is not known.
    pub fn origin_only(mut self) -> Self {
        self.sighting = Sighting::OriginOnly;
        self
    }

    /// The same, redirected to an unknown URL.
    pub fn redirected_elsewhere(mut self) -> Self {
        self.sighting = Sighting::RedirectedElsewhere;
        self
    }

    /// The same, not to be allowed.
    pub fn set_aside(mut self) -> Self {
        self.standing = Standing::SetAside;
        self
    }
}

/// What several pieces of evidence come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// How often the connections were seen.
    pub count: u64,
    /// The pages that connect, without queries and fragments; at most [`Tally::MAX_PAGES`].
    pub pages: BTreeSet<String>,
    /// When the first of them was first seen.
    pub first_seen: Option<SystemTime>,
    /// When the last of them was last seen.
    pub last_seen: Option<SystemTime>,
    /// The browsers that they were seen in.
    pub browsers: BTreeSet<String>,
    /// Where they are written down; at most [`Tally::MAX_PLACES`].
    pub places: BTreeSet<String>,
}

impl Tally {
    /// The most pages that a tally names.
    pub const MAX_PAGES: usize = 100;
    /// The most places that a tally names.
    pub const MAX_PLACES: usize = 20;

    pub(crate) fn of<'e>(evidence: impl IntoIterator<Item = &'e Evidence>) -> Self {
        let mut tally = Self::default();
        evidence.into_iter().for_each(|one| tally.add(one));
        tally
    }

    fn add(&mut self, evidence: &Evidence) {
        self.count = self.count.saturating_add(evidence.count);
        for page in &evidence.pages {
            if self.pages.len() < Self::MAX_PAGES {
                self.pages.insert(without_query(page));
            }
        }
        let firsts = [self.first_seen, evidence.first_seen];
        self.first_seen = firsts.into_iter().flatten().min();
        self.last_seen = self.last_seen.max(evidence.last_seen);
        self.browsers.extend(evidence.browsers.iter().cloned());
        let room = Self::MAX_PLACES.saturating_sub(self.places.len());
        self.places
            .extend(evidence.places.iter().take(room).cloned());
    }
}

fn without_query(page: &Url) -> String {
    page[..url::Position::AfterPath].to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_tally_spans_its_evidence() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let url = || Url::parse("https://api.example/").unwrap();
        let page = |path: &str| Url::parse(&format!("https://app.example/{path}")).unwrap();
        let evidence = [
            Evidence::new(Api::Fetch, url())
                .on(page("a?x#y"))
                .by("A")
                .seen(3)
                .between(at(5), at(9)),
            Evidence::new(Api::Fetch, url())
                .on(page("a"))
                .on(page("b"))
                .by("B")
                .between(at(2), at(3)),
            Evidence::new(Api::Fetch, url()),
        ];
        let tally = Tally::of(&evidence);
        assert_eq!(tally.count, 5);
        assert_eq!(
            (tally.first_seen, tally.last_seen),
            (Some(at(2)), Some(at(9)))
        );
        assert!(
            tally
                .pages
                .iter()
                .eq(["https://app.example/a", "https://app.example/b"])
        );
        assert!(tally.browsers.iter().eq(["A", "B"]));
    }
}
