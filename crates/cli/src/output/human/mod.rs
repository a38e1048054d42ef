//! Results for people, on a terminal.

mod annotate;
mod bulk;
mod check;
mod mistakes;
mod notes;
mod reports;
mod rollout;
mod rows;
mod suggestion;
mod table;

pub(crate) use bulk::bulk;
pub(crate) use check::check;
pub(crate) use reports::reports;
pub(crate) use rollout::rollout;
pub(crate) use suggestion::{policy, suggestion};
