//! Groups, with their hours, pages, browsers and samples.

use rusqlite::{OptionalExtension as _, params};

use super::children::{self, Held, Names};
use super::{Statement, Upsert, failure, ident, integer};
use crate::store::batch::{GroupDelta, GroupIdent, revision_of};
use crate::store::error::StoreError;
use crate::store::key::KeyMap;
use crate::store::rows::{GroupId, role_of};

pub(super) fn write(
    upsert: &mut Upsert<'_>,
    groups: &KeyMap<GroupIdent, GroupDelta>,
) -> Result<(), StoreError> {
    if groups.is_empty() {
        return Ok(());
    }
    let mut statements = Statements::prepare(upsert)?;
    for (ident, delta) in groups {
        statements.group(upsert, ident, delta)?;
    }
    Ok(())
}

/// A row that is there.
struct Known {
    id: i64,
    held: Held,
    samples: u32,
    first_seen: i64,
}

struct Statements<'u> {
    find: Statement<'u>,
    update: Statement<'u>,
    first: Statement<'u>,
    insert: Statement<'u>,
    hour: Statement<'u>,
    sample: Statement<'u>,
    names: Names<'u>,
}

impl<'u> Statements<'u> {
    fn prepare(upsert: &Upsert<'u>) -> Result<Self, StoreError> {
        Ok(Self {
            find: upsert.statement(FIND)?,
            update: upsert.statement(UPDATE)?,
            first: upsert.statement(FIRST)?,
            insert: upsert.statement(INSERT)?,
            hour: upsert.statement(HOUR)?,
            sample: upsert.statement(SAMPLE)?,
            names: Names::prepare(upsert, &children::GROUP_PAGES, &children::GROUP_BROWSERS)?,
        })
    }

    fn group(
        &mut self,
        upsert: &mut Upsert<'_>,
        ident: &GroupIdent,
        delta: &GroupDelta,
    ) -> Result<(), StoreError> {
        let key = ident::of_group(ident);
        if let Some(known) = self.find(&key)? {
            return self.add(upsert, known, delta);
        }
        if !upsert.counts.has_room_for_group(ident, upsert.limits) {
            let (count, hour) = (delta.seen.count, delta.seen.last.hour());
            upsert.committed.shed += count;
            return upsert.shed(hour, "groups-full", ident.key.class.as_str(), count);
        }
        self.insert(upsert, &key, ident, delta)
    }

    fn find(&mut self, key: &[u8]) -> Result<Option<Known>, StoreError> {
        let row = self.find.0.query_row([key], |row| {
            let (pages, browsers) = (row.get(1)?, row.get(2)?);
            Ok(Known {
                id: row.get(0)?,
                held: Held { pages, browsers },
                samples: row.get(3)?,
                first_seen: row.get(4)?,
            })
        });
        row.optional().map_err(failure)
    }

    fn add(
        &mut self,
        upsert: &mut Upsert<'_>,
        known: Known,
        delta: &GroupDelta,
    ) -> Result<(), StoreError> {
        let mut held = known.held;
        let samples = room_for_samples(upsert, known.samples, delta);
        self.children(upsert, known.id, delta, &mut held, samples)?;
        let first_seen = delta.seen.first.as_millis();
        if first_seen < known.first_seen {
            self.first.run([known.id, first_seen])?;
        }
        let values = params![
            known.id,
            integer(delta.seen.count),
            integer(delta.score),
            delta.seen.last.as_millis(),
            delta.blocked_url,
            delta.reason,
            delta.place,
            held.pages,
            held.browsers,
            known.samples + samples,
        ];
        self.update.run(values).map(|_| ())
    }

    fn insert(
        &mut self,
        upsert: &mut Upsert<'_>,
        key: &[u8],
        ident: &GroupIdent,
        delta: &GroupDelta,
    ) -> Result<(), StoreError> {
        let held = self.names.of_new(&delta.pages, &delta.browsers);
        let samples = room_for_samples(upsert, 0, delta);
        let policy = match &delta.policy {
            Some(text) => upsert.counts.intern(upsert.transaction, text)?,
            None => None,
        };
        self.insert.run(params![
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
            held.pages,
            held.browsers,
            samples,
        ])?;
        upsert.counts.add_group(ident);
        let id = upsert.transaction.last_insert_rowid();
        upsert.committed.new_groups.push(GroupId(id));
        self.children(upsert, id, delta, &mut Held::default(), samples)
    }

    /// Writes what belongs to a group, and so many of the samples.
    fn children(
        &mut self,
        upsert: &mut Upsert<'_>,
        id: i64,
        delta: &GroupDelta,
        held: &mut Held,
        samples: u32,
    ) -> Result<(), StoreError> {
        for hour in &delta.hours {
            self.hour.run(params![id, hour.hour, integer(hour.count)])?;
        }
        self.names.add(id, &delta.pages, &delta.browsers, held)?;
        for sample in delta.samples.iter().take(samples as usize) {
            let values = params![id, sample.at.as_millis(), sample.raw];
            self.sample.run(values)?;
        }
        upsert.counts.samples += samples;
        Ok(())
    }
}

/// How many of a batch's samples a group that has so many takes.
fn room_for_samples(upsert: &Upsert<'_>, known: u32, delta: &GroupDelta) -> u32 {
    let room = upsert.limits.samples.saturating_sub(known);
    let room = room.min(upsert.counts.room_for_samples());
    children::at_most(delta.samples.len(), room)
}

const FIND: &str = "SELECT id, pages, browsers, samples, first_seen FROM groups WHERE key = ?1";
/// Without `first_seen`: a column that is set has its indexes written, whatever it is set to.
const UPDATE: &str = "UPDATE groups SET count = count + ?2, score = score + ?3,
        last_seen = max(last_seen, ?4), blocked_url = ?5, reason = ?6, place = coalesce(?7, place),
        pages = ?8, browsers = ?9, samples = ?10
    WHERE id = ?1";
const FIRST: &str = "UPDATE groups SET first_seen = ?2 WHERE id = ?1";
const INSERT: &str = "INSERT INTO groups (key, site, route, revision, role, origin, directive,
        blocked, blocked_url, disposition, class, reason_code, reason, place, policy, score, count,
        first_seen, last_seen, pages, browsers, samples)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
        ?20, ?21, ?22)";
const HOUR: &str = "INSERT INTO group_hours (owner, hour, count) VALUES (?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET count = count + excluded.count";
const SAMPLE: &str = "INSERT INTO samples (owner, at, raw) VALUES (?1, ?2, ?3)";
