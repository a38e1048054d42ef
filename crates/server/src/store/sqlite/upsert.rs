//! Writes a batch: what is known is counted up, what is new is added as far as the bounds allow.

mod bounds;
mod children;
mod connections;
mod groups;
mod ident;

use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{CachedStatement, Params, Transaction, params};

use bounds::Counts;
pub(super) use bounds::LazyCounts;
use children::Seens;

use super::failure;
use super::writer::Session;
use crate::config::Limits;
use crate::store::Committed;
use crate::store::batch::{Batch, Tally, revision_of};
use crate::store::error::StoreError;
use crate::store::rows::role_of;

/// Writes a batch.
pub(super) fn batch(session: &mut Session<'_>, batch: &Batch) -> Result<Committed, StoreError> {
    let mut upsert = Upsert {
        transaction: session.transaction,
        limits: session.limits,
        counts: session.counts.of(session.transaction)?,
        committed: Committed::default(),
    };
    groups::write(&mut upsert, &batch.groups)?;
    connections::write(&mut upsert, &batch.connections)?;
    upsert.coverage(batch)?;
    upsert.tallies(batch)?;
    upsert.others(batch)?;
    for ((hour, reason, class), count) in &batch.sheds {
        upsert.shed(*hour, reason, class, *count)?;
    }
    Ok(upsert.committed)
}

/// A batch on its way into the tables.
struct Upsert<'u> {
    transaction: &'u Transaction<'u>,
    limits: Limits,
    counts: &'u mut Counts,
    committed: Committed,
}

impl<'u> Upsert<'u> {
    /// A statement that is run for many rows.
    fn statement(&self, sql: &str) -> Result<Statement<'u>, StoreError> {
        let prepared = self.transaction.prepare_cached(sql);
        prepared.map(Statement).map_err(failure)
    }

    fn coverage(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut pages = Seens::prepare(self, &children::SITE_PAGES)?;
        let mut browsers = Seens::prepare(self, &children::SITE_BROWSERS)?;
        for (site, delta) in &batch.coverage {
            let known = self.counts.pages.entry(Arc::clone(site)).or_default();
            pages.add_all(site, &delta.pages, known, bounds::MOST_SITE_PAGES)?;
            let known = self.counts.browsers.entry(Arc::clone(site)).or_default();
            browsers.add_all(site, &delta.browsers, known, bounds::MOST_SITE_BROWSERS)?;
        }
        Ok(())
    }

    fn tallies(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut add = self.statement(
            "INSERT INTO tallies (hour, site, route, revision, role, tally, count)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET count = count + excluded.count",
        )?;
        let mut reports = 0;
        for (ident, count) in &batch.tallies {
            if let Tally::Reports(_) = ident.tally {
                reports += count;
            }
            add.run(params![
                ident.hour,
                ident.site,
                ident.route,
                revision_of(ident.mark).map_or(0, |id| id.0),
                role_of(ident.mark).unwrap_or_default(),
                ident.tally.as_str(),
                integer(*count),
            ])?;
        }
        let mut total = self.statement(
            "INSERT INTO totals (name, count) VALUES ('reports', ?1)
             ON CONFLICT DO UPDATE SET count = count + excluded.count",
        )?;
        total.run([integer(reports)]).map(|_| ())
    }

    fn others(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut update = self.statement(
            "UPDATE others SET count = count + ?2, last_seen = max(last_seen, ?3), sample = ?4
             WHERE type = ?1",
        )?;
        let mut insert = self.statement(
            "INSERT INTO others (type, count, first_seen, last_seen, sample)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (report_type, delta) in &batch.others {
            let (seen, count) = (&delta.seen, integer(delta.seen.count));
            let (first, last) = (seen.first.as_millis(), seen.last.as_millis());
            if update.run(params![report_type, count, last, delta.raw])? > 0 {
                continue;
            }
            if self.counts.others >= bounds::MOST_OTHERS {
                self.shed(seen.last.hour(), "types-full", "other", seen.count)?;
                continue;
            }
            self.counts.others += 1;
            insert.run(params![report_type, count, first, last, delta.raw])?;
        }
        Ok(())
    }

    fn shed(&self, hour: i64, reason: &str, class: &str, count: u64) -> Result<(), StoreError> {
        let mut add = self.statement(
            "INSERT INTO sheds (hour, reason, class, count) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET count = count + excluded.count",
        )?;
        add.run(params![hour, reason, class, integer(count)])
            .map(|_| ())
    }
}

/// A statement that is prepared once for all rows of a batch.
struct Statement<'u>(CachedStatement<'u>);

impl Statement<'_> {
    /// Runs it for a row. How many rows it changed.
    fn run(&mut self, values: impl Params) -> Result<usize, StoreError> {
        self.0.execute(values).map_err(failure)
    }
}

/// A count for a column; SQLite's numbers end earlier than ours.
fn integer(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A site's name, shared.
type Name = Arc<str>;
