//! From a post to the store: a queue that is bounded in bytes, the judge, batches.
//!
//! A [`Job`] is a post that was read. The [`Queue`] takes it or sheds it, by what is known of it before it is
//! judged: the fuller the queue, the more a report must be worth. One thread takes jobs out, judges them,
//! adds them up and commits them. Whatever is shed anywhere is counted.

mod browser;
mod judge;
mod queue;
mod worker;

pub use queue::{Job, Queue, Refused, Worth};
pub use worker::{Health, HealthReporter, Ingest, Sheds};
