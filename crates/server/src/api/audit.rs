//! Who changed what, when, and why.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::{PageParams, Params};
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::store::AuditEntry;

/// A change.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditBody {
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

/// Every change, the newest first. The steps of rollouts are in `/api/v1/rollout/history`.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    params(PageParams),
    responses((status = OK, body = AuditList), (status = "4XX", body = Problem)),
)]
pub(super) async fn log(
    State(api): State<Api>,
    Params(page): Params<PageParams>,
) -> Result<Json<AuditList>, Problem> {
    let request = page.request()?;
    api.blocking(move |api| {
        let page = api.policies.audit_log(&request)?;
        Ok(Json(AuditList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: page.items.into_iter().map(AuditBody::of).collect(),
        }))
    })
    .await
}

impl AuditBody {
    fn of(entry: AuditEntry) -> Self {
        Self {
            who: entry.change.who,
            at: entry.change.at,
            why: entry.change.why,
            action: entry.action,
            target: entry.target,
            detail: entry.detail,
        }
    }
}
