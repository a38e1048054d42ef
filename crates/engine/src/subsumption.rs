//! Does one source list allow everything that another allows? If not, a URL that shows it.
//!
//! A matcher of sources cannot tell apart two hosts that no source names, nor two such ports or paths. So each
//! expression of the smaller list is asked for the URLs that the larger list finds hardest to admit: a host, a port and a path that
//! no source names, and the few that browsers treat specially. If the larger list admits these, it admits all.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use url::Url;

use crate::browser_profile::{BrowserProfile, Rules};
use crate::check::Sources as _;
use crate::compiled::CompiledSourceList;
use crate::matching::{self, Context, Target, decoded, is_folder, scheme_part};
use crate::origin::{Origin, TupleOrigin};
use crate::request::{Api, Request};
use crate::source_expression::{HostPart, HostSource, Keyword, PortPart, SourceExpression};
use crate::source_list::SourceList;

/// Finds a request that `smaller` allows and `larger` does not; `None` when there is none, so that `larger` subsumes
/// `smaller`.
///
/// Only URLs are compared: nonces, hashes and `'strict-dynamic'` do not count. The lists may belong to different
/// policies; both are read for pages of `self_origin` under the same rules.
///
/// ```
/// use connect_src::{BrowserProfile, DirectiveName, Disposition, Origin, Policy, subsumption_witness};
/// use url::Url;
///
/// let page = Origin::of(&Url::parse("https://app.example.com/")?);
/// let old = Policy::from_header("connect-src *.example.com", Disposition::Enforce);
/// let new = Policy::from_header("connect-src https://api.example.com", Disposition::Enforce);
/// let list = |policy: &'static Policy| {
///     policy.directive(DirectiveName::ConnectSrc, BrowserProfile::Standard).unwrap().source_list()
/// };
/// # let (old, new): (&'static Policy, &'static Policy) = (Box::leak(Box::new(old)), Box::leak(Box::new(new)));
/// assert!(subsumption_witness(list(old), list(new), &page, BrowserProfile::Firefox).is_none());
/// let witness = subsumption_witness(list(new), list(old), &page, BrowserProfile::Firefox).unwrap();
/// assert!(witness.url().host_str().unwrap().ends_with(".example.com"));
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn subsumption_witness(
    larger: SourceList<'_>,
    smaller: SourceList<'_>,
    self_origin: &Origin,
    rules: impl Into<Rules>,
) -> Option<Request> {
    let rules = rules.into();
    let context = Context {
        self_origin,
        is_redirected: false,
        rules,
    };
    let fresh = Fresh::of([larger, smaller], rules);
    let larger = CompiledSourceList::of(larger, rules);
    let silence = smaller.silence(rules);
    let expressions = smaller.expressions_as(rules).enumerate();
    let live = expressions.filter(|(index, (_, one))| !silence.covers(*index, one));
    live.map(|(_, (_, expression))| expression)
        .find_map(|expression| {
            let requests = fresh
                .hardest_urls(&expression, context)
                .into_iter()
                .filter_map(|url| request(&url));
            requests.into_iter().find(|request| {
                let target = Target::new(request.url(), request.mode, rules);
                matching::expression(&target, &expression, context).is_match()
                    && !larger.matches_target(&target, context)
            })
        })
}

fn request(url: &str) -> Option<Request> {
    let url = Url::parse(url).ok()?;
    Some(Request::connect(Api::implied_by(&url), url))
}

/// Names that no source of the lists has.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) label: String,
    /// A path of one piece.
    pub(crate) file: String,
    pub(crate) port: u16,
}

