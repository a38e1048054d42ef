//! Decisions recorded from real browsers (`vectors/`), and the engine's answer to each.

pub mod vector;

pub use vector::{Vector, load};
