//! Connections, with their pages and browsers.

use rusqlite::{OptionalExtension as _, params};

use super::children::{self, Seens};
use super::{Statement, Upsert, failure, ident, integer};
use crate::store::batch::{ConnectionDelta, ConnectionIdent};
use crate::store::error::StoreError;
use crate::store::key::KeyMap;
use crate::store::rows::ConnectionId;

pub(super) fn write(
    upsert: &mut Upsert<'_>,
    connections: &KeyMap<ConnectionIdent, ConnectionDelta>,
) -> Result<(), StoreError> {
    if connections.is_empty() {
        return Ok(());
    }
    let mut statements = Statements::prepare(upsert)?;
    for (ident, delta) in connections {
        statements.connection(upsert, ident, delta)?;
    }
    Ok(())
}

/// What a row already holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    id: i64,
    pages: u32,
    browsers: u32,
}

struct Statements<'u> {
    update: Statement<'u>,
    insert: Statement<'u>,
    count: Statement<'u>,
    paths: Statement<'u>,
    pages: Seens<'u>,
    browsers: Seens<'u>,
}

impl<'u> Statements<'u> {
    fn prepare(upsert: &Upsert<'u>) -> Result<Self, StoreError> {
        Ok(Self {
            update: upsert.statement(UPDATE)?,
            insert: upsert.statement(INSERT)?,
            count: upsert.statement(COUNT)?,
            paths: upsert.statement(PATHS)?,
            pages: Seens::prepare(upsert, &children::CONNECTION_PAGES)?,
            browsers: Seens::prepare(upsert, &children::CONNECTION_BROWSERS)?,
        })
    }

    fn connection(
        &mut self,
        upsert: &mut Upsert<'_>,
        ident: &ConnectionIdent,
        delta: &ConnectionDelta,
    ) -> Result<(), StoreError> {
        let Some(before) = self.row(upsert, ident, delta)? else {
            let (count, hour) = (delta.seen.count, delta.seen.last.hour());
            return upsert.shed(hour, "connections-full", ident.class.as_str(), count);
        };
        let (mut after, limits) = (before, upsert.limits);
        let id = before.id;
        self.pages
            .add_all(&id, &delta.pages, &mut after.pages, limits.pages)?;
        self.browsers
            .add_all(&id, &delta.browsers, &mut after.browsers, limits.browsers)?;
        if before != after {
            self.count.run(params![id, after.pages, after.browsers])?;
        }
        Ok(())
    }

    /// The row of a connection, new if need be. Beyond so many paths of an origin, one row stands for the rest;
    /// beyond so many connections there is none.
    fn row(
        &mut self,
        upsert: &mut Upsert<'_>,
        ident: &ConnectionIdent,
        delta: &ConnectionDelta,
    ) -> Result<Option<Known>, StoreError> {
        let key = ident::of_connection(ident, true);
        if let Some(known) = self.update(&key, delta)? {
            return Ok(Some(known));
        }
        let has_path = self.has_room_for_path(ident)?;
        let key = ident::of_connection(ident, has_path);
        if !has_path && let Some(known) = self.update(&key, delta)? {
            return Ok(Some(known));
        }
        if !upsert.counts.has_room_for_connection(ident, upsert.limits) {
            return Ok(None);
        }
        self.insert(upsert, &key, ident, has_path, delta).map(Some)
    }

    fn update(&mut self, key: &[u8], delta: &ConnectionDelta) -> Result<Option<Known>, StoreError> {
        let (first, last) = (delta.seen.first.as_millis(), delta.seen.last.as_millis());
        let values = params![key, integer(delta.seen.count), first, last];
        let row = self.update.0.query_row(values, |row| {
            Ok(Known {
                id: row.get(0)?,
                pages: row.get(1)?,
                browsers: row.get(2)?,
            })
        });
        row.optional().map_err(failure)
    }

    /// Whether one more path of an origin is told apart.
    fn has_room_for_path(&mut self, ident: &ConnectionIdent) -> Result<bool, StoreError> {
        let values = params![ident.site, ident.origin];
        let count = self.paths.0.query_row(values, |row| row.get::<_, u32>(0));
        Ok(count.map_err(failure)? < MOST_PATHS)
    }

    fn insert(
        &mut self,
        upsert: &mut Upsert<'_>,
        key: &[u8],
        ident: &ConnectionIdent,
        has_path: bool,
        delta: &ConnectionDelta,
    ) -> Result<Known, StoreError> {
        let path = has_path.then_some(ident.path.as_str());
        let url = format!("{}{}", ident.origin, path.unwrap_or("/…"));
        self.insert.run(params![
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
        ])?;
        upsert.counts.add_connection(ident);
        let id = upsert.transaction.last_insert_rowid();
        upsert.committed.new_connections.push(ConnectionId(id));
        Ok(Known {
            id,
            pages: 0,
            browsers: 0,
        })
    }
}

/// Host and port of an origin; the scheme where there is no host.
fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

const UPDATE: &str = "UPDATE connections SET count = count + ?2, first_seen = min(first_seen, ?3),
        last_seen = max(last_seen, ?4)
    WHERE key = ?1 RETURNING id, pages, browsers";
const INSERT: &str =
    "INSERT INTO connections (key, site, route, document, class, origin, path, url,
        count, first_seen, last_seen, host, pages, browsers)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0)";
const COUNT: &str = "UPDATE connections SET pages = ?2, browsers = ?3 WHERE id = ?1";
const PATHS: &str = "SELECT count(*) FROM connections WHERE site = ?1 AND origin = ?2";
/// Paths of one origin that are told apart.
const MOST_PATHS: u32 = 200;
