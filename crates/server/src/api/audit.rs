//! Who changed what, when, and why.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Body, PageParams, Params};
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::store::{AuditId, AuditQuery, AuditRow};
use crate::tokens::Caller;

/// Which changes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditParams {
    /// About this: a route such as `app.example/`, the number of a group, the name of a token.
    target: Option<String>,
    /// Of this kind, such as `allow`.
    action: Option<String>,
}

/// A change.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditBody {
    /// The number of the line.
    id: AuditId,
    /// Who.
    who: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The reason that was given.
    why: String,
    /// What was done, in one word.
    action: String,
    /// To what.
    target: String,
    /// With which values.
    detail: BTreeMap<String, String>,
    /// What was there before; `null` if nothing was.
    before: Option<String>,
    /// What was there after.
    after: Option<String>,
    /// The line that this one took back.
    undoes: Option<AuditId>,
    /// The line that took this one back.
    undone_by: Option<AuditId>,
    /// Whether it is of a kind that can be taken back, and was not yet.
    can_be_undone: bool,
}

/// Why something is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Undo {
    /// The reason, for the audit log.
    why: Option<String>,
}

/// What was taken back.
#[derive(Serialize, ToSchema)]
pub(super) struct UndoneBody {
    /// The line that says so.
    id: AuditId,
}

/// A list, a page at a time.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditList {
    items: Vec<AuditBody>,
    /// What `after` is for the next page; `null` on the last.
    next: Option<String>,
    /// How many there are on all pages.
    total: u64,
}

/// Every change, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    params(AuditParams, PageParams),
    responses((status = OK, body = AuditList), (status = "4XX", body = Problem)),
)]
pub(super) async fn log(
    State(api): State<Api>,
    Params(params): Params<AuditParams>,
    Params(page): Params<PageParams>,
) -> Result<Json<AuditList>, Problem> {
    let request = page.request()?;
    let query = AuditQuery {
        target: params.target,
        action: params.action,
    };
    api.blocking(move |api| {
        let page = api.policies.audit_log(&query, &request)?;
        Ok(Json(AuditList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: page.items.into_iter().map(AuditBody::of).collect(),
        }))
    })
    .await
}

/// Takes a change back: an edit of a draft, or a label of a group.
#[utoipa::path(
    post,
    path = "/api/v1/audit/{id}/undo",
    tag = "audit",
    params(("id" = i64, Path, description = "The number of the line")),
    request_body = Undo,
    responses((status = OK, body = UndoneBody), (status = "4XX", body = Problem)),
)]
pub(super) async fn undo(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
    Body(undo): Body<Undo>,
) -> Result<Json<UndoneBody>, Problem> {
    let id = id.parse().map(AuditId);
    let id = id.map_err(|_| Problem::not_found("line of the audit log"))?;
    api.blocking(move |api| {
        let change = api.change(&caller, undo.why);
        let id = api.desk.undo(id, &change)?;
        Ok(Json(UndoneBody { id }))
    })
    .await
}

impl AuditBody {
    fn of(row: AuditRow) -> Self {
        let can_be_undone = row.can_be_undone();
        let entry = row.entry;
        Self {
            id: row.id,
            who: entry.change.who,
            at: entry.change.at,
            why: entry.change.why,
            action: entry.action,
            target: entry.target,
            detail: entry.detail,
            before: entry.before,
            after: entry.after,
            undoes: row.undoes,
            undone_by: row.undone_by,
            can_be_undone,
        }
    }
}
