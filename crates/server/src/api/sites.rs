//! The sites of the configuration.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::Api;
use crate::config::{Config, Route, Site};

/// A site.
#[derive(Serialize, ToSchema)]
pub(super) struct SiteBody {
    /// The host pattern: what other parts of the API call `site`.
    site: String,
    /// The application behind it; `null` for a collector that stands alone.
    upstream: Option<String>,
    /// Its routes, the longer path first.
    routes: Vec<SiteRoute>,
}

/// A route of a site.
#[derive(Serialize, ToSchema)]
pub(super) struct SiteRoute {
    /// The path: what other parts of the API call `route`.
    route: String,
    /// How its policy meets those of the application: `keep`, `extend` or `replace`.
    merge: &'static str,
    /// The shares that enforcing goes through, in percent.
    steps_percent: Vec<f64>,
    /// When it steps back by itself; `null` for never.
    step_back: Option<StepBackBody>,
}

/// When a route steps back by itself.
#[derive(Serialize, ToSchema)]
pub(super) struct StepBackBody {
    /// Genuine violations for each 100 responses.
    rate_percent: f64,
    /// The window that it is measured over.
    window_seconds: u64,
    /// The least responses in it.
    minimum: u32,
}

/// The sites and their routes.
#[utoipa::path(
    get,
    path = "/api/v1/sites",
    tag = "sites",
    responses((status = OK, body = Vec<SiteBody>), (status = "4XX", body = Problem)),
)]
pub(super) async fn list(State(api): State<Api>) -> Json<Vec<SiteBody>> {
    let config = api.0.rollouts.config();
    Json(
        config
            .sites
            .iter()
            .map(|site| body(&config, site))
            .collect(),
    )
}

fn body(config: &Config, site: &Site) -> SiteBody {
    let upstream = site.upstream.as_ref().or(config.upstream.as_ref());
    SiteBody {
        site: site.host.to_string(),
        upstream: upstream.map(ToString::to_string),
        routes: site.routes.iter().map(route).collect(),
    }
}

fn route(route: &Route) -> SiteRoute {
    let steps = route.plan.steps.iter();
    SiteRoute {
        route: route.path.to_string(),
        merge: merge_word(route.merge),
        steps_percent: steps.map(|share| share.percent()).collect(),
        step_back: route.plan.step_back.map(|limits| StepBackBody {
            rate_percent: limits.rate.percent(),
            window_seconds: limits.window.as_secs(),
            minimum: limits.minimum,
        }),
    }
}

fn merge_word(merge: connect_src_tower::Merge) -> &'static str {
    match merge {
        connect_src_tower::Merge::Keep => "keep",
        connect_src_tower::Merge::Extend => "extend",
        connect_src_tower::Merge::Replace => "replace",
    }
}
