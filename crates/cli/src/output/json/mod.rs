//! Results for programs. The fields are described in `docs/schema/check.schema.json`.

mod audit;
mod bulk;
mod check;
mod diff;
mod gathered;
mod generated;
mod lint;
mod normalize;
mod operations;
mod recorded;
mod rules;
mod scan;
mod simulation;
mod test;
mod vendors;

pub(crate) use audit::audit;
pub(crate) use bulk::bulk;
pub(crate) use check::check;
pub(crate) use diff::diff;
pub(crate) use generated::generated;
pub(crate) use lint::lint;
pub(crate) use normalize::normalize;
pub(crate) use operations::{rollout, suggestion, token_made, token_revoked, tokens};
pub(crate) use recorded::recorded;
pub(crate) use rules::{rule, rules};
pub(crate) use scan::scan;
pub(crate) use simulation::simulation;
pub(crate) use test::test;
pub(crate) use vendors::vendors;

/// Raised when a field is removed or changes its meaning; a field that is added leaves it.
const SCHEMA_VERSION: u32 = 1;
