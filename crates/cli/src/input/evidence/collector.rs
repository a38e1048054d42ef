//! Puts connections together: what differs in nothing that a policy looks at is one.

use std::collections::HashMap;
use std::time::SystemTime;

use connect_src::{Api, Origin};
use connect_src_generate::{Evidence, Sighting, Standing};
use url::Url;

use super::{Context, Gathered, Kind, Source};
use crate::input::target;
use crate::output::sanitize::sanitize;

/// A connection as a source has it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) api: Api,
    pub(super) url: Url,
    pub(super) redirects: Vec<Url>,
    pub(super) page: Option<Url>,
    /// Where the source has it.
    pub(super) place: String,
    pub(super) count: u64,
    pub(super) seen: Option<(SystemTime, SystemTime)>,
    pub(super) browser: Option<String>,
    pub(super) sighting: Sighting,
    pub(super) standing: Standing,
}

impl Found {
    pub(super) fn new(api: Api, url: Url, place: String) -> Self {
        Self {
            api,
            url,
            redirects: Vec::new(),
            page: None,
            place,
            count: 1,
            seen: None,
            browser: None,
            sighting: Sighting::Requested,
            standing: Standing::Genuine,
        }
    }
}

/// Collects what is found.
pub(super) struct Collector<'c> {
    pub(super) context: Context<'c>,
    places: HashMap<Key, usize>,
    gathered: Gathered,
}

/// What makes two connections the same.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    page: Option<String>,
    api: Api,
    url: String,
    sighting: Sighting,
    standing: Standing,
}

impl<'c> Collector<'c> {
    pub(super) fn new(context: Context<'c>) -> Self {
        Self {
            context,
            places: HashMap::new(),
            gathered: Gathered::default(),
        }
    }

    /// What comes now is of this source.
    pub(super) fn begin(&mut self, name: String, kind: Kind) {
        self.gathered.sources.push(Source {
            name,
            kind,
            connections: 0,
            passed_over: 0,
            bad_count: 0,
            bad: Vec::new(),
            notes: Vec::new(),
        });
    }

    pub(super) fn finish(self) -> Gathered {
        self.gathered
    }

    /// Parses a URL as the page or the context makes it whole.
    pub(super) fn url(&self, text: &str, page: Option<&Url>) -> Result<Url, String> {
        target::parse_url(text, page.or(self.context.page))
    }

    pub(super) fn add(&mut self, mut found: Found) {
        let source = self.source();
        source.connections = source.connections.saturating_add(found.count);
        let redirects = std::mem::take(&mut found.redirects);
        let page = found.page.take().or_else(|| self.context.page.cloned());
        let template = (found.api, found.place.clone(), found.count, found.seen);
        self.keep(found, page.as_ref());
        for url in redirects {
            let (api, place, count, seen) = template.clone();
            let hop = Found {
                count,
                seen,
                ..Found::new(api, url, place)
            };
            self.keep(hop, page.as_ref());
        }
    }

    /// Something that is no connection of a page, or does not tell.
    pub(super) fn pass_over(&mut self, count: u64) {
        self.source().passed_over += count;
    }

    /// Something that could not be read.
    pub(super) fn bad(&mut self, place: &str, message: &str) {
        let source = self.source();
        source.bad_count += 1;
        if source.bad.len() < MOST_BAD {
            source
                .bad
                .push(sanitize(&format!("{place}: {message}")).into_owned());
        }
    }

    /// Something that the reader of the results should know; said once.
    pub(super) fn note(&mut self, note: &'static str) {
        let source = self.source();
        if !source.notes.contains(&note) {
            source.notes.push(note);
        }
    }

    /// The place of an entry of the present source, as people read it.
    pub(super) fn place(&self, number: u64) -> String {
        let source = self.gathered.sources.last();
        source.map_or_else(String::new, |source| match source.kind.unit() {
            "line" => format!("{}:{number}", source.name),
            unit => format!("{}: {unit} {number}", source.name),
        })
    }

    fn source(&mut self) -> &mut Source {
        let sources = &mut self.gathered.sources;
        sources
            .last_mut()
            .expect("a source is begun before it is read")
    }

    fn keep(&mut self, mut found: Found, page: Option<&Url>) {
        strip(&mut found.url);
        if self.places.len() >= MOST_PATHS && found.url.has_host() {
            found.url.set_path("/");
            found.sighting = match found.sighting {
                Sighting::Requested => Sighting::OriginOnly,
                other => other,
            };
        }
        let key = Key {
            page: page.map(|page| Origin::of(page).to_string()),
            api: found.api,
            url: found.url.to_string(),
            sighting: found.sighting,
            standing: found.standing,
        };
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None if self.places.len() >= MOST_KEPT => {
                self.gathered.not_kept += found.count;
                return;
            }
            None => {
                let place = self.gathered.evidence.len();
                self.places.insert(key, place);
                self.gathered.evidence.push(new_evidence(&found));
                place
            }
        };
        enrich(&mut self.gathered.evidence[place], found, page);
    }
}

/// Takes away what no policy looks at, and what nobody should see again.
fn strip(url: &mut Url) {
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs that have neither.
    let _: Result<(), ()> = url.set_username("");
    let _: Result<(), ()> = url.set_password(None);
}

fn new_evidence(found: &Found) -> Evidence {
    let mut evidence = Evidence::new(found.api, found.url.clone()).seen(0);
    evidence.sighting = found.sighting;
    evidence.standing = found.standing;
    evidence
}

fn enrich(evidence: &mut Evidence, found: Found, page: Option<&Url>) {
    evidence.count = evidence.count.saturating_add(found.count);
    if let Some((first, last)) = found.seen {
        let known = evidence.first_seen.into_iter().chain([first]).min();
        evidence.first_seen = known;
        evidence.last_seen = evidence.last_seen.max(Some(last));
    }
    if evidence.places.len() < MOST_PLACES {
        evidence.places.insert(found.place);
    }
    if evidence.browsers.len() < MOST_PLACES {
        evidence.browsers.extend(found.browser);
    }
    if let Some(page) = page {
        let mut page = page.clone();
        strip(&mut page);
        if evidence.pages.len() < MOST_PAGES && !evidence.pages.contains(&page) {
            evidence.pages.push(page);
        }
    }
}

/// Connections beyond are told apart by origin alone.
const MOST_PATHS: usize = 50_000;
/// Connections beyond are counted, and not kept.
const MOST_KEPT: usize = 100_000;
const MOST_BAD: usize = 10;
const MOST_PAGES: usize = 20;
const MOST_PLACES: usize = 5;
