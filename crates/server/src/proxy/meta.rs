//! Finds a policy in the `<meta>` of a page as its bytes pass. No header can loosen such a policy, so whoever
//! rolls one out must know.
//!
//! It reads only as far as a `<meta>` can still be in the head, and holds back nothing. Reading is simpler than
//! in a browser: the byte order mark, comments, raw text and attributes are understood, but encodings that are
//! no superset of ASCII are not.

mod tokenizer;

use std::collections::HashSet;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, PoisonError, RwLock};

use http::Uri;
use http::header::{self, HeaderMap, HeaderValue};
use http::uri::PathAndQuery;

use tokenizer::Tokenizer;

/// A policy that a page has in a `<meta http-equiv=Content-Security-Policy>` element.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetaPolicy {
    /// The host of the site, as the request had it.
    pub host: String,
    /// The path of the page.
    pub path: String,
    /// The policy, cut off after 8 KiB.
    pub policy: String,
}

/// Tells of policies in `<meta>`, once for each host.
#[derive(Clone)]
pub struct MetaWatch {
    shared: Arc<Shared>,
}

struct Shared {
    tell: Box<dyn Fn(MetaPolicy) + Send + Sync>,
    told: RwLock<HashSet<String>>,
}

impl MetaWatch {
    /// Calls `tell` for the first policy of each host, while its page is being sent.
    pub fn new(tell: impl Fn(MetaPolicy) + Send + Sync + 'static) -> Self {
        Self {
            shared: Arc::new(Shared {
                tell: Box::new(tell),
                told: RwLock::default(),
            }),
        }
    }

    /// Forgets which hosts it told of.
    pub fn reset(&self) {
        let mut told = self
            .shared
            .told
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        told.clear();
    }

    /// A scan of this page, if its response can be read and its host is not known yet.
    pub(super) fn scan(&self, page: Page, response: &HeaderMap) -> Option<Box<MetaScan>> {
        if !is_readable_html(response) || !self.is_wanted(page.host()) {
            return None;
        }
        Some(Box::new(MetaScan {
            watch: self.clone(),
            page,
            tokenizer: Tokenizer::default(),
            left: MAX_SCANNED,
        }))
    }

    fn is_wanted(&self, host: &str) -> bool {
        let told = self
            .shared
            .told
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        told.len() < MAX_HOSTS && !told.contains(host)
    }

    fn tell(&self, policy: MetaPolicy) {
        let mut told = self
            .shared
            .told
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_news = told.len() < MAX_HOSTS && told.insert(policy.host.clone());
        drop(told);
        if is_news {
            (self.shared.tell)(policy);
        }
    }
}

impl fmt::Debug for MetaWatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MetaWatch").finish_non_exhaustive()
    }
}

/// Which page it is: a host that is printable ASCII, and the request's target.
#[derive(Clone, Debug)]
pub(super) struct Page {
    host: Option<HeaderValue>,
    path: Option<PathAndQuery>,
}

impl Page {
    pub(super) fn new(host: Option<HeaderValue>, uri: &Uri) -> Self {
        Self {
            host,
            path: uri.path_and_query().cloned(),
        }
    }

    fn path(&self) -> &str {
        self.path.as_ref().map_or("/", PathAndQuery::path)
    }

    fn host(&self) -> &str {
        let host = self.host.as_ref().and_then(|host| host.to_str().ok());
        host.unwrap_or_default()
    }
}

/// A page that is being looked at.
#[derive(Debug)]
pub(super) struct MetaScan {
    watch: MetaWatch,
    page: Page,
    tokenizer: Tokenizer,
    left: usize,
}

impl MetaScan {
    /// Looks at the next bytes. `Break` when there is no need to see more.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let bytes = &bytes[..bytes.len().min(self.left)];
        self.left -= bytes.len();
        match self.tokenizer.feed(bytes) {
            ControlFlow::Break(Some(policy)) => {
                self.watch.tell(MetaPolicy {
                    host: self.page.host().to_owned(),
                    path: self.page.path().to_owned(),
                    policy,
                });
                ControlFlow::Break(())
            }
            ControlFlow::Break(None) => ControlFlow::Break(()),
            ControlFlow::Continue(()) if self.left == 0 => ControlFlow::Break(()),
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
        }
    }
}

/// Whether a response is HTML that nobody compressed.
fn is_readable_html(response: &HeaderMap) -> bool {
    let media_type = response
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes);
    let essence = media_type.and_then(|value| value.split(|byte| *byte == b';').next());
    let is_html = essence.is_some_and(|it| it.trim_ascii().eq_ignore_ascii_case(b"text/html"));
    let encoding = response
        .get(header::CONTENT_ENCODING)
        .map(HeaderValue::as_bytes);
    is_html && encoding.is_none_or(|encoding| encoding.eq_ignore_ascii_case(b"identity"))
}

/// How many bytes of a page are looked at.
const MAX_SCANNED: usize = 64 * 1024;
/// For how many hosts it is remembered that they were told of; hosts come from requests.
const MAX_HOSTS: usize = 1000;

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn html() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("Text/HTML; charset=x"),
        );
        headers
    }

    fn watch() -> (MetaWatch, Arc<Mutex<Vec<MetaPolicy>>>) {
        let found = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&found);
        (
            MetaWatch::new(move |policy| sink.lock().unwrap().push(policy)),
            found,
        )
    }

    fn page(host: &'static str, path: &'static str) -> Page {
        Page::new(
            Some(HeaderValue::from_static(host)),
            &Uri::from_static(path),
        )
    }

    const PAGE: &[u8] = b"<meta http-equiv=Content-Security-Policy content=\"connect-src 'self'\">";

    #[test]
    fn a_host_is_told_of_once() {
        let (watch, found) = watch();
        let mut first = watch.scan(page("a.example", "/"), &html()).unwrap();
        let mut second = watch.scan(page("a.example", "/second"), &html()).unwrap();
        assert!(first.feed(PAGE).is_break() && second.feed(PAGE).is_break());
        assert!(watch.scan(page("a.example", "/third"), &html()).is_none());
        assert!(watch.scan(page("b.example", "/"), &html()).is_some());
        let expected = MetaPolicy {
            host: "a.example".to_owned(),
            path: "/".to_owned(),
            policy: "connect-src 'self'".to_owned(),
        };
        assert_eq!(*found.lock().unwrap(), [expected]);
        watch.reset();
        assert!(watch.scan(page("a.example", "/"), &html()).is_some());
    }

    #[test]
    fn only_html_that_can_be_read_is_looked_at() {
        let (watch, _) = watch();
        let mut compressed = html();
        compressed.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        assert!(watch.scan(page("a", "/"), &compressed).is_none());
        assert!(watch.scan(page("a", "/"), &HeaderMap::new()).is_none());
    }

    #[test]
    fn a_long_head_is_not_read_to_its_end() {
        let (watch, found) = watch();
        let mut scan = watch.scan(page("a", "/"), &html()).unwrap();
        assert!(scan.feed(&vec![b' '; MAX_SCANNED - 1]).is_continue());
        assert!(scan.feed(PAGE).is_break());
        assert!(found.lock().unwrap().is_empty());
    }
}
