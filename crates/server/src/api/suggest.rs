//! The smallest policy that allows what was seen, with what speaks for each source.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Params, RouteParams};
use super::problem::Problem;
use super::state::Api;
use crate::suggest::{Suggestion, suggest};

/// What is not to be allowed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WithoutParams {
    /// Origins that are not to be allowed, with spaces between them.
    without: Option<String>,
}

/// The smallest policy that allows every genuine connection of a route.
#[utoipa::path(
    get,
    path = "/api/v1/suggestion",
    tag = "suggestion",
    params(RouteParams, WithoutParams),
    responses((status = OK, body = Suggestion), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Params(route): Params<RouteParams>,
    Params(params): Params<WithoutParams>,
) -> Result<Json<Suggestion>, Problem> {
    api.blocking(move |api| {
        let key = route.key();
        api.rollouts.status_of(&key)?;
        let without = params.without.unwrap_or_default();
        let without = without.split_ascii_whitespace().map(str::to_owned);
        let without: Vec<String> = without.take(MOST_WITHOUT).collect();
        Ok(Json(suggest(&*api.reports, &key, &without)?))
    })
    .await
}

const MOST_WITHOUT: usize = 100;
