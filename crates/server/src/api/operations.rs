//! How the server is.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::Api;
use crate::metrics;
use crate::proxy::MetaPolicy;
use crate::store::Size;

/// Says whether the server can do its work.
pub trait Readiness: Send + Sync {
    /// How it is now.
    fn ready(&self) -> Ready;

    /// Policies in the `<meta>` of pages, which no header can loosen.
    fn meta_policies(&self) -> Vec<MetaPolicy>;
}

/// Whether the server can do its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ready {
    /// Whether it can.
    pub ready: bool,
    /// Why not, one sentence each.
    pub reasons: Vec<String>,
}

impl Ready {
    /// Ready unless there is a reason not to be.
    pub fn unless(reasons: Vec<String>) -> Self {
        Self {
            ready: reasons.is_empty(),
            reasons,
        }
    }
}

/// How the server is, and how much it keeps.
#[derive(Serialize, ToSchema)]
pub(super) struct StatusBody {
    /// The version of the program.
    version: &'static str,
    #[serde(flatten)]
    ready: Ready,
    /// How much is kept.
    store: Size,
    /// Policies in the `<meta>` of pages. No header can loosen them: they have to leave the pages.
    meta_policies: Vec<MetaBody>,
}

/// A policy in the `<meta>` of a page.
#[derive(Serialize, ToSchema)]
pub(super) struct MetaBody {
    /// The host of the page.
    host: String,
    /// The path of the page.
    path: String,
    /// The policy.
    policy: String,
}

/// How the server is, and how much it keeps.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    tag = "operations",
    responses((status = OK, body = StatusBody), (status = "4XX", body = Problem)),
)]
pub(super) async fn status(State(api): State<Api>) -> Result<Json<StatusBody>, Problem> {
    api.blocking(|api| {
        Ok(Json(StatusBody {
            version: env!("CARGO_PKG_VERSION"),
            ready: api.readiness.ready(),
            store: api.reports.size()?,
            meta_policies: api
                .readiness
                .meta_policies()
                .into_iter()
                .map(MetaBody::of)
                .collect(),
        }))
    })
    .await
}

impl MetaBody {
    fn of(found: MetaPolicy) -> Self {
        Self {
            host: found.host,
            path: found.path,
            policy: found.policy,
        }
    }
}

/// Figures for Prometheus.
pub(super) async fn metrics(State(api): State<Api>) -> Response {
    let media_type = HeaderValue::from_static(metrics::MEDIA_TYPE);
    let text = api.0.metrics.text(&api.0.rollouts);
    ([(CONTENT_TYPE, media_type)], text).into_response()
}

/// The process runs.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The server can do its work, or says why not.
pub(super) async fn readyz(State(api): State<Api>) -> Response {
    let ready = api.0.readiness.ready();
    let status = if ready.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(ready)).into_response()
}
