//! What is added up for the overview.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::failure;
use super::reports::{list, moment};
use super::select::{Filter, unsigned};
use crate::clock::Timestamp;
use crate::rollout::{RevisionId, RouteKey};
use crate::store::error::StoreError;
use crate::store::query::TimelineQuery;
use crate::store::rows::{BlockedRow, InventoryMark, OpenFindings, TimelineRow};

/// Counts over stretches of time, the oldest first.
pub(super) fn timeline(
    connection: &Connection,
    query: &TimelineQuery,
) -> Result<Vec<TimelineRow>, StoreError> {
    let hours = i64::from(query.hours.max(1));
    let (since, until) = (query.since.hour(), query.until.hour());
    // So many stretches of time are answered at most; the oldest are left out.
    let since = since.max(until.saturating_sub(hours.saturating_mul(MOST_STRETCHES)));
    let filter = Filter::default()
        .and("site = ?", query.site.clone())
        .and("route = ?", query.route.clone())
        .and("hour >= ?", Some(since))
        .and("hour <= ?", Some(until));
    let sql = format!(
        "SELECT (hour - ({hours} + hour % {hours}) % {hours}) AS start, tally, sum(count) AS sum
         FROM tallies{} GROUP BY 1, 2 ORDER BY 1, 2",
        filter.sql()
    );
    let values = rusqlite::params_from_iter(filter.values());
    list(connection, &sql, values, |row| {
        Ok(TimelineRow {
            start: Timestamp::from_hour(row.get("start")?),
            tally: row.get("tally")?,
            count: unsigned(row.get("sum")?),
        })
    })
}

/// What genuine violations are about, the most reports first.
pub(super) fn top_blocked(
    connection: &Connection,
    site: Option<&str>,
    route: Option<&str>,
    since: Timestamp,
    most: u32,
) -> Result<Vec<BlockedRow>, StoreError> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let filter = Filter::default()
        .and("site = ?", owned(site))
        .and("route = ?", owned(route))
        .and("class = ?", Some(Value::Text("genuine".to_owned())))
        .and("last_seen >= ?", Some(since.as_millis()));
    let sql = format!(
        "SELECT blocked, count(*) AS groups, sum(count) AS reports, max(last_seen) AS last_seen
         FROM groups{} GROUP BY blocked ORDER BY reports DESC, blocked LIMIT {}",
        filter.sql(),
        most.min(100)
    );
    let values = rusqlite::params_from_iter(filter.values());
    list(connection, &sql, values, |row| {
        Ok(BlockedRow {
            blocked: row.get("blocked")?,
            groups: unsigned(row.get("groups")?),
            reports: unsigned(row.get("reports")?),
            last_seen: moment(row, "last_seen")?,
        })
    })
}

/// Genuine violations of a revision that nobody labelled.
pub(super) fn open_findings(
    connection: &Connection,
    key: &RouteKey,
    revision: RevisionId,
    since: Timestamp,
) -> Result<OpenFindings, StoreError> {
    let sql = "SELECT count(*), count(DISTINCT blocked), coalesce(sum(count), 0) FROM groups
        WHERE site = ?1 AND route = ?2 AND revision = ?3 AND class = 'genuine' AND label IS NULL
        AND last_seen >= ?4";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let values = params![key.site, key.route, revision.0, since.as_millis()];
    let row = statement.query_row(values, |row| {
        Ok(OpenFindings {
            groups: unsigned(row.get(0)?),
            origins: unsigned(row.get(1)?),
            reports: unsigned(row.get(2)?),
            responses: 0,
        })
    });
    Ok(OpenFindings {
        responses: responses(connection, key, revision, since)?,
        ..row.map_err(failure)?
    })
}

fn responses(
    connection: &Connection,
    key: &RouteKey,
    revision: RevisionId,
    since: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "SELECT coalesce(sum(count), 0) FROM tallies
        WHERE site = ?1 AND route = ?2 AND hour >= ?3 AND tally = 'responses' AND revision = ?4";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let values = params![key.site, key.route, since.hour(), revision.0];
    let sum = statement.query_row(values, |row| row.get(0));
    sum.map(unsigned).map_err(failure)
}

/// How much of a route's inventory there is.
pub(super) fn inventory_mark(
    connection: &Connection,
    key: &RouteKey,
) -> Result<InventoryMark, StoreError> {
    let sql = "SELECT count(*), coalesce(max(id), 0) FROM connections
        WHERE site = ?1 AND route = ?2 AND class IN ('genuine', 'stale-policy')";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let row = statement.query_row(params![key.site, key.route], |row| {
        Ok(InventoryMark {
            connections: unsigned(row.get(0)?),
            newest: row.get(1)?,
        })
    });
    row.map_err(failure)
}

const MOST_STRETCHES: i64 = 1000;
