//! What is added up for the overview.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::reports::{list, moment, sent_as};
use super::select::{Filter, unsigned};
use crate::clock::Timestamp;
use crate::rollout::RouteKey;
use crate::store::error::StoreError;
use crate::store::query::TimelineQuery;
use crate::store::rows::{BlockedRow, Finding, GroupId, ResponseCount, TimelineRow};

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

/// Groups of genuine violations of connections, the most reports first.
pub(super) fn findings(
    connection: &Connection,
    key: &RouteKey,
    most: u32,
) -> Result<Vec<Finding>, StoreError> {
    let values = params![key.site, key.route, most];
    list(connection, FINDINGS, values, |row| {
        Ok(Finding {
            id: GroupId(row.get(0)?),
            is_observed: row.get(1)?,
            origin: row.get(2)?,
            blocked: row.get(3)?,
            blocked_url: row.get(4)?,
            count: unsigned(row.get(5)?),
            pages: unsigned(row.get(6)?),
            last_seen: Timestamp::from_millis(row.get(7)?),
            is_labelled: row.get(8)?,
        })
    })
}

/// How many responses carried a policy, by revision and role.
pub(super) fn responses(
    connection: &Connection,
    key: &RouteKey,
    since: Timestamp,
) -> Result<Vec<ResponseCount>, StoreError> {
    let sql = "SELECT revision, role, sum(count) AS sum FROM tallies
        WHERE site = ?1 AND route = ?2 AND hour >= ?3 AND tally = 'responses'
        GROUP BY revision, role ORDER BY revision, role";
    let values = params![key.site, key.route, since.hour()];
    list(connection, sql, values, |row| {
        let (revision, role) = sent_as(row)?;
        Ok(ResponseCount {
            revision,
            role,
            count: unsigned(row.get("sum")?),
        })
    })
}

/// The columns by their places, which is quicker for thousands of rows.
const FINDINGS: &str = "SELECT id, role IS 'observe', origin, blocked, blocked_url, count, pages,
        last_seen, label IS NOT NULL
    FROM groups WHERE site = ?1 AND route = ?2 AND class = 'genuine' AND directive = 'connect-src'
    ORDER BY count DESC, id DESC LIMIT ?3";
const MOST_STRETCHES: i64 = 1000;
