//! The tokens of a server.

use std::io::{self, Write as _};

use connect_src_server::store::StoredToken;

use super::rows;
use super::table::{Cell, minute, table};
use crate::commands::token::Made;
use crate::output::Output;
use crate::output::sanitize::sanitize;
use crate::output::style::{DIM, NOTE, STRONG};

/// Prints a token that was made; it is not to be had again.
pub(crate) fn token_made(made: &Made, out: &mut Output) -> io::Result<()> {
    let (token, name) = (&made.secret, sanitize(&made.stored.name));
    let role = made.stored.role.as_str();
    let hint = "shown this once; log in with it, set CONNECT_SRC_TOKEN to it";
    for (label, text) in [
        ("token", format!("{NOTE}{token}{NOTE:#} {DIM}{hint}{DIM:#}")),
        ("role", format!("{role}, for {name}")),
    ] {
        rows::lines(out, (label, STRONG), &[text])?;
    }
    Ok(())
}

/// Prints tokens, without their secrets.
pub(crate) fn tokens(tokens: &[StoredToken], out: &mut Output) -> io::Result<()> {
    if tokens.is_empty() {
        return writeln!(
            out,
            "there is none; `connect-src token new --role change` makes one"
        );
    }
    let row = |token: &StoredToken| {
        [
            Cell::text(&token.id),
            Cell::text(token.role.as_str()),
            Cell::text(&token.name),
            Cell::text(minute(&token.created.to_string())).styled(DIM),
        ]
    };
    let rows: Vec<_> = tokens.iter().map(row).collect();
    table(["id", "role", "name", "made"], &rows, out)
}

/// Says that a token is gone.
pub(crate) fn token_revoked(id: &str, out: &mut Output) -> io::Result<()> {
    let id = sanitize(id);
    writeln!(
        out,
        "{id}: revoked; who was logged in with it is logged out"
    )
}
