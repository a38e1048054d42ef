//! What happens, told to whoever listens.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::store::{ConnectionId, DraftEditId, GroupId, Transition, TransitionCause};

/// Something that happened. Nothing in it was written by a browser.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "event")]
#[non_exhaustive]
pub enum Event {
    /// Reports were committed.
    Reports(ReportsEvent),
    /// A rollout changed.
    Rollout(RolloutEvent),
    /// A draft was changed.
    Draft(DraftEvent),
    /// The server stops; no event follows.
    Stopping,
}

/// Reports were committed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportsEvent {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How many.
    pub reports: u64,
    /// How many of them are genuine.
    pub genuine: u64,
    /// How many were shed since the last event.
    pub shed: u64,
    /// Groups that are new, not more than 100 of them.
    pub new_groups: Vec<GroupId>,
    /// Connections that are new, not more than 100 of them.
    pub new_connections: Vec<ConnectionId>,
}

/// A rollout changed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RolloutEvent {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The stage before, such as `trial`.
    pub from: String,
    /// The stage after, such as `enforce 25%`.
    pub to: String,
    /// What kind of step.
    pub cause: TransitionCause,
    /// Who.
    pub who: String,
}

/// A draft was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DraftEvent {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The number of the edit; `null` if the draft was dropped.
    pub edit: Option<DraftEditId>,
    /// Who.
    pub who: String,
}

impl Event {
    /// The name of the event in a stream of events.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reports(_) => "reports",
            Self::Rollout(_) => "rollout",
            Self::Draft(_) => "draft",
            Self::Stopping => "stopping",
        }
    }

    pub(crate) fn of_transition(transition: &Transition) -> Self {
        Self::Rollout(RolloutEvent {
            at: transition.change.at,
            site: transition.route.site.to_string(),
            route: transition.route.route.to_string(),
            from: transition.from.stage.to_string(),
            to: transition.to.stage.to_string(),
            cause: transition.cause,
            who: transition.change.who.clone(),
        })
    }
}

/// How many events wait for a slow listener before it misses some.
pub(crate) const CAPACITY: usize = 256;
