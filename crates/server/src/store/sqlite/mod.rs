//! The store in one SQLite file: one thread that writes, several that read.

mod audit;
mod drafts;
mod inventory;
mod open;
mod overview;
#[cfg(test)]
mod plans;
mod purge;
mod reports;
mod rollouts;
mod schema;
mod select;
mod sessions;
#[cfg(test)]
mod tests;
mod upsert;
mod writer;

pub use open::{Durability, SqliteStore};

use super::error::{StoreError, StoreErrorKind};

/// What SQLite says, as a failure of the store.
fn failure(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;

    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreErrorKind::Locked,
        Some(ErrorCode::DiskFull) => StoreErrorKind::Full,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreErrorKind::NotADatabase,
        _ => StoreErrorKind::Unavailable,
    };
    let advice = match kind {
        StoreErrorKind::Locked => "; another program holds the database",
        StoreErrorKind::Full => "; make room on the disk, or raise `max-size`",
        StoreErrorKind::NotADatabase => "; restore a backup, or give another `database`",
        _ => "",
    };
    StoreError::new(kind, format!("the database: {error}{advice}"))
}
