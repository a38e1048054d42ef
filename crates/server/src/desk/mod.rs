//! The operator's desk: what the API and the dashboard show, and what they change beside the steps of a rollout.
//!
//! [`Desk`] composes the stores, the rollouts and the engine; it renders nothing. Everything that it gives out is
//! data that serializes, and whatever came from a report is in it as it came: whoever shows it has to escape it. All
//! methods block: call them from a thread that may.

mod actions;
mod check;
mod connections;
mod draft;
mod error;
mod evidence;
mod group;
mod inspection;
mod next_step;
mod overview;
mod preview;
mod question;
mod revisions;
mod standing;
mod verdict;

pub use actions::Allowed;
pub use check::{
    CheckView, EditView, FitView, NearestMissView, PolicyView, ProfileView, SourceView, Where,
    WhyView, check,
};
pub use connections::{Compared, ConnectionRow, ConnectionView, ReportedApi, VerdictFilter};
pub use draft::{DraftStart, DraftView};
pub use error::DeskError;
pub use evidence::SourceUse;
pub use group::GroupView;
pub use inspection::{ChannelReach, ChannelView, PolicyAudit, PolicyFinding};
pub use next_step::NextStep;
pub use overview::{Bucket, Moment, Overview, OverviewQuery, RouteOverview, SiteCoverage};
pub use preview::{Preview, PreviewRow, ProfileCounts, Tallied};
pub(crate) use question::Question;
pub use revisions::{ProfileDiff, RevisionDiff, Witness};
pub use standing::{Standing, hosts};
pub use verdict::{Verdict, Verdicts};

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::events::Event;
use crate::policy_text::PolicyText;
use crate::rollout::{RolloutError, Rollouts, RouteKey, RouteStatus};
use crate::store::{ReportStore, RolloutStore};

/// What operators see and do. Clones share it.
#[derive(Clone)]
pub struct Desk {
    reports: Arc<dyn ReportStore>,
    policies: Arc<dyn RolloutStore>,
    rollouts: Rollouts,
    clock: Clock,
    events: broadcast::Sender<Event>,
}

impl Desk {
    /// A desk over these stores and rollouts, which tells of what it changes.
    pub fn new(
        reports: Arc<dyn ReportStore>,
        policies: Arc<dyn RolloutStore>,
        rollouts: Rollouts,
        clock: Clock,
        events: broadcast::Sender<Event>,
    ) -> Self {
        Self {
            reports,
            policies,
            rollouts,
            clock,
            events,
        }
    }

    /// The stored reports, for lists that need no more.
    pub fn reports(&self) -> &dyn ReportStore {
        &*self.reports
    }

    /// The stored policies, rollouts and tokens.
    pub fn policies(&self) -> &dyn RolloutStore {
        &*self.policies
    }

    /// The rollouts: where each route stands, and the steps forward and back.
    pub fn rollouts(&self) -> &Rollouts {
        &self.rollouts
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Only routes of the configuration have drafts and previews, so that there is a bound to them.
    fn status(&self, key: &RouteKey) -> Result<RouteStatus, RolloutError> {
        self.rollouts.status_of(key)
    }
}

/// The policy on its way, or else the enforced one.
fn current(status: &RouteStatus) -> Option<&PolicyText> {
    status.policy.as_ref().or(status.baseline.as_ref())
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Desk")
    }
}
