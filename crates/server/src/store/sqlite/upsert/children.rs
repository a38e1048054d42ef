//! Rows that belong to others: hours, pages, browsers, samples.

use std::collections::HashMap;

use rusqlite::{ToSql, Transaction, params};

use super::{execute, integer, run};
use crate::store::batch::{RawSample, Seen};
use crate::store::error::StoreError;

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

/// Adds to a name; a new one only below `most`, and then counts it.
pub(super) fn add_seen(
    transaction: &Transaction<'_>,
    table: &SeenTable,
    owner: &dyn ToSql,
    name: &str,
    seen: &Seen,
    known: &mut u32,
    most: u32,
) -> Result<(), StoreError> {
    let (first, last) = (seen.first.as_millis(), seen.last.as_millis());
    let count = integer(seen.count);
    let values = params![owner, name, count, first, last];
    if execute(transaction, table.update, values)? > 0 || *known >= most {
        return Ok(());
    }
    run(transaction, table.insert, values)?;
    *known += 1;
    Ok(())
}

/// The rows that belong to a group or a connection.
pub(super) struct Children<'t> {
    transaction: &'t Transaction<'t>,
    owner: i64,
}

impl<'t> Children<'t> {
    pub(super) fn of(transaction: &'t Transaction<'t>, owner: i64) -> Self {
        Self { transaction, owner }
    }

    pub(super) fn seen(
        &self,
        table: &SeenTable,
        names: &HashMap<String, Seen>,
        known: &mut u32,
        most: u32,
    ) -> Result<(), StoreError> {
        for (name, seen) in names {
            add_seen(
                self.transaction,
                table,
                &self.owner,
                name,
                seen,
                known,
                most,
            )?;
        }
        Ok(())
    }

    pub(super) fn hours(&self, hours: &HashMap<i64, u64>) -> Result<(), StoreError> {
        let sql = "INSERT INTO group_hours (owner, hour, count) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET count = count + excluded.count";
        for (hour, count) in hours {
            run(
                self.transaction,
                sql,
                params![self.owner, hour, integer(*count)],
            )?;
        }
        Ok(())
    }

    pub(super) fn sample(&self, sample: &RawSample) -> Result<(), StoreError> {
        let sql = "INSERT INTO samples (owner, at, raw) VALUES (?1, ?2, ?3)";
        let values = params![self.owner, sample.at.as_millis(), sample.raw];
        run(self.transaction, sql, values)
    }
}
