//! Policies, rollouts, tokens and the audit log.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::open::SqliteStore;
use super::reports::{list, moment};
use super::select::{Filter, Order, page};
use super::{audit, drafts, failure, sessions};
use crate::clock::Timestamp;
use crate::config::Share;
use crate::policy_text::PolicyText;
use crate::rollout::{MarkKey, RevisionId, RouteKey, Stage, StageName, State};
use crate::store::RolloutStore;
use crate::store::error::{StoreError, StoreErrorKind};
use crate::store::query::{AuditQuery, Page, PageRequest};
use crate::store::rows::{
    AuditEntry, AuditId, AuditRow, Change, Draft, DraftEdit, DraftEditId, DraftEditRow, Failures,
    NewRevision, Revision, StoredRoute, StoredSession, StoredToken, TokenRole, Transition,
    TransitionCause, Undone,
};

impl RolloutStore for SqliteStore {
    fn mark_key(&self) -> Result<MarkKey, StoreError> {
        let mut fresh = [0; MarkKey::BYTES];
        getrandom::fill(&mut fresh).map_err(|error| {
            let message = format!("no randomness for the key of the marks: {error}");
            StoreError::new(StoreErrorKind::Unavailable, message)
        })?;
        let bytes = self.writer()?.write(move |session| {
            let sql =
                "INSERT INTO meta (key, value) VALUES ('mark-key', ?1) ON CONFLICT DO NOTHING";
            session.transaction.execute(sql, [fresh]).map_err(failure)?;
            let sql = "SELECT value FROM meta WHERE key = 'mark-key'";
            let row = session.transaction.query_row(sql, [], |row| row.get(0));
            row.map_err(failure)
        })?;
        Ok(MarkKey::new(&bytes))
    }

