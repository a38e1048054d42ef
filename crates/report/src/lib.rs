//! Reads the violation reports that browsers send, and judges each of them.
//!
//! A post becomes [`Record`]s ([`parse`]), each record gets one [`Judgement`] ([`judge`]) from the
//! engine, and records that tell of the same finding share one [`GroupKey`]. Before anything is
//! kept, a [`Scrub`] takes out of the URLs what nobody needs.

mod group;
mod judge;
mod noise;
mod record;
mod scrub;
mod wire;

pub use group::GroupKey;
pub use judge::{Class, JudgeContext, Judgement, Reason, Sent, SentPolicy, judge};
pub use noise::{NoiseError, NoiseKind, NoiseList, NoiseSource};
pub use record::{Blocked, OtherReport, Record, Shortened};
pub use scrub::Scrub;
pub use wire::{
    Container, Format, MAX_BODY_BYTES, NotAReport, NotAReportKind, Parsed, Spelling, Unreadable,
    UnreadableKind, Wire, parse,
};
