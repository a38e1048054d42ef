//! The text of a policy that we are to send.

use std::fmt;
use std::sync::Arc;

use connect_src::{BrowserProfile, Directive, DirectiveName, Disposition, ParseNote, Policy};
use sha2::{Digest as _, Sha256};

use crate::store::PolicyNote;

/// A policy that can be sent as it is: one line of printable ASCII, one policy, with a directive
/// that decides about connections, and without reporting directives, which are ours to add.
///
/// ```
/// use connect_src_server::PolicyText;
///
/// let policy = PolicyText::parse("connect-src 'self'; ").unwrap();
/// assert_eq!(policy.as_str(), "connect-src 'self'");
/// let error = PolicyText::parse("connect-src 'self', img-src *").unwrap_err();
/// assert!(error.to_string().contains("comma"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyText(Arc<str>);

/// Why a text cannot be sent as a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyTextError {
    /// There is nothing in it.
    Empty,
    /// It has more than [`PolicyText::MAX_BYTES`] bytes.
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// It holds a byte that is not printable ASCII.
    NotPrintable {
        /// The offset of the first one.
        offset: usize,
    },
    /// It holds a comma, which divides policies.
    Comma {
        /// The offset of the first one.
        offset: usize,
    },
    /// It has neither `connect-src` nor `default-src`.
    DecidesNothing,
    /// It has `report-uri` or `report-to`.
    Reporting,
}

impl PolicyText {
    /// The most bytes of a policy: header lines of many servers end at 8 KiB.
    pub const MAX_BYTES: usize = 7 * 1024;

    /// Reads a policy. Lines are joined; white space and semicolons at the ends are dropped.
    pub fn parse(text: &str) -> Result<Self, PolicyTextError> {
        let text = joined(text);
        let text = text.trim_end_matches([' ', ';']);
        check_bytes(text)?;
        let policy = Policy::from_header(text, Disposition::Enforce);
        let names = || policy.directives().filter_map(Directive::known_name);
        if names().any(|name| matches!(name, DirectiveName::ReportUri | DirectiveName::ReportTo)) {
            return Err(PolicyTextError::Reporting);
        }
        let governing =
            policy.governing_directive(DirectiveName::ConnectSrc, BrowserProfile::Standard);
        match governing {
            Some(_) => Ok(Self(text.into())),
            None => Err(PolicyTextError::DecidesNothing),
        }
    }

    /// The policy of the stage `observe`: it allows no connection, so that each is reported.
    pub fn observe() -> Self {
        Self("connect-src 'none'".into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash that the text is stored under.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// What browsers ignore in it, and where.
    pub fn notes(&self) -> Vec<PolicyNote> {
        let notes = self.policy(Disposition::Enforce).notes();
        let note = |note: ParseNote| PolicyNote {
            start: note.span.range().start,
            end: note.span.range().end,
            message: note.kind.to_string(),
        };
        notes.into_iter().map(note).collect()
    }

    /// The policy without a source of the directive that decides about connections; `None` if it does not have it.
    pub fn without_source(&self, source: &str) -> Option<Self> {
        let policy = self.policy(Disposition::Enforce);
        let profile = BrowserProfile::Standard;
        let directive = policy.governing_directive(DirectiveName::ConnectSrc, profile)?;
        let list = directive.source_list();
        let (span, _) = list.texts().find(|(_, text)| *text == source)?;
        let range = span.range();
        let text = if list.len() == 1 {
            let (before, after) = (&self.0[..range.start], &self.0[range.end..]);
            format!("{before}'none'{after}")
        } else {
            let before = self.0[..range.start].trim_end_matches(' ');
            format!("{before}{}", &self.0[range.end..])
        };
        Self::parse(&text).ok()
    }

    /// The policy for the engine.
    pub fn policy(&self, disposition: Disposition) -> Policy {
        Policy::from_header(self.as_str(), disposition)
    }
}

impl fmt::Display for PolicyText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for PolicyTextError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter
                .write_str("expected a policy, such as `connect-src 'self'`, found nothing"),
            Self::TooLong { bytes } => write!(
                formatter,
                "expected a policy of at most {} bytes, found {bytes}; merge sources into wider ones",
                PolicyText::MAX_BYTES
            ),
            Self::NotPrintable { offset } => write!(
                formatter,
                "expected printable ASCII, found another character at byte {offset}; write hosts in \
                 punycode and paths percent-encoded"
            ),
            Self::Comma { offset } => write!(
                formatter,
                "expected one policy, found a comma at byte {offset}, which would divide it into two; \
                 divide directives with `;`"
            ),
            Self::DecidesNothing => formatter.write_str(
                "expected `connect-src` or `default-src`, found neither: the policy would allow every \
                 connection",
            ),
            Self::Reporting => formatter.write_str(
                "expected no `report-uri` and no `report-to`: they are added with the mark that ties \
                 reports to this policy; leave them out",
            ),
        }
    }
}

