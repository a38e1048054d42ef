//! Decisions recorded from real browsers (`vectors/`), and the engine's answer to each.

pub mod expected_failures;
pub mod outcome;
pub mod vector;

pub use expected_failures::ExpectedFailures;
pub use outcome::{Outcome, Tally, decide_all};
pub use vector::{Vector, load};
