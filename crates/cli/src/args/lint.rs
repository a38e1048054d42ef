//! `lint`, understood.

use std::path::PathBuf;

use connect_src::Rules;
use connect_src_lint::{Level, Severity};
use url::Url;

use super::PolicyArgument;
use crate::input::Input;

/// What to lint, and how.
#[derive(Debug)]
pub(crate) struct Lint {
    pub(crate) policies: Vec<PolicyArgument>,
    pub(crate) page: Option<Url>,
    pub(crate) browsers: Vec<Rules>,
    /// The connections that the page makes.
    pub(crate) inventory: Option<Input>,
    /// Other pages of the same origin.
    pub(crate) siblings: Vec<PolicyArgument>,
    pub(crate) has_service_worker: bool,
    pub(crate) config: Option<PathBuf>,
    /// Levels of rules and groups, those of groups first.
    pub(crate) levels: Vec<(String, Level)>,
    /// Findings below are not shown.
    pub(crate) least: Severity,
    pub(crate) baseline: Option<Baseline>,
    pub(crate) fix: Option<FixMode>,
    pub(crate) format: LintFormat,
}

/// Findings that are known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Baseline {
    pub(crate) file: PathBuf,
    /// Whether to write it instead of reading it.
    pub(crate) is_written: bool,
}

/// What to do with fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FixMode {
    /// Also those that change what the policy decides.
    pub(crate) is_unsafe: bool,
    /// Show what would change, and change nothing.
    pub(crate) is_diff: bool,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LintFormat {
    Human,
    Json,
    Sarif,
    GitHub,
    JUnit,
}
