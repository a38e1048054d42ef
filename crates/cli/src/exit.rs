//! How a run ends, for shells and pipelines.

use std::process::ExitCode;

/// The exit status of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ExitStatus {
    /// 0: allowed, or nothing to complain about.
    Success,
    /// 1: blocked.
    Blocked,
    /// 2: the command line was wrong, or something could not be read, fetched or written.
    Failure,
}

impl ExitStatus {
    /// How a run ends that could not read `bad_count` places of what it was given: a failure where there are any, since what
    /// they hide could change the answer.
    pub(crate) fn of(is_clean: bool, bad_count: u64) -> Self {
        match (bad_count, is_clean) {
            (0, true) => Self::Success,
            (0, false) => Self::Blocked,
            _ => Self::Failure,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Blocked => 1,
            ExitStatus::Failure => 2,
        })
    }
}
