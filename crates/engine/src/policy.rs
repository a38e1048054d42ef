//! A policy: how it is delivered, and the total parser that turns its text into directives.

mod note;
mod tokens;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use note::{ParseNote, ParseNoteKind};

use crate::browser_profile::{Quirk, Rules};
use crate::directive::{DirectiveName, fetch_directive_fallback_list};
use crate::source_list::SourceList;
use crate::span::Span;
use tokens::{DirectiveTokens, Tokens};

/// What happens when the policy is violated.
///
/// <https://w3c.github.io/webappsec-csp/#content-security-policy-object-disposition>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Disposition {
    /// The request is blocked and reported.
    Enforce,
    /// The request is only reported.
    Report,
}

impl Disposition {
    /// The standard's word for it: `enforce` or `report`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Report => "report",
        }
    }
}

/// How the policy reached the page.
///
/// <https://w3c.github.io/webappsec-csp/#content-security-policy-object-source>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum PolicySource {
    /// In a response header.
    Header,
    /// In a `<meta http-equiv=Content-Security-Policy>` element.
    Meta,
}

/// A parsed policy: its text and the directives found in it.
///
/// Parsing is total: every text is a policy, if perhaps an empty one. What was ignored is told by
/// [`notes`](Self::notes). The directives that do not count are kept too, because browsers do not agree
/// on which those are; [`directive`](Self::directive) finds the one that counts.
///
/// ```
/// use connect_src::{BrowserProfile, DirectiveName, Disposition, Policy};
///
/// let policy = Policy::from_header("connect-src 'self'; Connect-Src *", Disposition::Enforce);
/// let directive = policy.directive(DirectiveName::ConnectSrc, BrowserProfile::Standard).unwrap();
/// assert_eq!(directive.value(), "'self'");
/// assert_eq!(policy.notes().len(), 1, "the second connect-src is a duplicate");
/// ```
///
/// <https://w3c.github.io/webappsec-csp/#framework-policy>
#[derive(Clone, Debug)]
pub struct Policy {
    text: String,
    tokens: Tokens,
    disposition: Disposition,
    source: PolicySource,
    /// Whether the header's bytes are not UTF-8.
    is_undecodable: bool,
    /// The policies that a browser reads from a `<meta>` whose commas divide it; empty without a comma.
    comma_reading: Vec<Policy>,
    /// The policy as read by a browser to which U+000B is white space, where that differs.
    vertical_tab_reading: Option<Box<Policy>>,
}

impl Policy {
    /// Parses one serialized policy that came in a response header, without its commas: see
    /// [`CspList`](crate::CspList) for whole headers.
    ///
    /// Bytes that are not UTF-8 are decoded as Latin-1, so that spans still fit [`text`](Self::text).
    /// Text after 4 GiB is not read.
    ///
    /// <https://w3c.github.io/webappsec-csp/#parse-serialized-policy>
    pub fn from_header(serialized: impl AsRef<[u8]>, disposition: Disposition) -> Self {
        let (text, is_undecodable) = decode(serialized.as_ref());
        let policy = Self::parse(text, PolicySource::Header, disposition);
        Self {
            is_undecodable,
            ..policy
        }
    }

    /// A policy of a header that is not UTF-8 as a whole.
    pub(crate) fn of_undecodable_header(mut self) -> Self {
        self.is_undecodable = true;
        self
    }

    /// Parses the `content` of a `<meta http-equiv=Content-Security-Policy>` element. It is always
    /// enforced: HTML knows no report-only policy in `<meta>`.
    ///
    /// <https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>
    pub fn from_meta(content: impl AsRef<str>) -> Self {
        Self::parse_meta(content.as_ref())
    }

    fn parse_meta(content: &str) -> Self {
        let parse = |text: &str| Self::parse(text.into(), PolicySource::Meta, Disposition::Enforce);
        let mut policy = parse(content);
        if content.contains(',') {
            policy.comma_reading = content.split(',').map(parse).collect();
        }
        policy
    }

    fn parse(text: String, source: PolicySource, disposition: Disposition) -> Self {
        let tokens = Tokens::of(&text);
        let vertical_tab_reading = tokens
            .has_vertical_tab
            .then(|| Box::new(Self::parse(text.replace('\u{b}', " "), source, disposition)));
        Self {
            text,
            tokens,
            disposition,
            source,
            is_undecodable: false,
            comma_reading: Vec::new(),
            vertical_tab_reading,
        }
    }

