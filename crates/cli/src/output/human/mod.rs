//! Results for people, on a terminal.

mod annotate;
mod bulk;
mod check;
mod miss;
mod mistakes;
mod notes;
mod rows;
mod why;

pub(crate) use bulk::bulk;
pub(crate) use check::check;
