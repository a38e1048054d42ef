//! The inventory of a route as a whole, for previews.

use std::collections::HashMap;

use connect_src::BrowserProfile;
use rusqlite::{Connection, Row, params};

use super::failure;
use super::reports::list;
use super::select::unsigned;
use crate::browser;
use crate::rollout::RouteKey;
use crate::store::error::StoreError;
use crate::store::rows::{ConnectionId, Inventory, InventoryRow};

/// Reads up to so many connections, those with the most reports first.
pub(super) fn read(
    connection: &mut Connection,
    key: &RouteKey,
    most: u32,
) -> Result<Inventory, StoreError> {
    // Both lists are of the same moment.
    let snapshot = connection.transaction().map_err(failure)?;
    let sql = format!("SELECT count(*) FROM connections WHERE {OF_ROUTE}");
    let total = snapshot
        .query_row(&sql, params![key.site, key.route], |row| row.get(0))
        .map_err(failure)?;
    let sql = format!(
        "SELECT id, document, origin, path, count FROM connections WHERE {OF_ROUTE}
         ORDER BY count DESC, id DESC LIMIT ?3"
    );
    let mut rows = list(
        &snapshot,
        &sql,
        params![key.site, key.route, most],
        read_row,
    )?;
    let mut profiles = profiles(&snapshot, key)?;
    for row in &mut rows {
        row.profiles = profiles.remove(&row.id).unwrap_or_default();
    }
    Ok(Inventory {
        rows,
        total: unsigned(total),
    })
}

/// Up to three pages of each connection.
pub(super) fn witness_pages(
    connection: &Connection,
    ids: &[ConnectionId],
) -> Result<Vec<Vec<String>>, StoreError> {
    let sql =
        "SELECT name FROM connection_pages WHERE owner = ?1 ORDER BY count DESC, name LIMIT 3";
    let pages = ids
        .iter()
        .map(|id| list(connection, sql, [id.0], |row| row.get(0)));
    pages.collect()
}

/// By the places of the columns, which is quicker for thousands of rows.
fn read_row(row: &Row<'_>) -> rusqlite::Result<InventoryRow> {
    Ok(InventoryRow {
        id: ConnectionId(row.get(0)?),
        document: row.get(1)?,
        origin: row.get(2)?,
        path: row.get(3)?,
        count: unsigned(row.get(4)?),
        profiles: Vec::new(),
    })
}

/// Whose rules the browsers follow that made each connection.
fn profiles(
    connection: &Connection,
    key: &RouteKey,
) -> Result<HashMap<ConnectionId, Vec<BrowserProfile>>, StoreError> {
    let sql = format!(
        "SELECT connection_browsers.owner, connection_browsers.name FROM connections
         JOIN connection_browsers ON connection_browsers.owner = connections.id WHERE {OF_ROUTE}"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
    let mut rows = statement
        .query(params![key.site, key.route])
        .map_err(failure)?;
    let mut profiles: HashMap<ConnectionId, Vec<BrowserProfile>> = HashMap::new();
    while let Some(row) = rows.next().map_err(failure)? {
        let owner = ConnectionId(row.get(0).map_err(failure)?);
        let name = row.get_ref(1).map_err(failure)?;
        let profile = browser::profile(name.as_str().unwrap_or_default());
        let known = profiles.entry(owner).or_default();
        if let Some(profile) = profile.filter(|profile| !known.contains(profile)) {
            known.push(profile);
        }
    }
    Ok(profiles)
}

/// What the site itself connects to; noise is left out.
const OF_ROUTE: &str = "site = ?1 AND route = ?2 AND class IN ('genuine', 'stale-policy')";