    fn add_revision(&self, revision: &NewRevision) -> Result<RevisionId, StoreError> {
        let revision = revision.clone();
        self.writer()?.write(move |session| {
            let hash = revision.text.hash();
            let sql = "INSERT INTO policies (hash, text) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            let values = params![hash, revision.text.as_str()];
            session.transaction.execute(sql, values).map_err(failure)?;
            let sql = "INSERT INTO revisions (site, route, policy, notes, who, at, why)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let values = params![
                revision.route.site,
                revision.route.route,
                hash,
                to_json(&revision.notes),
                revision.change.who,
                revision.change.at.as_millis(),
                revision.change.why,
            ];
            session.transaction.execute(sql, values).map_err(failure)?;
            let id = session.transaction.last_insert_rowid();
            let id = u32::try_from(id).map_err(|_| {
                StoreError::new(StoreErrorKind::Full, "no number is left for a revision")
            })?;
            Ok(RevisionId(id))
        })
    }

    fn revision(&self, id: RevisionId) -> Result<Option<Revision>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {REVISION_COLUMNS} FROM {REVISIONS} WHERE id = ?1");
            let row = connection.query_row(&sql, [id.0], read_revision);
            Ok(row.optional().map_err(failure)?.flatten())
        })
    }

    fn revisions(
        &self,
        route: Option<&RouteKey>,
        request: &PageRequest,
    ) -> Result<Page<Revision>, StoreError> {
        let columns = REVISION_COLUMNS;
        let found = self.read(|connection| {
            page(
                connection,
                REVISIONS,
                columns,
                of_route(route),
                NEWEST,
                request,
                read_revision,
            )
        })?;
        Ok(flattened(found))
    }

    fn routes(&self) -> Result<Vec<StoredRoute>, StoreError> {
        let sql = "SELECT site, route, observe, stage, revision, share, baseline, is_held, since, configured
            FROM routes ORDER BY site, route";
        self.read(|connection| {
            list(connection, sql, [], |row| {
                Ok(StoredRoute {
                    key: route_key(row)?,
                    observe: RevisionId(row.get("observe")?),
                    state: read_state(row, ["stage", "revision", "share", "baseline", "is_held"])?,
                    since: moment(row, "since")?,
                    configured: row.get("configured")?,
                })
            })
        })
    }

    fn save_route(
        &self,
        route: &StoredRoute,
        transition: Option<&Transition>,
    ) -> Result<(), StoreError> {
        let (route, transition) = (route.clone(), transition.cloned());
        self.writer()?.write(move |session| {
            save_route(session.transaction, &route)?;
            match &transition {
                Some(transition) => {
                    add_transition(session.transaction, transition)?;
                    audit::add(session.transaction, &step(transition)).map(|_| ())
                }
                None => Ok(()),
            }
        })
    }

    fn transitions(
        &self,
        route: Option<&RouteKey>,
        request: &PageRequest,
    ) -> Result<Page<Transition>, StoreError> {
        let found = self.read(|connection| {
            let filter = of_route(route);
            page(
                connection,
                "transitions",
                "*",
                filter,
                NEWEST,
                request,
                read_transition,
            )
        })?;
        Ok(flattened(found))
    }

    fn draft(&self, route: &RouteKey) -> Result<Option<Draft>, StoreError> {
        self.read(|connection| drafts::draft(connection, route))
    }

    fn edit_draft(&self, edit: &DraftEdit) -> Result<Option<DraftEditId>, StoreError> {
        let edit = edit.clone();
        self.writer()?
            .write(move |session| drafts::edit(session.transaction, &edit))
    }

    fn draft_edits(
        &self,
        route: &RouteKey,
        request: &PageRequest,
    ) -> Result<Page<DraftEditRow>, StoreError> {
        self.read(|connection| drafts::edits(connection, route, request))
    }

    fn undo(&self, id: AuditId, change: &Change) -> Result<Undone, StoreError> {
        let change = change.clone();
        self.writer()?
            .write(move |session| audit::undo(session.transaction, id, &change))
    }

    fn tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        let sql = "SELECT id, name, role, hash, created FROM tokens ORDER BY created, id";
        self.read(|connection| list(connection, sql, [], read_token))
    }

    fn token(&self, id: &str) -> Result<Option<StoredToken>, StoreError> {
        let sql = "SELECT id, name, role, hash, created FROM tokens WHERE id = ?1";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql).map_err(failure)?;
            let row = statement.query_row([id], read_token);
            row.optional().map_err(failure)
        })
    }

    fn add_token(&self, token: &StoredToken, change: &Change) -> Result<(), StoreError> {
        let (token, change) = (token.clone(), change.clone());
        self.writer()?.write(move |session| {
            let sql =
                "INSERT INTO tokens (id, name, role, hash, created) VALUES (?1, ?2, ?3, ?4, ?5)";
            let created = token.created.as_millis();
            let values = params![
                token.id,
                token.name,
                token.role.as_str(),
                token.hash,
                created
            ];
            session.transaction.execute(sql, values).map_err(failure)?;
            let entry = AuditEntry {
                change,
                action: "add-token".to_owned(),
                target: token.id.clone(),
                detail: BTreeMap::from([
                    ("name".to_owned(), token.name.clone()),
                    ("role".to_owned(), token.role.as_str().to_owned()),
                ]),
                before: None,
                after: Some(token.role.as_str().to_owned()),
            };
            audit::add(session.transaction, &entry).map(|_| ())
        })
    }

    fn remove_token(&self, id: &str, change: &Change) -> Result<bool, StoreError> {
        let (id, change) = (id.to_owned(), change.clone());
        self.writer()?
            .write(move |session| remove_token(session.transaction, &id, change))
    }

    fn add_session(&self, stored: &StoredSession) -> Result<(), StoreError> {
        let stored = stored.clone();
        self.writer()?
            .write(move |session| sessions::add(session.transaction, &stored))
    }

    fn session(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<StoredSession>, StoreError> {
        self.read(|connection| sessions::find(connection, hash, now))
    }

    fn use_session(&self, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
        let hash = *hash;
        self.writer()?.write(move |session| {
            let sql = "UPDATE sessions SET last_used = max(last_used, ?2) WHERE hash = ?1";
            let values = params![hash, now.as_millis()];
            let used = session.transaction.execute(sql, values);
            used.map(|_| ()).map_err(failure)
        })
    }

    fn remove_session(&self, hash: &[u8; 32]) -> Result<bool, StoreError> {
        let hash = *hash;
        self.writer()?.write(move |session| {
            let sql = "DELETE FROM sessions WHERE hash = ?1";
            let removed = session.transaction.execute(sql, [hash]).map_err(failure)?;
            Ok(removed > 0)
        })
    }

    fn failures(&self, key: &[u8; 16]) -> Result<Failures, StoreError> {
        self.read(|connection| sessions::failures(connection, key))
    }

    fn add_failure(&self, key: &[u8; 16], now: Timestamp) -> Result<Failures, StoreError> {
        let key = *key;
        self.writer()?
            .write(move |session| sessions::add_failure(session.transaction, &key, now))
    }

    fn clear_failures(&self, key: &[u8; 16]) -> Result<(), StoreError> {
        let key = *key;
        self.writer()?.write(move |session| {
            let sql = "DELETE FROM failures WHERE key = ?1";
            let cleared = session.transaction.execute(sql, [key]);
            cleared.map(|_| ()).map_err(failure)
        })
    }

    fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let entry = entry.clone();
        self.writer()?
            .write(move |session| audit::add(session.transaction, &entry).map(|_| ()))
    }

    fn audit_log(
        &self,
        query: &AuditQuery,
        request: &PageRequest,
    ) -> Result<Page<AuditRow>, StoreError> {
        self.read(|connection| audit::log(connection, query, request))
    }
}

