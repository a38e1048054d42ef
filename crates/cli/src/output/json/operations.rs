//! What the commands around the server print.

use std::io::{self, Write as _};

use connect_src_server::store::StoredToken;
use connect_src_server::suggest::Suggestion;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
use crate::commands::rollout::Status;
use crate::commands::token::Made;
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

/// Prints a token that was made.
pub(crate) fn token_made(made: &Made, out: &mut Output) -> io::Result<()> {
    let mut value = token(&made.stored);
    value["schema_version"] = SCHEMA_VERSION.into();
    value["token"] = made.secret.as_str().into();
    writeln!(out, "{value:#}")
}

/// Prints tokens, without their secrets.
pub(crate) fn tokens(tokens: &[StoredToken], out: &mut Output) -> io::Result<()> {
    let tokens: Vec<_> = tokens.iter().map(token).collect();
    let value = json!({ "schema_version": SCHEMA_VERSION, "tokens": tokens });
    writeln!(out, "{value:#}")
}

/// Says that a token is gone.
pub(crate) fn token_revoked(id: &str, out: &mut Output) -> io::Result<()> {
    let value = json!({ "schema_version": SCHEMA_VERSION, "revoked": id });
    writeln!(out, "{value:#}")
}

/// As the API has it.
fn token(token: &StoredToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "created": token.created,
    })
}
