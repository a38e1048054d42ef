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

/// A policy that somebody works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The policy.
    pub text: PolicyText,
    /// Who changed it last, when, and why.
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

/// A line of the audit log.
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
