//! Results for people, on a terminal.

mod annotate;
mod audit;
mod bulk;
mod check;
mod diff;
mod lint;
mod live;
mod mistakes;
mod normalize;
mod notes;
mod recorded;
mod reports;
mod rollout;
mod rows;
mod rules;
mod serving;
mod suggestion;
mod table;
mod test;

pub(crate) use audit::audit;
pub(crate) use bulk::bulk;
pub(crate) use check::{check, in_browsers};
pub(crate) use diff::diff;
pub(crate) use lint::{baseline_written, fix_diff, fixed_file, fixed_text, lint};
pub(crate) use live::{Doing, Live};
pub(crate) use normalize::normalize;
pub(crate) use recorded::recorded;
pub(crate) use reports::reports;
pub(crate) use rollout::rollout;
pub(crate) use rules::{rule, rules};
pub(crate) use serving::{Greeting, greeting, origin};
pub(crate) use suggestion::suggestion;
pub(crate) use test::test;
