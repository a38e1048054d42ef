//! Why a task failed.

use std::fmt::{self, Display};

/// What a task found wrong: one line each, with the place and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    findings: Vec<String>,
}

impl Failure {
    /// A task that could not do its work, for one reason.
    pub(crate) fn new(finding: impl Into<String>) -> Self {
        Self {
            findings: vec![finding.into()],
        }
    }

    /// `Ok` with `summary` when a check has no findings.
    pub(crate) fn unless_empty(findings: Vec<String>, summary: String) -> Result<String, Self> {
        if findings.is_empty() {
            Ok(summary)
        } else {
            Err(Self { findings })
        }
    }

    /// For `map_err`: what was tried, then the error.
    pub(crate) fn while_doing<E: Display>(what: impl Display) -> impl FnOnce(E) -> Self {
        move |error| Self::new(format!("{what}: {error}"))
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.findings.join("\n"))
    }
}
