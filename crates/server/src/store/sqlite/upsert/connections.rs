//! Connections, with their pages and browsers.

use rusqlite::{OptionalExtension as _, params};

use super::children::{self, Held, Names};
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

/// A row that is there.
struct Known {
    id: i64,
    held: Held,
    first_seen: i64,
}

struct Statements<'u> {
    find: Statement<'u>,
    update: Statement<'u>,
    grow: Statement<'u>,
    first: Statement<'u>,
    insert: Statement<'u>,
    paths: Statement<'u>,
    names: Names<'u>,
}

impl<'u> Statements<'u> {
    fn prepare(upsert: &Upsert<'u>) -> Result<Self, StoreError> {
        Ok(Self {
            find: upsert.statement(FIND)?,
            update: upsert.statement(UPDATE)?,
            grow: upsert.statement(GROW)?,
            first: upsert.statement(FIRST)?,
            insert: upsert.statement(INSERT)?,
            paths: upsert.statement(PATHS)?,
            names: Names::prepare(
                upsert,
                &children::CONNECTION_PAGES,
                &children::CONNECTION_BROWSERS,
            )?,
        })
    }

    /// Adds to the row of a connection, new if need be. Beyond so many paths of an origin, one row stands for the rest;
    /// beyond so many connections there is none.
    fn connection(
        &mut self,
        upsert: &mut Upsert<'_>,
        ident: &ConnectionIdent,
        delta: &ConnectionDelta,
    ) -> Result<(), StoreError> {
        let key = ident::of_connection(ident, true);
        if let Some(known) = self.find(&key)? {
            return self.add(known, delta);
        }
        let has_path = self.has_room_for_path(ident)?;
        let key = ident::of_connection(ident, has_path);
        if !has_path && let Some(known) = self.find(&key)? {
            return self.add(known, delta);
        }
        if !upsert.counts.has_room_for_connection(ident, upsert.limits) {
            let (count, hour) = (delta.seen.count, delta.seen.last.hour());
            return upsert.shed(hour, "connections-full", ident.class.as_str(), count);
        }
        self.insert(upsert, &key, ident, has_path, delta)
    }

    fn find(&mut self, key: &[u8]) -> Result<Option<Known>, StoreError> {
        let row = self.find.0.query_row([key], |row| {
            let (pages, browsers) = (row.get(1)?, row.get(2)?);
            Ok(Known {
                id: row.get(0)?,
                held: Held { pages, browsers },
                first_seen: row.get(3)?,
            })
        });
        row.optional().map_err(failure)
    }

    fn add(&mut self, known: Known, delta: &ConnectionDelta) -> Result<(), StoreError> {
        let mut held = known.held;
        self.names
            .add(known.id, &delta.pages, &delta.browsers, &mut held)?;
        let (first, last) = (delta.seen.first.as_millis(), delta.seen.last.as_millis());
        if first < known.first_seen {
            self.first.run([known.id, first])?;
        }
        let (id, count) = (known.id, integer(delta.seen.count));
        if held == known.held {
            self.update.run(params![id, count, last])?;
        } else {
            let values = params![id, count, last, held.pages, held.browsers];
            self.grow.run(values)?;
        }
        Ok(())
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
    ) -> Result<(), StoreError> {
        let path = has_path.then_some(ident.path.as_str());
        let held = self.names.of_new(&delta.pages, &delta.browsers);
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
            held.pages,
            held.browsers,
        ])?;
        upsert.counts.add_connection(ident);
        let id = upsert.transaction.last_insert_rowid();
        upsert.committed.new_connections.push(ConnectionId(id));
        self.names
            .add(id, &delta.pages, &delta.browsers, &mut Held::default())
    }
}

/// Host and port of an origin; the scheme where there is no host.
fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

const FIND: &str = "SELECT id, pages, browsers, first_seen FROM connections WHERE key = ?1";
/// A column that is set has its indexes written, whatever it is set to: so what seldom changes is set apart.
const UPDATE: &str = "UPDATE connections SET count = count + ?2, last_seen = max(last_seen, ?3)
    WHERE id = ?1";
const GROW: &str = "UPDATE connections SET count = count + ?2, last_seen = max(last_seen, ?3),
        pages = ?4, browsers = ?5
    WHERE id = ?1";
const FIRST: &str = "UPDATE connections SET first_seen = ?2 WHERE id = ?1";
const INSERT: &str =
    "INSERT INTO connections (key, site, route, document, class, origin, path, url,
        count, first_seen, last_seen, host, pages, browsers)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
const PATHS: &str = "SELECT count(*) FROM connections WHERE site = ?1 AND origin = ?2";
/// Paths of one origin that are told apart.
const MOST_PATHS: u32 = 200;
