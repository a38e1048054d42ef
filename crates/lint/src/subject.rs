//! What is linted: policies, and what is known about their page.

use connect_src::{BrowserProfile, Origin, Policy, Request, Rules};
use url::Url;

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
    pub(crate) reporting_endpoints: Option<&'a [String]>,
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
            reporting_endpoints: None,
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

    /// The names that the page's `Reporting-Endpoints` header defines.
    pub fn with_reporting_endpoints(mut self, names: &'a [String]) -> Self {
        self.reporting_endpoints = Some(names);
        self
    }
}

/// An https page on a host that nobody has, so that `'self'` matches nothing that a policy names.
fn unknown_origin() -> Origin {
    Url::parse("https://page.invalid/").map_or(Origin::Opaque, |url| Origin::of(&url))
}
