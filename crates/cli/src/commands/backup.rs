//! `connect-src backup`.

use std::io::Write as _;

use connect_src_server::store::SqliteStore;

use crate::args::operations::Backup;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::output::Output;
use crate::output::sanitize::sanitize;

/// Copies the database while a server may be using it.
pub(crate) fn run(backup: &Backup, out: &mut Output) -> Result<ExitStatus, Error> {
    let store = SqliteStore::open_to_read(&backup.database)?;
    store.back_up(&backup.target)?;
    let target = backup.target.to_string_lossy();
    writeln!(
        out,
        "{}: written; it holds the hashes of tokens, so keep it as safe as the original",
        sanitize(&target)
    )?;
    Ok(ExitStatus::Success)
}
