//! Writes a batch: what is known is counted up, what is new is added as far as the bounds allow.

mod bounds;
mod children;
mod ident;

use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Transaction, params};

pub(super) use bounds::Counts;
use children::Children;

use super::failure;
use super::writer::Session;
use crate::store::Committed;
use crate::store::batch::{
    Batch, ConnectionDelta, ConnectionIdent, GroupDelta, GroupIdent, Tally, revision_of,
};
use crate::store::error::StoreError;
use crate::store::rows::{ConnectionId, GroupId, role_of};

/// Writes a batch.
pub(super) fn batch(session: &mut Session<'_>, batch: &Batch) -> Result<Committed, StoreError> {
    let mut committed = Committed::default();
    for (ident, delta) in &batch.groups {
        group(session, ident, delta, &mut committed)?;
    }
    for (ident, delta) in &batch.connections {
        connection(session, ident, delta, &mut committed)?;
    }
    coverage(session, batch)?;
    tallies(session, batch)?;
    others(session, batch)?;
    for ((hour, reason, class), count) in &batch.sheds {
        shed(session.transaction, *hour, reason, class, *count)?;
    }
    Ok(committed)
}

/// What a row already holds.
struct Known {
    id: i64,
    pages: u32,
    browsers: u32,
    samples: u32,
}

fn group(
    session: &mut Session<'_>,
    ident: &GroupIdent,
    delta: &GroupDelta,
    committed: &mut Committed,
) -> Result<(), StoreError> {
    let key = ident::of_group(ident);
    let mut known = match update_group(session.transaction, &key, delta)? {
        Some(known) => known,
        None if session.counts.has_room_for_group(ident, session.limits) => {
            let known = insert_group(session, &key, ident, delta)?;
            committed.new_groups.push(GroupId(known.id));
            known
        }
        None => {
            committed.shed += delta.seen.count;
            let hour = delta.seen.last.hour();
            let class = ident.key.class.as_str();
            return shed(
                session.transaction,
                hour,
                "groups-full",
                class,
                delta.seen.count,
            );
        }
    };
    let before = (known.pages, known.browsers, known.samples);
    let limits = session.limits;
    let children = Children::of(session.transaction, known.id);
    children.hours(&delta.hours)?;
    children.seen(
        &children::GROUP_PAGES,
        &delta.pages,
        &mut known.pages,
        limits.pages,
    )?;
    children.seen(
        &children::GROUP_BROWSERS,
        &delta.browsers,
        &mut known.browsers,
        limits.browsers,
    )?;
    for sample in &delta.samples {
        if known.samples < limits.samples && session.counts.has_room_for_sample() {
            children.sample(sample)?;
            known.samples += 1;
            session.counts.samples += 1;
        }
    }
    if before == (known.pages, known.browsers, known.samples) {
        return Ok(());
    }
    let sql = "UPDATE groups SET pages = ?2, browsers = ?3, samples = ?4 WHERE id = ?1";
    let values = params![known.id, known.pages, known.browsers, known.samples];
    run(session.transaction, sql, values)
}

fn update_group(
    transaction: &Transaction<'_>,
    key: &[u8],
    delta: &GroupDelta,
) -> Result<Option<Known>, StoreError> {
    let mut statement = transaction
        .prepare_cached(
            "UPDATE groups SET count = count + ?2, score = score + ?3,
                 first_seen = min(first_seen, ?4), last_seen = max(last_seen, ?5),
                 blocked_url = ?6, reason = ?7, place = coalesce(?8, place)
             WHERE key = ?1 RETURNING id, pages, browsers, samples",
        )
        .map_err(failure)?;
    let values = params![
        key,
        integer(delta.seen.count),
        integer(delta.score),
        delta.seen.first.as_millis(),
        delta.seen.last.as_millis(),
        delta.blocked_url,
        delta.reason,
        delta.place,
    ];
    let row = statement.query_row(values, |row| {
        Ok(Known {
            id: row.get(0)?,
            pages: row.get(1)?,
            browsers: row.get(2)?,
            samples: row.get(3)?,
        })
    });
    row.optional().map_err(failure)
}

