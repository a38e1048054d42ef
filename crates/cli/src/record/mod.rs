//! What pages connect to, recorded in a real browser.
//!
//! An installed Chromium is driven over the DevTools protocol: [`session`] attaches to pages, frames and workers before
//! anything runs in them, [`recorder`] makes a list of what they say, [`crawl`] goes from page to page.

mod browser;
mod cdp;
mod classify;
pub(crate) mod connection;
pub(crate) mod coverage;
mod crawl;
pub(crate) mod links;
mod place;
mod protocol;
mod recorder;
mod run;
mod session;
mod targets;
mod verdict;
mod visit;

pub(crate) use connection::Recorded;
pub(crate) use crawl::Report;
pub(crate) use recorder::Recording;
pub(crate) use run::{Ending, Outcome, record};
