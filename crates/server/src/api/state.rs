//! What the API's handlers have.

use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::task;

use super::operations::Readiness;
use super::problem::Problem;
use crate::clock::{Clock, Timestamp};
use crate::desk::Desk;
use crate::events::Event;
use crate::metrics::Metrics;
use crate::rollout::Rollouts;
use crate::sessions::{Login, Sessions};
use crate::store::{Change, ReportStore, RolloutStore};
use crate::tokens::{Caller, Tokens};
use crate::words::sanitize::capped;

/// What the API is about. Clones share it.
#[derive(Clone)]
pub struct Api(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) reports: Arc<dyn ReportStore>,
    pub(crate) policies: Arc<dyn RolloutStore>,
    pub(crate) rollouts: Rollouts,
    pub(crate) tokens: Tokens,
    pub(crate) sessions: Sessions,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) clock: Clock,
    pub(crate) readiness: Arc<dyn Readiness>,
    pub(crate) desk: Desk,
}

impl Api {
    /// An API over these stores and rollouts.
    #[expect(clippy::too_many_arguments, reason = "it is put together in one place")]
    pub fn new(
        reports: Arc<dyn ReportStore>,
        policies: Arc<dyn RolloutStore>,
        rollouts: Rollouts,
        tokens: Tokens,
        metrics: Arc<Metrics>,
        events: broadcast::Sender<Event>,
        clock: Clock,
        readiness: Arc<dyn Readiness>,
    ) -> Self {
        let desk = Desk::new(
            Arc::clone(&reports),
            Arc::clone(&policies),
            rollouts.clone(),
            clock.clone(),
            events.clone(),
        );
        Self(Arc::new(Parts {
            reports,
            rollouts,
            tokens,
            sessions: Sessions::new(Arc::clone(&policies)),
            policies,
            metrics,
            events,
            clock,
            readiness,
            desk,
        }))
    }

    /// What operators see and do.
    pub fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// The path of a link that logs in once.
    pub(crate) fn login_link(&self, login: Login, now: Timestamp) -> Option<String> {
        self.0.sessions.link(login, now).ok()
    }

    /// Does something that waits for the store, on a thread that may wait.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Parts) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let parts = Arc::clone(&self.0);
        let done = task::spawn_blocking(move || work(&parts)).await;
        done.unwrap_or_else(|_| {
            let status = http::StatusCode::INTERNAL_SERVER_ERROR;
            Err(Problem::new(
                status,
                "internal",
                "the request could not be finished",
            ))
        })
    }
}

impl Parts {
    /// A change by this caller, now.
    pub(crate) fn change(&self, caller: &Caller, why: Option<String>) -> Change {
        let why = why.unwrap_or_default();
        Change {
            who: caller.name.clone(),
            at: self.clock.now(),
            why: capped(&why, MOST_WHY).to_owned(),
        }
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Api")
    }
}

/// The most bytes of a reason.
const MOST_WHY: usize = 1000;
