//! What becomes of the policies that a response already has: pure functions over their text.
//!
//! Nothing here knows HTTP. The decisions are held against the engine by property tests: after
//! [`extend`] a policy allows what it allowed before and what the sources allow, and nothing else.

use std::fmt::Write as _;

use connect_src::{
    BrowserProfile, Directive, DirectiveName, Disposition, Keyword, Policy, SourceExpression,
};

use crate::error::{Error, ErrorKind};

/// What becomes of the policies that a response already has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Merge {
    /// They stay, and ours is one policy more. A connection must be allowed by each of them, so ours can
    /// only forbid.
    #[default]
    Keep,
    /// Our sources are added to each of them, so that what we allow is allowed.
    ///
    /// A policy that leaves connections to its `default-src` gets a `connect-src` with the same sources
    /// first, so that nothing but connections is opened. What we enforce is added to enforced and
    /// report-only policies; what we only report on is added to report-only policies alone. If none of
    /// the policies with the disposition of ours is about connections, ours is sent as one more, and so it
    /// is if it has no sources to add.
    Extend,
    /// Ours takes the place of those with the same disposition.
    Replace,
}

/// Sources to add to a source list: schemes, hosts, `'self'`.
///
/// ```
/// use connect_src_tower::Sources;
///
/// let sources = Sources::new(["'self'", "https://api.example.com", "wss:"])?;
/// assert_eq!(sources.to_string(), "'self' https://api.example.com wss:");
/// assert!(Sources::new(["https://a.example; script-src *"]).is_err());
/// # Ok::<(), connect_src_tower::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    texts: Vec<String>,
}

impl Sources {
    /// Reads sources, one source expression each. Fails for what is no source expression, and for one that
    /// has no say about connections, such as a nonce or `'none'`.
    pub fn new<S: AsRef<str>>(sources: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let mut checked = Self::default();
        for source in sources {
            let source = source.as_ref();
            if !is_source(source) {
                return Err(Error::new(ErrorKind::Source, source));
            }
            checked.push(source);
        }
        Ok(checked)
    }

    /// The sources that a policy allows connections to.
    pub fn of(policy: &Policy) -> Self {
        let mut sources = Self::default();
        let governing = governing_directive(policy);
        for text in governing.into_iter().flat_map(texts) {
            if is_source(text) {
                sources.push(text);
            }
        }
        sources
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The sources as they were written.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.texts.iter().map(String::as_str)
    }

    /// These sources and then the others.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        others.iter().for_each(|source| self.push(source));
        self
    }

    fn push(&mut self, source: &str) {
        if !self.texts.iter().any(|text| text == source) {
            self.texts.push(source.into());
        }
    }
}

impl std::fmt::Display for Sources {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.texts.join(" "))
    }
}

/// Where the reports about a policy go: the values of its `report-uri` and `report-to`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    uri: Option<String>,
    to: Option<String>,
}

impl Reporting {
    /// The reporting directives of a policy.
    pub fn of(policy: &Policy) -> Self {
        let value = |name| {
            let directive = policy.directive(name, BrowserProfile::Standard)?;
            let value = directive.value();
            (!value.is_empty()).then(|| value.into())
        };
        Self {
            uri: value(DirectiveName::ReportUri),
            to: value(DirectiveName::ReportTo),
        }
    }
}

/// Adds sources to what a policy allows connections to, and `reporting` to where its reports go.
/// `None` if the policy has no say about connections, neither by `connect-src` nor by `default-src`.
///
/// The policy is read as the standard says. A directive with a character outside ASCII is ignored by
/// everyone; it is left out, because Chromium would still let it take the name of a later one.
///
/// An existing `report-uri` gets our URLs too; a `report-to`, which holds one name only, is left as it is,
/// and is added only to a policy without any reporting, because browsers that know it ignore `report-uri`.
///
/// ```
/// use connect_src::{Disposition, Policy};
/// use connect_src_tower::merge::{Reporting, extend};
/// use connect_src_tower::Sources;
///
/// let policy = Policy::from_header("default-src 'self'; img-src *", Disposition::Enforce);
/// let sources = Sources::new(["https://api.example.com"])?;
/// assert_eq!(
///     extend(&policy, &sources, &Reporting::default()).unwrap(),
///     "default-src 'self'; connect-src 'self' https://api.example.com; img-src *",
/// );
/// # Ok::<(), connect_src_tower::Error>(())
/// ```
pub fn extend(policy: &Policy, sources: &Sources, reporting: &Reporting) -> Option<String> {
    let governing = governing_directive(policy)?;
    let is_own = governing.known_name() == Some(DirectiveName::ConnectSrc);
    let mut text = String::with_capacity(policy.text().len() + 128);
    for directive in policy.directives().filter(|one| is_ascii(*one, policy)) {
        separate(&mut text);
        if directive.span() != governing.span() {
            text.push_str(&policy.text()[directive.span().range()]);
            append_report_uri(&mut text, directive, policy, reporting);
        } else if is_own {
            push_extended(&mut text, directive.name(), directive, sources);
        } else {
            text.push_str(&policy.text()[directive.span().range()]);
            separate(&mut text);
            push_extended(&mut text, CONNECT_SRC, directive, sources);
        }
    }
    push_reporting(&mut text, policy, reporting);
    Some(text)
}

/// What one header of a response becomes when ours is merged into it by [`Merge::Extend`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extended {
    /// The header's new lines, one for each old one that has a policy.
    pub lines: Vec<String>,
    /// Whether a policy among them is about connections, so that it got our sources.
    pub is_governing: bool,
}

