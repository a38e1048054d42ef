//! Where policies, targets and connections come from: one file for each format.

mod admin;
mod capped;
mod config_json;
mod delivered;
pub(crate) mod evidence;
mod file;
pub(crate) mod har;
mod header_lines;
mod headers_file;
mod html;
pub(crate) mod json_lines;
mod keyboard;
mod lines;
mod page;
mod policies;
pub(crate) mod policy_tests;
mod policy_text;
mod response_headers;
mod sent_headers;
pub(crate) mod source_tree;
pub(crate) mod target;
mod whole;

pub(crate) use admin::Admin;
pub(crate) use file::Input;
pub(crate) use keyboard::{Keyboard, enter_pressed};
pub(crate) use policies::{Policies, Provenance};
pub(crate) use sent_headers::SentHeaders;
pub(crate) use whole::write_whole;
