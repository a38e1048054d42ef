//! What the commands around the server print.

use std::io::{self, Write as _};

use connect_src_server::suggest::Suggestion;
use serde_json::json;

use super::SCHEMA_VERSION;
use crate::commands::rollout::Status;
use crate::output::Output;

/// Prints where routes stand.
pub(crate) fn rollout(statuses: &[Status], out: &mut Output) -> io::Result<()> {
    let value = json!({ "schema_version": SCHEMA_VERSION, "rollout": statuses });
    writeln!(out, "{value:#}")
}

/// Prints a suggested policy, and where its route stands if it was put on trial.
pub(crate) fn suggestion(
    suggestion: &Suggestion,
    status: Option<&Status>,
    out: &mut Output,
) -> io::Result<()> {
    let value =
        json!({ "schema_version": SCHEMA_VERSION, "suggestion": suggestion, "rollout": status });
    writeln!(out, "{value:#}")
}
