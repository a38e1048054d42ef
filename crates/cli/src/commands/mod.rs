//! One file for each subcommand.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod baseline;
pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod lint;
pub(crate) mod normalize;
pub(crate) mod record;
pub(crate) mod reports;
pub(crate) mod rollout;
pub(crate) mod scan;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod suggest;
pub(crate) mod test;
pub(crate) mod token;
pub(crate) mod vendors;
