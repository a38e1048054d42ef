//! What is kept of the texts of a report.

use connect_src_report::{Record, Scrub};
use url::Url;

use super::address::Address;
use crate::store::MAX_TEXT_BYTES;
use crate::words::sanitize::capped;

/// What is kept of a URL.
pub(super) fn scrubbed(scrub: Scrub, url: Option<&str>) -> String {
    let mut url = url.map(|url| scrub.url(url)).unwrap_or_default();
    url.truncate(capped(&url, MAX_TEXT_BYTES).len());
    url
}

/// The path of a URL that was blocked; empty where the browser withheld it.
pub(super) fn path(url: &str, origin: &str) -> String {
    match Url::parse(url) {
        Ok(url) if url.has_host() && url.as_str() != origin => url.path().to_owned(),
        _ => String::new(),
    }
}

/// The script that caused it, with line and column.
pub(super) fn script(source: &Address, record: &Record) -> Option<String> {
    let file = &*source.scrubbed;
    if file.is_empty() {
        return None;
    }
    Some(match (record.line_number, record.column_number) {
        (None, _) => file.to_owned(),
        (Some(line), None) => format!("{file}:{line}"),
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
    })
}
