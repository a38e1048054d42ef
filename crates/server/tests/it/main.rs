//! The server as a whole, over real connections.

mod api;
mod collector;
mod harness;
mod kill;
mod serving;
