//! The inventory: what the site connects to.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{PageParams, Params};
use super::groups::classes;
use super::problem::Problem;
use super::state::{Api, Parts};
use super::verdict::{Policies, Verdicts};
use crate::clock::Timestamp;
use crate::rollout::RouteKey;
use crate::store::{Connection, ConnectionDetail, ConnectionId, ConnectionQuery, ConnectionSort};

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
    /// What they are sorted by; `count` without it.
    sort: Option<ConnectionSort>,
}

/// A connection, and what the policies do with it.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectionBody {
    #[serde(flatten)]
    connection: Connection,
    verdicts: Verdicts,
}

/// A list, a page at a time.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectionList {
    items: Vec<ConnectionBody>,
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
    let (query, request) = (params.query()?, page.request()?);
    api.blocking(move |api| {
        let page = api.reports.connections(&query, &request)?;
        Ok(Json(ConnectionList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: with_verdicts(api, page.items)?,
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
    responses((status = OK, body = ConnectionDetail), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<ConnectionDetail>, Problem> {
    let id = id.parse().map(ConnectionId);
    let id = id.map_err(|_| Problem::not_found("connection"))?;
    api.blocking(move |api| {
        let found = api.reports.connection(id)?;
        found
            .map(Json)
            .ok_or_else(|| Problem::not_found("connection"))
    })
    .await
}

impl ConnectionParams {
    fn query(self) -> Result<ConnectionQuery, Problem> {
        Ok(ConnectionQuery {
            classes: classes(self.class.as_deref())?,
            site: self.site,
            route: self.route,
            contains: self.contains,
            since: self.since,
            sort: self.sort.unwrap_or_default(),
        })
    }
}

fn with_verdicts(api: &Parts, found: Vec<Connection>) -> Result<Vec<ConnectionBody>, Problem> {
    let mut policies: HashMap<RouteKey, Policies> = HashMap::new();
    let mut bodies = Vec::with_capacity(found.len());
    for connection in found {
        let key = RouteKey::new(connection.site.as_str(), connection.route.as_str());
        let policies = match policies.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let of = Policies::of(api, entry.key())?;
                entry.insert(of)
            }
        };
        bodies.push(ConnectionBody {
            verdicts: policies.verdicts(&connection),
            connection,
        });
    }
    Ok(bodies)
}
