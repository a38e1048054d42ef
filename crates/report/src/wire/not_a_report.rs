use core::fmt;

use super::MAX_BODY_BYTES;

/// The post is not a report at all. Prints as a fragment that has no word of the post in it.
///
/// ```
/// let error = connect_src_report::parse("text/html", b"{}").unwrap_err();
/// assert_eq!(error.status(), 415);
/// assert!(error.to_string().starts_with("the content type is none that reports have"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAReport {
    kind: NotAReportKind,
    detail: String,
}

/// Why a post is not a report at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotAReportKind {
    /// The content type is none that reports come with.
    ContentType,
    /// The body is empty.
    Empty,
    /// The body has more than [`MAX_BODY_BYTES`] bytes.
    TooLarge,
    /// The body is not JSON, or neither an object nor an array.
    NotJson,
}

impl NotAReport {
    /// Why.
    pub fn kind(&self) -> NotAReportKind {
        self.kind
    }

    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self.kind {
            NotAReportKind::ContentType => 415,
            NotAReportKind::TooLarge => 413,
            NotAReportKind::Empty | NotAReportKind::NotJson => 400,
        }
    }

    pub(super) fn content_type() -> Self {
        Self {
            kind: NotAReportKind::ContentType,
            detail: "the content type is none that reports have; send `application/reports+json` \
                     or `application/csp-report`"
                .to_owned(),
        }
    }

    pub(super) fn empty() -> Self {
        Self {
            kind: NotAReportKind::Empty,
            detail: "the body is empty".to_owned(),
        }
    }

    pub(super) fn too_large(bytes: usize) -> Self {
        Self {
            kind: NotAReportKind::TooLarge,
            detail: format!("the body has {bytes} bytes; at most {MAX_BODY_BYTES} are read"),
        }
    }

    pub(super) fn not_json(what: &str) -> Self {
        Self {
            kind: NotAReportKind::NotJson,
            detail: format!("the body is not a JSON object or array: {what}"),
        }
    }
}

impl fmt::Display for NotAReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl core::error::Error for NotAReport {}
