//! The policy that somebody works on, before it goes on trial.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Body, PageParams, Params, RouteParams};
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::desk::{DraftView, Preview};
use crate::policy_text::PolicyText;
use crate::store::{BasedOn, DraftEditId, DraftEditRow};
use crate::tokens::Caller;

/// A new text for a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDraft {
    /// The policy, without `report-uri` and `report-to`.
    policy: String,
    /// The `edit` of the draft that it is made from, 0 if there was none; refused if there is a later one. Without
    /// it, it goes over whatever is there.
    based_on: Option<i64>,
    /// The reason, for the audit log.
    why: Option<String>,
}

/// What a draft is to be held against the inventory with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Previewed {
    /// The policy; the draft without it.
    policy: Option<String>,
}

/// An edit of a draft.
#[derive(Serialize, ToSchema)]
pub(super) struct EditBody {
    /// Its number.
    edit: DraftEditId,
    /// The policy after it; `null` if the draft was dropped.
    policy: Option<String>,
    /// Who made it.
    who: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The reason that was given.
    why: String,
}

/// A list, a page at a time.
#[derive(Serialize, ToSchema)]
pub(super) struct EditList {
    items: Vec<EditBody>,
    /// What `after` is for the next page; `null` on the last.
    next: Option<String>,
    /// How many there are on all pages.
    total: u64,
}

/// The draft of a route, or else what it would start from.
#[utoipa::path(
    get,
    path = "/api/v1/draft",
    tag = "drafts",
    params(RouteParams),
    responses((status = OK, body = DraftView), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Params(params): Params<RouteParams>,
) -> Result<Json<DraftView>, Problem> {
    api.blocking(move |api| Ok(Json(api.desk.draft(&params.key())?)))
        .await
}

/// Saves the draft of a route.
#[utoipa::path(
    put,
    path = "/api/v1/draft",
    tag = "drafts",
    params(RouteParams),
    request_body = NewDraft,
    responses((status = OK, body = DraftView), (status = "4XX", body = Problem)),
)]
pub(super) async fn save(
    State(api): State<Api>,
    caller: Caller,
    Params(params): Params<RouteParams>,
    Body(draft): Body<NewDraft>,
) -> Result<Json<DraftView>, Problem> {
    let text = PolicyText::parse(&draft.policy)?;
    api.blocking(move |api| {
        let change = api.change(&caller, draft.why);
        let based_on = match draft.based_on {
            None => BasedOn::Anything,
            Some(0) => BasedOn::NoDraft,
            Some(edit) => BasedOn::Edit(DraftEditId(edit)),
        };
        let saved = api
            .desk
            .save_draft(&params.key(), &text, based_on, &change)?;
        Ok(Json(saved))
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
        let change = api.change(&caller, None);
        api.desk
            .discard_draft(&params.key(), BasedOn::Anything, &change)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// What a policy would have blocked, and newly allows, of all that the site was seen to connect to.
#[utoipa::path(
    post,
    path = "/api/v1/draft/preview",
    tag = "policies",
    params(RouteParams),
    request_body = Previewed,
    responses((status = OK, body = Preview), (status = "4XX", body = Problem)),
)]
pub(super) async fn preview(
    State(api): State<Api>,
    Params(params): Params<RouteParams>,
    Body(previewed): Body<Previewed>,
) -> Result<Json<Preview>, Problem> {
    api.blocking(move |api| {
        let key = params.key();
        let policy = match previewed.policy {
            Some(policy) => policy,
            None => api.desk.draft(&key)?.policy,
        };
        let text = PolicyText::parse(&policy)?;
        Ok(Json(api.desk.preview(&key, &text)?))
    })
    .await
}

/// The edits of a route's draft, the newest first. The last 200 are kept.
#[utoipa::path(
    get,
    path = "/api/v1/draft/edits",
    tag = "policies",
    params(RouteParams, PageParams),
    responses((status = OK, body = EditList), (status = "4XX", body = Problem)),
)]
pub(super) async fn edits(
    State(api): State<Api>,
    Params(params): Params<RouteParams>,
    Params(page): Params<PageParams>,
) -> Result<Json<EditList>, Problem> {
    let request = page.request()?;
    api.blocking(move |api| {
        let page = api.policies.draft_edits(&params.key(), &request)?;
        Ok(Json(EditList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: page.items.into_iter().map(EditBody::of).collect(),
        }))
    })
    .await
}

impl EditBody {
    fn of(edit: DraftEditRow) -> Self {
        Self {
            edit: edit.id,
            policy: edit.text,
            who: edit.change.who,
            at: edit.change.at,
            why: edit.change.why,
        }
    }
}
