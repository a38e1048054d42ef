//! Why the desk did not do what it was asked to.

use thiserror::Error;

use crate::policy_text::PolicyTextError;
use crate::rollout::RolloutError;
use crate::store::StoreError;

/// Why the desk did not do what it was asked to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DeskError {
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The policy cannot be sent.
    #[error(transparent)]
    Policy(#[from] PolicyTextError),
    /// Somebody changed it meanwhile, or it was done already.
    #[error("{0}")]
    Conflict(String),
    /// The route is unknown, or a step is not to be taken.
    #[error(transparent)]
    Rollout(#[from] RolloutError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}
