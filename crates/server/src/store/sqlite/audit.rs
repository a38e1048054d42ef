//! The audit log, and taking back what it tells of.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::reports::moment;
use super::rollouts::{NEWEST, read_change};
use super::select::{Filter, page};
use super::{drafts, failure};
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;
use crate::store::error::StoreError;
use crate::store::query::{AuditQuery, Page, PageRequest};
use crate::store::rows::{AuditEntry, AuditId, AuditRow, Change, GroupId, Label, Labelled, Undone};

/// Adds a line.
pub(super) fn add(connection: &Connection, entry: &AuditEntry) -> Result<AuditId, StoreError> {
    let sql = "INSERT INTO audit (who, at, why, action, target, detail, before, after)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = params![
        entry.change.who,
        entry.change.at.as_millis(),
        entry.change.why,
        entry.action,
        entry.target,
        serde_json::to_string(&entry.detail).unwrap_or_default(),
        entry.before,
        entry.after,
    ];
    connection.execute(sql, values).map_err(failure)?;
    Ok(AuditId(connection.last_insert_rowid()))
}

/// One page, the newest line first.
pub(super) fn log(
    connection: &Connection,
    query: &AuditQuery,
    request: &PageRequest,
) -> Result<Page<AuditRow>, StoreError> {
    let filter = Filter::default()
        .and("target = ?", query.target.clone())
        .and("action = ?", query.action.clone());
    page(connection, "audit", "*", filter, NEWEST, request, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    let detail: String = row.get("detail")?;
    Ok(AuditRow {
        id: AuditId(row.get("id")?),
        entry: AuditEntry {
            change: read_change(row)?,
            action: row.get("action")?,
            target: row.get("target")?,
            detail: serde_json::from_str(&detail).unwrap_or_default(),
            before: row.get("before")?,
            after: row.get("after")?,
        },
        undoes: row.get::<_, Option<i64>>("undoes")?.map(AuditId),
        undone_by: row.get::<_, Option<i64>>("undone_by")?.map(AuditId),
    })
}

/// Takes back what a line tells of, unless it was changed since.
pub(super) fn undo(
    transaction: &Transaction<'_>,
    id: AuditId,
    change: &Change,
) -> Result<Undone, StoreError> {
    let sql = "SELECT * FROM audit WHERE id = ?1";
    let row = transaction.query_row(sql, [id.0], read).optional();
    let Some(row) = row.map_err(failure)? else {
        return Ok(Undone::Unknown);
    };
    if let Some(by) = row.undone_by {
        return Ok(Undone::Already(by));
    }
    let mut draft = None;
    let step = match row.entry.action.as_str() {
        "draft" | "allow" => {
            draft = route_of(&row.entry);
            undo_draft(transaction, &row.entry, draft.as_ref(), change)?
        }
        "label-group" => undo_label(transaction, &row.entry, change)?,
        _ => return Ok(Undone::NotUndoable),
    };
    let Some((before, after)) = step else {
        return Ok(Undone::Changed);
    };
    let entry = AuditEntry {
        change: change.clone(),
        action: "undo".to_owned(),
        detail: [("undone".to_owned(), row.entry.action)].into(),
        target: row.entry.target,
        before,
        after,
    };
    let by = add(transaction, &entry)?;
    let values = params![id.0, by.0];
    let sql = "UPDATE audit SET undone_by = ?2 WHERE id = ?1";
    transaction.execute(sql, values).map_err(failure)?;
    let sql = "UPDATE audit SET undoes = ?1 WHERE id = ?2";
    transaction.execute(sql, values).map_err(failure)?;
    Ok(Undone::Done { by, draft })
}

/// What was there before and after the step; `None` if it is not to be taken.
type Step = Option<(Option<String>, Option<String>)>;

/// The route that an entry about a draft is about.
fn route_of(entry: &AuditEntry) -> Option<RouteKey> {
    // A pattern of hosts holds no slash, and a path begins with one.
    let (site, route) = entry.target.split_at(entry.target.find('/')?);
    Some(RouteKey::new(site, route))
}

fn undo_draft(
    transaction: &Transaction<'_>,
    entry: &AuditEntry,
    key: Option<&RouteKey>,
    change: &Change,
) -> Result<Step, StoreError> {
    let Some(key) = key else {
        return Ok(None);
    };
    let now = drafts::current(transaction, key)?.and_then(|edit| edit.text);
    let wanted = if now == entry.after {
        entry.before.clone()
    } else {
        match without_source(now.as_deref(), entry) {
            Some(text) => Some(text),
            None => return Ok(None),
        }
    };
    drafts::insert(transaction, key, wanted.as_deref(), change)?;
    Ok(Some((now, wanted)))
}

/// A draft that was edited since, without the source that the entry added.
fn without_source(now: Option<&str>, entry: &AuditEntry) -> Option<String> {
    let source = entry.detail.get("source")?;
    let text = PolicyText::parse(now?).ok()?.without_source(source)?;
    Some(text.to_string())
}

fn undo_label(
    transaction: &Transaction<'_>,
    entry: &AuditEntry,
    change: &Change,
) -> Result<Step, StoreError> {
    let Ok(id) = entry.target.parse().map(GroupId) else {
        return Ok(None);
    };
    let now = labelled_group(transaction, id)?.and_then(|group| group.label);
    if now != entry.after {
        return Ok(None);
    }
    let wanted = entry.before.as_deref().and_then(Label::parse);
    if !set_label(transaction, id, wanted, change)? {
        return Ok(None);
    }
    Ok(Some((now, entry.before.clone())))
}

/// Labels a group, and says so in the log. `false` if there is no such group.
pub(super) fn label_group(
    transaction: &Transaction<'_>,
    id: GroupId,
    new: Option<Label>,
    change: &Change,
) -> Result<bool, StoreError> {
    let Some(group) = labelled_group(transaction, id)? else {
        return Ok(false);
    };
    set_label(transaction, id, new, change)?;
    let word = new.map_or("none", Label::as_str);
    let detail = [("label", word.to_owned()), ("blocked", group.blocked)];
    add(
        transaction,
        &AuditEntry {
            change: change.clone(),
            action: "label-group".to_owned(),
            target: id.0.to_string(),
            detail: detail.map(|(key, value)| (key.to_owned(), value)).into(),
            before: group.label,
            after: new.map(|label| label.as_str().to_owned()),
        },
    )?;
    Ok(true)
}

/// Who labelled a group, when, and why.
pub(super) fn labelled(row: &Row<'_>) -> rusqlite::Result<Option<Labelled>> {
    let Some(who) = row.get::<_, Option<String>>("label_who")? else {
        return Ok(None);
    };
    Ok(Some(Labelled {
        who,
        at: moment(row, "label_at")?,
        why: row.get("label_why")?,
    }))
}

/// `None` if there is no such group.
fn labelled_group(
    transaction: &Transaction<'_>,
    id: GroupId,
) -> Result<Option<LabelledGroup>, StoreError> {
    let sql = "SELECT label, blocked FROM groups WHERE id = ?1";
    let row = transaction.query_row(sql, [id.0], |row| {
        Ok(LabelledGroup {
            label: row.get("label")?,
            blocked: row.get("blocked")?,
        })
    });
    row.optional().map_err(failure)
}

struct LabelledGroup {
    label: Option<String>,
    blocked: String,
}

fn set_label(
    transaction: &Transaction<'_>,
    id: GroupId,
    new: Option<Label>,
    change: &Change,
) -> Result<bool, StoreError> {
    let sql = "UPDATE groups SET label = ?2, label_who = ?3, label_at = ?4, label_why = ?5
        WHERE id = ?1";
    let by = new.map(|_| change);
    let values = params![
        id.0,
        new.map(Label::as_str),
        by.map(|change| &change.who),
        by.map(|change| change.at.as_millis()),
        by.map(|change| &change.why),
    ];
    let changed = transaction.execute(sql, values).map_err(failure)?;
    Ok(changed > 0)
}
