//! The rollout of a route: from observing over a trial to enforcing, and back.
//!
//! [`State`] is the state machine; it knows neither clock nor store. [`Health`] counts what
//! automatic steps back are decided by. [`Mark`] ties reports to what was sent. [`Rollouts`] has all
//! routes, and says which headers a response gets. `docs/design/rollout.md` has the reasons.

mod client;
mod configure;
mod counter;
mod delivery;
mod health;
mod mark;
mod registry;
mod state;
mod table;

pub use client::Client;
pub use delivery::{Delivery, Role};
pub use health::{Health, Sample};
pub(crate) use mark::keyed;
pub use mark::{Mark, MarkKey};
pub(crate) use registry::lock;
pub use registry::{RolloutError, Rollouts, RouteKey, RouteStatus};
pub use state::{Advance, Refusal, RevisionId, Stage, StageName, State};
