//! Every policy that was ever to be sent.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{PageParams, Params};
use super::problem::Problem;
use super::rollout::HistoryParams;
use super::state::Api;
use crate::clock::Timestamp;
use crate::desk::{PolicyAudit, PolicyFinding, RevisionDiff};
use crate::rollout::RevisionId;
use crate::store::{PolicyNote, Revision};

/// A policy that was to be sent.
#[derive(Serialize, ToSchema)]
pub(super) struct RevisionBody {
    /// Its number, which is in the report URL.
    revision: RevisionId,
    /// The site's host pattern.
    site: String,
    /// The route's path.
    route: String,
    /// The policy, without its reporting directives.
    policy: String,
    /// What browsers ignore in it.
    notes: Vec<PolicyNote>,
    /// Who made it.
    who: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The reason that was given.
    why: String,
}

/// A policy that was to be sent, with what speaks against it.
#[derive(Serialize, ToSchema)]
pub(super) struct RevisionDetail {
    #[serde(flatten)]
    revision: RevisionBody,
    /// What the linter finds in it. Not more than 200.
    findings: Vec<PolicyFinding>,
}

/// A list, a page at a time.
#[derive(Serialize, ToSchema)]
pub(super) struct RevisionList {
    items: Vec<RevisionBody>,
    /// What `after` is for the next page; `null` on the last.
    next: Option<String>,
    /// How many there are on all pages.
    total: u64,
}

/// The revisions of all routes or of one, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/policies",
    tag = "policies",
    params(HistoryParams, PageParams),
    responses((status = OK, body = RevisionList), (status = "4XX", body = Problem)),
)]
pub(super) async fn list(
    State(api): State<Api>,
    Params(params): Params<HistoryParams>,
    Params(page): Params<PageParams>,
) -> Result<Json<RevisionList>, Problem> {
    let request = page.request()?;
    api.blocking(move |api| {
        let page = api.policies.revisions(params.key().as_ref(), &request)?;
        Ok(Json(RevisionList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: page.items.into_iter().map(RevisionBody::of).collect(),
        }))
    })
    .await
}

/// One revision, with what the linter finds in it.
#[utoipa::path(
    get,
    path = "/api/v1/policies/{revision}",
    tag = "policies",
    params(("revision" = u32, Path, description = "Its number")),
    responses((status = OK, body = RevisionDetail), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<RevisionDetail>, Problem> {
    let id = number(&id)?;
    api.blocking(move |api| {
        let revision = api.desk.revision(id)?;
        let findings = api.desk.findings(&revision.route, &revision.text)?;
        let revision = RevisionBody::of(revision);
        Ok(Json(RevisionDetail { revision, findings }))
    })
    .await
}

/// Where data can leave pages that have this revision and no other policy: each channel in each browser, the weakest
/// first.
#[utoipa::path(
    get,
    path = "/api/v1/policies/{revision}/audit",
    tag = "policies",
    params(("revision" = u32, Path, description = "Its number")),
    responses((status = OK, body = PolicyAudit), (status = "4XX", body = Problem)),
)]
pub(super) async fn audit(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<PolicyAudit>, Problem> {
    let id = number(&id)?;
    api.blocking(move |api| {
        let revision = api.desk.revision(id)?;
        Ok(Json(
            api.desk.audit_policy(&revision.route, &revision.text)?,
        ))
    })
    .await
}

fn number(id: &str) -> Result<RevisionId, Problem> {
    let id = id.parse().map(RevisionId);
    id.map_err(|_| Problem::not_found("revision"))
}

/// Which revisions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DiffParams {
    /// The number of the one before.
    before: u32,
    /// The number of the one after.
    after: u32,
}

/// What changed between two revisions: sources, and in each browser a connection that is newly allowed, and one that
/// no longer is.
#[utoipa::path(
    get,
    path = "/api/v1/policies/diff",
    tag = "policies",
    params(DiffParams),
    responses((status = OK, body = RevisionDiff), (status = "4XX", body = Problem)),
)]
pub(super) async fn diff(
    State(api): State<Api>,
    Params(params): Params<DiffParams>,
) -> Result<Json<RevisionDiff>, Problem> {
    api.blocking(move |api| {
        let (before, after) = (RevisionId(params.before), RevisionId(params.after));
        Ok(Json(api.desk.diff_revisions(before, after)?))
    })
    .await
}

impl RevisionBody {
    fn of(revision: Revision) -> Self {
        Self {
            revision: revision.id,
            site: revision.route.site.to_string(),
            route: revision.route.route.to_string(),
            policy: revision.text.to_string(),
            notes: revision.notes,
            who: revision.change.who,
            at: revision.change.at,
            why: revision.change.why,
        }
    }
}
