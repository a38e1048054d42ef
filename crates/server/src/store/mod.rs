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
mod key;
mod query;
mod rows;
mod sqlite;

pub use batch::{
    Batch, ConnectionDelta, ConnectionIdent, CoverageDelta, GroupDelta, GroupEntry, GroupIdent,
    HourDelta, MAX_TEXT_BYTES, OtherDelta, RawSample, Seen, Tally, TallyIdent,
};
pub use error::{StoreError, StoreErrorKind};
pub use key::{Key, KeyHasher, KeyMap};
pub use query::{
    AuditQuery, ConnectionQuery, ConnectionSort, Cursor, GroupQuery, GroupSort, Page, PageRequest,
    TallyQuery, TimelineQuery,
};
pub use rows::{
    AuditEntry, AuditId, AuditRow, BasedOn, BlockedRow, Change, Connection, ConnectionDetail,
    ConnectionId, Coverage, Draft, DraftAction, DraftEdit, DraftEditId, DraftEditRow, Failures,
    Finding, Group, GroupDetail, GroupId, HourCount, Inventory, InventoryRow, Label, Labelled,
    NewRevision, OtherReports, PolicyNote, ResponseCount, Revision, SampleRow, SeenRow, ShedRow,
    Size, StoredRoute, StoredSession, StoredToken, TallyRow, TimelineRow, TokenRole, Transition,
    TransitionCause, Undone,
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

    /// The same, added up over stretches of time, the oldest first.
    fn timeline(&self, query: &TimelineQuery) -> Result<Vec<TimelineRow>, StoreError>;

    /// What genuine violations since then are about, the most reports first, up to 100.
    fn top_blocked(
        &self,
        site: Option<&str>,
        route: Option<&str>,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<BlockedRow>, StoreError>;

    /// The groups of genuine violations of connections on a route, the most reports first, up to `most`.
    fn findings(&self, key: &RouteKey, most: u32) -> Result<Vec<Finding>, StoreError>;

    /// How many responses of a route carried a policy since the hour of this moment, by revision and role.
    fn responses(&self, key: &RouteKey, since: Timestamp)
    -> Result<Vec<ResponseCount>, StoreError>;

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

    /// Changes the draft of a route. `None` if somebody else changed it since the edit that this one is based on.
    fn edit_draft(&self, edit: &DraftEdit) -> Result<Option<DraftEditId>, StoreError>;

    /// Keeps the draft of a route, whatever was there; `None` drops it.
    fn save_draft(
        &self,
        route: &RouteKey,
        text: Option<&PolicyText>,
        change: &Change,
    ) -> Result<(), StoreError> {
        let edit = DraftEdit {
            route: route.clone(),
            text: text.cloned(),
            action: DraftAction::Write,
            change: change.clone(),
            based_on: BasedOn::Anything,
        };
        self.edit_draft(&edit).map(|_| ())
    }

    /// One page of the edits of a route's draft, the newest first. The last 200 are kept.
    fn draft_edits(
        &self,
        route: &RouteKey,
        page: &PageRequest,
    ) -> Result<Page<DraftEditRow>, StoreError>;

    /// Takes back an edit of a draft or a label, unless it was changed since.
    fn undo(&self, id: AuditId, change: &Change) -> Result<Undone, StoreError>;

    /// Every token, without its secret.
    fn tokens(&self) -> Result<Vec<StoredToken>, StoreError>;

    /// A token, without its secret; `None` if there is none of this name.
    fn token(&self, id: &str) -> Result<Option<StoredToken>, StoreError>;

    /// Adds a token.
    fn add_token(&self, token: &StoredToken, change: &Change) -> Result<(), StoreError>;

    /// Adds a session; the one that was not used for the longest time goes if there are too many.
    fn add_session(&self, session: &StoredSession) -> Result<(), StoreError>;

    /// A session that has not ended.
    fn session(&self, hash: &[u8; 32], now: Timestamp)
    -> Result<Option<StoredSession>, StoreError>;

    /// Takes note that a session is used.
    fn use_session(&self, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError>;

    /// Ends a session. `false` if there is no such session.
    fn remove_session(&self, hash: &[u8; 32]) -> Result<bool, StoreError>;

    /// How often somebody gave a wrong token; `key` is a keyed hash of an address.
    fn failures(&self, key: &[u8; 16]) -> Result<Failures, StoreError>;

    /// One more wrong token. The oldest entries go if there are too many.
    fn add_failure(&self, key: &[u8; 16], now: Timestamp) -> Result<Failures, StoreError>;

    /// The token was right.
    fn clear_failures(&self, key: &[u8; 16]) -> Result<(), StoreError>;

    /// Drops a token, and the sessions that were begun with it. `false` if there is no such token.
    fn remove_token(&self, id: &str, change: &Change) -> Result<bool, StoreError>;

    /// Adds a line to the audit log.
    fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// One page of the audit log, the newest line first.
    fn audit_log(
        &self,
        query: &AuditQuery,
        page: &PageRequest,
    ) -> Result<Page<AuditRow>, StoreError>;
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
