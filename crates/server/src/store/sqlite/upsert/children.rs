//! Names that were seen: the pages and browsers of groups, connections and sites.

use rusqlite::{ToSql, params};

use super::{Statement, Upsert, integer};
use crate::config::Limits;
use crate::store::batch::Seen;
use crate::store::error::StoreError;
use crate::store::key::KeyMap;

/// A table of names that were seen, as the statements that add to it.
pub(super) struct SeenTable {
    update: &'static str,
    insert: &'static str,
}

macro_rules! seen_table {
    ($name:ident, $table:literal, $owner:literal) => {
        pub(super) const $name: SeenTable = SeenTable {
            update: concat!(
                "UPDATE ",
                $table,
                " SET count = count + ?3, first_seen = min(first_seen, ?4), ",
                "last_seen = max(last_seen, ?5) WHERE ",
                $owner,
                " = ?1 AND name = ?2",
            ),
            insert: concat!(
                "INSERT INTO ",
                $table,
                " (",
                $owner,
                ", name, count, first_seen, last_seen) ",
                "VALUES (?1, ?2, ?3, ?4, ?5)",
            ),
        };
    };
}

seen_table!(GROUP_PAGES, "group_pages", "owner");
seen_table!(GROUP_BROWSERS, "group_browsers", "owner");
seen_table!(CONNECTION_PAGES, "connection_pages", "owner");
seen_table!(CONNECTION_BROWSERS, "connection_browsers", "owner");
seen_table!(SITE_PAGES, "site_pages", "site");
seen_table!(SITE_BROWSERS, "site_browsers", "site");

/// How many pages and browsers a row has.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) pages: u32,
    pub(super) browsers: u32,
}

/// The pages and browsers of rows, as the statements that add to them.
pub(super) struct Names<'u> {
    pages: Seens<'u>,
    browsers: Seens<'u>,
    limits: Limits,
}

impl<'u> Names<'u> {
    pub(super) fn prepare(
        upsert: &Upsert<'u>,
        pages: &SeenTable,
        browsers: &SeenTable,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            pages: Seens::prepare(upsert, pages)?,
            browsers: Seens::prepare(upsert, browsers)?,
            limits: upsert.limits,
        })
    }

    /// How many of them a new row gets.
    pub(super) fn of_new(&self, pages: &KeyMap<str, Seen>, browsers: &KeyMap<str, Seen>) -> Held {
        Held {
            pages: at_most(pages.len(), self.limits.pages),
            browsers: at_most(browsers.len(), self.limits.browsers),
        }
    }

    /// Adds to those of a row, as far as the bounds allow.
    pub(super) fn add(
        &mut self,
        id: i64,
        pages: &KeyMap<str, Seen>,
        browsers: &KeyMap<str, Seen>,
        held: &mut Held,
    ) -> Result<(), StoreError> {
        self.pages
            .add_all(&id, pages, &mut held.pages, self.limits.pages)?;
        self.browsers
            .add_all(&id, browsers, &mut held.browsers, self.limits.browsers)
    }
}

pub(super) fn at_most(count: usize, most: u32) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).min(most)
}

/// The statements of such a table, ready to run.
pub(super) struct Seens<'u> {
    update: Statement<'u>,
    insert: Statement<'u>,
}

impl<'u> Seens<'u> {
    pub(super) fn prepare(upsert: &Upsert<'u>, table: &SeenTable) -> Result<Self, StoreError> {
        Ok(Self {
            update: upsert.statement(table.update)?,
            insert: upsert.statement(table.insert)?,
        })
    }

    /// Adds to an owner's names; new ones only below `most`, and then counts them.
    pub(super) fn add_all(
        &mut self,
        owner: &dyn ToSql,
        names: &KeyMap<str, Seen>,
        known: &mut u32,
        most: u32,
    ) -> Result<(), StoreError> {
        for (name, seen) in names {
            self.add(owner, name, seen, known, most)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        owner: &dyn ToSql,
        name: &str,
        seen: &Seen,
        known: &mut u32,
        most: u32,
    ) -> Result<(), StoreError> {
        let (first, last) = (seen.first.as_millis(), seen.last.as_millis());
        let values = params![owner, name, integer(seen.count), first, last];
        // An owner without names has none to be updated.
        if *known > 0 && self.update.run(values)? > 0 || *known >= most {
            return Ok(());
        }
        self.insert.run(values)?;
        *known += 1;
        Ok(())
    }
}
