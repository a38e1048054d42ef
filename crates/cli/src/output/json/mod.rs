//! Results for programs. The fields are described in `docs/schema/check.schema.json`.

mod audit;
mod bulk;
mod check;
mod diff;
mod lint;
mod normalize;
mod operations;
mod recorded;
mod rules;
mod test;

pub(crate) use audit::audit;
pub(crate) use bulk::bulk;
pub(crate) use check::check;
pub(crate) use diff::diff;
pub(crate) use lint::lint;
pub(crate) use normalize::normalize;
pub(crate) use operations::{rollout, suggestion};
pub(crate) use recorded::recorded;
pub(crate) use rules::{rule, rules};
pub(crate) use test::test;

/// Raised when a field is removed or changes its meaning; a field that is added leaves it.
const SCHEMA_VERSION: u32 = 1;
