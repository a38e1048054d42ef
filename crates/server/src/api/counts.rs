//! Counts by the hour, and what came beside violations.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::Params;
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::store::{Coverage, OtherReports, ShedRow, TallyQuery, TallyRow};

/// Which counts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TallyParams {
    /// Of this site.
    site: Option<String>,
    /// From the hour of this moment; of the last 24 hours without it.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// To the hour of this moment; to now without it.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// Which site.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SiteParams {
    /// The site's host pattern.
    site: String,
}

/// Since when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SinceParams {
    /// From the hour of this moment; of the last 24 hours without it.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// Responses and reports by hour, revision, role and class.
#[utoipa::path(
    get,
    path = "/api/v1/tallies",
    tag = "counts",
    params(TallyParams),
    responses((status = OK, body = Vec<TallyRow>), (status = "4XX", body = Problem)),
)]
pub(super) async fn tallies(
    State(api): State<Api>,
    Params(params): Params<TallyParams>,
) -> Result<Json<Vec<TallyRow>>, Problem> {
    api.blocking(move |api| {
        let now = api.clock.now();
        let query = TallyQuery {
            site: params.site,
            since: params.since.unwrap_or_else(|| now.before(DAY)),
            until: params.until.unwrap_or(now),
        };
        Ok(Json(api.reports.tallies(&query)?))
    })
    .await
}

/// Which pages and browsers of a site reported at all.
#[utoipa::path(
    get,
    path = "/api/v1/coverage",
    tag = "counts",
    params(SiteParams),
    responses((status = OK, body = Coverage), (status = "4XX", body = Problem)),
)]
pub(super) async fn coverage(
    State(api): State<Api>,
    Params(params): Params<SiteParams>,
) -> Result<Json<Coverage>, Problem> {
    api.blocking(move |api| Ok(Json(api.reports.coverage(&params.site)?)))
        .await
}

/// What was not kept, by hour, reason and class.
#[utoipa::path(
    get,
    path = "/api/v1/sheds",
    tag = "counts",
    params(SinceParams),
    responses((status = OK, body = Vec<ShedRow>), (status = "4XX", body = Problem)),
)]
pub(super) async fn sheds(
    State(api): State<Api>,
    Params(params): Params<SinceParams>,
) -> Result<Json<Vec<ShedRow>>, Problem> {
    api.blocking(move |api| {
        let since = params.since.unwrap_or_else(|| api.clock.now().before(DAY));
        Ok(Json(api.reports.sheds(since)?))
    })
    .await
}

/// What was reported beside violations: other types, and what could not be read.
#[utoipa::path(
    get,
    path = "/api/v1/others",
    tag = "counts",
    responses((status = OK, body = Vec<OtherReports>), (status = "4XX", body = Problem)),
)]
pub(super) async fn others(State(api): State<Api>) -> Result<Json<Vec<OtherReports>>, Problem> {
    api.blocking(|api| Ok(Json(api.reports.others()?))).await
}

const DAY: std::time::Duration = std::time::Duration::from_hours(24);
