use core::fmt;
use std::time::Duration;

use connect_src::BrowserProfile;

use super::Class;
use crate::noise::NoiseSource;

/// Why a report has its class. Prints as a fragment in which no word comes from the report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The engine blocks it under the reported policy too.
    Blocked,
    /// The policy allows the URL, but not every URL that it can be redirected to.
    Redirected,
    /// Another browser than the one that the report names would block it.
    BlockedElsewhere(BrowserProfile),
    /// The policy has the directive, but what it says of this can be decided in the page alone: inline
    /// code, `eval()`, a directive that is not about requests.
    DecidedInThePage,
    /// A known source of noise; with what it is, in words.
    Noise {
        /// [`Class::Extension`] or [`Class::Injected`].
        class: Class,
        /// What it is.
        what: String,
    },
    /// The policies in force allow it now; with the time since the reported one was last sent, if known.
    AllowedNow(Option<Duration>),
    /// Every browser allows it under the reported policy, and no redirect can explain it.
    Allowed,
    /// Only a redirect could explain it, but the report names a script, which no browser does then.
    AllowedWithScript,
    /// The policy has no directive for this.
    NoSuchDirective,
    /// The directive is about URLs, the report about inline code or `eval()`.
    NotAboutUrls,
    /// The revision mark is missing or not ours.
    NeverSent,
    /// The mark is ours, the policy's sources are not.
    OtherPolicy,
    /// The document is on none of the site's origins.
    OtherDocument,
    /// The report does not say something, or not so that it can be read.
    Unreadable(Missing),
}

/// What a report lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Missing {
    /// The directive.
    Directive,
    /// What was blocked.
    Blocked,
    /// The policy.
    Policy,
}

impl Reason {
    pub(super) fn noise(source: &NoiseSource) -> Self {
        Self::Noise {
            class: source.class,
            what: source.what.clone(),
        }
    }

    /// The class that the reason makes.
    pub fn class(&self) -> Class {
        match self {
            Self::Blocked
            | Self::Redirected
            | Self::BlockedElsewhere(_)
            | Self::DecidedInThePage => Class::Genuine,
            Self::Noise { class, .. } => *class,
            Self::AllowedNow(_) => Class::StalePolicy,
            Self::Allowed
            | Self::AllowedWithScript
            | Self::NoSuchDirective
            | Self::NotAboutUrls => Class::Inconsistent,
            Self::NeverSent | Self::OtherPolicy | Self::OtherDocument => Class::ForeignPolicy,
            Self::Unreadable(_) => Class::Unreadable,
        }
    }

    /// A short name, for counters and filters. It does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Redirected => "redirected",
            Self::BlockedElsewhere(_) => "blocked-elsewhere",
            Self::DecidedInThePage => "decided-in-the-page",
            Self::Noise { .. } => "noise",
            Self::AllowedNow(_) => "allowed-now",
            Self::Allowed => "allowed",
            Self::AllowedWithScript => "allowed-with-script",
            Self::NoSuchDirective => "no-such-directive",
            Self::NotAboutUrls => "not-about-urls",
            Self::NeverSent => "never-sent",
            Self::OtherPolicy => "other-policy",
            Self::OtherDocument => "other-document",
            Self::Unreadable(Missing::Directive) => "no-directive",
            Self::Unreadable(Missing::Blocked) => "nothing-blocked",
            Self::Unreadable(Missing::Policy) => "no-policy",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Blocked => "the reported policy blocks it, as the browser says",
            Self::Redirected => {
                "the reported policy allows this URL, so it was redirected to one that the policy blocks"
            }
            Self::BlockedElsewhere(profile) => {
                return write!(
                    formatter,
                    "{profile} blocks it under the reported policy; the browser that reports is another one"
                );
            }
            Self::DecidedInThePage => {
                "the reported policy has the directive; whether it is violated shows in the page alone"
            }
            Self::Noise { what, .. } => return write!(formatter, "caused by {what}"),
            Self::AllowedNow(since) => return allowed_now(formatter, *since),
            Self::Allowed => "no browser blocks it under the reported policy",
            Self::AllowedWithScript => {
                "no browser blocks it under the reported policy; a redirect could explain it, but \
                 browsers name no script then"
            }
            Self::NoSuchDirective => "the reported policy has no directive for it",
            Self::NotAboutUrls => "the directive is about URLs, what was blocked is none",
            Self::NeverSent => {
                "the revision mark is missing or not ours: we never sent this policy"
            }
            Self::OtherPolicy => {
                "the revision mark is ours, but the sources are not those that we sent: \
                 something on the way changed the policy"
            }
            Self::OtherDocument => "the document is on none of the site's origins",
            Self::Unreadable(Missing::Directive) => "the report names no directive",
            Self::Unreadable(Missing::Blocked) => "the report does not say what was blocked",
            Self::Unreadable(Missing::Policy) => "the report has no policy",
        };
        formatter.write_str(words)
    }
}

fn allowed_now(formatter: &mut fmt::Formatter<'_>, since: Option<Duration>) -> fmt::Result {
    formatter.write_str("the policies in force now allow it")?;
    match since.map(|since| since.as_secs() / 60) {
        None => Ok(()),
        Some(minutes @ 0..120) => {
            write!(formatter, "; the old one was last sent {minutes} min ago")
        }
        Some(minutes) => {
            let hours = minutes / 60;
            write!(formatter, "; the old one was last sent {hours} h ago")
        }
    }
}
