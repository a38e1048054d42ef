//! Drafts: every edit is a row, the last one is the draft.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::rollouts::{NEWEST, of_route, read_change};
use super::select::page;
use super::{audit, failure};
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;
use crate::store::error::StoreError;
use crate::store::query::{Page, PageRequest};
use crate::store::rows::{
    AuditEntry, BasedOn, Change, Draft, DraftAction, DraftEdit, DraftEditId, DraftEditRow,
};

/// The draft of a route.
pub(super) fn draft(connection: &Connection, key: &RouteKey) -> Result<Option<Draft>, StoreError> {
    let Some(edit) = current(connection, key)? else {
        return Ok(None);
    };
    let text = edit.text.and_then(|text| PolicyText::parse(&text).ok());
    Ok(text.map(|text| Draft {
        edit: edit.id,
        text,
        change: edit.change,
    }))
}

/// The last edit of a route's draft.
pub(super) fn current(
    connection: &Connection,
    key: &RouteKey,
) -> Result<Option<DraftEditRow>, StoreError> {
    let sql = "SELECT id, text, who, at, why FROM draft_edits WHERE site = ?1 AND route = ?2
        ORDER BY id DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let row = statement.query_row(params![key.site, key.route], read);
    row.optional().map_err(failure)
}

/// One page of the edits, the newest first.
pub(super) fn edits(
    connection: &Connection,
    key: &RouteKey,
    request: &PageRequest,
) -> Result<Page<DraftEditRow>, StoreError> {
    let filter = of_route(Some(key));
    page(
        connection,
        "draft_edits",
        "*",
        filter,
        NEWEST,
        request,
        read,
    )
}

/// Makes an edit, and says so in the audit log. `None` if it is based on another one than the last.
pub(super) fn edit(
    transaction: &Transaction<'_>,
    edit: &DraftEdit,
) -> Result<Option<DraftEditId>, StoreError> {
    let before = current(transaction, &edit.route)?;
    let is_current = match edit.based_on {
        BasedOn::Anything => true,
        BasedOn::NoDraft => before.as_ref().is_none_or(|it| it.text.is_none()),
        BasedOn::Edit(id) => before.as_ref().is_some_and(|it| it.id == id),
    };
    if !is_current {
        return Ok(None);
    }
    let text = edit.text.as_ref().map(PolicyText::as_str);
    let id = insert(transaction, &edit.route, text, &edit.change)?;
    let (action, detail) = match &edit.action {
        DraftAction::Write => ("draft", Vec::new()),
        DraftAction::Allow { group, source } => {
            let detail = [("group", group.0.to_string()), ("source", source.clone())];
            ("allow", detail.into())
        }
    };
    let entry = AuditEntry {
        change: edit.change.clone(),
        action: action.to_owned(),
        target: edit.route.to_string(),
        detail: detail
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
        before: before.and_then(|it| it.text),
        after: text.map(str::to_owned),
    };
    audit::add(transaction, &entry)?;
    Ok(Some(id))
}

/// Adds an edit, and drops the oldest ones.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    key: &RouteKey,
    text: Option<&str>,
    change: &Change,
) -> Result<DraftEditId, StoreError> {
    let sql = "INSERT INTO draft_edits (site, route, text, who, at, why)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let at = change.at.as_millis();
    let values = params![key.site, key.route, text, change.who, at, change.why];
    transaction.execute(sql, values).map_err(failure)?;
    let id = transaction.last_insert_rowid();
    let sql = "DELETE FROM draft_edits WHERE site = ?1 AND route = ?2 AND id <= (
            SELECT id FROM draft_edits WHERE site = ?1 AND route = ?2
            ORDER BY id DESC LIMIT 1 OFFSET ?3)";
    let values = params![key.site, key.route, MOST_EDITS];
    transaction.execute(sql, values).map_err(failure)?;
    Ok(DraftEditId(id))
}

fn read(row: &Row<'_>) -> rusqlite::Result<DraftEditRow> {
    Ok(DraftEditRow {
        id: DraftEditId(row.get("id")?),
        text: row.get("text")?,
        change: read_change(row)?,
    })
}

/// Edits of a route that are kept.
const MOST_EDITS: u32 = 200;
