//! The inventory: what the site connects to.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{PageParams, Params};
use super::groups::classes;
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::desk::{Compared, ConnectionRow, ConnectionView, ReportedApi, Verdict, VerdictFilter};
use crate::store::{ConnectionId, ConnectionQuery, ConnectionSort};

/// Which connections.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ConnectionParams {
    /// Of this site.
    site: Option<String>,
    /// Of this route.
    route: Option<String>,
    /// Of these classes, with commas between them; all without it.
    class: Option<String>,
    /// Whose URL contains this text, whatever its case.
    contains: Option<String>,
    /// Seen since then.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Seen in a browser whose name begins with this, such as `Firefox`.
    browser: Option<String>,
    /// Made by this, as far as reports tell.
    api: Option<ReportedApi>,
    /// With this verdict under the `policy` of the next parameter. Verdicts are not stored: a page may have fewer
    /// rows than were asked for, and still a `next`.
    verdict: Option<Verdict>,
    /// The policy of the verdict; `current` without it.
    policy: Option<Compared>,
    /// What they are sorted by; `count` without it.
    sort: Option<ConnectionSort>,
}

/// A list, a page at a time.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectionList {
    items: Vec<ConnectionRow>,
    /// What `after` is for the next page; `null` on the last.
    next: Option<String>,
    /// How many there are on all pages.
    total: u64,
}

/// What the sites connect to.
#[utoipa::path(
    get,
    path = "/api/v1/connections",
    tag = "connections",
    params(ConnectionParams, PageParams),
    responses((status = OK, body = ConnectionList), (status = "4XX", body = Problem)),
)]
pub(super) async fn list(
    State(api): State<Api>,
    Params(params): Params<ConnectionParams>,
    Params(page): Params<PageParams>,
) -> Result<Json<ConnectionList>, Problem> {
    let filter = params.filter();
    let (query, request) = (params.query()?, page.request()?);
    api.blocking(move |api| {
        let page = api.desk.connections(&query, filter, &request)?;
        Ok(Json(ConnectionList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: page.items,
        }))
    })
    .await
}

/// One connection, with its pages and browsers.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    params(("id" = i64, Path, description = "Its number")),
    responses((status = OK, body = ConnectionView), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<ConnectionView>, Problem> {
    let id = id.parse().map(ConnectionId);
    let id = id.map_err(|_| Problem::not_found("connection"))?;
    api.blocking(move |api| {
        let found = api.desk.connection(id)?;
        found
            .map(Json)
            .ok_or_else(|| Problem::not_found("connection"))
    })
    .await
}

impl ConnectionParams {
    fn filter(&self) -> Option<VerdictFilter> {
        Some(VerdictFilter {
            policy: self.policy.unwrap_or(Compared::Current),
            verdict: self.verdict?,
        })
    }

    fn query(self) -> Result<ConnectionQuery, Problem> {
        Ok(ConnectionQuery {
            classes: classes(self.class.as_deref())?,
            site: self.site,
            route: self.route,
            contains: self.contains,
            browser: self.browser,
            is_websocket: self.api.map(|api| api == ReportedApi::Websocket),
            since: self.since,
            sort: self.sort.unwrap_or_default(),
        })
    }
}
