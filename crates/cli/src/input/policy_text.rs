//! What a text that should hold policies is: recognised by its content, whatever the file is called.

use connect_src::Disposition;

use super::delivered::{Delivered, Delivery};
use super::header_lines::Header;
use super::lines::lines;
use super::{SentHeaders, header_lines, html, response_headers};
use crate::output::{Prose, code, prose::prose};

/// The policies of a text, and what its reader should know.
#[derive(Debug, Default)]
pub(crate) struct PolicyText {
    pub(crate) policies: Vec<Delivered>,
    pub(crate) notes: Vec<Prose>,
    /// What else was sent.
    pub(crate) headers: SentHeaders,
    /// Whether there is a report-only `<meta>`, which browsers ignore.
    pub(crate) has_report_only_meta: bool,
    /// Where policies were looked for, should there be none.
    pub(crate) looked_at: &'static str,
}

/// Recognises a dump of response headers, header lines, HTML, or else the value of a header.
pub(crate) fn read(text: &[u8]) -> PolicyText {
    let text = text
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii_end();
    if response_headers::is_dump(text) {
        return response_headers::last_response(text).text();
    }
    if is_html(text) {
        return of_document(html::read(text));
    }
    if lines(text).any(|line| header_lines::is_policy_header(line.bytes)) {
        let headers = header_lines::headers(lines(text));
        return PolicyText {
            policies: header_lines::policies(&headers),
            headers: SentHeaders::of_lines(headers.iter().map(Header::as_line)),
            looked_at: "its header lines",
            ..PolicyText::default()
        };
    }
    PolicyText {
        policies: vec![Delivered {
            value: text.to_vec(),
            by: Delivery::Value,
            line: None,
        }],
        looked_at: "its text",
        ..PolicyText::default()
    }
}

impl PolicyText {
    /// Adds what else delivers policies to the same page.
    pub(super) fn add(&mut self, other: Self) {
        self.policies.extend(other.policies);
        self.notes.extend(other.notes);
        self.has_report_only_meta |= other.has_report_only_meta;
    }
}

/// Whether a text is HTML: no policy begins with `<`.
pub(crate) fn is_html(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(b"<")
}

/// The policies of a document, and a note about those that do not count.
pub(crate) fn of_document(document: html::Document) -> PolicyText {
    let note = |line: &usize, reason: &'static str| {
        prose![
            format!("line {line}: browsers ignore this "),
            code("<meta>"),
            " policy, because ",
            reason,
        ]
    };
    let outside = document.ignored.iter();
    let outside = outside.map(|line| note(line, "it is not in the head of the document"));
    let report_only = document.report_only.iter();
    let report_only =
        report_only.map(|line| note(line, "only a header can carry a report-only policy"));
    PolicyText {
        notes: outside.chain(report_only).collect(),
        has_report_only_meta: !document.report_only.is_empty(),
        policies: document.policies,
        looked_at: "the <meta> elements in its head",
        ..PolicyText::default()
    }
}

impl Delivery {
    /// How a reader would call it; `None` where there is nothing to tell.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Value => None,
            Self::Header(Disposition::Enforce) => Some("Content-Security-Policy"),
            Self::Header(Disposition::Report) => Some("Content-Security-Policy-Report-Only"),
            Self::Meta => Some("<meta>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_recognised_by_its_content() {
        for (text, looked_at) in [
            ("connect-src 'self'", "its text"),
            ("default-src 'self';\n  connect-src https:\n", "its text"),
            (
                "\u{feff}HTTP/2 200\ncontent-security-policy: a",
                "the headers of the last response",
            ),
            ("Content-Security-Policy: connect-src *", "its header lines"),
            (
                "server: x\ncontent-security-policy-report-only: a",
                "its header lines",
            ),
            ("  <!doctype html>", "the <meta> elements in its head"),
        ] {
            assert_eq!(read(text.as_bytes()).looked_at, looked_at, "{text}");
        }
    }
}
