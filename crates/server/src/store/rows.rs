//! What comes out of the store.

use std::collections::BTreeMap;

use connect_src::BrowserProfile;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::policy_text::PolicyText;
use crate::rollout::{RevisionId, Role, RouteKey, State};

/// The number of a group.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct GroupId(pub i64);

/// The number of a connection.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct ConnectionId(pub i64);

/// Who changed something, when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name of a token, `config`, or `connect-src` for what happens by itself.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// The reason that was given; empty if none was.
    pub why: String,
}

/// Reports of the same finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Group {
    /// Its number.
    pub id: GroupId,
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The revision that the reports are about; `null` if it is none of ours.
    pub revision: Option<RevisionId>,
    /// In which role the revision was sent: `observe`, `trial` or `enforce`.
    pub role: Option<String>,
    /// The origin of the documents.
    pub origin: String,
    /// The effective directive.
    pub directive: String,
    /// The origin of what was blocked, or its scheme, or a keyword.
    pub blocked: String,
    /// The URL that the last report says was blocked.
    pub blocked_url: String,
    /// `enforce`, `report`, or empty where the browser did not say.
    pub disposition: String,
    /// The script that caused the last report, with line and column.
    pub place: Option<String>,
    /// The class.
    pub class: String,
    /// The short name of the reason for the class.
    pub reason_code: String,
    /// The reason, as a sentence.
    pub reason: String,
    /// How likely the reports tell of the site itself, from 0 to 100.
    pub score: u8,
    /// How many reports.
    pub count: u64,
    /// When first.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen: Timestamp,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen: Timestamp,
    /// How many pages are known.
    pub pages: u64,
    /// How many browsers are known.
    pub browsers: u64,
    /// What a person said about it.
    pub label: Option<Label>,
}

/// What a person says about a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// It is as it should be.
    Expected,
    /// It is noise.
    Noise,
}

/// A group with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroupDetail {
    /// The group.
    pub group: Group,
    /// The policy that the last report names.
    pub policy: Option<String>,
    /// The pages with the most reports.
    pub page_list: Vec<SeenRow>,
    /// The browsers with the most reports.
    pub browser_list: Vec<SeenRow>,
    /// Reports by hour, the oldest first.
    pub hours: Vec<HourCount>,
    /// Some reports as they came, the newest first.
    pub samples: Vec<SampleRow>,
    /// Who said what the label says; `null` without a label.
    pub labelled: Option<Labelled>,
}

/// Who labelled a group, when, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Labelled {
    /// Who.
    pub who: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The note.
    pub why: String,
}

/// One connection of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Connection {
    /// Its number.
    pub id: ConnectionId,
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The origin of the documents: what `'self'` stands for.
    pub document: String,
    /// Scheme, host and port, or the scheme alone.
    pub origin: String,
    /// Host and port; the scheme where there is no host.
    pub host: String,
    /// The path; `null` stands for the paths beyond those that are told apart.
    pub path: Option<String>,
    /// The class of the reports.
    pub class: String,
    /// How many reports.
    pub count: u64,
    /// When first.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen: Timestamp,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen: Timestamp,
    /// How many pages are known.
    pub pages: u64,
    /// How many browsers are known.
    pub browsers: u64,
}

/// A connection with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionDetail {
    /// The connection.
    pub connection: Connection,
    /// The pages with the most reports.
    pub page_list: Vec<SeenRow>,
    /// The browsers with the most reports.
    pub browser_list: Vec<SeenRow>,
}

/// What the site itself connects to on a route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The connections with the most reports.
    pub rows: Vec<InventoryRow>,
    /// How many connections there are, those that are left out too.
    pub total: u64,
}

/// A connection, as far as a policy is held against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryRow {
    /// Its number.
    pub id: ConnectionId,
    /// The origin of the documents: what `'self'` stands for.
    pub document: String,
    /// Scheme, host and port, or the scheme alone.
    pub origin: String,
    /// The path; `None` stands for the paths beyond those that are told apart.
    pub path: Option<String>,
    /// How many reports.
    pub count: u64,
    /// Whose rules the browsers follow that made it; none for browsers that we do not know.
    pub profiles: Vec<BrowserProfile>,
}

/// A page or a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeenRow {
    /// The page's URL, or the browser's name and version.
    pub name: String,
    /// How many reports.
    pub count: u64,
    /// When first.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen: Timestamp,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen: Timestamp,
}

/// How many in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HourCount {
    /// The start of the hour.
    #[schema(value_type = String, format = DateTime)]
    pub hour: Timestamp,
    /// How many.
    pub count: u64,
}

