use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::HashSet;

use super::address::{Address, Host, Path};
use super::{Comparison, RequestKind};
use crate::origin::{Origin, TupleOrigin};
use crate::source_expression::{HostPart, HostSource, Keyword, PortPart, SourceExpression};
use crate::subsumption::{ADDRESSES, Fresh};

/// The URLs that one source may admit, or several together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Template<'p> {
    /// As written; `None` for what no directive governs.
    pub(super) source: Option<&'p str>,
    /// Schemes that are not the web's, to try beside those.
    schemes: Vec<&'p str>,
    is_secure: bool,
    host: HostPart<'p>,
    ports: Vec<u16>,
    pub(super) path: &'p str,
    /// Whether URLs that name no network host are among them.
    has_local: bool,
}

impl<'p> Template<'p> {
    pub(super) fn of_everything(self_origin: &'p Origin) -> Self {
        let page = self_origin.as_tuple();
        Self {
            source: None,
            schemes: page
                .map(TupleOrigin::scheme)
                .into_iter()
                .filter(is_foreign)
                .collect(),
            is_secure: false,
            host: HostPart::Any,
            ports: Vec::new(),
            path: "",
            has_local: true,
        }
    }

    /// The template of an expression; `None` if it is about no URL.
    pub(super) fn of(
        text: &'p str,
        expression: &SourceExpression<'p>,
        self_origin: &'p Origin,
    ) -> Option<Self> {
        let page = self_origin.as_tuple();
        let mut template = Self::of_everything(self_origin);
        template.source = Some(text);
        match expression {
            SourceExpression::Host(source) if source.is_star() => {}
            // Admits scripts that a script adds, wherever they are.
            SourceExpression::Keyword(Keyword::StrictDynamic) => {}
            SourceExpression::Host(source) => template.narrow_to(source),
            SourceExpression::Scheme(scheme) => {
                template.schemes.push(scheme);
                template.is_secure = is_secure(scheme);
            }
            SourceExpression::Keyword(Keyword::SelfOrigin) => {
                match page {
                    Some(origin) => {
                        template.host = HostPart::Exact(origin.host());
                        template.ports.extend(origin.port());
                    }
                    // Nowhere anything, but in WebKit whatever is secure.
                    None => template.is_secure = true,
                }
            }
            _ => return None,
        }
        Some(template)
    }

    fn narrow_to(&mut self, source: &HostSource<'p>) {
        if let Some(scheme) = source.scheme {
            self.schemes = [scheme].into_iter().filter(is_foreign).collect();
            self.is_secure = is_secure(scheme);
        }
        self.host = source.host;
        if let Some(PortPart::Number(port)) = source.port {
            self.ports.push(port);
        }
        self.path = source.path;
        self.has_local = false;
    }

    /// The same after a redirect, when paths do not count.
    pub(super) fn without_path(&self) -> Self {
        Self {
            path: "",
            ..self.clone()
        }
    }

    /// What both admit, as far as their hosts tell; `None` if no host is in both. Of two paths this keeps its own.
    fn meet(&self, other: &Self) -> Option<Self> {
        let (host, source) = narrower((self.host, self.source), (other.host, other.source))?;
        let join = |one: &[&'p str], other: &[&'p str]| one.iter().chain(other).copied().collect();
        let mut schemes: Vec<&'p str> = join(&self.schemes, &other.schemes);
        schemes.sort_unstable();
        schemes.dedup();
        let mut ports: Vec<u16> = self.ports.iter().chain(&other.ports).copied().collect();
        ports.sort_unstable();
        ports.dedup();
        Some(Self {
            source,
            schemes,
            is_secure: self.is_secure || other.is_secure,
            host,
            ports,
            path: if self.path.is_empty() {
                other.path
            } else {
                self.path
            },
            has_local: self.has_local && other.has_local,
        })
    }

