//! Drops what is too old, a little at a time, and gives the room back.

use rusqlite::{Transaction, params};

use super::failure;
use super::writer::{Session, Writer};
use crate::clock::Timestamp;
use crate::config::Retention;
use crate::store::error::StoreError;

/// Drops everything that is too old. Says how many rows went.
pub(super) fn run(
    writer: &Writer,
    now: Timestamp,
    retention: &Retention,
) -> Result<u64, StoreError> {
    let groups = now.before(retention.groups).as_millis();
    let hours = now.before(retention.hours).hour();
    let samples = now.before(retention.samples).as_millis();
    let steps = [
        ("group_hours", "(owner, hour)", "hour < ?1", hours),
        (
            "tallies",
            "(hour, site, route, revision, role, tally)",
            "hour < ?1",
            hours,
        ),
        ("sheds", "(hour, reason, class)", "hour < ?1", hours),
        ("samples", "id", "at < ?1", samples),
        ("groups", "id", "last_seen < ?1", groups),
        ("connections", "id", "last_seen < ?1", groups),
        ("site_pages", "(site, name)", "last_seen < ?1", groups),
        ("site_browsers", "(site, name)", "last_seen < ?1", groups),
        ("others", "type", "last_seen < ?1", groups),
    ];
    let (mut dropped, mut dropped_samples) = (0, 0);
    for (table, key, condition, limit) in steps {
        let columns = key.trim_matches(['(', ')']);
        let sql = format!(
            "DELETE FROM {table} WHERE {key} IN (SELECT {columns} FROM {table} WHERE {condition} LIMIT {AT_ONCE})"
        );
        let step = repeat(writer, &sql, Some(limit))?;
        dropped += step;
        if table == "samples" {
            dropped_samples = step;
        }
    }
    dropped += repeat(writer, UNUSED_POLICIES, None)?;
    dropped += repeat(writer, OLD_AUDIT, None)?;
    if dropped_samples > 0 {
        writer.write(|session| count_samples(session.transaction))?;
    }
    writer.write(move |session| finish(session, dropped))?;
    Ok(dropped)
}

/// Runs a deletion until it finds nothing more. Others write in between.
fn repeat(writer: &Writer, sql: &str, limit: Option<i64>) -> Result<u64, StoreError> {
    let mut dropped = 0;
    loop {
        let sql = sql.to_owned();
        let step = writer.write(move |session| delete(session.transaction, &sql, limit))?;
        dropped += step as u64;
        if step < AT_ONCE {
            return Ok(dropped);
        }
    }
}

fn delete(
    transaction: &Transaction<'_>,
    sql: &str,
    limit: Option<i64>,
) -> Result<usize, StoreError> {
    let mut statement = transaction.prepare_cached(sql).map_err(failure)?;
    match limit {
        Some(limit) => statement.execute(params![limit]),
        None => statement.execute([]),
    }
    .map_err(failure)
}

/// Corrects what groups say about their samples.
fn count_samples(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "UPDATE groups SET samples = (SELECT count(*) FROM samples WHERE owner = groups.id)
        WHERE samples > 0 AND samples <> (SELECT count(*) FROM samples WHERE owner = groups.id)";
    transaction.execute(sql, []).map(|_| ()).map_err(failure)
}

/// Has the rows counted anew if there are fewer, and gives free pages back.
fn finish(session: &mut Session<'_>, dropped: u64) -> Result<(), StoreError> {
    if dropped > 0 {
        session.counts.forget();
    }
    let sql = format!("PRAGMA incremental_vacuum({PAGES_GIVEN_BACK})");
    session.transaction.execute_batch(&sql).map_err(failure)
}

/// Texts that neither a revision nor a group names any more.
const UNUSED_POLICIES: &str = "DELETE FROM policies WHERE hash IN (
    SELECT hash FROM policies
    WHERE hash NOT IN (SELECT policy FROM revisions)
    AND hash NOT IN (SELECT policy FROM groups WHERE policy IS NOT NULL)
    LIMIT 1000)";
/// All but the last 100,000 lines.
const OLD_AUDIT: &str = "DELETE FROM audit WHERE id IN (
    SELECT id FROM audit WHERE id <= (SELECT max(id) FROM audit) - 100000 LIMIT 1000)";
/// So few that a batch of reports does not wait for long.
const AT_ONCE: usize = 1000;
const PAGES_GIVEN_BACK: u32 = 2000;
