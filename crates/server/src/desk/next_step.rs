//! What to do next with a route, as data.

use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::standing::{Standing, connections, hosts};
use super::{Desk, DeskError};
use crate::clock::Timestamp;
use crate::rollout::{RevisionId, RouteStatus, Stage};
use crate::store::{Finding, PageRequest, TransitionCause};

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
    /// There is no draft yet, or it blocks something that nobody has decided about: look at it.
    ReviewConnections {
        /// Connections that it blocks; all without a draft.
        connections: u64,
        /// Their hosts.
        hosts: u64,
        /// Whether there is a draft.
        has_draft: bool,
    },
    /// Everything that the draft blocks was decided about: put it on trial.
    PutOnTrial {
        /// Connections that were seen.
        connections: u64,
    },
    /// No page had the policy on trial yet: open the site.
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
        /// Connections that it blocks, and nobody has decided about.
        groups: u64,
    },
    /// The policy is enforced for everybody, and nothing genuine is blocked.
    Done {
        /// Responses since it is.
        responses: u64,
    },
}

impl Desk {
    /// What to do next where a route stands so.
    pub(super) fn next_step(&self, standing: &Standing) -> Result<NextStep, DeskError> {
        let status = &standing.status;
        if standing.findings.is_empty() && status.state.stage == Stage::Observe {
            let responses = self.responses(status, status.observe)?;
            return Ok(NextStep::OpenTheSite { responses });
        }
        if !standing.has_policy() {
            return Ok(review_connections(standing, &standing.findings));
        }
        if let Some(step) = self.stepped_back(standing)? {
            return Ok(step);
        }
        if !standing.open.is_empty() {
            return Ok(if standing.is_on_its_way() {
                review_violations(&standing.open)
            } else {
                review_connections(standing, &standing.open)
            });
        }
        match status.state.stage.revision() {
            Some(revision) if standing.is_on_its_way() => self.go_on(status, revision),
            _ => Ok(NextStep::PutOnTrial {
                connections: connections(&standing.findings),
            }),
        }
    }

    /// The policy is on its way, and nothing speaks against it.
    fn go_on(&self, status: &RouteStatus, revision: RevisionId) -> Result<NextStep, DeskError> {
        let responses = self.responses(status, revision)?;
        let clean_for_seconds = self.clock.now().since(status.since).as_secs();
        Ok(match (status.state.stage, status.next_share) {
            (_, None) => NextStep::Done { responses },
            (Stage::Enforce(_, from), Some(next)) => NextStep::RaiseShare {
                from_percent: from.percent(),
                to_percent: next.percent(),
                clean_for_seconds,
                responses,
            },
            (_, Some(_)) if responses == 0 => NextStep::WaitForTrial {
                since: status.since,
                responses,
            },
            (_, Some(share)) => NextStep::Enforce {
                share_percent: share.percent(),
                clean_for_seconds,
                responses,
            },
        })
    }

    fn stepped_back(&self, standing: &Standing) -> Result<Option<NextStep>, DeskError> {
        if !standing.status.state.is_held || !standing.is_on_its_way() {
            return Ok(None);
        }
        let request = PageRequest::first(1);
        let last = self
            .policies
            .transitions(Some(&standing.status.key), &request)?;
        let last = last.items.into_iter().next();
        let last = last.filter(|step| step.cause == TransitionCause::StepBack);
        Ok(last.map(|step| NextStep::SteppedBack {
            at: step.change.at,
            from: step.from.stage.to_string(),
            why: step.change.why,
            groups: standing.open.len() as u64,
        }))
    }

    /// How many responses carried a revision since the route is where it is.
    fn responses(&self, status: &RouteStatus, revision: RevisionId) -> Result<u64, DeskError> {
        let counts = self.reports.responses(&status.key, status.since)?;
        let of_revision = counts.iter().filter(|it| it.revision == Some(revision));
        Ok(of_revision.map(|it| it.count).sum())
    }
}

fn review_connections(standing: &Standing, findings: &[Finding]) -> NextStep {
    NextStep::ReviewConnections {
        connections: connections(findings),
        hosts: hosts(findings),
        has_draft: standing.draft.is_some(),
    }
}

fn review_violations(open: &[Finding]) -> NextStep {
    let origins: HashSet<&str> = open.iter().map(|it| &*it.blocked).collect();
    NextStep::ReviewViolations {
        groups: open.len() as u64,
        origins: origins.len() as u64,
        reports: open.iter().map(|it| it.count).sum(),
    }
}
