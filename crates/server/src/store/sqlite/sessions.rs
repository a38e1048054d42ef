//! Who is logged in, and who tried in vain.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::failure;
use super::reports::moment;
use crate::clock::Timestamp;
use crate::store::error::StoreError;
use crate::store::rows::{Failures, StoredSession, TokenRole};

/// Adds a session. Those that have ended go, and the ones that were not used for the longest time.
pub(super) fn add(
    transaction: &Transaction<'_>,
    session: &StoredSession,
) -> Result<(), StoreError> {
    let now = session.created.as_millis();
    let sql = "DELETE FROM sessions WHERE expires <= ?1";
    transaction.execute(sql, [now]).map_err(failure)?;
    let sql = "DELETE FROM sessions WHERE hash IN (
        SELECT hash FROM sessions ORDER BY last_used DESC, hash LIMIT -1 OFFSET ?1)";
    transaction
        .execute(sql, [MOST_SESSIONS - 1])
        .map_err(failure)?;
    let sql = "INSERT INTO sessions (hash, token, name, role, created, last_used, expires)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![
        session.hash,
        session.token,
        session.name,
        session.role.as_str(),
        now,
        session.last_used.as_millis(),
        session.expires.as_millis(),
    ];
    transaction
        .execute(sql, values)
        .map(|_| ())
        .map_err(failure)
}

/// A session that has not ended.
pub(super) fn find(
    connection: &Connection,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<StoredSession>, StoreError> {
    let sql = "SELECT * FROM sessions WHERE hash = ?1 AND expires > ?2";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let row = statement.query_row(params![hash, now.as_millis()], read);
    row.optional().map_err(failure)
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    let role: String = row.get("role")?;
    Ok(StoredSession {
        hash: row.get("hash")?,
        token: row.get("token")?,
        name: row.get("name")?,
        // A word that we do not know allows the least.
        role: TokenRole::parse(&role).unwrap_or(TokenRole::View),
        created: moment(row, "created")?,
        last_used: moment(row, "last_used")?,
        expires: moment(row, "expires")?,
    })
}

/// How often somebody gave a wrong token.
pub(super) fn failures(connection: &Connection, key: &[u8; 16]) -> Result<Failures, StoreError> {
    let sql = "SELECT count, last FROM failures WHERE key = ?1";
    let row = connection.query_row(sql, [key], |row| {
        Ok(Failures {
            count: row.get("count")?,
            last: moment(row, "last")?,
        })
    });
    Ok(row.optional().map_err(failure)?.unwrap_or_default())
}

/// One more wrong token.
pub(super) fn add_failure(
    transaction: &Transaction<'_>,
    key: &[u8; 16],
    now: Timestamp,
) -> Result<Failures, StoreError> {
    let sql = "INSERT INTO failures (key, count, last) VALUES (?1, 1, ?2)
        ON CONFLICT DO UPDATE SET count = count + 1, last = max(last, excluded.last)";
    let values = params![key, now.as_millis()];
    transaction.execute(sql, values).map_err(failure)?;
    let sql = "DELETE FROM failures WHERE key IN (
        SELECT key FROM failures ORDER BY last DESC, key LIMIT -1 OFFSET ?1)";
    transaction.execute(sql, [MOST_FAILURES]).map_err(failure)?;
    failures(transaction, key)
}

const MOST_SESSIONS: u32 = 200;
const MOST_FAILURES: u32 = 1000;