impl std::error::Error for PolicyTextError {}

/// One line, since long policies are written on several.
fn joined(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(str::trim_ascii);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ").replace('\t', " ")
}

fn check_bytes(text: &str) -> Result<(), PolicyTextError> {
    if text.is_empty() {
        return Err(PolicyTextError::Empty);
    }
    if text.len() > PolicyText::MAX_BYTES {
        return Err(PolicyTextError::TooLong { bytes: text.len() });
    }
    if let Some(offset) = text.bytes().position(|byte| !matches!(byte, b' '..=b'~')) {
        return Err(PolicyTextError::NotPrintable { offset });
    }
    match text.find(',') {
        Some(offset) => Err(PolicyTextError::Comma { offset }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_break_the_header_is_refused() {
        let table = [
            ("", PolicyTextError::Empty),
            (" ;; ", PolicyTextError::Empty),
            (
                "connect-src *\u{b}",
                PolicyTextError::NotPrintable { offset: 13 },
            ),
            (
                "connect-src \u{fc}.example",
                PolicyTextError::NotPrintable { offset: 12 },
            ),
            (
                "connect-src *, img-src *",
                PolicyTextError::Comma { offset: 13 },
            ),
            ("img-src *", PolicyTextError::DecidesNothing),
            ("connect-src *; Report-URI /x", PolicyTextError::Reporting),
            ("connect-src *; report-to x", PolicyTextError::Reporting),
        ];
        for (text, error) in table {
            assert_eq!(PolicyText::parse(text), Err(error), "{text:?}");
        }
        let long = format!("connect-src {}", "a".repeat(PolicyText::MAX_BYTES));
        assert!(matches!(
            PolicyText::parse(&long),
            Err(PolicyTextError::TooLong { .. })
        ));
    }

    #[test]
    fn a_source_is_taken_out_and_the_rest_stays() {
        let table = [
            (
                "connect-src a b  c; img-src b",
                "connect-src a  c; img-src b",
            ),
            ("connect-src b; img-src *", "connect-src 'none'; img-src *"),
            ("default-src a b", "default-src a"),
        ];
        for (before, after) in table {
            let policy = PolicyText::parse(before).unwrap();
            assert_eq!(policy.without_source("b").unwrap().as_str(), after);
            assert_eq!(policy.without_source("x"), None);
        }
    }

    #[test]
    fn a_default_decides_about_connections_too() {
        assert!(PolicyText::parse("default-src 'self'").is_ok());
    }

    #[test]
    fn lines_are_joined_so_that_no_header_is_added() {
        let policy = PolicyText::parse("connect-src\r\n\t'self'\n\n  https://a;\n").unwrap();
        assert_eq!(policy.as_str(), "connect-src 'self' https://a");
        let policy = PolicyText::parse("connect-src *\r\nSet-Cookie: a=b").unwrap();
        assert_eq!(policy.as_str(), "connect-src * Set-Cookie: a=b");
    }
}
