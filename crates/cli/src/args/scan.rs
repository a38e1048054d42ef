//! `scan`, understood.

use std::path::PathBuf;

use connect_src::BrowserProfile;
use connect_src_scan::Confidence;
use url::Url;

use super::PolicyArgument;
use super::lint::Baseline;
use crate::input::source_tree::SourceTreeOptions;

/// What to scan, and how.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) tree: SourceTreeOptions,
    /// The policy that judges the connections, if one does.
    pub(crate) policy: Option<PolicyArgument>,
    pub(crate) page: Option<Url>,
    pub(crate) profiles: Vec<BrowserProfile>,
    /// Connections that are less sure are left out.
    pub(crate) least: Confidence,
    pub(crate) baseline: Option<Baseline>,
    pub(crate) fail_on: ScanFailOn,
    /// Whether to show how each URL is known.
    pub(crate) explains: bool,
    pub(crate) format: ScanFormat,
}

/// Which verdicts make the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanFailOn {
    Blocked,
    /// Blocked, or not to be told.
    Dynamic,
    Never,
}

/// How connections are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanFormat {
    Human,
    Json,
    Sarif,
    GitHub,
}
