//! What the rules know of the world, each entry with its source.

pub(crate) mod bypasses;
pub(crate) mod receivers;
