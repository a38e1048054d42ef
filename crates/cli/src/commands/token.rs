//! `connect-src token`: tokens of a server, made and removed in its database.
//!
//! Whoever can write the database needs no token to make one, so that a lost one is no loss. A server that runs takes
//! note of it with the next request.

use std::sync::Arc;

use connect_src_server::clock::Clock;
use connect_src_server::store::{Change, RolloutStore as _, SqliteStore, StoredToken};
use connect_src_server::tokens::{Tokens, public_part};

use crate::args::Format;
use crate::args::operations::{Token, TokenAction};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::output::{self, Output};

/// A token that was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// The whole of it.
    pub(crate) secret: String,
    pub(crate) stored: StoredToken,
}

pub(crate) fn run(asked: &Token, out: &mut Output) -> Result<ExitStatus, Error> {
    match &asked.action {
        TokenAction::New { role, name } => {
            let store = Arc::new(SqliteStore::open_beside(&asked.database)?);
            let tokens = Tokens::new(Arc::clone(&store) as _)?;
            let secret = tokens.make(name, *role, &change())?;
            let stored = public_part(&secret).map(|id| store.token(id)).transpose()?;
            let stored = stored.flatten().ok_or_else(|| gone(&secret))?;
            print_made(&Made { secret, stored }, asked.format, out)?;
        }
        TokenAction::List => {
            let tokens = SqliteStore::open_to_read(&asked.database)?.tokens()?;
            match asked.format {
                Format::Human => output::human::tokens(&tokens, out)?,
                Format::Json => output::json::tokens(&tokens, out)?,
            }
        }
        TokenAction::Revoke { id } => {
            let store = Arc::new(SqliteStore::open_beside(&asked.database)?);
            if !Tokens::new(store)?.remove(id, &change())? {
                return Err(gone(id));
            }
            match asked.format {
                Format::Human => output::human::token_revoked(id, out)?,
                Format::Json => output::json::token_revoked(id, out)?,
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn print_made(made: &Made, format: Format, out: &mut Output) -> Result<(), Error> {
    match format {
        Format::Human => output::human::token_made(made, out)?,
        Format::Json => output::json::token_made(made, out)?,
    }
    Ok(())
}

fn gone(id: &str) -> Error {
    let id = output::sanitize::sanitize(id);
    Error::new(format!(
        "{id}: there is no such token; `connect-src token list` lists them"
    ))
}

/// What the audit log says.
fn change() -> Change {
    Change {
        who: "connect-src token".to_owned(),
        at: Clock::system().now(),
        why: String::new(),
    }
}
