//! Results for people, on a terminal.

mod annotate;
mod bulk;
mod check;
mod mistakes;
mod notes;
mod rows;

pub(crate) use bulk::bulk;
pub(crate) use check::check;
