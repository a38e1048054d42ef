//! Where the routes stand, and the steps forward and back.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Body, PageParams, Params, route_key};
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::config::Share;
use crate::policy_text::PolicyText;
use crate::rollout::{RevisionId, RouteKey, RouteStatus, StageName, State as RouteState};
use crate::store::{Transition, TransitionCause};
use crate::tokens::Caller;

/// Where a route stands.
#[derive(Serialize, ToSchema)]
pub(super) struct StatusBody {
    /// The site's host pattern.
    site: String,
    /// The route's path.
    route: String,
    #[serde(flatten)]
    state: StateBody,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// The policy that is on its way; `null` while the route is observed.
    policy: Option<String>,
    /// The policy that was enforced before, and still is where the new one is not.
    baseline_policy: Option<String>,
    /// What is counted for the policy on its way, over the window of the plan.
    health: HealthBody,
    /// The share that advancing goes to, in percent; `null` if there is none.
    next_share_percent: Option<f64>,
}

/// A state.
#[derive(Serialize, ToSchema)]
pub(super) struct StateBody {
    /// The stage.
    stage: StageName,
    /// For how many clients the policy on its way is enforced, in percent.
    share_percent: f64,
    /// The revision that is on its way.
    revision: Option<RevisionId>,
    /// The revision that was enforced before.
    baseline: Option<RevisionId>,
    /// Whether it stepped back by itself, and waits until the rate has recovered.
    held: bool,
}

/// What is counted over a window.
#[derive(Serialize, ToSchema)]
pub(super) struct HealthBody {
    /// Responses that carried the policy.
    responses: u64,
    /// Genuine violations of it.
    genuine: u64,
    /// Violations for each response.
    rate: f64,
}

/// A step that was taken.
#[derive(Serialize, ToSchema)]
pub(super) struct TransitionBody {
    /// The site's host pattern.
    site: String,
    /// The route's path.
    route: String,
    /// The state before.
    from: StateBody,
    /// The state after.
    to: StateBody,
    /// What kind of step.
    cause: TransitionCause,
    /// Who took it: the owner of a token, `config`, or `connect-src` for what happens by itself.
    who: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The reason that was given.
    why: String,
}

/// A list, a page at a time.
#[derive(Serialize, ToSchema)]
pub(super) struct TransitionList {
    items: Vec<TransitionBody>,
    /// What `after` is for the next page; `null` on the last.
    next: Option<String>,
    /// How many there are on all pages.
    total: u64,
}

/// A policy for a trial.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Propose {
    /// The site's host pattern.
    site: String,
    /// The route's path; `/` without it.
    route: Option<String>,
    /// The policy, without `report-uri` and `report-to`.
    policy: String,
    /// The reason, for the history.
    why: Option<String>,
}

/// A step forward.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Forward {
    /// The site's host pattern.
    site: String,
    /// The route's path; `/` without it.
    route: Option<String>,
    /// The share to go to, in percent; the next one of the plan without it.
    share_percent: Option<f64>,
    /// Whether to go although the figures speak against it.
    #[serde(default)]
    force: bool,
    /// The reason, for the history.
    why: Option<String>,
}

/// A step back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Backward {
    /// The site's host pattern.
    site: String,
    /// The route's path; `/` without it.
    route: Option<String>,
    /// The reason, for the history.
    why: Option<String>,
}

/// Where every route stands.
#[utoipa::path(
    get,
    path = "/api/v1/rollout",
    tag = "rollout",
    responses((status = OK, body = Vec<StatusBody>), (status = "4XX", body = Problem)),
)]
pub(super) async fn status(State(api): State<Api>) -> Json<Vec<StatusBody>> {
    let status = api.0.rollouts.status();
    Json(status.into_iter().map(StatusBody::of).collect())
}

/// Puts a policy on trial. What is enforced stays enforced meanwhile.
#[utoipa::path(
    post,
    path = "/api/v1/rollout/propose",
    tag = "rollout",
    request_body = Propose,
    responses((status = OK, body = StatusBody), (status = "4XX", body = Problem)),
)]
pub(super) async fn propose(
    State(api): State<Api>,
    caller: Caller,
    Body(step): Body<Propose>,
) -> Result<Json<StatusBody>, Problem> {
    let text = PolicyText::parse(&step.policy)?;
    api.blocking(move |api| {
        let key = route_key(&step.site, step.route.as_deref());
        let change = api.change(&caller, step.why);
        let status = api.rollouts.propose(&key, &text, &change)?;
        Ok(Json(StatusBody::of(status)))
    })
    .await
}

