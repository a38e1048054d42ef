//! Results for people, on a terminal.

mod annotate;
mod bulk;
mod check;
mod live;
mod mistakes;
mod notes;
mod reports;
mod rollout;
mod rows;
mod serving;
mod suggestion;
mod table;

pub(crate) use bulk::bulk;
pub(crate) use check::check;
pub(crate) use live::{Doing, Live};
pub(crate) use reports::reports;
pub(crate) use rollout::rollout;
pub(crate) use serving::{Greeting, greeting, origin};
pub(crate) use suggestion::suggestion;
