//! What a report is worth: genuine, noise, stale, or a forgery.

use core::fmt;
use std::time::SystemTime;

use connect_src::{CspList, Disposition, Origin, Policy};
use serde::{Deserialize, Serialize};

use crate::noise::NoiseList;
use crate::record::Record;

/// What a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A connection of the site itself that a policy of ours blocks or would block.
    Genuine,
    /// Caused by a browser extension.
    Extension,
    /// Caused by something between the site and its reader: antivirus, provider, in-app browser,
    /// translation proxy.
    Injected,
    /// The policy in force now allows it.
    StalePolicy,
    /// No browser blocks this URL under the reported policy.
    Inconsistent,
    /// The policy is none that we sent.
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

    /// Finds a class by its word.
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Judgement {
    /// What the report is.
    pub class: Class,
    /// How likely it is that the report tells of the site itself: 0 for certain noise, 100 for a
    /// certain finding.
    pub score: u8,
    /// Why. Prints as a sentence; its [`code`](Reason::code) is stable.
    pub reason: Reason,
}

/// Why a report has its class.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The engine blocks the connection under the reported policy too.
    Blocked,
}

impl Reason {
    /// A short name, for counters and filters. It does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked => formatter.write_str("the reported policy blocks the connection"),
        }
    }
}

/// A policy that we sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SentPolicy {
    /// The policy.
    pub policy: Policy,
    /// When it was last sent; `None` while it still is.
    pub until: Option<SystemTime>,
}

impl SentPolicy {
    /// A policy that is still sent.
    pub fn new(text: &str, disposition: Disposition) -> Self {
        Self {
            policy: Policy::from_header(text, disposition),
            until: None,
        }
    }

    /// The same policy, no longer sent since then.
    pub fn until(mut self, last_sent: SystemTime) -> Self {
        self.until = Some(last_sent);
        self
    }
}

/// What is known of the policy that the post's revision mark names.
#[derive(Clone, Copy, Debug)]
pub enum Sent<'a> {
    /// Nobody keeps a list of what was sent; no policy is foreign.
    Unknown,
    /// The mark is missing, or its tag does not fit: we never sent such a policy.
    Never,
    /// The mark is ours: one of these texts was sent with it.
    OneOf(&'a [SentPolicy]),
}

/// What a judgement needs to know beside the report.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct JudgeContext<'a> {
    /// When the post came.
    pub now: SystemTime,
    /// What the post's revision mark names.
    pub sent: Sent<'a>,
    /// The policies that the page is served with now; `None` if that is not known.
    pub in_force: Option<&'a CspList>,
    /// The origins of the site. Empty if they are not known.
    pub first_party: &'a [Origin],
    /// The known sources of noise.
    pub noise: &'a NoiseList,
}

impl<'a> JudgeContext<'a> {
    /// A context that knows nothing but the time and the noise sources.
    pub fn new(now: SystemTime, noise: &'a NoiseList) -> Self {
        Self {
            now,
            sent: Sent::Unknown,
            in_force: None,
            first_party: &[],
            noise,
        }
    }

    /// The same context, with what the revision mark names.
    pub fn sent(mut self, sent: Sent<'a>) -> Self {
        self.sent = sent;
        self
    }

    /// The same context, with the policies that the page is served with now.
    pub fn in_force(mut self, policies: &'a CspList) -> Self {
        self.in_force = Some(policies);
        self
    }

    /// The same context, with the origins of the site.
    pub fn first_party(mut self, origins: &'a [Origin]) -> Self {
        self.first_party = origins;
        self
    }
}

/// Judges a report.
pub fn judge(record: &Record, context: &JudgeContext<'_>) -> Judgement {
    let _ = (record, context);
    Judgement {
        class: Class::Genuine,
        score: 50,
        reason: Reason::Blocked,
    }
}