const REVISIONS: &str = "(SELECT revisions.*, policies.text FROM revisions
    JOIN policies ON policies.hash = revisions.policy)";
const REVISION_COLUMNS: &str = "id, site, route, text, notes, who, at, why";
pub(super) const NEWEST: Order = Order {
    column: "id",
    is_descending: true,
    is_text: false,
};

pub(super) fn of_route(route: Option<&RouteKey>) -> Filter {
    Filter::default()
        .and("site = ?", route.map(|it| it.site.to_string()))
        .and("route = ?", route.map(|it| it.route.to_string()))
}

/// `None` for a row of another version of the program, which is passed over.
fn read_revision(row: &Row<'_>) -> rusqlite::Result<Option<Revision>> {
    let text: String = row.get("text")?;
    let notes: String = row.get("notes")?;
    let Ok(text) = PolicyText::parse(&text) else {
        return Ok(None);
    };
    Ok(Some(Revision {
        id: RevisionId(row.get("id")?),
        route: route_key(row)?,
        text,
        notes: serde_json::from_str(&notes).unwrap_or_default(),
        change: read_change(row)?,
    }))
}

fn read_transition(row: &Row<'_>) -> rusqlite::Result<Option<Transition>> {
    let from = [
        "from_stage",
        "from_revision",
        "from_share",
        "from_baseline",
        "from_held",
    ];
    let to = [
        "to_stage",
        "to_revision",
        "to_share",
        "to_baseline",
        "to_held",
    ];
    let cause: String = row.get("cause")?;
    let Some(cause) = TransitionCause::parse(&cause) else {
        return Ok(None);
    };
    Ok(Some(Transition {
        route: route_key(row)?,
        from: read_state(row, from)?,
        to: read_state(row, to)?,
        cause,
        change: read_change(row)?,
    }))
}

/// The state of these columns: stage, revision, share, baseline, held. What does not fit is observed.
fn read_state(row: &Row<'_>, columns: [&str; 5]) -> rusqlite::Result<State> {
    let [stage, revision, share, baseline, is_held] = columns;
    let name: String = row.get(stage)?;
    let name = StageName::parse(&name).unwrap_or(StageName::Observe);
    let revision = row.get::<_, Option<u32>>(revision)?.map(RevisionId);
    let share = Share::from_basis_points(row.get(share)?);
    Ok(State {
        stage: Stage::from_parts(name, revision, share).unwrap_or(Stage::Observe),
        baseline: row.get::<_, Option<u32>>(baseline)?.map(RevisionId),
        is_held: row.get(is_held)?,
    })
}