    /// The text that was parsed. All spans index it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the policy is enforced or only reported on.
    pub fn disposition(&self) -> Disposition {
        self.disposition
    }

    /// Whether it came in a header or in the document.
    pub fn source(&self) -> PolicySource {
        self.source
    }

    /// All directives in their order, also those that are ignored.
    pub fn directives(&self) -> impl ExactSizeIterator<Item = Directive<'_>> + Clone {
        self.tokens.directives.iter().map(|tokens| Directive {
            policy: self,
            tokens,
        })
    }

    /// The directive of this name that counts under these rules.
    ///
    /// <https://w3c.github.io/webappsec-csp/#parse-serialized-policy>
    pub fn directive(&self, name: DirectiveName, rules: impl Into<Rules>) -> Option<Directive<'_>> {
        let rules = rules.into();
        if let Some(reading) = self.other_reading(rules) {
            return reading.directive(name, rules);
        }
        if self.is_undecodable && rules.has(Quirk::UndecodableHeaderIsDropped) {
            return None;
        }
        for directive in self
            .directives()
            .filter(|one| one.known_name() == Some(name))
        {
            if directive.is_well_formed(rules) {
                return Some(directive);
            }
            if rules.has(Quirk::DroppedDirectiveHoldsItsName) {
                return None;
            }
        }
        None
    }

    /// The directive that decides for an effective directive: the first of its fallback list that the
    /// policy has.
    ///
    /// ```
    /// use connect_src::{BrowserProfile, DirectiveName, Disposition, Policy};
    ///
    /// let policy = Policy::from_header("default-src 'self'; img-src *", Disposition::Enforce);
    /// let governing = policy
    ///     .governing_directive(DirectiveName::ConnectSrc, BrowserProfile::Standard)
    ///     .unwrap();
    /// assert_eq!(governing.name(), "default-src");
    /// ```
    pub fn governing_directive(
        &self,
        effective: DirectiveName,
        rules: impl Into<Rules>,
    ) -> Option<Directive<'_>> {
        let rules = rules.into();
        let fallback_list = fetch_directive_fallback_list(effective);
        fallback_list
            .iter()
            .find_map(|name| self.directive(*name, rules))
    }

    /// Whether no directive counts, so that the policy is not even added to a CSP list.
    pub fn is_empty(&self) -> bool {
        !self.directives().any(Directive::is_ascii)
    }

    /// Everything that was ignored, and where, by the standard's rules. In the order of the text.
    ///
    /// Notes are found when asked for, so that a server that only decides does not pay for them.
    pub fn notes(&self) -> Vec<ParseNote> {
        note::notes(self)
    }

    /// The [`notes`](Self::notes) about whole directives; the lists of the others are not read.
    pub fn directive_notes(&self) -> Vec<ParseNote> {
        note::directive_notes(self)
    }

    /// Whether the policy takes the page's origin away.
    ///
    /// <https://html.spec.whatwg.org/multipage/browsers.html#sandboxed-origin-browsing-context-flag>
    pub(crate) fn sandboxes_into_opaque_origin(&self, rules: Rules) -> bool {
        self.disposition == Disposition::Enforce
            && self
                .directive(DirectiveName::Sandbox, rules)
                .is_some_and(|directive| {
                    let mut flags = directive
                        .token_spans()
                        .iter()
                        .map(|span| span.of(&directive.policy.text));
                    !flags.any(|flag| flag.eq_ignore_ascii_case("allow-same-origin"))
                })
    }

    fn other_reading(&self, rules: Rules) -> Option<&Policy> {
        let reading = self.vertical_tab_reading.as_deref()?;
        rules.has(Quirk::VerticalTabIsWhitespace).then_some(reading)
    }

    /// What a browser reads that divides a `<meta>` at its commas.
    pub(crate) fn comma_reading(&self, rules: Rules) -> Option<&[Policy]> {
        let is_divided = !self.comma_reading.is_empty() && rules.has(Quirk::CommaDividesMeta);
        is_divided.then_some(&*self.comma_reading)
    }

    pub(crate) fn has_percent_sign(&self) -> bool {
        self.text.contains('%')
    }

    /// A policy with other text, delivered like this one.
    pub(crate) fn with_text(&self, text: String) -> Self {
        match self.source {
            PolicySource::Header => Self::parse(text, self.source, self.disposition),
            PolicySource::Meta => Self::parse_meta(&text),
        }
    }
}

