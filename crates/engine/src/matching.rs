//! Does a URL match a source expression? The four part matches of the standard, and what is made of them.
//!
//! Every decision of this crate, plain, compiled or explained, comes from these functions.
//!
//! <https://w3c.github.io/webappsec-csp/#matching-urls>

mod path;
mod port;
mod self_source;
mod target;

pub use path::path_part;
pub(crate) use path::{canonical, decoded, is_folder, is_path_byte};
pub use port::{SourceScheme, port_part};
pub use target::Target;
pub(crate) use target::{UrlParts, default_port};

use crate::browser_profile::{Quirk, Rules};
use crate::origin::Origin;
use crate::source_expression::{HostPart, HostSource, Keyword, SourceExpression};

/// Whether a URL matches a source expression or a source list; the standard's "Matches" and "Does Not Match".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum MatchResult {
    /// It does.
    Matches,
    /// It does not, and what failed first.
    DoesNotMatch(Mismatch),
}

impl MatchResult {
    /// Whether it matches.
    pub fn is_match(self) -> bool {
        self == Self::Matches
    }
}

/// What failed first when a URL did not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mismatch {
    /// The scheme.
    Scheme,
    /// The host, or the URL has none.
    Host,
    /// The port.
    Port,
    /// The path.
    Path,
    /// The expression matches no URL: `'none'`, another keyword, a nonce, a hash.
    NotForUrls,
    /// The expression does not fit the grammar.
    Unrecognized,
    /// Another expression of the list switches this one off (`'strict-dynamic'` in WebKit).
    Silenced,
    /// There is no expression.
    EmptyList,
}

/// Which parts of a source fit a URL. All four must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The scheme fits.
    pub scheme: bool,
    /// The host fits.
    pub host: bool,
    /// The port fits.
    pub port: bool,
    /// The path fits, or is not looked at after a redirect.
    pub path: bool,
}

impl Parts {
    pub(crate) const ALL: Self = Self {
        scheme: true,
        host: true,
        port: true,
        path: true,
    };

    /// The verdict, naming the first part that fails in the standard's order.
    pub fn result(self) -> MatchResult {
        MatchResult::DoesNotMatch(match self {
            Self { scheme: false, .. } => Mismatch::Scheme,
            Self { host: false, .. } => Mismatch::Host,
            Self { port: false, .. } => Mismatch::Port,
            Self { path: false, .. } => Mismatch::Path,
            Self::ALL => return MatchResult::Matches,
        })
    }
}

/// Where a match is asked for: the page's origin, whether the request was redirected, whose rules.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The origin that `'self'` and schemeless sources stand for.
    pub self_origin: &'a Origin,
    /// Whether the redirect count is not 0, so that paths are not compared.
    pub is_redirected: bool,
    /// Whose rules.
    pub rules: Rules,
}

/// Does the URL match the expression?
///
/// <https://w3c.github.io/webappsec-csp/#match-url-to-source-expression>
pub fn expression(
    target: &Target<'_>,
    expression: &SourceExpression<'_>,
    context: Context<'_>,
) -> MatchResult {
    match parts(target, expression, context) {
        Ok(parts) => parts.result(),
        Err(mismatch) => MatchResult::DoesNotMatch(mismatch),
    }
}

/// Which parts of the expression fit the URL; an error where the expression is not about URLs.
pub(crate) fn parts(
    target: &Target<'_>,
    expression: &SourceExpression<'_>,
    context: Context<'_>,
) -> Result<Parts, Mismatch> {
    match expression {
        SourceExpression::Scheme(scheme) => {
            let scheme = scheme_part(scheme, target.scheme, context.rules);
            Ok(Parts {
                scheme,
                ..Parts::ALL
            })
        }
        SourceExpression::Host(source) if source.is_star() => Ok(Parts {
            scheme: star(target, context),
            ..Parts::ALL
        }),
        SourceExpression::Host(source) => Ok(host_source(target, source, context)),
        SourceExpression::Keyword(Keyword::SelfOrigin) => {
            Ok(self_source::self_source(target, context))
        }
        SourceExpression::Keyword(_) | SourceExpression::Nonce(_) | SourceExpression::Hash(_) => {
            Err(Mismatch::NotForUrls)
        }
        SourceExpression::Unrecognized(_) => Err(Mismatch::Unrecognized),
    }
}

