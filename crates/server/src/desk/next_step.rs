//! What to do next with a route, as data.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Desk, DeskError};
use crate::clock::Timestamp;
use crate::policy_text::PolicyText;
use crate::rollout::{RevisionId, RouteStatus, Stage, lock};
use crate::store::{DraftEditId, InventoryMark, OpenFindings, PageRequest, TransitionCause};

/// What to do next with a route. The counts say why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NextStep {
    /// Nothing is connected to yet: open the site in a browser.
    OpenTheSite {
        /// Responses that carried the policy that reports connections.
        responses: u64,
    },
    /// There is no draft yet, or it does not allow everything: look at what it blocks.
    ReviewConnections {
        /// Connections that are not in the draft.
        connections: u64,
        /// Their hosts.
        hosts: u64,
        /// Whether there is a draft.
        has_draft: bool,
    },
    /// The draft allows everything that was seen: put it on trial.
    PutOnTrial {
        /// Connections that it allows.
        connections: u64,
    },
    /// The trial has run for too short a time, or on no page yet: wait.
    WaitForTrial {
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        since: Timestamp,
        /// Responses that carried the policy.
        responses: u64,
    },
    /// The policy on its way has genuine violations that nobody looked at: allow or label them.
    ReviewViolations {
        /// Groups.
        groups: u64,
        /// The origins that they are about.
        origins: u64,
        /// Reports.
        reports: u64,
    },
    /// The trial is clean: enforce the policy.
    Enforce {
        /// For this share of the clients, in percent.
        share_percent: f64,
        /// For how long no genuine violation came, in seconds.
        clean_for_seconds: u64,
        /// Responses in that time.
        responses: u64,
    },
    /// Enforcing goes well: raise the share.
    RaiseShare {
        /// From so many percent of the clients.
        from_percent: f64,
        /// To so many.
        to_percent: f64,
        /// For how long no genuine violation came, in seconds.
        clean_for_seconds: u64,
        /// Responses in that time.
        responses: u64,
    },
    /// Violations rose, and the route stepped back by itself: look at them before it goes on.
    SteppedBack {
        /// When.
        #[schema(value_type = String, format = DateTime)]
        at: Timestamp,
        /// From which stage, such as `enforce 25%`.
        from: String,
        /// Why.
        why: String,
        /// Groups of genuine violations that nobody labelled.
        groups: u64,
    },
    /// The policy is enforced for everybody, and nothing genuine is blocked.
    Done {
        /// Responses since it is.
        responses: u64,
    },
}

/// What was found out about the inventory, and for what it holds.
#[derive(Clone, Copy)]
pub(super) struct Reviewed {
    of: ReviewOf,
    review: Review,
}

/// What a review depends on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ReviewOf {
    inventory: InventoryMark,
    draft: Option<DraftEditId>,
}

/// What a draft does with the inventory.
#[derive(Clone, Copy, Default)]
struct Review {
    connections: u64,
    blocked: u64,
    blocked_hosts: u64,
}

impl Desk {
    /// What to do next with a route.
    pub(super) fn next_step(&self, status: &RouteStatus) -> Result<NextStep, DeskError> {
        match status.state.stage {
            Stage::Observe => self.next_while_observed(status),
            Stage::Trial(revision) => self.next_on_trial(status, revision),
            Stage::Enforce(revision, _) => self.next_while_enforced(status, revision),
        }
    }

    fn next_while_observed(&self, status: &RouteStatus) -> Result<NextStep, DeskError> {
        let (review, has_draft) = self.review(status)?;
        Ok(match review {
            Review { connections: 0, .. } => NextStep::OpenTheSite {
                responses: self.open(status, status.observe)?.responses,
            },
            Review { blocked: 0, .. } if has_draft => NextStep::PutOnTrial {
                connections: review.connections,
            },
            _ => NextStep::ReviewConnections {
                connections: review.blocked,
                hosts: review.blocked_hosts,
                has_draft,
            },
        })
    }

    fn next_on_trial(
        &self,
        status: &RouteStatus,
        revision: RevisionId,
    ) -> Result<NextStep, DeskError> {
        let open = self.open(status, revision)?;
        if status.state.is_held
            && let Some(step) = self.stepped_back(status, &open)?
        {
            return Ok(step);
        }
        if open.groups > 0 {
            return Ok(review_violations(&open));
        }
        Ok(match status.next_share {
            Some(share) if open.responses > 0 => NextStep::Enforce {
                share_percent: share.percent(),
                clean_for_seconds: self.seconds_since(status.since),
                responses: open.responses,
            },
            _ => NextStep::WaitForTrial {
                since: status.since,
                responses: open.responses,
            },
        })
    }

    fn next_while_enforced(
        &self,
        status: &RouteStatus,
        revision: RevisionId,
    ) -> Result<NextStep, DeskError> {
        let open = self.open(status, revision)?;
        if open.groups > 0 {
            return Ok(review_violations(&open));
        }
        Ok(match status.next_share {
            Some(next) => NextStep::RaiseShare {
                from_percent: status.state.stage.share().percent(),
                to_percent: next.percent(),
                clean_for_seconds: self.seconds_since(status.since),
                responses: open.responses,
            },
            None => NextStep::Done {
                responses: open.responses,
            },
        })
    }

    fn stepped_back(
        &self,
        status: &RouteStatus,
        open: &OpenFindings,
    ) -> Result<Option<NextStep>, DeskError> {
        let last = self
            .policies
            .transitions(Some(&status.key), &PageRequest::first(1))?;
        let last = last.items.into_iter().next();
        let last = last.filter(|step| step.cause == TransitionCause::StepBack);
        Ok(last.map(|step| NextStep::SteppedBack {
            at: step.change.at,
            from: step.from.stage.to_string(),
            why: step.change.why,
            groups: open.groups,
        }))
    }

    /// What is open since the route is where it is.
    fn open(&self, status: &RouteStatus, revision: RevisionId) -> Result<OpenFindings, DeskError> {
        Ok(self
            .reports
            .open_findings(&status.key, revision, status.since)?)
    }

    /// What the draft does with the inventory, or what there is without a draft. It is found out anew only when
    /// one of them has changed.
    fn review(&self, status: &RouteStatus) -> Result<(Review, bool), DeskError> {
        let draft = self.policies.draft(&status.key)?;
        let has_draft = draft.is_some();
        let of = ReviewOf {
            inventory: self.reports.inventory_mark(&status.key)?,
            draft: draft.as_ref().map(|draft| draft.edit),
        };
        let known = lock(&self.reviews).get(&status.key).copied();
        if let Some(known) = known.filter(|known| known.of == of) {
            return Ok((known.review, has_draft));
        }
        let text = draft.map_or_else(PolicyText::observe, |draft| draft.text);
        let preview = self.preview(&status.key, &text)?;
        let review = Review {
            connections: of.inventory.connections,
            blocked: preview.blocked.connections,
            blocked_hosts: preview.blocked.hosts,
        };
        // Routes are those of the configuration, so there is a bound to them.
        lock(&self.reviews).insert(status.key.clone(), Reviewed { of, review });
        Ok((review, has_draft))
    }

    fn seconds_since(&self, since: Timestamp) -> u64 {
        self.clock.now().since(since).as_secs()
    }
}

fn review_violations(open: &OpenFindings) -> NextStep {
    NextStep::ReviewViolations {
        groups: open.groups,
        origins: open.origins,
        reports: open.reports,
    }
}
