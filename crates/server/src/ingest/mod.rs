//! From a post to the store: a queue that is bounded in bytes, the judge, batches.
//!
//! A [`Job`] is a post that was read. The [`Queue`] takes it or sheds it, by what is known of it before it is
//! judged: the fuller the queue, the more a report must be worth. One thread takes jobs out, judges them,
//! adds them up and commits them. What became of a post is remembered, so that the same post costs a hash
//! and a few counts ([`Repeats`]). Whatever is shed anywhere is counted.

mod address;
mod judge;
mod memo;
mod outcome;
mod queue;
mod repeats;
mod text;
mod worker;

pub use outcome::Outcome;
pub use queue::{Content, Job, Queue, Refused, Worth};
pub use repeats::{PostHash, Repeats};
pub use worker::{Health, HealthReporter, Ingest, Sheds};
