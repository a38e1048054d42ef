//! The policy that somebody works on, before it goes on trial.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Body, Params, RouteParams};
use super::problem::Problem;
use super::state::{Api, Parts};
use crate::clock::Timestamp;
use crate::policy_text::PolicyText;
use crate::rollout::{RolloutError, RouteKey};
use crate::store::PolicyNote;
use crate::tokens::Caller;

/// A draft.
#[derive(Serialize, ToSchema)]
pub(super) struct DraftBody {
    /// The policy.
    policy: String,
    /// What browsers ignore in it.
    notes: Vec<PolicyNote>,
    /// Who changed it last.
    who: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The reason that was given.
    why: String,
}

/// A new text for a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDraft {
    /// The policy, without `report-uri` and `report-to`.
    policy: String,
    /// The reason, for the audit log.
    why: Option<String>,
}

/// The draft of a route.
#[utoipa::path(
    get,
    path = "/api/v1/draft",
    tag = "drafts",
    params(RouteParams),
    responses((status = OK, body = DraftBody), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Params(params): Params<RouteParams>,
) -> Result<Json<DraftBody>, Problem> {
    api.blocking(move |api| found(api, &params.key()).map(Json))
        .await
}

/// Saves the draft of a route.
#[utoipa::path(
    put,
    path = "/api/v1/draft",
    tag = "drafts",
    params(RouteParams),
    request_body = NewDraft,
    responses((status = OK, body = DraftBody), (status = "4XX", body = Problem)),
)]
pub(super) async fn save(
    State(api): State<Api>,
    caller: Caller,
    Params(params): Params<RouteParams>,
    Body(draft): Body<NewDraft>,
) -> Result<Json<DraftBody>, Problem> {
    let text = PolicyText::parse(&draft.policy)?;
    api.blocking(move |api| {
        let key = known(api, params.key())?;
        let change = api.change(&caller, draft.why);
        api.policies.save_draft(&key, Some(&text), &change)?;
        found(api, &key).map(Json)
    })
    .await
}

/// Drops the draft of a route.
#[utoipa::path(
    delete,
    path = "/api/v1/draft",
    tag = "drafts",
    params(RouteParams),
    responses((status = NO_CONTENT), (status = "4XX", body = Problem)),
)]
pub(super) async fn discard(
    State(api): State<Api>,
    caller: Caller,
    Params(params): Params<RouteParams>,
) -> Result<StatusCode, Problem> {
    api.blocking(move |api| {
        let key = known(api, params.key())?;
        let change = api.change(&caller, None);
        api.policies.save_draft(&key, None, &change)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Only routes of the configuration have drafts, so that there is a bound to them.
fn known(api: &Parts, key: RouteKey) -> Result<RouteKey, RolloutError> {
    api.rollouts.status_of(&key).map(|_| key)
}

fn found(api: &Parts, key: &RouteKey) -> Result<DraftBody, Problem> {
    let draft = api.policies.draft(key)?;
    let draft = draft.ok_or_else(|| Problem::not_found("draft"))?;
    Ok(DraftBody {
        notes: draft.text.notes(),
        policy: draft.text.to_string(),
        who: draft.change.who,
        at: draft.change.at,
        why: draft.change.why,
    })
}
