//! One source expression: its typed form and its grammar.

mod error;
mod parser;

use core::fmt;

pub use error::{ExpressionError, ExpressionErrorKind};
pub(crate) use parser::listens_to_strict_dynamic;

use crate::browser_profile::{BrowserProfile, Rules};
use crate::directive::DirectiveName;

/// One element of a source list, typed. It borrows from the text.
///
/// ```
/// use connect_src::{HostPart, PortPart, SourceExpression};
///
/// let SourceExpression::Host(source) = SourceExpression::parse("https://*.example.com:8443/api/") else {
///     panic!("a host-source");
/// };
/// assert_eq!(source.scheme, Some("https"));
/// assert_eq!(source.host, HostPart::Subdomains("example.com"));
/// assert_eq!(source.port, Some(PortPart::Number(8443)));
/// assert_eq!(source.path, "/api/");
/// ```
///
/// <https://w3c.github.io/webappsec-csp/#framework-directive-source-list>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceExpression<'a> {
    /// `https:`, here without its colon.
    Scheme(&'a str),
    /// `https://*.example.com:8443/api/`, `example.com`, `*`.
    Host(HostSource<'a>),
    /// `'self'` and the like.
    Keyword(Keyword),
    /// `'nonce-…'`: its base64-value.
    Nonce(&'a str),
    /// `'sha256-…'`.
    Hash(HashSource<'a>),
    /// Does not fit the grammar, so it matches nothing.
    Unrecognized(ExpressionError),
}

impl<'a> SourceExpression<'a> {
    /// Reads an expression by the standard's grammar.
    pub fn parse(expression: &'a str) -> Self {
        Self::parse_as(
            expression,
            DirectiveName::ConnectSrc,
            BrowserProfile::Standard,
        )
    }

    /// Reads an expression of this directive's list as a browser does.
    ///
    /// ```
    /// use connect_src::{BrowserProfile, DirectiveName, SourceExpression};
    ///
    /// let read = |profile| {
    ///     SourceExpression::parse_as("api.test?x", DirectiveName::ConnectSrc, profile)
    /// };
    /// assert!(matches!(read(BrowserProfile::Firefox), SourceExpression::Host(_)));
    /// assert!(matches!(read(BrowserProfile::Chromium), SourceExpression::Unrecognized(_)));
    /// ```
    pub fn parse_as(
        expression: &'a str,
        directive: DirectiveName,
        rules: impl Into<Rules>,
    ) -> Self {
        parser::source_expression(expression, directive, rules.into())
            .unwrap_or_else(Self::Unrecognized)
    }

    /// Whether it is the lone `*`.
    pub fn is_star(&self) -> bool {
        matches!(self, Self::Host(source) if source.is_star())
    }
}

/// Prints the expression in its normal form: what a browser would make of it. An unrecognized one
/// prints nothing.
impl fmt::Display for SourceExpression<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme(scheme) => write!(formatter, "{scheme}:"),
            Self::Host(source) => source.fmt(formatter),
            Self::Keyword(keyword) => keyword.fmt(formatter),
            Self::Nonce(nonce) => write!(formatter, "'nonce-{nonce}'"),
            Self::Hash(hash) => write!(formatter, "'{}-{}'", hash.algorithm.as_str(), hash.value),
            Self::Unrecognized(_) => Ok(()),
        }
    }
}

/// A host-source: `[ scheme-part "://" ] host-part [ ":" port-part ] [ path-part ]`.
///
/// <https://w3c.github.io/webappsec-csp/#grammardef-host-source>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostSource<'a> {
    /// `None` stands for the scheme of the page.
    pub scheme: Option<&'a str>,
    /// Which hosts.
    pub host: HostPart<'a>,
    /// `None` stands for the default port.
    pub port: Option<PortPart>,
    /// As written, still percent-encoded; empty for any path.
    pub path: &'a str,
}

impl HostSource<'_> {
    /// Whether it is the lone `*`, which has a rule of its own.
    pub fn is_star(&self) -> bool {
        self.host == HostPart::Any
            && self.scheme.is_none()
            && self.port.is_none()
            && self.path.is_empty()
    }
}

impl fmt::Display for HostSource<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(formatter, "{scheme}://")?;
        }
        match self.host {
            HostPart::Any => formatter.write_str("*")?,
            HostPart::Subdomains(suffix) => write!(formatter, "*.{suffix}")?,
            HostPart::Exact(host) => formatter.write_str(host)?,
        }
        match self.port {
            None => {}
            Some(PortPart::Any) => formatter.write_str(":*")?,
            Some(PortPart::Number(port)) => write!(formatter, ":{port}")?,
            Some(PortPart::Unmatchable) => formatter.write_str(":65536")?,
        }
        formatter.write_str(self.path)
    }
}

/// <https://w3c.github.io/webappsec-csp/#grammardef-host-part>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostPart<'a> {
    /// `*`.
    Any,
    /// `*.example.com`, here without `*.`: every host below, but not `example.com` itself.
    Subdomains(&'a str),
    /// `example.com`, in any ASCII case.
    Exact(&'a str),
}

/// <https://w3c.github.io/webappsec-csp/#grammardef-port-part>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PortPart {
    /// `:*`.
    Any,
    /// A port number.
    Number(u16),
    /// Digits that no URL's port equals, such as 99999.
    Unmatchable,
}

/// A hash-source.
///
/// <https://w3c.github.io/webappsec-csp/#grammardef-hash-source>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashSource<'a> {
    /// The hash function.
    pub algorithm: HashAlgorithm,
    /// The digest as written: base64 or base64url.
    pub value: &'a str,
}

/// <https://w3c.github.io/webappsec-csp/#grammardef-hash-algorithm>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashAlgorithm {
    /// All of them, the weakest first.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name as policies write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }
}

macro_rules! keywords {
    ($( $variant:ident = $text:literal, $doc:literal; )*) => {
        /// A keyword-source, and `'none'`.
        ///
        /// <https://w3c.github.io/webappsec-csp/#grammardef-keyword-source>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Keyword {
            $( #[doc = $doc] $variant, )*
        }

        impl Keyword {
            /// Every keyword.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The keyword with its quotes.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }
        }
    };
}

keywords! {
    None = "'none'", "Matches nothing; alone in a list it closes it.";
    SelfOrigin = "'self'", "The origin of the page that has the policy.";
    UnsafeInline = "'unsafe-inline'", "Inline scripts and styles.";
    UnsafeEval = "'unsafe-eval'", "`eval()` and the like.";
    StrictDynamic = "'strict-dynamic'", "Scripts that a trusted script adds.";
    UnsafeHashes = "'unsafe-hashes'", "Hashes also count for attributes.";
    ReportSample = "'report-sample'", "Reports carry the first 40 characters of inline code.";
    UnsafeAllowRedirects = "'unsafe-allow-redirects'", "Was meant for navigate-to, which is gone.";
    WasmUnsafeEval = "'wasm-unsafe-eval'", "Compiling WebAssembly.";
    TrustedTypesEval = "'trusted-types-eval'", "`eval()` under Trusted Types.";
    ReportSha256 = "'report-sha256'", "Report the hashes of scripts.";
    ReportSha384 = "'report-sha384'", "Report the hashes of scripts.";
    ReportSha512 = "'report-sha512'", "Report the hashes of scripts.";
    UnsafeWebTransportHashes = "'unsafe-webtransport-hashes'", "WebTransport to servers named by certificate hash.";
    InlineSpeculationRules = "'inline-speculation-rules'", "Inline speculation rules (Chromium).";
}

impl Keyword {
    /// Finds a keyword, quotes included, whatever its ASCII case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|keyword| keyword.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
