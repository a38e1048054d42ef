//! The inventory: what the site connects to, with what the policies do with it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use connect_src::Api;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::verdict::{Policies, Verdicts};
use super::{Desk, DeskError};
use crate::rollout::RouteKey;
use crate::store::{
    Connection, ConnectionDetail, ConnectionId, ConnectionQuery, Page, PageRequest,
};

/// A connection, and what the policies do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionRow {
    /// The connection.
    #[serde(flatten)]
    pub connection: Connection,
    /// What makes the connection, as far as a report tells.
    pub api: ReportedApi,
    /// What the policies of its route do with it.
    pub verdicts: Verdicts,
}

/// What makes a connection, as far as a report tells: only the scheme says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedApi {
    /// A `WebSocket`.
    Websocket,
    /// `fetch()`, `XMLHttpRequest`, `EventSource`, `sendBeacon()` or another: reports do not tell them apart.
    Untold,
}

/// A connection with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionView {
    /// The connection, with its pages and browsers.
    #[serde(flatten)]
    pub detail: ConnectionDetail,
    /// What makes the connection, as far as a report tells.
    pub api: ReportedApi,
    /// What the policies of its route do with it.
    pub verdicts: Verdicts,
}

impl Desk {
    /// One page of the inventory, each row with its verdicts.
    pub fn connections(
        &self,
        query: &ConnectionQuery,
        request: &PageRequest,
    ) -> Result<Page<ConnectionRow>, DeskError> {
        let page = self.reports.connections(query, request)?;
        let mut policies = HashMap::new();
        let mut items = Vec::with_capacity(page.items.len());
        for connection in page.items {
            items.push(self.row(connection, &mut policies)?);
        }
        Ok(Page {
            items,
            next: page.next,
            total: page.total,
        })
    }

    fn row(
        &self,
        connection: Connection,
        known: &mut HashMap<RouteKey, Policies>,
    ) -> Result<ConnectionRow, DeskError> {
        let key = RouteKey::new(connection.site.as_str(), connection.route.as_str());
        let policies = match known.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let of = Policies::of(self, entry.key())?;
                entry.insert(of)
            }
        };
        Ok(ConnectionRow {
            api: ReportedApi::of(&connection.origin),
            verdicts: policies.verdicts(&connection),
            connection,
        })
    }

    /// One connection; `None` if there is none of this number.
    pub fn connection(&self, id: ConnectionId) -> Result<Option<ConnectionView>, DeskError> {
        let Some(detail) = self.reports.connection(id)? else {
            return Ok(None);
        };
        let row = self.row(detail.connection.clone(), &mut HashMap::new())?;
        Ok(Some(ConnectionView {
            api: row.api,
            verdicts: row.verdicts,
            detail,
        }))
    }
}

impl ReportedApi {
    /// What makes connections to an origin.
    pub fn of(origin: &str) -> Self {
        let api = Url::parse(origin).map(|url| Api::implied_by(&url));
        match api {
            Ok(Api::WebSocket) => Self::Websocket,
            _ => Self::Untold,
        }
    }
}