/// A report as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SampleRow {
    /// Its number, rising with time.
    pub id: i64,
    /// The number of its group.
    pub group: GroupId,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What came, scrubbed and capped. Whoever shows it has to escape it.
    pub raw: String,
}

/// What came that is no violation report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OtherReports {
    /// The type.
    #[serde(rename = "type")]
    pub report_type: String,
    /// How many.
    pub count: u64,
    /// When first.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen: Timestamp,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen: Timestamp,
    /// The last one, as it came.
    pub sample: String,
}

/// Counts of one hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TallyRow {
    /// The start of the hour.
    #[schema(value_type = String, format = DateTime)]
    pub hour: Timestamp,
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The revision.
    pub revision: Option<RevisionId>,
    /// The role in which it was sent.
    pub role: Option<String>,
    /// `responses`, or a class of reports.
    pub tally: String,
    /// How many.
    pub count: u64,
}

/// Which pages and browsers of a site reported at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coverage {
    /// How many pages.
    pub pages: u64,
    /// How many browsers.
    pub browsers: u64,
    /// The pages with the most reports.
    pub page_list: Vec<SeenRow>,
    /// The browsers with the most reports.
    pub browser_list: Vec<SeenRow>,
}

/// What was shed in an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShedRow {
    /// The start of the hour.
    #[schema(value_type = String, format = DateTime)]
    pub hour: Timestamp,
    /// Why.
    pub reason: String,
    /// What: a class, or what was known before there was one.
    pub class: String,
    /// How many reports.
    pub count: u64,
}

/// How much is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Size {
    /// Bytes of the database.
    pub bytes: u64,
    /// Bytes of it that are free to be used again.
    pub free_bytes: u64,
    /// Groups.
    pub groups: u64,
    /// Connections.
    pub connections: u64,
    /// Samples.
    pub samples: u64,
    /// Reports ever taken in.
    pub reports: u64,
}

/// A policy that was to be sent, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub id: RevisionId,
    /// The route that it is for.
    pub route: RouteKey,
    /// The policy.
    pub text: PolicyText,
    /// What the parser said about it.
    pub notes: Vec<PolicyNote>,
    /// Who made it, when, and why.
    pub change: Change,
}

/// Something in a policy that browsers ignore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyNote {
    /// Where it starts in the policy's text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is, and what to do.
    pub message: String,
}

/// A policy that is to become a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevision {
    /// The route that it is for.
    pub route: RouteKey,
    /// The policy.
    pub text: PolicyText,
    /// What the parser said about it.
    pub notes: Vec<PolicyNote>,
    /// Who made it, when, and why.
    pub change: Change,
}

/// A route's state as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRoute {
    /// Which route.
    pub key: RouteKey,
    /// The revision that reports every connection.
    pub observe: RevisionId,
    /// The state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// What the configuration said when it was last applied.
    pub configured: Option<String>,
}

/// A step of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Which route.
    pub route: RouteKey,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// What kind of step.
    pub cause: TransitionCause,
    /// Who, when, and why.
    pub change: Change,
}

/// What kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TransitionCause {
    /// A policy was put on trial.
    Propose,
    /// A step forward.
    Advance,
    /// A step forward although the figures spoke against it.
    Force,
    /// A step back that somebody asked for.
    Back,
    /// A step back because of too many genuine violations.
    StepBack,
    /// The configuration changed.
    Configure,
}

/// A policy that somebody works on: its last edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The number of the edit.
    pub edit: DraftEditId,
    /// The policy.
    pub text: PolicyText,
    /// Who changed it last, when, and why.
    pub change: Change,
}

/// The number of an edit of a draft.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct DraftEditId(pub i64);

/// A change of a draft that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftEdit {
    /// The route.
    pub route: RouteKey,
    /// The policy; `None` drops the draft.
    pub text: Option<PolicyText>,
    /// What kind of change.
    pub action: DraftAction,
    /// Who makes it, when, and why.
    pub change: Change,
    /// What it was made from; refused if that is not there any more.
    pub based_on: BasedOn,
}

/// What an edit of a draft was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasedOn {
    /// Whatever is there.
    Anything,
    /// There was no draft.
    NoDraft,
    /// The draft as this edit left it.
    Edit(DraftEditId),
}

/// What kind of change of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftAction {
    /// Its text was written.
    Write,
    /// What a group of violations tells of was allowed.
    Allow {
        /// The group.
        group: GroupId,
        /// The source that was added.
        source: String,
    },
}

/// An edit of a draft that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftEditRow {
    /// Its number.
    pub id: DraftEditId,
    /// The policy after it; `None` if the draft was dropped.
    pub text: Option<String>,
    /// Who made it, when, and why.
    pub change: Change,
}

