//! From the bytes of a post to records.

mod entry;
mod fields;
mod json;
mod not_a_report;
mod value;

use serde::{Deserialize, Serialize};

pub use not_a_report::{NotAReport, NotAReportKind};

use crate::record::{OtherReport, Record};
use entry::Entry;

/// The most bytes of a post that are read.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The most entries of a post that are read. Chromium queues at most 100 for one post.
pub const MAX_ENTRIES: usize = 1000;

/// Reads a post. Whatever the body holds, as long as it is JSON, becomes a record or is counted.
///
/// Fails only for what is not a report at all. Both formats are read under any content type that
/// browsers and relays use for them, since WebKit posts the newer format under the older one's type:
/// names with hyphens, in camel case or with underscores, wrapped or bare, one object or an array of
/// them, numbers as strings, `null` anywhere.
///
/// ```
/// use connect_src_report::{NotAReportKind, parse};
///
/// let body = br#"[
///     {"type": "csp-violation", "age": 4, "url": "https://app.example/", "user_agent": "Firefox", "body": {
///         "documentURL": "https://app.example/", "blockedURL": "https://api.example/v1",
///         "effectiveDirective": "connect-src", "originalPolicy": "connect-src 'self'",
///         "disposition": "report", "statusCode": "200", "sourceFile": null}},
///     {"type": "network-error", "age": 9, "url": "https://app.example/", "body": {}},
///     17
/// ]"#;
/// let parsed = parse("application/reports+json", body)?;
/// assert_eq!(parsed.records[0].status_code, Some(200));
/// assert_eq!(parsed.others[0].report_type, "network-error");
/// assert_eq!(parsed.unreadable[0].raw, "17");
///
/// let error = parse("application/csp-report", b"<html>").unwrap_err();
/// assert_eq!(error.kind(), NotAReportKind::NotJson);
/// # Ok::<(), connect_src_report::NotAReport>(())
/// ```
pub fn parse(content_type: &str, body: &[u8]) -> Result<Parsed, NotAReport> {
    check_content_type(content_type)?;
    if body.len() > MAX_BODY_BYTES {
        return Err(NotAReport::too_large(body.len()));
    }
    // Nearly always it is UTF-8, which is seen faster than where it is not.
    let text = match str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(body),
    };
    let post = json::Post::of(&text)?;
    let mut parsed = Parsed::default();
    for raw in post.entries.iter().take(MAX_ENTRIES) {
        parsed.read(raw, &post);
    }
    parsed.note_remaining(&post);
    if parsed.is_all_malformed() {
        return Err(NotAReport::not_json("it breaks off or is malformed"));
    }
    Ok(parsed)
}

/// What a post holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parsed {
    /// The violation reports.
    pub records: Vec<Record>,
    /// Reports of other types; they are kept and counted, but there is nothing to judge.
    pub others: Vec<OtherReport>,
    /// Entries that are no report, each with the reason.
    pub unreadable: Vec<Unreadable>,
}

impl Parsed {
    fn read(&mut self, raw: &str, post: &json::Post<'_>) {
        match json::value(raw, &mut String::new()) {
            Ok(value) => {
                for entry in entry::entries(&value, raw, post.container) {
                    self.push(entry);
                }
            }
            Err(kind) => self.push(Entry::Unreadable(Unreadable::one(kind, raw))),
        }
    }

    fn push(&mut self, entry: Entry) {
        match entry {
            Entry::Violation(record) => self.records.push(*record),
            Entry::Other(report) => self.others.push(report),
            Entry::Unreadable(entry) => self.unreadable.push(entry),
        }
    }

    fn note_remaining(&mut self, post: &json::Post<'_>) {
        if let Some(first) = post.entries.get(MAX_ENTRIES) {
            self.unreadable.push(Unreadable {
                count: post.total - MAX_ENTRIES,
                ..Unreadable::one(UnreadableKind::TooMany, first)
            });
        }
    }

    fn is_all_malformed(&self) -> bool {
        let is_malformed = |entry: &Unreadable| entry.kind == UnreadableKind::Malformed;
        self.records.is_empty()
            && self.others.is_empty()
            && !self.unreadable.is_empty()
            && self.unreadable.iter().all(is_malformed)
    }
}

/// An entry of a post that is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Why.
    pub kind: UnreadableKind,
    /// How many entries of the post this stands for.
    pub count: usize,
    /// The entry, or the first of them, as it was received, capped at [`Record::MAX_RAW`] bytes.
    pub raw: String,
}

impl Unreadable {
    fn one(kind: UnreadableKind, raw: &str) -> Self {
        let end = raw.floor_char_boundary(Record::MAX_RAW);
        Self {
            kind,
            count: 1,
            raw: raw[..end].to_owned(),
        }
    }
}

/// Why an entry of a post is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UnreadableKind {
    /// It is not an object.
    NotAnObject,
    /// It is an object without any field that reports have.
    NoKnownField,
    /// It breaks off, while other entries of the post do not.
    Malformed,
    /// It is nested deeper, or has more parts, than any report.
    TooComplex,
    /// The post has more than [`MAX_ENTRIES`] entries.
    TooMany,
}

impl UnreadableKind {
    /// The reason as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAnObject => "not-an-object",
            Self::NoKnownField => "no-known-field",
            Self::Malformed => "malformed",
            Self::TooComplex => "too-complex",
            Self::TooMany => "too-many",
        }
    }
}

/// How a report was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Wire {
    /// Which of the two formats.
    pub format: Format,
    /// Whether the post is one object or an array.
    pub container: Container,
    /// How the fields' names are spelt.
    pub spelling: Spelling,
    /// Whether the fields stand in a wrapper: `csp-report` or `body`.
    pub is_wrapped: bool,
}

/// The two formats of violation reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `report-uri`: one object for each post.
    ///
    /// <https://w3c.github.io/webappsec-csp/#deprecated-serialize-violation>
    #[default]
    ReportUri,
    /// `report-to`, the Reporting API.
    ///
    /// <https://w3c.github.io/reporting/#serialize-reports>
    ReportTo,
}

/// What the post's outermost value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// One object.
    #[default]
    Object,
    /// An array.
    Array,
}

/// How a report's names are spelt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// `blocked-uri`, or single words alone.
    #[default]
    Hyphen,
    /// `blockedURL`.
    Camel,
    /// `blocked_uri`.
    Snake,
    /// Several of them.
    Mixed,
}

/// Anything that browsers and relays label a report with; no label at all is fine too.
fn check_content_type(content_type: &str) -> Result<(), NotAReport> {
    const TYPES: [&str; 7] = [
        "",
        "application/csp-report",
        "application/reports+json",
        "application/json",
        "application/report",
        "text/json",
        "text/plain",
    ];
    let essence = content_type.split(';').next().unwrap_or_default();
    let essence = essence.trim_ascii();
    let is_known = TYPES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(essence));
    if is_known {
        Ok(())
    } else {
        Err(NotAReport::content_type())
    }
}
