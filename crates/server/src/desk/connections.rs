//! The inventory: what the site connects to, with what the policies do with it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use connect_src::Api;
use connect_src_generate::VendorList;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::verdict::{Policies, Verdict, Verdicts};
use super::{Desk, DeskError};
use crate::rollout::RouteKey;
use crate::store::{
    Connection, ConnectionDetail, ConnectionId, ConnectionQuery, Cursor, Page, PageRequest,
};

/// A connection, and what the policies do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionRow {
    /// The connection.
    #[serde(flatten)]
    pub connection: Connection,
    /// What makes the connection, as far as a report tells.
    pub api: ReportedApi,
    /// The services that are known to be at the host.
    pub vendors: Vec<&'static str>,
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

/// A verdict that rows are filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictFilter {
    /// Under which policy.
    pub policy: Compared,
    /// Which verdict.
    pub verdict: Verdict,
}

/// A policy that connections are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compared {
    /// The policy on its way, or else the enforced one.
    Current,
    /// The draft.
    Draft,
}

/// A connection with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionView {
    /// The connection, with its pages and browsers.
    #[serde(flatten)]
    pub detail: ConnectionDetail,
    /// What makes the connection, as far as a report tells.
    pub api: ReportedApi,
    /// The services that are known to be at the host.
    pub vendors: Vec<&'static str>,
    /// What the policies of its route do with it.
    pub verdicts: Verdicts,
}

impl Desk {
    /// One page of the inventory, each row with its verdicts.
    ///
    /// Verdicts are not stored. With a filter by them, up to 5,000 rows are looked at for one page, so that it may
    /// have fewer rows than were asked for, even none, and still a `next`. `total` counts without that filter.
    pub fn connections(
        &self,
        query: &ConnectionQuery,
        filter: Option<VerdictFilter>,
        request: &PageRequest,
    ) -> Result<Page<ConnectionRow>, DeskError> {
        let mut policies = HashMap::new();
        let Some(filter) = filter else {
            let page = self.reports.connections(query, request)?;
            let rows = page.items.into_iter();
            let items = rows.map(|connection| self.row(connection, &mut policies));
            return Ok(Page {
                items: items.collect::<Result<_, _>>()?,
                next: page.next,
                total: page.total,
            });
        };
        let mut step = PageRequest {
            after: request.after.clone(),
            limit: Some(AT_ONCE),
        };
        let mut items = Vec::new();
        let mut looked_at = 0;
        loop {
            let page = self.reports.connections(query, &step)?;
            for connection in page.items {
                looked_at += 1;
                let row = self.row(connection, &mut policies)?;
                if filter.holds(row.verdicts) {
                    items.push(row);
                }
                if items.len() == request.size() {
                    let last = items.last().map(|row| &row.connection);
                    let next = last.map(|last| Cursor::after_connection(last, query.sort));
                    let (next, total) = (next, page.total);
                    return Ok(Page { items, next, total });
                }
            }
            if page.next.is_none() || looked_at >= MOST_LOOKED_AT {
                let (next, total) = (page.next, page.total);
                return Ok(Page { items, next, total });
            }
            step.after = page.next;
        }
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
            vendors: VendorList::builtin().names_at(&connection.host),
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
            vendors: row.vendors,
            verdicts: row.verdicts,
            detail,
        }))
    }
}

impl VerdictFilter {
    fn holds(self, verdicts: Verdicts) -> bool {
        let verdict = match self.policy {
            Compared::Current => verdicts.current,
            Compared::Draft => verdicts.draft,
        };
        verdict == Some(self.verdict)
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

/// Rows that are read at once while verdicts are looked for.
const AT_ONCE: u32 = 500;
const MOST_LOOKED_AT: usize = 5000;
