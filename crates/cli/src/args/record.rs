//! `record`, understood.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::input::Input;

/// What to record, and how.
#[derive(Debug)]
pub(crate) struct Record {
    /// Where to begin. Never empty.
    pub(crate) urls: Vec<Url>,
    /// How many links to follow from there.
    pub(crate) depth: u32,
    pub(crate) most_pages: usize,
    /// To be run in each page.
    pub(crate) script: Option<Input>,
    /// Whether the user logs in first.
    pub(crate) is_login: bool,
    /// The folder of a profile that is kept.
    pub(crate) profile: Option<PathBuf>,
    /// Where the recording goes: standard output without it.
    pub(crate) out: Option<PathBuf>,
    pub(crate) format: RecordFormat,
    /// Whether the pages' policies go on blocking.
    pub(crate) keeps_csp: bool,
    pub(crate) browser: Option<PathBuf>,
    pub(crate) limit: Duration,
    pub(crate) wait: Duration,
    pub(crate) is_insecure: bool,
}

/// How a recording is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordFormat {
    /// A connection for each line.
    JsonLines,
    /// Everything that was requested, or the connections alone.
    Har { is_all: bool },
}
