//! What a report is worth: a finding, noise, out of date, or made up.

mod aspect;
mod browsers;
mod case;
mod connection;
mod context;
mod foreign;
mod reason;
mod score;

use core::fmt;

use connect_src::Disposition;
use serde::{Deserialize, Serialize};

use crate::record::{Record, disposition};
use case::Case;

pub use aspect::Aspect;
pub use context::{JudgeContext, Sent, SentPolicy};
pub use reason::{Missing, Reason};

/// What a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The site itself does what a policy of ours blocks, or would block if it were enforced.
    Genuine,
    /// Caused by a browser extension.
    Extension,
    /// Caused by something between the site and its reader: antivirus, provider, in-app browser,
    /// translation proxy.
    Injected,
    /// The policies in force now allow it.
    StalePolicy,
    /// No browser blocks this under the reported policy.
    Inconsistent,
    /// The policy is none that we sent, or the page none of ours.
    ForeignPolicy,
    /// The report lacks what a judgement needs.
    Unreadable,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 7] = [
        Self::Genuine,
        Self::Extension,
        Self::Injected,
        Self::StalePolicy,
        Self::Inconsistent,
        Self::ForeignPolicy,
        Self::Unreadable,
    ];

    /// The class as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::Extension => "extension",
            Self::Injected => "injected",
            Self::StalePolicy => "stale-policy",
            Self::Inconsistent => "inconsistent",
            Self::ForeignPolicy => "foreign-policy",
            Self::Unreadable => "unreadable",
        }
    }

    /// Finds a class by its word, whatever its ASCII case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|class| class.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The class of a report, why, and how much it is worth.
///
/// It is written as an object with `class`, `score`, `reason` (the code), `why` (the words) and
/// `disposition`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Judgement {
    /// What the report is.
    pub class: Class,
    /// How likely it is that the report tells of the site itself: 0 for certain noise, 100 for a
    /// certain finding. A genuine report has at least 40, any other at most 30.
    pub score: u8,
    /// Why. Prints as a fragment; its [`code`](Reason::code) is for programs.
    pub reason: Reason,
    /// Whether the policy was enforced: as the browser says, or else as we sent it.
    pub disposition: Option<Disposition>,
}

impl Serialize for Judgement {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Judged<'j> {
            class: Class,
            score: u8,
            reason: &'static str,
            why: String,
            #[serde(with = "disposition")]
            disposition: &'j Option<Disposition>,
        }
        let judged = Judged {
            class: self.class,
            score: self.score,
            reason: self.reason.code(),
            why: self.reason.to_string(),
            disposition: &self.disposition,
        };
        judged.serialize(serializer)
    }
}

/// Judges a report: exactly one class, by the first of these questions that has an answer.
///
/// 1. Did we send this policy, to this page? If not, [`Class::ForeignPolicy`].
/// 2. Does the report show a known source of noise? [`Class::Extension`] or [`Class::Injected`].
/// 3. Does it say what was blocked, by which directive, under which policy? [`Class::Unreadable`].
/// 4. Would a browser have blocked it? The engine is asked, as the browser that the report names, else as
///    all of them. What the report withholds (a path, a host, the target of a redirect) is taken to be
///    whatever the policy blocks. Nobody blocks it: [`Class::Inconsistent`].
/// 5. Do the policies in force allow it now? [`Class::StalePolicy`].
/// 6. [`Class::Genuine`].
///
/// A URL that the policy allows may have been redirected to one that it blocks: Chromium, Firefox and
/// WebKit all report the URL from before the redirect. But none of them names a script then (a
/// synchronous `XMLHttpRequest` in Chromium aside), so such a report is genuine without a script and
/// inconsistent with one.
///
/// ```
/// use std::time::SystemTime;
/// use connect_src_report::{Class, JudgeContext, NoiseList, judge, parse};
///
/// let judged = |blocked: &str| {
///     let body = format!(
///         r#"{{"csp-report":{{"document-uri":"https://app.example/","effective-directive":"connect-src",
///         "original-policy":"connect-src 'self' wss://live.example","blocked-uri":"{blocked}"}}}}"#
///     );
///     let record = parse("application/csp-report", body.as_bytes())?.records.remove(0);
///     let context = JudgeContext::new(SystemTime::now(), NoiseList::builtin());
///     Ok::<_, connect_src_report::NotAReport>(judge(&record, &context).class)
/// };
/// assert_eq!(judged("https://api.example/v1")?, Class::Genuine);
/// assert_eq!(judged("http://localhost:3000/")?, Class::Genuine);
/// assert_eq!(judged("chrome-extension")?, Class::Extension);
/// assert_eq!(judged("https://nikkomsgchannel/e?0")?, Class::Injected);
/// assert_eq!(judged("wss://live.example/feed")?, Class::Inconsistent);
/// # Ok::<(), connect_src_report::NotAReport>(())
/// ```
pub fn judge(record: &Record, context: &JudgeContext<'_>) -> Judgement {
    let case = Case::new(record, context);
    let reason = case
        .foreign()
        .or_else(|| case.noise())
        .or_else(|| case.unreadable())
        .unwrap_or_else(|| case.by_the_engine());
    Judgement {
        class: reason.class(),
        score: score::of(&case, &reason),
        disposition: record.disposition.or_else(|| context.sent.disposition()),
        reason,
    }
}