    /// Goes through URLs of a kind that other sources admit least, the plainest first, until one is found. Whether one is.
    pub(super) fn find_url(
        &self,
        kind: RequestKind,
        comparison: &Comparison<'_>,
        mut is_found: impl FnMut(Address<'_>) -> bool,
    ) -> bool {
        let fresh = comparison.fresh();
        let path: Cow<'_, str> = match self.path {
            "" => fresh.file.as_str().into(),
            path => fresh.hardest_path(path, comparison.rules),
        };
        let path = Path::of(&path);
        let name: Cow<'_, str> = match self.host {
            HostPart::Any => format!("{}.example", fresh.label).into(),
            HostPart::Subdomains(suffix) => format!("{}.{suffix}", fresh.label).into(),
            HostPart::Exact(host) => host.into(),
        };
        let [ipv4, ipv6] = ADDRESSES.map(Host::address);
        let hosts = [Host::of(&name), ipv4, ipv6];
        let hosts = match self.host {
            HostPart::Any => &hosts[..],
            _ => &hosts[..1],
        };
        let web = kind.schemes().iter().copied();
        let web = web.filter(|scheme| !self.is_secure || is_secure(scheme));
        let foreign = self.schemes.iter().copied();
        let foreign = foreign.filter(|_| kind.may_have_any_scheme());
        for scheme in web.chain(foreign) {
            for host in hosts.iter().copied() {
                for port in self.ports_of(scheme, fresh) {
                    let address = Address::Network {
                        scheme,
                        host,
                        port,
                        path,
                    };
                    if is_found(address) {
                        return true;
                    }
                }
            }
        }
        self.has_local
            && kind.may_have_any_scheme()
            && self
                .local(fresh, &comparison.self_origin)
                .iter()
                .any(|text| is_found(Address::Other(text)))
    }

    /// The default, one of no meaning, one with a meaning of its own, and the source's.
    fn ports_of(&self, scheme: &str, fresh: &Fresh) -> impl Iterator<Item = Option<u16>> {
        let special = if is_secure(scheme) { 80 } else { 443 };
        let own = self.ports.iter().copied().map(Some);
        own.chain([None, Some(fresh.port), Some(special)])
    }

    fn local(&self, fresh: &Fresh, self_origin: &Origin) -> Vec<String> {
        let label = &fresh.label;
        let schemes = self.schemes.iter();
        let mut urls: Vec<String> = schemes.map(|scheme| format!("{scheme}:{label}")).collect();
        urls.push(format!("blob:{self_origin}/{label}"));
        if !matches!(self.host, HostPart::Exact(_)) {
            urls.push(format!("data:,{label}"));
            urls.push(format!("{label}:x"));
            urls.push(format!("{label}://{label}.example/"));
        }
        urls
    }
}

/// What each of the one and each of the other admit together, and whether these are all.
pub(super) fn meets<'p>(one: &[Template<'p>], other: &[Template<'p>]) -> (Vec<Template<'p>>, bool) {
    let mut met = HashSet::new();
    let mut order = Vec::new();
    for first in one {
        for second in other {
            // Their paths may be apart; then only a redirect leads there.
            let pair = [first.meet(second), second.meet(first)];
            for template in pair.into_iter().flatten() {
                if met.insert(template.clone()) {
                    order.push(template);
                }
            }
            if order.len() > MOST_TEMPLATES {
                return (order, false);
            }
        }
    }
    (order, true)
}

type Named<'p> = (HostPart<'p>, Option<&'p str>);

fn narrower<'p>(one: Named<'p>, other: Named<'p>) -> Option<Named<'p>> {
    if contains(one.0, other.0) {
        Some(other)
    } else {
        contains(other.0, one.0).then_some(one)
    }
}

fn contains(larger: HostPart<'_>, smaller: HostPart<'_>) -> bool {
    match (larger, smaller) {
        (HostPart::Any, _) => true,
        (HostPart::Exact(one), HostPart::Exact(other)) => {
            plain(one).eq_ignore_ascii_case(plain(other))
        }
        (HostPart::Subdomains(suffix), HostPart::Exact(host)) => is_below(host, suffix),
        (HostPart::Subdomains(one), HostPart::Subdomains(other)) => {
            plain(one).eq_ignore_ascii_case(plain(other)) || is_below(other, one)
        }
        _ => false,
    }
}

fn is_below(host: &str, suffix: &str) -> bool {
    let (host, suffix) = (plain(host).as_bytes(), plain(suffix).as_bytes());
    let Some(rest) = host.len().checked_sub(suffix.len()) else {
        return false;
    };
    host[rest..].eq_ignore_ascii_case(suffix) && host[..rest].ends_with(b".")
}

/// Some browsers drop the dot at the end.
fn plain(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

fn is_secure(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss")
}

/// Whether a scheme is not one of those that are always tried.
fn is_foreign(scheme: &&str) -> bool {
    let web = ["https", "http", "wss", "ws"];
    !web.iter().any(|web| web.eq_ignore_ascii_case(scheme))
}

const MOST_TEMPLATES: usize = 20_000;