fn host_source(target: &Target<'_>, source: &HostSource<'_>, context: Context<'_>) -> Parts {
    let scheme = match (source.scheme, context.self_origin.as_tuple()) {
        (Some(written), _) => Some(SourceScheme {
            scheme: written,
            is_written: true,
        }),
        (None, Some(origin)) => Some(SourceScheme {
            scheme: origin.scheme(),
            is_written: false,
        }),
        (None, None) => None,
    };
    Parts {
        scheme: scheme.is_some_and(|one| scheme_part(one.scheme, target.scheme, context.rules)),
        host: host_part(source.host, target, context.rules),
        port: scheme.is_some_and(|scheme| port_part(source.port, scheme, target, context.rules)),
        path: context.is_redirected || path_part(source.path, target.path, context.rules),
    }
}

/// Whether `*` admits the URL.
pub(crate) fn star(target: &Target<'_>, context: Context<'_>) -> bool {
    let Context {
        rules, self_origin, ..
    } = context;
    if rules.has(Quirk::StarAdmitsAnyNetworkScheme) {
        return !matches!(target.scheme, "blob" | "data" | "filesystem");
    }
    match target.scheme {
        "http" | "https" => true,
        "ws" | "wss" if rules.has(Quirk::StarAdmitsWebSocket) => true,
        scheme => self_origin
            .as_tuple()
            .is_some_and(|origin| origin.scheme() == scheme),
    }
}

/// Does scheme-part `a` match the scheme `b` of a URL?
///
/// ```
/// use connect_src::BrowserProfile::{Chromium, Standard};
/// use connect_src::matching::scheme_part;
///
/// assert!(scheme_part("http", "https", Chromium.into()), "a secure upgrade is always fine");
/// assert!(scheme_part("wss", "https", Standard.into()));
/// assert!(!scheme_part("wss", "https", Chromium.into()));
/// ```
///
/// <https://w3c.github.io/webappsec-csp/#match-schemes>
pub fn scheme_part(a: &str, b: &str, rules: Rules) -> bool {
    if a == b || a.eq_ignore_ascii_case(b) || is_scheme_upgrade(a, b) {
        return true;
    }
    let admits_http = !rules.has(Quirk::WebSocketSourceAdmitsOnlyWebSocket);
    let is_http = matches!(b, "http" | "https");
    admits_http && is_http && (is(a, "ws") || (is(a, "wss") && b == "https"))
}

/// Whether `b` is the secure form of the insecure scheme `a`.
pub(crate) fn is_scheme_upgrade(a: &str, b: &str) -> bool {
    (b == "https" && is(a, "http")) || (b == "wss" && is(a, "ws"))
}

fn is(scheme: &str, lower_case: &str) -> bool {
    scheme.eq_ignore_ascii_case(lower_case)
}

/// Does the host-part match the URL's host?
///
/// <https://w3c.github.io/webappsec-csp/#match-hosts>
pub fn host_part(pattern: HostPart<'_>, target: &Target<'_>, rules: Rules) -> bool {
    let Some(host) = target.host else {
        return false;
    };
    if target.has_ip_address && !rules.has(Quirk::IpAddressMatches) {
        return false;
    }
    match pattern {
        HostPart::Any => true,
        HostPart::Exact(exact) => exact.eq_ignore_ascii_case(host),
        HostPart::Subdomains(suffix) => is_below(host, suffix),
    }
}

fn is_below(host: &str, suffix: &str) -> bool {
    let Some(dot) = host.len().checked_sub(suffix.len() + 1) else {
        return false;
    };
    let (bytes, suffix) = (host.as_bytes(), suffix.as_bytes());
    bytes[dot] == b'.' && bytes[dot + 1..].eq_ignore_ascii_case(suffix)
}
