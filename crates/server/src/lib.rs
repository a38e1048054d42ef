//! The server behind `connect-src serve`: it takes a live application from no policy to an enforced one.
//!
//! A report's way: socket → [`endpoints`] → [`ingest`] → the crate `connect-src-report` → [`store`] →
//! [`api`]. A response's way: upstream → proxy → [`rollout`] says which headers → browser.

pub mod api;
mod browser;
mod capped;
pub mod clock;
pub mod config;
mod dashboard;
pub mod demo;
pub mod desk;
mod draw;
pub mod endpoints;
pub mod events;
pub mod export;
pub mod ingest;
pub mod limits;
pub mod logging;
pub mod metrics;
mod policy_text;
pub mod proxy;
pub mod rollout;
pub mod server;
mod sessions;
pub mod store;
pub mod suggest;
pub mod tls;
pub mod tokens;
pub mod words;

pub use config::Config;
pub use connect_src_tower::Merge;
pub use policy_text::{PolicyText, PolicyTextError};
