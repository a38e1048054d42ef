//! What could be left out.

pub(super) mod duplicate_source;
pub(super) mod repeated_default;
pub(super) mod subsumed_source;
pub(super) mod unused_source;
