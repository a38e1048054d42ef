//! Groups, with their hours, pages, browsers and samples.

use rusqlite::{OptionalExtension as _, params};

use super::children::{self, Seens};
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

/// What a row already holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    id: i64,
    pages: u32,
    browsers: u32,
    samples: u32,
}

struct Statements<'u> {
    update: Statement<'u>,
    insert: Statement<'u>,
    count: Statement<'u>,
    hour: Statement<'u>,
    sample: Statement<'u>,
    pages: Seens<'u>,
    browsers: Seens<'u>,
}

impl<'u> Statements<'u> {
    fn prepare(upsert: &Upsert<'u>) -> Result<Self, StoreError> {
        Ok(Self {
            update: upsert.statement(UPDATE)?,
            insert: upsert.statement(INSERT)?,
            count: upsert.statement(COUNT)?,
            hour: upsert.statement(HOUR)?,
            sample: upsert.statement(SAMPLE)?,
            pages: Seens::prepare(upsert, &children::GROUP_PAGES)?,
            browsers: Seens::prepare(upsert, &children::GROUP_BROWSERS)?,
        })
    }

    fn group(
        &mut self,
        upsert: &mut Upsert<'_>,
        ident: &GroupIdent,
        delta: &GroupDelta,
    ) -> Result<(), StoreError> {
        let key = ident::of_group(ident);
        let before = match self.update(&key, delta)? {
            Some(known) => known,
            None if upsert.counts.has_room_for_group(ident, upsert.limits) => {
                self.insert(upsert, &key, ident, delta)?
            }
            None => {
                let (count, hour) = (delta.seen.count, delta.seen.last.hour());
                upsert.committed.shed += count;
                return upsert.shed(hour, "groups-full", ident.key.class.as_str(), count);
            }
        };
        for hour in &delta.hours {
            let values = params![before.id, hour.hour, integer(hour.count)];
            self.hour.run(values)?;
        }
        let after = self.children(upsert, before, delta)?;
        if before != after {
            let values = params![after.id, after.pages, after.browsers, after.samples];
            self.count.run(values)?;
        }
        Ok(())
    }

    fn update(&mut self, key: &[u8], delta: &GroupDelta) -> Result<Option<Known>, StoreError> {
        let values = params![
            key,
            integer(delta.seen.count),
            integer(delta.score),
            delta.seen.first.as_millis(),
            delta.seen.last.as_millis(),
            delta.blocked_url,
            delta.reason,
            delta.place,
        ];
        let row = self.update.0.query_row(values, |row| {
            Ok(Known {
                id: row.get(0)?,
                pages: row.get(1)?,
                browsers: row.get(2)?,
                samples: row.get(3)?,
            })
        });
        row.optional().map_err(failure)
    }

    fn insert(
        &mut self,
        upsert: &mut Upsert<'_>,
        key: &[u8],
        ident: &GroupIdent,
        delta: &GroupDelta,
    ) -> Result<Known, StoreError> {
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
        ])?;
        upsert.counts.add_group(ident);
        let id = upsert.transaction.last_insert_rowid();
        upsert.committed.new_groups.push(GroupId(id));
        Ok(Known {
            id,
            pages: 0,
            browsers: 0,
            samples: 0,
        })
    }

    /// Writes what belongs to a group. What the row holds then.
    fn children(
        &mut self,
        upsert: &mut Upsert<'_>,
        mut known: Known,
        delta: &GroupDelta,
    ) -> Result<Known, StoreError> {
        let (id, limits) = (known.id, upsert.limits);
        self.pages
            .add_all(&id, &delta.pages, &mut known.pages, limits.pages)?;
        self.browsers
            .add_all(&id, &delta.browsers, &mut known.browsers, limits.browsers)?;
        for sample in &delta.samples {
            if known.samples < limits.samples && upsert.counts.has_room_for_sample() {
                let values = params![id, sample.at.as_millis(), sample.raw];
                self.sample.run(values)?;
                known.samples += 1;
                upsert.counts.samples += 1;
            }
        }
        Ok(known)
    }
}

const UPDATE: &str = "UPDATE groups SET count = count + ?2, score = score + ?3,
        first_seen = min(first_seen, ?4), last_seen = max(last_seen, ?5),
        blocked_url = ?6, reason = ?7, place = coalesce(?8, place)
    WHERE key = ?1 RETURNING id, pages, browsers, samples";
const INSERT: &str = "INSERT INTO groups (key, site, route, revision, role, origin, directive,
        blocked, blocked_url, disposition, class, reason_code, reason, place, policy, score, count,
        first_seen, last_seen, pages, browsers, samples)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
        0, 0, 0)";
const COUNT: &str = "UPDATE groups SET pages = ?2, browsers = ?3, samples = ?4 WHERE id = ?1";
const HOUR: &str = "INSERT INTO group_hours (owner, hour, count) VALUES (?1, ?2, ?3)
    ON CONFLICT DO UPDATE SET count = count + excluded.count";
const SAMPLE: &str = "INSERT INTO samples (owner, at, raw) VALUES (?1, ?2, ?3)";
