//! Tests of the command as its users run it.

mod examples;
mod hostile;
mod json;
mod live_page;
mod sessions;
mod streams;
mod support;