/// Prints the policy with one space between tokens and `; ` between directives. Ignored directives are
/// printed too; parsing the output gives a policy that decides the same under every profile.
impl fmt::Display for Policy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, directive) in self.directives().enumerate() {
            if index > 0 {
                formatter.write_str("; ")?;
            }
            write!(formatter, "{directive}")?;
        }
        Ok(())
    }
}

/// One directive of a [`Policy`]: its name and its value.
///
/// <https://w3c.github.io/webappsec-csp/#framework-directives>
#[derive(Clone, Copy)]
pub struct Directive<'p> {
    policy: &'p Policy,
    tokens: &'p DirectiveTokens,
}

impl<'p> Directive<'p> {
    /// The name as it was written.
    pub fn name(self) -> &'p str {
        self.name_span().of(&self.policy.text)
    }

    /// The name, if it is one that a standard or browser defines.
    pub fn known_name(self) -> Option<DirectiveName> {
        self.tokens.known_name
    }

    /// Where the name stands.
    pub fn name_span(self) -> Span {
        self.tokens.name
    }

    /// Where name and value stand.
    pub fn span(self) -> Span {
        let end = self
            .token_spans()
            .last()
            .map_or(self.tokens.name.end, |last| last.end);
        Span {
            start: self.tokens.name.start,
            end,
        }
    }

    /// The value as it was written, without white space around it.
    pub fn value(self) -> &'p str {
        match self.token_spans() {
            [] => "",
            [first, .., last] => Span {
                start: first.start,
                end: last.end,
            }
            .of(&self.policy.text),
            [only] => only.of(&self.policy.text),
        }
    }

    /// The value as a source list. Meaningful where
    /// [`has_source_list`](DirectiveName::has_source_list) holds for the name.
    pub fn source_list(self) -> SourceList<'p> {
        let name = self.known_name().unwrap_or(DirectiveName::DefaultSrc);
        SourceList::new(&self.policy.text, self.token_spans(), name)
    }

    pub(crate) fn token_spans(self) -> &'p [Span] {
        &self.policy.tokens.values[self.tokens.values.range()]
    }

    fn is_ascii(self) -> bool {
        !self.tokens.has_non_ascii
    }

    /// Whether the directive counts, duplicates aside.
    fn is_well_formed(self, rules: Rules) -> bool {
        let DirectiveTokens {
            has_control,
            has_carriage_return,
            ..
        } = *self.tokens;
        let is_dropped = (has_control && rules.has(Quirk::ControlCharacterDropsDirective))
            || (has_carriage_return && rules.has(Quirk::CarriageReturnDropsDirective));
        self.is_ascii() && !is_dropped && self.is_delivered()
    }

    /// Whether the way of delivery lets the directive through.
    fn is_delivered(self) -> bool {
        self.policy.source == PolicySource::Header
            || self
                .known_name()
                .is_none_or(DirectiveName::is_allowed_in_meta)
    }
}

impl fmt::Display for Directive<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known_name() {
            Some(name) => formatter.write_str(name.as_str())?,
            None => formatter.write_str(self.name())?,
        }
        for span in self.token_spans() {
            write!(formatter, " {}", span.of(&self.policy.text))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Directive<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Directive({self})")
    }
}

/// The bytes as text: UTF-8, or Latin-1 where they are not. Which of the two does not matter to any
/// decision, since a directive with such a byte is dropped.
///
/// Also tells whether they are not UTF-8.
fn decode(bytes: &[u8]) -> (String, bool) {
    match alloc::str::from_utf8(bytes) {
        Ok(text) => (text.into(), false),
        Err(_) => (bytes.iter().map(|byte| char::from(*byte)).collect(), true),
    }
}

/// A policy that is borrowed as it is, or made for one decision.
pub(crate) type Reading<'p> = Cow<'p, Policy>;
