//! The state machine of one route. Time, randomness and figures are arguments.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::health::Sample;
use crate::config::{Plan, Share, StepBack};

/// The number of a policy revision. Every text that was ever to be sent has one.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct RevisionId(pub u32);

/// The three stages of a rollout.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum StageName {
    /// A sample of the responses reports every connection.
    Observe,
    /// The policy is sent, and only reports.
    Trial,
    /// The policy is enforced for a share of the clients.
    Enforce,
}

/// Where a route stands, with the policy that is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A sample of the responses reports every connection.
    Observe,
    /// The revision is sent, and only reports.
    Trial(RevisionId),
    /// The revision is enforced for a share of the clients, and only reports for the others.
    Enforce(RevisionId, Share),
}

/// The state of one route.
///
/// ```
/// use connect_src_server::config::{Plan, Share};
/// use connect_src_server::rollout::{Advance, RevisionId, Sample, Stage, State};
///
/// let plan = Plan::default();
/// let policy = RevisionId(2);
/// let on_trial = State::new().propose(policy).unwrap();
/// assert_eq!(on_trial.stage, Stage::Trial(policy));
/// let advance = Advance::next(Sample::default());
/// let enforced = on_trial.advance(advance, &plan).unwrap();
/// assert_eq!(enforced.stage, Stage::Enforce(policy, Share::from_percent(1.0).unwrap()));
/// assert_eq!(enforced.back().unwrap(), on_trial);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct State {
    /// The stage, with the policy that is on its way.
    pub stage: Stage,
    /// The policy that was enforced for everybody before; it still is, for every client for which
    /// the policy on its way is not enforced.
    pub baseline: Option<RevisionId>,
    /// Whether an automatic step back forbids to advance until the rate has recovered.
    pub is_held: bool,
}

/// What a step forward is asked with.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Advance {
    /// The share to go to; `None` for the next one of the plan.
    pub share: Option<Share>,
    /// What was counted for the policy on its way.
    pub sample: Sample,
    /// Whether to go although the figures speak against it.
    pub is_forced: bool,
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no policy to put on trial.
    NothingProposed,
    /// This policy is on its way already.
    AlreadyProposed,
    /// The policy is enforced for everybody; there is nothing further.
    Finished,
    /// The route is observed; there is nothing before that.
    AtStart,
    /// Going forward must raise the share.
    ShareDoesNotRise {
        /// The share now.
        from: Share,
        /// The share that was asked for.
        to: Share,
    },
    /// Too many genuine violations.
    Unhealthy {
        /// What was counted.
        sample: Sample,
        /// The rate that must not be reached.
        limit: f64,
    },
    /// After an automatic step back there are too few responses yet to say that the rate has recovered.
    TooFewResponses {
        /// What was counted.
        sample: Sample,
        /// The least responses.
        minimum: u32,
    },
}

impl State {
    /// A route that nobody has touched: it is observed.
    pub const fn new() -> Self {
        Self {
            stage: Stage::Observe,
            baseline: None,
            is_held: false,
        }
    }

    /// Puts a policy on trial. What is enforced for everybody stays enforced meanwhile.
    pub fn propose(self, revision: RevisionId) -> Result<Self, Refusal> {
        if self.stage.revision() == Some(revision) {
            return Err(Refusal::AlreadyProposed);
        }
        let baseline = match self.stage {
            Stage::Enforce(enforced, Share::ALL) => Some(enforced),
            _ => self.baseline,
        };
        Ok(Self {
            stage: Stage::Trial(revision),
            baseline: baseline.filter(|one| *one != revision),
            is_held: false,
        })
    }

    /// Goes one step forward. Refused where the figures speak against it.
    pub fn advance(self, advance: Advance, plan: &Plan) -> Result<Self, Refusal> {
        let (revision, from) = match self.stage {
            Stage::Observe => return Err(Refusal::NothingProposed),
            Stage::Enforce(_, Share::ALL) => return Err(Refusal::Finished),
            Stage::Trial(revision) => (revision, Share::NONE),
            Stage::Enforce(revision, share) => (revision, share),
        };
        let next = || plan.steps.iter().copied().find(|step| *step > from);
        let to = advance.share.or_else(next).unwrap_or(Share::ALL);
        if to <= from {
            return Err(Refusal::ShareDoesNotRise { from, to });
        }
        if !advance.is_forced {
            self.check_health(advance.sample, plan)?;
        }
        Ok(Self {
            stage: Stage::Enforce(revision, to),
            is_held: false,
            ..self
        })
    }

    /// Goes one stage back: from enforcing to the trial, from the trial to what was before it.
    pub fn back(self) -> Result<Self, Refusal> {
        let (stage, baseline) = match (self.stage, self.baseline) {
            (Stage::Observe, None) => return Err(Refusal::AtStart),
            (Stage::Enforce(revision, _), baseline) => (Stage::Trial(revision), baseline),
            (Stage::Trial(_), Some(before)) => (Stage::Enforce(before, Share::ALL), None),
            (Stage::Trial(_), None) | (Stage::Observe, Some(_)) => (Stage::Observe, None),
        };
        Ok(Self {
            stage,
            baseline,
            is_held: false,
        })
    }

