//! How results are shown: one file for each format. Nothing else in the command prints.

pub(crate) mod github;
pub(crate) mod har;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod log;
mod moment;
pub(crate) mod progress;
pub(crate) mod prose;
pub(crate) mod sarif;
mod stream;
pub(crate) mod style;

pub(crate) use connect_src_server::words::sanitize;
pub(crate) use prose::{Prose, code};
pub(crate) use stream::{Output, error, stderr};