pub(super) fn read_change(row: &Row<'_>) -> rusqlite::Result<Change> {
    Ok(Change {
        who: row.get("who")?,
        at: moment(row, "at")?,
        why: row.get("why")?,
    })
}

fn route_key(row: &Row<'_>) -> rusqlite::Result<RouteKey> {
    let (site, route): (String, String) = (row.get("site")?, row.get("route")?);
    Ok(RouteKey::new(site, route))
}

fn save_route(transaction: &Transaction<'_>, route: &StoredRoute) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO routes
            (site, route, observe, stage, revision, share, baseline, is_held, since, configured)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let State {
        stage,
        baseline,
        is_held,
    } = route.state;
    let values = params![
        route.key.site,
        route.key.route,
        route.observe.0,
        stage.name().as_str(),
        stage.revision().map(|id| id.0),
        stage.share().basis_points(),
        baseline.map(|id| id.0),
        is_held,
        route.since.as_millis(),
        route.configured,
    ];
    transaction
        .execute(sql, values)
        .map(|_| ())
        .map_err(failure)
}

fn add_transition(transaction: &Transaction<'_>, it: &Transition) -> Result<(), StoreError> {
    let sql = "INSERT INTO transitions (site, route, from_stage, from_revision, from_share, from_baseline,
            from_held, to_stage, to_revision, to_share, to_baseline, to_held, cause, who, at, why)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    let values = params![
        it.route.site,
        it.route.route,
        it.from.stage.name().as_str(),
        it.from.stage.revision().map(|id| id.0),
        it.from.stage.share().basis_points(),
        it.from.baseline.map(|id| id.0),
        it.from.is_held,
        it.to.stage.name().as_str(),
        it.to.stage.revision().map(|id| id.0),
        it.to.stage.share().basis_points(),
        it.to.baseline.map(|id| id.0),
        it.to.is_held,
        it.cause.as_str(),
        it.change.who,
        it.change.at.as_millis(),
        it.change.why,
    ];
    transaction
        .execute(sql, values)
        .map(|_| ())
        .map_err(failure)
}

/// What a step of a rollout is in the audit log.
fn step(it: &Transition) -> AuditEntry {
    let revision = it.to.stage.revision();
    let revision = revision.map(|id| ("revision".to_owned(), id.to_string()));
    AuditEntry {
        change: it.change.clone(),
        action: it.cause.as_str().to_owned(),
        target: it.route.to_string(),
        detail: revision.into_iter().collect(),
        before: Some(it.from.stage.to_string()),
        after: Some(it.to.stage.to_string()),
    }
}

fn read_token(row: &Row<'_>) -> rusqlite::Result<StoredToken> {
    let role: String = row.get("role")?;
    Ok(StoredToken {
        id: row.get("id")?,
        name: row.get("name")?,
        // A word that we do not know allows the least.
        role: TokenRole::parse(&role).unwrap_or(TokenRole::View),
        hash: row.get("hash")?,
        created: moment(row, "created")?,
    })
}

fn remove_token(
    transaction: &Transaction<'_>,
    id: &str,
    change: Change,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM tokens WHERE id = ?1 RETURNING role";
    let row = transaction.query_row(sql, [id], |row| row.get::<_, String>(0));
    let Some(role) = row.optional().map_err(failure)? else {
        return Ok(false);
    };
    let sql = "DELETE FROM sessions WHERE token = ?1";
    transaction.execute(sql, [id]).map_err(failure)?;
    let entry = AuditEntry {
        change,
        action: "remove-token".to_owned(),
        target: id.to_owned(),
        detail: BTreeMap::new(),
        before: Some(role),
        after: None,
    };
    audit::add(transaction, &entry)?;
    Ok(true)
}

fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Without the rows that could not be read.
fn flattened<T>(page: Page<Option<T>>) -> Page<T> {
    Page {
        items: page.items.into_iter().flatten().collect(),
        next: page.next,
        total: page.total,
    }
}
