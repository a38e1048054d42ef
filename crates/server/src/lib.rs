//! The server behind `connect-src serve`: it takes a live application from no policy to an enforced one.
//!
//! A report's way: socket → [`endpoints`] → [`ingest`] → the crate `connect-src-report` → [`store`] →
//! [`api`]. A response's way: upstream → proxy → [`rollout`] says which headers → browser.

mod capped;
pub mod clock;
pub mod config;
mod merge;
mod policy_text;
pub mod rollout;

pub use config::Config;
pub use merge::Merge;
pub use policy_text::{PolicyText, PolicyTextError};
