//! Tests of the command as its users run it.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod examples;
mod forms;
mod hostile;
mod json;
mod lint;
mod live_page;
mod scan;
mod sessions;
mod streams;
mod support;
mod token;