fn insert_group(
    session: &mut Session<'_>,
    key: &[u8],
    ident: &GroupIdent,
    delta: &GroupDelta,
) -> Result<Known, StoreError> {
    let policy = match &delta.policy {
        Some(text) => session.counts.intern(session.transaction, text)?,
        None => None,
    };
    let sql = "INSERT INTO groups (key, site, route, revision, role, origin, directive, blocked, blocked_url,
            disposition, class, reason_code, reason, place, policy, score, count, first_seen, last_seen,
            pages, browsers, samples)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
            0, 0, 0)";
    let values = params![
        key,
        ident.site,
        ident.route,
        revision_of(ident.mark).map(|id| id.0),
        role_of(ident.mark),
        ident.key.site,
        ident.key.effective_directive,
        ident.key.blocked,
        delta.blocked_url,
        ident.key.disposition,
        ident.key.class.as_str(),
        ident.key.reason,
        delta.reason,
        delta.place,
        policy,
        integer(delta.score),
        integer(delta.seen.count),
        delta.seen.first.as_millis(),
        delta.seen.last.as_millis(),
    ];
    run(session.transaction, sql, values)?;
    session.counts.add_group(ident);
    Ok(Known {
        id: session.transaction.last_insert_rowid(),
        pages: 0,
        browsers: 0,
        samples: 0,
    })
}

fn connection(
    session: &mut Session<'_>,
    ident: &ConnectionIdent,
    delta: &ConnectionDelta,
    committed: &mut Committed,
) -> Result<(), StoreError> {
    let Some(mut known) = find_connection(session, ident, delta, committed)? else {
        let hour = delta.seen.last.hour();
        let class = ident.class.as_str();
        return shed(
            session.transaction,
            hour,
            "connections-full",
            class,
            delta.seen.count,
        );
    };
    let before = (known.pages, known.browsers);
    let limits = session.limits;
    let children = Children::of(session.transaction, known.id);
    let pages = &children::CONNECTION_PAGES;
    children.seen(pages, &delta.pages, &mut known.pages, limits.pages)?;
    let browsers = &children::CONNECTION_BROWSERS;
    children.seen(
        browsers,
        &delta.browsers,
        &mut known.browsers,
        limits.browsers,
    )?;
    if before == (known.pages, known.browsers) {
        return Ok(());
    }
    let sql = "UPDATE connections SET pages = ?2, browsers = ?3 WHERE id = ?1";
    run(
        session.transaction,
        sql,
        params![known.id, known.pages, known.browsers],
    )
}

/// The row of a connection, new if need be. Beyond so many paths of an origin, one row stands for the rest;
/// beyond so many connections there is none.
fn find_connection(
    session: &mut Session<'_>,
    ident: &ConnectionIdent,
    delta: &ConnectionDelta,
    committed: &mut Committed,
) -> Result<Option<Known>, StoreError> {
    let key = ident::of_connection(ident, true);
    if let Some(known) = update_connection(session.transaction, &key, delta)? {
        return Ok(Some(known));
    }
    let has_path = bounds::has_room_for_path(session.transaction, ident)?;
    let key = ident::of_connection(ident, has_path);
    if !has_path && let Some(known) = update_connection(session.transaction, &key, delta)? {
        return Ok(Some(known));
    }
    if !session
        .counts
        .has_room_for_connection(ident, session.limits)
    {
        return Ok(None);
    }
    let path = has_path.then_some(ident.path.as_str());
    let url = format!("{}{}", ident.origin, path.unwrap_or("/…"));
    let sql =
        "INSERT INTO connections (key, site, route, document, class, origin, path, url, count,
            first_seen, last_seen, host, pages, browsers)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0)";
    let values = params![
        key,
        ident.site,
        ident.route,
        ident.document,
        ident.class.as_str(),
        ident.origin,
        path,
        url,
        integer(delta.seen.count),
        delta.seen.first.as_millis(),
        delta.seen.last.as_millis(),
        host(&ident.origin),
    ];
    run(session.transaction, sql, values)?;
    session.counts.add_connection(ident);
    let id = session.transaction.last_insert_rowid();
    committed.new_connections.push(ConnectionId(id));
    Ok(Some(Known {
        id,
        pages: 0,
        browsers: 0,
        samples: 0,
    }))
}

/// Host and port of an origin; the scheme where there is no host.
fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

