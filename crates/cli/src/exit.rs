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

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Blocked => 1,
            ExitStatus::Failure => 2,
        })
    }
}
