//! Reads the violation reports that browsers send, and judges each of them.
//!
//! A post becomes [`Record`]s ([`parse`]), each record gets one [`Judgement`] ([`judge`]) by the engine, and
//! records that tell of the same finding share a [`GroupKey`]. Before anything is kept, a [`Scrub`] takes
//! out of the URLs what nobody needs.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use connect_src_report::{Class, GroupKey, JudgeContext, NoiseList, Scrub, judge, parse};
//!
//! let body = br#"{"csp-report":{"document-uri":"https://app.example/cart?user=7","referrer":"",
//!     "effective-directive":"connect-src","violated-directive":"connect-src","disposition":"report",
//!     "original-policy":"connect-src 'self'; report-uri /csp","status-code":200,"line-number":4,
//!     "blocked-uri":"https://api.example/v1?q=x","source-file":"https://app.example/app.js"}}"#;
//! let mut record = parse("application/csp-report", body)?.records.remove(0);
//!
//! let context = JudgeContext::new(SystemTime::UNIX_EPOCH, NoiseList::builtin());
//! let judgement = judge(&record, &context);
//! assert_eq!(judgement.class, Class::Genuine);
//! assert_eq!(judgement.reason.to_string(), "the reported policy blocks it, as the browser says");
//!
//! let key = GroupKey::of(&record, &judgement);
//! assert_eq!((&*key.site, &*key.blocked), ("https://app.example", "https://api.example"));
//!
//! Scrub::default().record(&mut record);
//! assert_eq!(record.url.as_deref(), Some("https://app.example/cart"));
//! # Ok::<(), connect_src_report::NotAReport>(())
//! ```

mod cap;
mod group;
mod judge;
mod noise;
mod origins;
mod record;
mod scrub;
mod wire;

pub use cap::Shortened;
pub use group::GroupKey;
pub use judge::{Aspect, Class, JudgeContext, Judgement, Missing, Reason, Sent, SentPolicy, judge};
pub use noise::{NoiseError, NoiseKind, NoiseList, NoiseSource};
pub use record::{Blocked, OtherReport, Record};
pub use scrub::Scrub;
pub use wire::{
    Container, Format, MAX_BODY_BYTES, MAX_ENTRIES, NotAReport, NotAReportKind, Parsed, Spelling,
    Unreadable, UnreadableKind, Wire, parse,
};
