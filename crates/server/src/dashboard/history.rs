//! Who changed what, when, and why.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::router::{Dashboard, Posted};
use super::shell::{Page, Place, form_key};
use super::view::badge::{Tone, badge};
use super::view::icon::{Icon, icon};
use super::view::list::{Address, empty, pager, rows_after};
use super::view::text;
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::store::{AuditEntry, AuditId, AuditQuery, AuditRow};

/// What the address of the page says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    after: String,
}

pub(super) async fn page(
    State(dashboard): State<Dashboard>,
    Visitor(guest): Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let work = move |api: &Parts, guest: &Guest| {
        let request = rows_after(&asked.after, ROWS)?;
        let log = api.policies.audit_log(&AuditQuery::default(), &request)?;
        let now = api.clock.now();
        let address = Address::new("/history");
        let next = log.next.map(|next| next.to_string());
        let shown = (log.items.len(), log.total);
        let body = html! {
            div #page-history data-live {
                header.title { h1 { "History" } p.muted { "Every change, with who made it. The newest is first." } }
                @if log.items.is_empty() {
                    (empty("Nothing was changed yet", &html! { p { "Decisions, drafts and steps of the rollout are written down here." } }))
                } @else {
                    table.list {
                        thead { tr { th scope="col" { "What" } th scope="col" { "Who" } th scope="col" { "Why" } th scope="col" { "When" } th scope="col" { span.hidden { "Undo" } } } }
                        tbody { @for entry in &log.items { (row(entry, now, guest)) } }
                    }
                    (pager(&address, shown, "change", next, asked.after.is_empty()))
                }
            }
        };
        let page = Page {
            title: "History",
            place: Some(Place::History),
            route: None,
            routes: &[],
            body,
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

fn row(row: &AuditRow, now: Timestamp, guest: &Guest) -> Markup {
    let AuditRow {
        id,
        entry,
        undoes,
        undone_by,
    } = row;
    html! {
        tr #{ "change-" (id.0) } data-row {
            th scope="row" {
                (text::foreign(&entry.action)) " " (text::foreign(&entry.target))
                @if let Some(undoes) = undoes { " " (badge(Tone::Info, Icon::Undo, &format!("took back {}", undoes.0))) }
                @if undone_by.is_some() { " " (badge(Tone::Plain, Icon::Undo, "taken back")) }
                (difference(entry))
            }
            td data-label="Who" { (text::foreign(&entry.change.who)) }
            td data-label="Why" { (text::whole(&entry.change.why)) }
            td data-label="When" { (text::time(entry.change.at, now)) }
            td { @if is_undoable(row) && guest.may_change() { (undo_button(id.0, guest)) } }
        }
    }
}

/// What was there before and after, and the figures beside it.
fn difference(entry: &AuditEntry) -> Markup {
    let is_told = entry.before.is_some() || entry.after.is_some() || !entry.detail.is_empty();
    html! {
        @if is_told {
            dl.detail {
                @if let Some(before) = &entry.before { div { dt { "before" } dd { (text::whole(before)) } } }
                @if let Some(after) = &entry.after { div { dt { "after" } dd { (text::whole(after)) } } }
                @for (key, value) in &entry.detail { div { dt { (text::foreign(key)) } dd { (text::whole(value)) } } }
            }
        }
    }
}

/// Steps of rollouts and tokens have their own ways back.
fn is_undoable(row: &AuditRow) -> bool {
    let is_kind = matches!(&*row.entry.action, "draft" | "allow" | "label-group");
    is_kind && row.undone_by.is_none()
}

fn undo_button(id: i64, guest: &Guest) -> Markup {
    html! {
        form method="post" action={ "/history/" (id) "/undo" } {
            (form_key(guest))
            button.quiet type="submit" { (icon(Icon::Undo)) "Undo" span.hidden { " change " (id) } }
        }
    }
}

/// Takes a change back.
pub(super) async fn undo(
    State(dashboard): State<Dashboard>,
    Path(id): Path<String>,
    posted: Posted,
) -> Response {
    let Posted {
        guest,
        caller,
        fields,
    } = posted;
    let work = move |api: &Parts, _: &Guest| {
        let id = id
            .parse()
            .map(AuditId)
            .map_err(|_| Problem::not_found("change"))?;
        let change = api.change(&caller, None);
        api.desk.undo(id, &change)?;
        Ok(fields.next("/history").into_response())
    };
    dashboard.answer(&guest, work).await
}

const ROWS: u32 = 50;
