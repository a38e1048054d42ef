//! What is linted: policies, and what is known about their page.

use connect_src::{BrowserProfile, CspList, Origin, Policy, Request, Rules};
use url::Url;

use crate::response_headers::ResponseHeaders;

/// The policies of one page, and what is known about it.
///
/// ```
/// use connect_src::{BrowserProfile, Disposition, Policy};
/// use connect_src_lint::Subject;
/// use url::Url;
///
/// let policies = [Policy::from_header("connect-src 'self'", Disposition::Enforce)];
/// let page = Url::parse("https://app.example.com/")?;
/// let subject = Subject::new(&policies)
///     .on_page(&page)
///     .for_browsers([BrowserProfile::WebKit.at_version(15)]);
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    pub(crate) policies: &'a [Policy],
    pub(crate) page: Option<&'a Url>,
    pub(crate) origin: Origin,
    pub(crate) browsers: Vec<Rules>,
    pub(crate) inventory: Option<&'a [Request]>,
    pub(crate) has_service_worker: bool,
    pub(crate) headers: Option<&'a ResponseHeaders>,
    pub(crate) siblings: &'a [CspList],
    pub(crate) has_report_only_meta: bool,
}

impl<'a> Subject<'a> {
    /// The policies of a page of which nothing else is known: an https page, in all browsers of today.
    ///
    /// Unlike in a [`CspList`](connect_src::CspList), policies that browsers drop whole may be among them; they are
    /// findings too.
    pub fn new(policies: &'a [Policy]) -> Self {
        Self {
            policies,
            page: None,
            origin: unknown_origin(),
            browsers: BrowserProfile::BROWSERS.map(Rules::from).to_vec(),
            inventory: None,
            has_service_worker: false,
            headers: None,
            siblings: &[],
            has_report_only_meta: false,
        }
    }

    /// The page: what `'self'` and schemeless sources stand for.
    pub fn on_page(mut self, page: &'a Url) -> Self {
        self.page = Some(page);
        self.origin = Origin::of(page);
        self
    }

    /// The browsers that the page must work in.
    pub fn for_browsers<R: Into<Rules>>(mut self, browsers: impl IntoIterator<Item = R>) -> Self {
        self.browsers = browsers.into_iter().map(Into::into).collect();
        self
    }

    /// The connections that the page makes. Rules that compare the policy with them say nothing without.
    pub fn connecting_to(mut self, inventory: &'a [Request]) -> Self {
        self.inventory = Some(inventory);
        self
    }

    /// A service worker answers the page's fetches: what it fetches for an image is governed by `connect-src`.
    pub fn with_service_worker(mut self) -> Self {
        self.has_service_worker = true;
        self
    }

    /// The headers that came with the policies. Rules that compare the policy with them say nothing without.
    pub fn with_response_headers(mut self, headers: &'a ResponseHeaders) -> Self {
        self.headers = Some(headers);
        self
    }

    /// The policies of other pages of the same origin, a list for each page.
    pub fn beside(mut self, siblings: &'a [CspList]) -> Self {
        self.siblings = siblings;
        self
    }

    /// The document has a `<meta http-equiv=Content-Security-Policy-Report-Only>`, which browsers ignore.
    pub fn with_report_only_meta(mut self) -> Self {
        self.has_report_only_meta = true;
        self
    }
}

/// An https page on a host that nobody has, so that `'self'` matches nothing that a policy names.
fn unknown_origin() -> Origin {
    Url::parse("https://page.invalid/").map_or(Origin::Opaque, |url| Origin::of(&url))
}