fn update_connection(
    transaction: &Transaction<'_>,
    key: &[u8],
    delta: &ConnectionDelta,
) -> Result<Option<Known>, StoreError> {
    let mut statement = transaction
        .prepare_cached(
            "UPDATE connections SET count = count + ?2, first_seen = min(first_seen, ?3),
                 last_seen = max(last_seen, ?4)
             WHERE key = ?1 RETURNING id, pages, browsers",
        )
        .map_err(failure)?;
    let (first, last) = (delta.seen.first.as_millis(), delta.seen.last.as_millis());
    let values = params![key, integer(delta.seen.count), first, last];
    let row = statement.query_row(values, |row| {
        Ok(Known {
            id: row.get(0)?,
            pages: row.get(1)?,
            browsers: row.get(2)?,
            samples: 0,
        })
    });
    row.optional().map_err(failure)
}

fn coverage(session: &mut Session<'_>, batch: &Batch) -> Result<(), StoreError> {
    let Session {
        transaction,
        counts,
        ..
    } = session;
    for ((site, name), seen) in &batch.pages {
        let count = counts.pages.entry(Arc::clone(site)).or_default();
        let table = &children::SITE_PAGES;
        children::add_seen(
            transaction,
            table,
            site,
            name,
            seen,
            count,
            bounds::MOST_SITE_PAGES,
        )?;
    }
    for ((site, name), seen) in &batch.browsers {
        let count = counts.browsers.entry(Arc::clone(site)).or_default();
        let table = &children::SITE_BROWSERS;
        children::add_seen(
            transaction,
            table,
            site,
            name,
            seen,
            count,
            bounds::MOST_SITE_BROWSERS,
        )?;
    }
    Ok(())
}

fn tallies(session: &Session<'_>, batch: &Batch) -> Result<(), StoreError> {
    let sql = "INSERT INTO tallies (hour, site, route, revision, role, tally, count)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET count = count + excluded.count";
    let mut reports = 0;
    for (ident, count) in &batch.tallies {
        if let Tally::Reports(_) = ident.tally {
            reports += count;
        }
        let values = params![
            ident.hour,
            ident.site,
            ident.route,
            revision_of(ident.mark).map_or(0, |id| id.0),
            role_of(ident.mark).unwrap_or_default(),
            ident.tally.as_str(),
            integer(*count),
        ];
        run(session.transaction, sql, values)?;
    }
    let sql = "INSERT INTO totals (name, count) VALUES ('reports', ?1)
        ON CONFLICT DO UPDATE SET count = count + excluded.count";
    run(session.transaction, sql, [integer(reports)])
}

fn others(session: &mut Session<'_>, batch: &Batch) -> Result<(), StoreError> {
    let update = "UPDATE others SET count = count + ?2, last_seen = max(last_seen, ?3), sample = ?4
        WHERE type = ?1";
    let insert = "INSERT INTO others (type, count, first_seen, last_seen, sample)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    for (report_type, delta) in &batch.others {
        let count = integer(delta.seen.count);
        let (first, last) = (delta.seen.first.as_millis(), delta.seen.last.as_millis());
        let values = params![report_type, count, last, delta.raw];
        if execute(session.transaction, update, values)? > 0 {
            continue;
        }
        if session.counts.others >= bounds::MOST_OTHERS {
            shed(
                session.transaction,
                delta.seen.last.hour(),
                "types-full",
                "other",
                delta.seen.count,
            )?;
            continue;
        }
        session.counts.others += 1;
        run(
            session.transaction,
            insert,
            params![report_type, count, first, last, delta.raw],
        )?;
    }
    Ok(())
}

fn shed(
    transaction: &Transaction<'_>,
    hour: i64,
    reason: &str,
    class: &str,
    count: u64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO sheds (hour, reason, class, count) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET count = count + excluded.count";
    run(
        transaction,
        sql,
        params![hour, reason, class, integer(count)],
    )
}

fn run(
    transaction: &Transaction<'_>,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<(), StoreError> {
    execute(transaction, sql, values).map(|_| ())
}

fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<usize, StoreError> {
    let mut statement = transaction.prepare_cached(sql).map_err(failure)?;
    statement.execute(values).map_err(failure)
}

/// A count for a column; SQLite's numbers end earlier than ours.
fn integer(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A site's name, shared.
type Name = Arc<str>;
