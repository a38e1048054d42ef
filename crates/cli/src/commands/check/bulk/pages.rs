//! The pages that connect: their origins, and the policies compiled for them.

use connect_src::{CompiledCspList, CspList, Origin};
use hashbrown::HashMap;
use url::Url;

use crate::commands::check::Question;
use crate::input::target;

/// A page's origin, with the policies compiled for it, one for each browser that is asked.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) origin: Origin,
    pub(super) compiled: Vec<CompiledCspList>,
}

/// Pages that were seen. When there are too many, all are forgotten.
#[derive(Debug)]
pub(super) struct Pages<'q> {
    question: &'q Question,
    /// By the beginning of the URL, as it was written, that holds the origin.
    indices: HashMap<Box<str>, usize>,
    seen: Vec<Page>,
    most: usize,
}

/// The page of the command line has this index.
pub(super) const DEFAULT_PAGE: usize = 0;

impl<'q> Pages<'q> {
    pub(super) fn new(question: &'q Question) -> Self {
        let mut pages = Self {
            question,
            indices: HashMap::new(),
            seen: Vec::new(),
            most: most(&question.policies.list),
        };
        pages.add(question.origin.clone());
        pages
    }

    pub(super) fn page(&self, index: usize) -> &Page {
        &self.seen[index]
    }

    /// The page's index, if it was seen before.
    pub(super) fn find(&self, url: &str) -> Option<usize> {
        self.indices.get(beginning(url)).copied()
    }

    /// Whether there is no room for another page, so that [`clear`](Self::clear) must come first.
    pub(super) fn is_full(&self) -> bool {
        self.seen.len() >= self.most
    }

    /// Forgets all pages but that of the command line.
    pub(super) fn clear(&mut self) {
        self.indices.clear();
        self.seen.truncate(DEFAULT_PAGE + 1);
    }

    /// Adds a page that was not found.
    pub(super) fn insert(&mut self, url: &str) -> Result<usize, String> {
        let page = target::parse_page(url)
            .map_err(|problem| format!("page {}: {problem}", target::quoted(url)))?;
        let index = self.add(Origin::of(&page));
        self.indices.insert(beginning(url).into(), index);
        Ok(index)
    }

    fn add(&mut self, origin: Origin) -> usize {
        let list = &self.question.policies.list;
        let profiles = self.question.profiles.iter();
        let compiled = profiles
            .map(|profile| list.compile(&origin, *profile))
            .collect();
        self.seen.push(Page { origin, compiled });
        self.seen.len() - 1
    }
}

/// How many pages are kept: fewer when the policies are long, so that memory has a bound.
fn most(list: &CspList) -> usize {
    const BYTES: usize = 256 << 10;
    let length: usize = list
        .policies()
        .iter()
        .map(|policy| policy.text().len())
        .sum();
    (BYTES / (length + 1)).clamp(4, 1000)
}

/// The part of an http or https URL that tells its origin; of others, all. What follows it cannot make such
/// a URL invalid.
fn beginning(url: &str) -> &str {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let Some(host) = host else {
        return url;
    };
    let is_end = |byte: &u8| matches!(byte, b'/' | b'\\' | b'?' | b'#');
    let end = host
        .as_bytes()
        .iter()
        .position(is_end)
        .unwrap_or(host.len());
    &url[..url.len() - host.len() + end]
}

/// The URL of a connection; a relative one is resolved against the page it is on.
pub(super) fn parse_url(
    url: &str,
    page: Option<&str>,
    default: Option<&Url>,
) -> Result<Url, String> {
    match Url::parse(url) {
        Ok(url) => Ok(url),
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            let page = page.and_then(|page| Url::parse(page).ok());
            target::parse_url(url, page.as_ref().or(default))
                .map_err(|problem| format!("url {problem}"))
        }
        Err(_) => target::parse_url(url, None).map_err(|problem| format!("url {problem}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_one_origin_are_found_by_the_beginning_of_their_urls() {
        for (url, expected) in [
            ("https://a.test/b?c", "https://a.test"),
            ("https://a.test:8443?c", "https://a.test:8443"),
            ("http://a.test\\b", "http://a.test"),
            ("https://user@a.test/", "https://user@a.test"),
            ("HTTPS://a.test/b", "HTTPS://a.test/b"),
            ("data:text/html,x", "data:text/html,x"),
        ] {
            assert_eq!(beginning(url), expected);
        }
    }
}