    /// Steps back by itself if too many genuine violations come of what is enforced. `sample` tells
    /// what was counted for the enforced responses of a revision.
    pub fn step_back(self, plan: &Plan, sample: impl Fn(RevisionId) -> Sample) -> Option<Self> {
        let limits = plan.step_back?;
        let is_bad = |revision| sample(revision).is_over(limits.rate.fraction(), limits.minimum);
        match self.stage {
            Stage::Enforce(revision, _) if is_bad(revision) => Some(Self {
                stage: Stage::Trial(revision),
                is_held: true,
                ..self
            }),
            _ if self.enforced_baseline().is_some_and(is_bad) => Some(Self {
                baseline: None,
                ..self
            }),
            _ => None,
        }
    }

    /// The baseline, if any client gets it.
    pub fn enforced_baseline(self) -> Option<RevisionId> {
        match self.stage {
            Stage::Enforce(_, Share::ALL) => None,
            _ => self.baseline,
        }
    }

    /// For how many clients anything is enforced.
    pub fn enforced_share(self) -> Share {
        match self.stage {
            _ if self.baseline.is_some() => Share::ALL,
            Stage::Enforce(_, share) => share,
            Stage::Observe | Stage::Trial(_) => Share::NONE,
        }
    }

    fn check_health(self, sample: Sample, plan: &Plan) -> Result<(), Refusal> {
        let Some(limits) = plan.step_back else {
            return Ok(());
        };
        let StepBack { minimum, .. } = limits;
        let limit = if self.is_held {
            limits.rate.fraction() * limits.recovery.fraction()
        } else {
            limits.rate.fraction()
        };
        if self.is_held && sample.responses < u64::from(minimum) {
            return Err(Refusal::TooFewResponses { sample, minimum });
        }
        if sample.is_over(limit, minimum) {
            return Err(Refusal::Unhealthy { sample, limit });
        }
        Ok(())
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl Stage {
    /// Its name.
    pub const fn name(self) -> StageName {
        match self {
            Self::Observe => StageName::Observe,
            Self::Trial(_) => StageName::Trial,
            Self::Enforce(..) => StageName::Enforce,
        }
    }

    /// The policy that is on its way.
    pub const fn revision(self) -> Option<RevisionId> {
        match self {
            Self::Observe => None,
            Self::Trial(revision) | Self::Enforce(revision, _) => Some(revision),
        }
    }

    /// For how many clients it is enforced.
    pub const fn share(self) -> Share {
        match self {
            Self::Enforce(_, share) => share,
            Self::Observe | Self::Trial(_) => Share::NONE,
        }
    }

    /// The stage of these parts; `None` where they do not fit.
    pub fn from_parts(name: StageName, revision: Option<RevisionId>, share: Share) -> Option<Self> {
        match name {
            StageName::Observe => Some(Self::Observe),
            StageName::Trial => revision.map(Self::Trial),
            StageName::Enforce => revision.map(|revision| Self::Enforce(revision, share)),
        }
    }
}

impl Advance {
    /// To the next share of the plan, if the figures allow it.
    pub fn next(sample: Sample) -> Self {
        Self {
            share: None,
            sample,
            is_forced: false,
        }
    }
}

impl StageName {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Trial => "trial",
            Self::Enforce => "enforce",
        }
    }

    /// Finds a stage by its word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Observe, Self::Trial, Self::Enforce]
            .into_iter()
            .find(|stage| stage.as_str() == word)
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enforce(_, share) => write!(formatter, "enforce {share}"),
            Self::Observe | Self::Trial(_) => write!(formatter, "{}", self.name()),
        }
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingProposed => {
                formatter.write_str("there is no policy to go forward with; propose one first")
            }
            Self::AlreadyProposed => {
                formatter.write_str("this policy is on its way already; advance it, or step back")
            }
            Self::Finished => formatter
                .write_str("the policy is enforced for everybody; there is nothing further"),
            Self::AtStart => {
                formatter.write_str("the route is only observed; there is nothing before that")
            }
            Self::ShareDoesNotRise { from, to } => write!(
                formatter,
                "expected a share over {from}, found {to}; to lower it, step back and advance again"
            ),
            Self::Unhealthy { sample, limit } => write!(
                formatter,
                "{} genuine violations in {} responses are over the limit of {}; look at them, or force \
                 the step",
                sample.genuine,
                sample.responses,
                Percent(*limit),
            ),
            Self::TooFewResponses { sample, minimum } => write!(
                formatter,
                "it stepped back by itself; expected {minimum} responses to say that the rate has \
                 recovered, found {}; wait, or force the step",
                sample.responses
            ),
        }
    }
}

impl std::error::Error for Refusal {}

/// A fraction, printed in percent.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}%", (self.0 * 10_000.0).round() / 100.0)
    }
}

#[cfg(test)]
mod tests;