impl Fresh {
    pub(crate) fn of<'p>(lists: impl IntoIterator<Item = SourceList<'p>>, rules: Rules) -> Self {
        let mut ports = Vec::new();
        let mut names = String::new();
        for (_, expression) in lists
            .into_iter()
            .flat_map(|list| list.expressions_as(rules))
        {
            if let SourceExpression::Host(HostSource {
                host, port, path, ..
            }) = expression
            {
                if let Some(PortPart::Number(number)) = port {
                    ports.push(number);
                }
                if let HostPart::Exact(host) | HostPart::Subdomains(host) = host {
                    names.push_str(host);
                }
                names.extend(decoded(path).map(char::from));
            }
        }
        names.make_ascii_lowercase();
        ports.sort_unstable();
        let is_free = |port: &u16| ports.binary_search(port).is_err();
        let mut labels = (0..).map(|number: u32| format!("any{number}"));
        let label = labels.find(|label| !names.contains(label));
        let label = label.unwrap_or_default();
        Self {
            file: format!("/{label}"),
            label,
            port: (1024..u16::MAX).find(is_free).unwrap_or(u16::MAX),
        }
    }

    /// The URLs that the expression may admit and that other sources admit least.
    fn hardest_urls(&self, expression: &SourceExpression<'_>, context: Context<'_>) -> Vec<String> {
        let rules = context.rules;
        let page = context.self_origin.as_tuple();
        match expression {
            SourceExpression::Host(source) if source.is_star() => {
                let page = page.map(TupleOrigin::scheme);
                let schemes = WEB_SCHEMES
                    .into_iter()
                    .chain(page)
                    .chain([self.label.as_str()]);
                self.urls(schemes, &self.any_host(), None, "")
            }
            SourceExpression::Host(source) => {
                let scheme = source
                    .scheme
                    .or(page.map(TupleOrigin::scheme))
                    .unwrap_or_default();
                let path = self.hardest_path(source.path, rules);
                self.urls(
                    admitted(scheme, rules),
                    &self.hosts(source.host),
                    source.port,
                    &path,
                )
            }
            SourceExpression::Scheme(scheme) => {
                let mut urls = self.urls(admitted(scheme, rules), &self.any_host(), None, "");
                urls.push(format!("{scheme}:{}", self.label));
                urls
            }
            SourceExpression::Keyword(Keyword::SelfOrigin) => {
                let Some(origin) = page else {
                    // Nowhere anything, but in WebKit whatever is secure.
                    return self.urls(["https", "wss"].into_iter(), &self.any_host(), None, "");
                };
                let schemes = WEB_SCHEMES.into_iter().chain([origin.scheme()]);
                let port = origin.port().map(PortPart::Number);
                let mut urls = self.urls(schemes, &[origin.host().into()], port, "");
                urls.push(format!("blob:{}/{}", context.self_origin, self.label));
                urls
            }
            _ => Vec::new(),
        }
    }

    /// Hosts of each kind, which no source names.
    fn any_host(&self) -> Vec<String> {
        let name = format!("{}.example", self.label);
        let addresses = ADDRESSES.map(String::from);
        core::iter::once(name).chain(addresses).collect()
    }

    fn hosts(&self, host: HostPart<'_>) -> Vec<String> {
        match host {
            HostPart::Any => self.any_host(),
            HostPart::Subdomains(suffix) => alloc::vec![format!("{}.{suffix}", self.label)],
            HostPart::Exact(host) => alloc::vec![host.into()],
        }
    }

    /// A folder is asked for a file in it that no source names, a file for itself.
    pub(crate) fn hardest_path<'a>(&self, path: &'a str, rules: Rules) -> Cow<'a, str> {
        if is_folder(path, rules) {
            format!("{path}{}", self.label).into()
        } else {
            path.into()
        }
    }

    fn urls<'a>(
        &self,
        schemes: impl Iterator<Item = &'a str>,
        hosts: &[String],
        port: Option<PortPart>,
        path: &str,
    ) -> Vec<String> {
        let path = if path.is_empty() { &self.file } else { path };
        // A port of no meaning, the default, those with a meaning of their own, and the source's.
        let mut ports = alloc::vec![Some(self.port), None, Some(80), Some(443)];
        if let Some(PortPart::Number(number)) = port {
            ports.push(Some(number));
        }
        let mut urls = Vec::new();
        for scheme in schemes {
            for host in hosts {
                urls.extend(ports.iter().map(|port| match port {
                    Some(port) => format!("{scheme}://{host}:{port}{path}"),
                    None => format!("{scheme}://{host}{path}"),
                }));
            }
        }
        urls
    }
}

/// The schemes of the URLs that a source with this scheme may admit.
fn admitted(scheme: &str, rules: Rules) -> impl Iterator<Item = &str> {
    // Under the standard a ws: or wss: URL is compared as http: or https:.
    let is_standard = rules.profile() == BrowserProfile::Standard;
    let web = WEB_SCHEMES.into_iter();
    web.filter(move |web| is_standard || scheme_part(scheme, web, rules))
        .chain([scheme])
}

/// Hosts that are no names, of both kinds, as URLs have them.
pub(crate) const ADDRESSES: [&str; 2] = ["192.0.2.1", "[2001:db8::1]"];

const WEB_SCHEMES: [&str; 4] = ["https", "http", "wss", "ws"];

/// Whether `larger` admits whatever URL `smaller` admits.
///
/// The same as [`subsumption_witness`] finding nothing.
pub fn subsumes(
    larger: SourceList<'_>,
    smaller: SourceList<'_>,
    self_origin: &Origin,
    rules: impl Into<Rules>,
) -> bool {
    subsumption_witness(larger, smaller, self_origin, rules).is_none()
}