/// Goes one step forward: from observing to a trial of the draft, from the trial to the first share, from
/// share to share.
#[utoipa::path(
    post,
    path = "/api/v1/rollout/advance",
    tag = "rollout",
    request_body = Forward,
    responses((status = OK, body = StatusBody), (status = "4XX", body = Problem)),
)]
pub(super) async fn advance(
    State(api): State<Api>,
    caller: Caller,
    Body(step): Body<Forward>,
) -> Result<Json<StatusBody>, Problem> {
    let share = match step.share_percent {
        Some(percent) => Some(share(percent)?),
        None => None,
    };
    api.blocking(move |api| {
        let key = route_key(&step.site, step.route.as_deref());
        let change = api.change(&caller, step.why);
        let status = api.rollouts.advance(&key, share, step.force, &change)?;
        Ok(Json(StatusBody::of(status)))
    })
    .await
}

/// Goes one stage back: from enforcing to the trial, from the trial to what was before it.
#[utoipa::path(
    post,
    path = "/api/v1/rollout/back",
    tag = "rollout",
    request_body = Backward,
    responses((status = OK, body = StatusBody), (status = "4XX", body = Problem)),
)]
pub(super) async fn back(
    State(api): State<Api>,
    caller: Caller,
    Body(step): Body<Backward>,
) -> Result<Json<StatusBody>, Problem> {
    api.blocking(move |api| {
        let key = route_key(&step.site, step.route.as_deref());
        let change = api.change(&caller, step.why);
        let status = api.rollouts.back(&key, &change)?;
        Ok(Json(StatusBody::of(status)))
    })
    .await
}

/// Which steps.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryParams {
    /// Of this site.
    site: Option<String>,
    /// Of this route of the site; `/` without it.
    route: Option<String>,
}

/// The steps that were taken, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/rollout/history",
    tag = "rollout",
    params(HistoryParams, PageParams),
    responses((status = OK, body = TransitionList), (status = "4XX", body = Problem)),
)]
pub(super) async fn history(
    State(api): State<Api>,
    Params(params): Params<HistoryParams>,
    Params(page): Params<PageParams>,
) -> Result<Json<TransitionList>, Problem> {
    let request = page.request()?;
    api.blocking(move |api| {
        let key = params.key();
        let page = api.policies.transitions(key.as_ref(), &request)?;
        Ok(Json(TransitionList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: page.items.into_iter().map(TransitionBody::of).collect(),
        }))
    })
    .await
}

impl HistoryParams {
    pub(super) fn key(&self) -> Option<RouteKey> {
        let site = self.site.as_deref()?;
        Some(route_key(site, self.route.as_deref()))
    }
}

fn share(percent: f64) -> Result<Share, Problem> {
    let share = Share::from_percent(percent);
    share.ok_or_else(|| Problem::invalid("expected a `share_percent` from 0 to 100"))
}

impl StatusBody {
    fn of(status: RouteStatus) -> Self {
        Self {
            site: status.key.site.to_string(),
            route: status.key.route.to_string(),
            state: StateBody::of(status.state),
            since: status.since,
            policy: status.policy.map(|text| text.to_string()),
            baseline_policy: status.baseline.map(|text| text.to_string()),
            health: HealthBody {
                responses: status.sample.responses,
                genuine: status.sample.genuine,
                rate: status.sample.rate(),
            },
            next_share_percent: status.next_share.map(Share::percent),
        }
    }
}

impl StateBody {
    fn of(state: RouteState) -> Self {
        Self {
            stage: state.stage.name(),
            share_percent: state.stage.share().percent(),
            revision: state.stage.revision(),
            baseline: state.baseline,
            held: state.is_held,
        }
    }
}

impl TransitionBody {
    fn of(transition: Transition) -> Self {
        Self {
            site: transition.route.site.to_string(),
            route: transition.route.route.to_string(),
            from: StateBody::of(transition.from),
            to: StateBody::of(transition.to),
            cause: transition.cause,
            who: transition.change.who,
            at: transition.change.at,
            why: transition.change.why,
        }
    }
}