/// Extends each policy in the lines of one header. Policies that are not about connections stay as
/// they are.
///
/// ```
/// use connect_src::Disposition;
/// use connect_src_tower::merge::{Reporting, extend_header};
/// use connect_src_tower::Sources;
///
/// let lines = ["connect-src 'none', script-src 'self'", "default-src *"];
/// let sources = Sources::new(["https://a.example"])?;
/// let extended = extend_header(lines, Disposition::Enforce, &sources, &Reporting::default());
/// assert_eq!(
///     extended.lines,
///     [
///         "connect-src https://a.example, script-src 'self'",
///         "default-src *; connect-src * https://a.example",
///     ],
/// );
/// assert!(extended.is_governing);
/// # Ok::<(), connect_src_tower::Error>(())
/// ```
pub fn extend_header<L: AsRef<[u8]>>(
    lines: impl IntoIterator<Item = L>,
    disposition: Disposition,
    sources: &Sources,
    reporting: &Reporting,
) -> Extended {
    let mut extended = Extended {
        lines: Vec::new(),
        is_governing: false,
    };
    for line in lines {
        let mut texts = Vec::new();
        for serialized in line.as_ref().split(|byte| *byte == b',') {
            let policy = Policy::from_header(serialized, disposition);
            if policy.is_empty() {
                continue;
            }
            let text = extend(&policy, sources, reporting);
            extended.is_governing |= text.is_some();
            texts.push(text.unwrap_or_else(|| ascii_text(&policy)));
        }
        if !texts.is_empty() {
            extended.lines.push(texts.join(", "));
        }
    }
    extended
}

/// The directive that decides about connections, as the standard reads the policy.
fn governing_directive(policy: &Policy) -> Option<Directive<'_>> {
    policy.governing_directive(DirectiveName::ConnectSrc, BrowserProfile::Standard)
}

fn texts(directive: Directive<'_>) -> impl Iterator<Item = &str> {
    directive.source_list().texts().map(|(_, text)| text)
}

/// Writes `name` with the directive's sources for connections and then ours.
fn push_extended(text: &mut String, name: &str, directive: Directive<'_>, sources: &Sources) {
    text.push_str(name);
    let is_written_out = directive.known_name() != Some(DirectiveName::ConnectSrc);
    let kept: Vec<&str> = texts(directive)
        .filter(|one| !(is_none(one) || is_written_out && is_for_others(one)))
        .collect();
    let added = sources.iter().filter(|one| !kept.contains(one));
    for source in kept.iter().copied().chain(added) {
        text.push(' ');
        text.push_str(source);
    }
    if kept.is_empty() && sources.is_empty() {
        text.push_str(" 'none'");
    }
}

/// Adds our URLs to the `report-uri` that counts.
fn append_report_uri(
    text: &mut String,
    directive: Directive<'_>,
    policy: &Policy,
    reporting: &Reporting,
) {
    let counting = policy.directive(DirectiveName::ReportUri, BrowserProfile::Standard);
    let is_it = counting.is_some_and(|one| one.span() == directive.span());
    if let (true, Some(uri)) = (is_it, &reporting.uri) {
        text.push(' ');
        text.push_str(uri);
    }
}

/// Adds our reporting directives to a policy that lacks them.
fn push_reporting(text: &mut String, policy: &Policy, reporting: &Reporting) {
    let has = |name| policy.directive(name, BrowserProfile::Standard).is_some();
    let (has_uri, has_to) = (has(DirectiveName::ReportUri), has(DirectiveName::ReportTo));
    if let (false, Some(uri)) = (has_uri, &reporting.uri) {
        let _ = write!(text, "; {} {uri}", DirectiveName::ReportUri);
    }
    if let (false, Some(to)) = (has_uri || has_to, &reporting.to) {
        let _ = write!(text, "; {} {to}", DirectiveName::ReportTo);
    }
}

/// The policy without the directives that everyone ignores for a character outside ASCII.
fn ascii_text(policy: &Policy) -> String {
    if policy.text().is_ascii() {
        return policy.text().trim_ascii().into();
    }
    let spans = policy
        .directives()
        .filter(|one| is_ascii(*one, policy))
        .map(|one| &policy.text()[one.span().range()]);
    spans.collect::<Vec<_>>().join("; ")
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push_str("; ");
    }
}

fn is_ascii(directive: Directive<'_>, policy: &Policy) -> bool {
    policy.text()[directive.span().range()].is_ascii()
}

fn is_none(source: &str) -> bool {
    Keyword::parse(source) == Some(Keyword::None)
}

/// Whether an expression of `default-src` is about something other than connections. What the standard
/// does not recognise stays, so that each browser reads it in `connect-src` as it did in `default-src`.
fn is_for_others(source: &str) -> bool {
    match SourceExpression::parse(source) {
        SourceExpression::Nonce(_) | SourceExpression::Hash(_) => true,
        SourceExpression::Keyword(keyword) => !is_for_connections(keyword),
        _ => false,
    }
}

fn is_for_connections(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::SelfOrigin | Keyword::UnsafeWebTransportHashes
    )
}

/// Whether the text is one source expression that decides about connections, and safe in a header.
fn is_source(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b';' && byte != b',';
    let is_expression = match SourceExpression::parse(text) {
        SourceExpression::Scheme(_) | SourceExpression::Host(_) => true,
        SourceExpression::Keyword(keyword) => is_for_connections(keyword),
        _ => false,
    };
    is_expression && text.bytes().all(is_plain)
}

const CONNECT_SRC: &str = DirectiveName::ConnectSrc.as_str();
