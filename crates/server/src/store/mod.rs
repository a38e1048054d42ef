//! What is kept: reports in groups, the inventory of connections, revisions, rollouts, tokens, the audit log.
//!
//! Two traits, because two kinds of things are kept. A [`ReportStore`] takes much and may be another
//! database one day; a [`RolloutStore`] takes little and must never lose it. Both are met by
//! [`SqliteStore`], and whatever meets them has to pass the same contract tests. All methods block: call
//! them from a thread that may. `docs/design/store.md` has the reasons.

mod batch;
#[cfg(test)]
mod contract;
mod error;
mod query;
mod rows;
mod sqlite;

pub use batch::{
    Batch, ConnectionDelta, ConnectionIdent, GroupDelta, GroupEntry, GroupIdent, MAX_TEXT_BYTES,
    OtherDelta, RawSample, Seen, Tally, TallyIdent,
};
pub use error::{StoreError, StoreErrorKind};
pub use query::{
    ConnectionQuery, ConnectionSort, Cursor, GroupQuery, GroupSort, Page, PageRequest, TallyQuery,
};
pub use rows::{
    AuditEntry, Change, Connection, ConnectionDetail, ConnectionId, Coverage, Draft, Group,
    GroupDetail, GroupId, HourCount, Inventory, InventoryRow, Label, NewRevision, OtherReports,
    PolicyNote, Revision, SampleRow, SeenRow, ShedRow, Size, StoredRoute, StoredToken, TallyRow,
    TokenRole, Transition, TransitionCause,
};
pub use sqlite::{Durability, SqliteStore};

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::config::Retention;
use crate::policy_text::PolicyText;
use crate::rollout::{MarkKey, RevisionId, RouteKey};

/// Keeps judged reports.
pub trait ReportStore: Send + Sync {
    /// Adds a batch. When this returns, the batch is committed as a whole, or else not at all.
    ///
    /// What the bounds leave no room for is counted in the result and in [`sheds`](Self::sheds).
    fn commit(&self, batch: Arc<Batch>) -> Result<Committed, StoreError>;

    /// One page of the groups that a query asks for.
    fn groups(&self, query: &GroupQuery, page: &PageRequest) -> Result<Page<Group>, StoreError>;

    /// A group with its pages, browsers, hours and samples; `None` if there is none of this number.
    fn group(&self, id: GroupId) -> Result<Option<GroupDetail>, StoreError>;

    /// What a person says about a group; `None` takes it back. `false` if there is no such group.
    fn label_group(
        &self,
        id: GroupId,
        label: Option<Label>,
        change: &Change,
    ) -> Result<bool, StoreError>;

    /// One page of the inventory.
    fn connections(
        &self,
        query: &ConnectionQuery,
        page: &PageRequest,
    ) -> Result<Page<Connection>, StoreError>;

    /// A connection with its pages and browsers; `None` if there is none of this number.
    fn connection(&self, id: ConnectionId) -> Result<Option<ConnectionDetail>, StoreError>;

    /// What the site itself connects to on a route, the most reports first, up to `most` connections.
    fn inventory(&self, key: &RouteKey, most: u32) -> Result<Inventory, StoreError>;

    /// A few pages of each of these connections, those with the most reports first, in the order of the numbers.
    fn witness_pages(&self, ids: &[ConnectionId]) -> Result<Vec<Vec<String>>, StoreError>;

    /// How many reports came in each hour, by class and mark, the oldest hour first.
    fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError>;

    /// Which pages and browsers of a site reported at all.
    fn coverage(&self, site: &str) -> Result<Coverage, StoreError>;

    /// Up to `limit` samples with numbers over `after`, in the order of their numbers.
    fn samples(&self, after: i64, limit: u32) -> Result<Vec<SampleRow>, StoreError>;

    /// What came that is no violation report, by type.
    fn others(&self) -> Result<Vec<OtherReports>, StoreError>;

    /// What was shed since then, by hour, reason and class.
    fn sheds(&self, since: Timestamp) -> Result<Vec<ShedRow>, StoreError>;

    /// Drops what is too old, and gives the room back. Says how many rows went.
    fn purge(&self, now: Timestamp, retention: &Retention) -> Result<u64, StoreError>;

    /// How much is kept.
    fn size(&self) -> Result<Size, StoreError>;
}

/// Keeps policies, rollouts, tokens and the audit log.
pub trait RolloutStore: Send + Sync {
    /// The key of the marks; made at the first call.
    fn mark_key(&self) -> Result<MarkKey, StoreError>;

    /// Adds a revision, and its text if that is new.
    fn add_revision(&self, revision: &NewRevision) -> Result<RevisionId, StoreError>;

    /// A revision; `None` if there is none of this number.
    fn revision(&self, id: RevisionId) -> Result<Option<Revision>, StoreError>;

    /// One page of a route's revisions, the newest first; of all routes without one.
    fn revisions(
        &self,
        route: Option<&RouteKey>,
        page: &PageRequest,
    ) -> Result<Page<Revision>, StoreError>;

    /// Every route that has a state.
    fn routes(&self) -> Result<Vec<StoredRoute>, StoreError>;

    /// Keeps a route's state, and the transition that led to it.
    fn save_route(
        &self,
        route: &StoredRoute,
        transition: Option<&Transition>,
    ) -> Result<(), StoreError>;

    /// One page of a route's transitions, the newest first; of all routes without one.
    fn transitions(
        &self,
        route: Option<&RouteKey>,
        page: &PageRequest,
    ) -> Result<Page<Transition>, StoreError>;

    /// The draft of a route.
    fn draft(&self, route: &RouteKey) -> Result<Option<Draft>, StoreError>;

    /// Keeps the draft of a route; `None` drops it.
    fn save_draft(
        &self,
        route: &RouteKey,
        text: Option<&PolicyText>,
        change: &Change,
    ) -> Result<(), StoreError>;

    /// Every token, without its secret.
    fn tokens(&self) -> Result<Vec<StoredToken>, StoreError>;

    /// Adds a token.
    fn add_token(&self, token: &StoredToken) -> Result<(), StoreError>;

    /// Drops a token. `false` if there is no such token.
    fn remove_token(&self, id: &str, change: &Change) -> Result<bool, StoreError>;

    /// Adds a line to the audit log.
    fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// One page of the audit log, the newest line first.
    fn audit_log(&self, page: &PageRequest) -> Result<Page<AuditEntry>, StoreError>;
}

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Committed {
    /// The groups that are new.
    pub new_groups: Vec<GroupId>,
    /// The connections that are new.
    pub new_connections: Vec<ConnectionId>,
    /// How many reports found no room for their group.
    pub shed: u64,
}
