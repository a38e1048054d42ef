//! How much there is, so that the bounds hold without counting rows for every report.

use std::collections::HashMap;
use std::sync::Arc;

use connect_src_report::Class;
use rusqlite::{Connection, Transaction, params};

use super::super::failure;
use super::{Name, ident};
use crate::config::Limits;
use crate::store::batch::{ConnectionIdent, GroupIdent};
use crate::store::error::StoreError;

/// How many rows there are, counted when it is asked for first: a server with a large database starts at once.
#[derive(Clone, Default)]
pub(in super::super) struct LazyCounts(Option<Counts>);

impl LazyCounts {
    /// How many rows there are.
    pub(super) fn of(&mut self, connection: &Connection) -> Result<&mut Counts, StoreError> {
        match &mut self.0 {
            Some(counts) => Ok(counts),
            unknown => Ok(unknown.insert(Counts::load(connection)?)),
        }
    }

    /// What was counted does not hold any more.
    pub(in super::super) fn forget(&mut self) {
        self.0 = None;
    }
}

/// How many rows there are.
#[derive(Clone, Default)]
pub(super) struct Counts {
    groups: HashMap<(Name, bool), u32>,
    connections: HashMap<(Name, bool), u32>,
    pub(super) pages: HashMap<Name, u32>,
    pub(super) browsers: HashMap<Name, u32>,
    policies: u32,
    pub(super) samples: u32,
    pub(super) others: u32,
}

impl Counts {
    /// Counts what is there.
    fn load(connection: &Connection) -> Result<Self, StoreError> {
        Ok(Self {
            groups: by_site_and_class(connection, "groups")?,
            connections: by_site_and_class(connection, "connections")?,
            pages: by_site(connection, "site_pages")?,
            browsers: by_site(connection, "site_browsers")?,
            policies: count(connection, "policies")?,
            samples: count(connection, "samples")?,
            others: count(connection, "others")?,
        })
    }

    /// Noise may take half of the groups, so that it does not keep a genuine finding out.
    pub(super) fn has_room_for_group(&self, ident: &GroupIdent, limits: Limits) -> bool {
        has_room(&self.groups, &ident.site, ident.key.class, limits.groups)
    }

    pub(super) fn add_group(&mut self, ident: &GroupIdent) {
        add(&mut self.groups, &ident.site, ident.key.class);
    }

    pub(super) fn has_room_for_connection(&self, ident: &ConnectionIdent, limits: Limits) -> bool {
        has_room(
            &self.connections,
            &ident.site,
            ident.class,
            limits.connections,
        )
    }

    pub(super) fn add_connection(&mut self, ident: &ConnectionIdent) {
        add(&mut self.connections, &ident.site, ident.class);
    }

    pub(super) fn room_for_samples(&self) -> u32 {
        MOST_SAMPLES.saturating_sub(self.samples)
    }

    /// Keeps a policy's text once. `None` if there are too many.
    pub(super) fn intern(
        &mut self,
        transaction: &Transaction<'_>,
        text: &str,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        let hash = ident::of_policy(text);
        let mut statement = transaction
            .prepare_cached("SELECT 1 FROM policies WHERE hash = ?1")
            .map_err(failure)?;
        if statement.exists([hash]).map_err(failure)? {
            return Ok(Some(hash));
        }
        if self.policies >= MOST_POLICIES {
            return Ok(None);
        }
        let sql = "INSERT INTO policies (hash, text) VALUES (?1, ?2)";
        let inserted = transaction.execute(sql, params![hash, text]);
        inserted.map_err(failure)?;
        self.policies += 1;
        Ok(Some(hash))
    }
}

fn has_room(counts: &HashMap<(Name, bool), u32>, site: &Name, class: Class, most: u32) -> bool {
    let of = |is_genuine| {
        counts
            .get(&(Arc::clone(site), is_genuine))
            .copied()
            .unwrap_or(0)
    };
    let (genuine, noise) = (of(true), of(false));
    genuine + noise < most && (class == Class::Genuine || noise < most / 2)
}

fn add(counts: &mut HashMap<(Name, bool), u32>, site: &Name, class: Class) {
    let key = (Arc::clone(site), class == Class::Genuine);
    *counts.entry(key).or_default() += 1;
}

fn by_site_and_class(
    connection: &Connection,
    table: &str,
) -> Result<HashMap<(Name, bool), u32>, StoreError> {
    let sql = format!("SELECT site, class = 'genuine', count(*) FROM {table} GROUP BY 1, 2");
    let mut statement = connection.prepare(&sql).map_err(failure)?;
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)));
    rows.and_then(Iterator::collect).map_err(failure)
}

fn by_site(connection: &Connection, table: &str) -> Result<HashMap<Name, u32>, StoreError> {
    let sql = format!("SELECT site, count(*) FROM {table} GROUP BY 1");
    let mut statement = connection.prepare(&sql).map_err(failure)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect).map_err(failure)
}

fn count(connection: &Connection, table: &str) -> Result<u32, StoreError> {
    let sql = format!("SELECT count(*) FROM {table}");
    connection
        .query_row(&sql, [], |row| row.get(0))
        .map_err(failure)
}

const MOST_SAMPLES: u32 = 50_000;
const MOST_POLICIES: u32 = 10_000;
pub(super) const MOST_SITE_PAGES: u32 = 5000;
pub(super) const MOST_SITE_BROWSERS: u32 = 500;
pub(super) const MOST_OTHERS: u32 = 200;
