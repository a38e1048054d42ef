//! The server as a whole, over real connections.
#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap, and so may what it is helped by"
)]

mod api;
mod collector;
mod dashboard;
mod desk;
mod harness;
mod kill;
mod serving;