/// What a token allows.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum TokenRole {
    /// To look.
    View,
    /// To look and to change.
    Change,
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToken {
    /// The part of the token that is no secret.
    pub id: String,
    /// Whose it is: what the audit log says.
    pub name: String,
    /// What it allows.
    pub role: TokenRole,
    /// The secret, hashed so slowly that it cannot be found by trying.
    pub hash: String,
    /// When it was made.
    pub created: Timestamp,
}

/// Somebody who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// A hash of the session's secret.
    pub hash: [u8; 32],
    /// The token that it was begun with.
    pub token: String,
    /// Whose token that is: what the audit log says.
    pub name: String,
    /// What it allows.
    pub role: TokenRole,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used.
    pub last_used: Timestamp,
    /// When it ends, however much it is used.
    pub expires: Timestamp,
}

/// How often somebody gave a wrong token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How often since it was last right.
    pub count: u32,
    /// When last.
    pub last: Timestamp,
}

/// The number of a line of the audit log.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct AuditId(pub i64);

/// Something that was changed, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Who, when, and why.
    pub change: Change,
    /// What was done, in one word.
    pub action: String,
    /// To what.
    pub target: String,
    /// With which figures and values.
    pub detail: BTreeMap<String, String>,
    /// What was there before; `None` if nothing was.
    pub before: Option<String>,
    /// What was there after.
    pub after: Option<String>,
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number.
    pub id: AuditId,
    /// What was changed.
    pub entry: AuditEntry,
    /// The line that this one took back.
    pub undoes: Option<AuditId>,
    /// The line that took this one back.
    pub undone_by: Option<AuditId>,
}

/// What became of taking something back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It was taken back.
    Done {
        /// The line that says so.
        by: AuditId,
        /// The route whose draft it was about.
        draft: Option<RouteKey>,
    },
    /// There is no such line.
    Unknown,
    /// Such a change cannot be taken back.
    NotUndoable,
    /// It was taken back before.
    Already(AuditId),
    /// It was changed again since.
    Changed,
}

/// What is counted in a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineRow {
    /// When the stretch begins.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// `responses`, or a class of reports.
    pub tally: String,
    /// How many.
    pub count: u64,
}

/// What is blocked, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlockedRow {
    /// The origin, scheme or keyword.
    pub blocked: String,
    /// How many groups tell of it.
    pub groups: u64,
    /// How many reports.
    pub reports: u64,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen: Timestamp,
}

/// A group of genuine violations, as far as a policy is held against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the group.
    pub id: GroupId,
    /// Whether it was reported while everything is, so that nothing was blocked and nothing would have been.
    pub is_observed: bool,
    /// The origin of the documents.
    pub origin: String,
    /// The origin of what was blocked, or its scheme, or a keyword.
    pub blocked: String,
    /// The URL that the last report says was blocked.
    pub blocked_url: String,
    /// How many reports.
    pub count: u64,
    /// How many pages are known.
    pub pages: u64,
    /// When last.
    pub last_seen: Timestamp,
    /// Whether a person said something about it.
    pub is_labelled: bool,
}

/// How many responses carried a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseCount {
    /// The revision.
    pub revision: Option<RevisionId>,
    /// The role in which it was sent.
    pub role: Option<String>,
    /// How many responses.
    pub count: u64,
}

macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal,)+ })+) => {$(
        impl $type {
            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Finds it by its word.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    )+};
}

words! {
    Label {
        Expected = "expected",
        Noise = "noise",
    }
    TokenRole {
        View = "view",
        Change = "change",
    }
    TransitionCause {
        Propose = "propose",
        Advance = "advance",
        Force = "force",
        Back = "back",
        StepBack = "step-back",
        Configure = "configure",
    }
}

impl AuditRow {
    /// Whether it is of a kind that can be taken back, and was not yet.
    pub fn can_be_undone(&self) -> bool {
        let is_kind = matches!(&*self.entry.action, "draft" | "allow" | "label-group");
        is_kind && self.undone_by.is_none()
    }
}

impl Connection {
    /// Where it goes; `/…` stands for the paths beyond those that are told apart.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.path.as_deref().unwrap_or("/…"))
    }
}

impl Change {
    /// A change that happens by itself.
    pub fn by_itself(at: Timestamp, why: impl Into<String>) -> Self {
        Self {
            who: "connect-src".to_owned(),
            at,
            why: why.into(),
        }
    }
}

/// The role of a mark, for a column.
pub(super) fn role_of(mark: Option<crate::rollout::Mark>) -> Option<&'static str> {
    mark.map(|mark| Role::as_str(mark.role))
}
