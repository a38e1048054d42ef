//! What happens on the sites, at a glance.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::Params;
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::desk::{Overview, OverviewQuery};

/// Which sites, and over which time.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OverviewParams {
    /// Of this site.
    site: Option<String>,
    /// Of this route of the site.
    route: Option<String>,
    /// From the hour of this moment; of the last 24 hours, or the last 30 days, without it.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// To the hour of this moment; to now without it.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The stretches of the time line; `hour` without it.
    bucket: Option<BucketSize>,
}

/// How long the stretches of a time line are.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum BucketSize {
    /// An hour.
    #[default]
    Hour,
    /// A day, which begins at midnight, UTC.
    Day,
}

/// A time line of responses and reports with the steps of rollouts, what is blocked most, what is known of pages and
/// browsers, and for each route what to do next.
#[utoipa::path(
    get,
    path = "/api/v1/overview",
    tag = "overview",
    params(OverviewParams),
    responses((status = OK, body = Overview), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Params(params): Params<OverviewParams>,
) -> Result<Json<Overview>, Problem> {
    api.blocking(move |api| {
        let now = api.clock.now();
        let (hours, back) = match params.bucket.unwrap_or_default() {
            BucketSize::Hour => (1, DAY),
            BucketSize::Day => (24, 30 * DAY),
        };
        let query = OverviewQuery {
            site: params.site,
            route: params.route,
            since: params.since.unwrap_or_else(|| now.before(back)),
            until: params.until.unwrap_or(now),
            hours,
        };
        Ok(Json(api.desk.overview(&query)?))
    })
    .await
}

const DAY: std::time::Duration = std::time::Duration::from_hours(24);
