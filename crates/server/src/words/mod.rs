//! What the engine found, in words. The terminal, JSON and the dashboard say it alike.

mod prose;
pub mod sanitize;
mod why;

pub use prose::{Piece, Prose, code};
pub use why::{Case, Place, Why};
