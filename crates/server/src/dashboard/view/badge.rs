//! A few words with a colour and a picture that mean the same.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::desk::Verdict;
use crate::rollout::StageName;
use crate::store::Label;

/// What a colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dashboard) enum Tone {
    Good,
    Bad,
    Warn,
    Info,
    Plain,
}

impl Tone {
    pub(in crate::dashboard) fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Plain => "plain",
        }
    }
}

pub(in crate::dashboard) fn badge(tone: Tone, picture: Icon, words: &str) -> Markup {
    html! { span.badge data-tone=(tone.as_str()) { (icon(picture)) (words) } }
}

/// What a policy does with a connection.
pub(in crate::dashboard) fn verdict(verdict: Option<Verdict>) -> Markup {
    match verdict {
        Some(Verdict::Allowed) => badge(Tone::Good, Icon::Allowed, "Allowed"),
        Some(Verdict::Blocked) => badge(Tone::Bad, Icon::Blocked, "Blocked"),
        Some(Verdict::Differs) => badge(Tone::Warn, Icon::Differs, "Browsers differ"),
        None => html! { span.muted { "—" } },
    }
}

pub(in crate::dashboard) fn stage(stage: StageName) -> Markup {
    let (tone, picture, words) = match stage {
        StageName::Observe => (Tone::Info, Icon::Observe, "Observed"),
        StageName::Trial => (Tone::Warn, Icon::Trial, "On trial"),
        StageName::Enforce => (Tone::Good, Icon::Enforce, "Enforced"),
    };
    badge(tone, picture, words)
}

/// What a person said about a group.
pub(in crate::dashboard) fn label(label: Label) -> Markup {
    match label {
        Label::Expected => badge(Tone::Info, Icon::Allowed, "Expected"),
        Label::Noise => badge(Tone::Plain, Icon::Noise, "Noise"),
    }
}

/// A class of reports.
pub(in crate::dashboard) fn class(word: &str) -> Markup {
    let tone = match word {
        "genuine" => Tone::Bad,
        "inconsistent" | "stale-policy" => Tone::Warn,
        _ => Tone::Plain,
    };
    let picture = if word == "genuine" {
        Icon::Warning
    } else {
        Icon::Noise
    };
    badge(tone, picture, class_name(word))
}

/// The class in words.
pub(in crate::dashboard) fn class_name(word: &str) -> &'static str {
    match word {
        "genuine" => "Genuine",
        "extension" => "Extension",
        "injected" => "Injected",
        "stale-policy" => "Stale policy",
        "inconsistent" => "Inconsistent",
        "foreign-policy" => "Foreign policy",
        "unreadable" => "Unreadable",
        _ => "Other",
    }
}

/// What a class means.
pub(in crate::dashboard) fn class_meaning(word: &str) -> &'static str {
    match word {
        "genuine" => "The site itself does what the policy blocks, or would block.",
        "extension" => "A browser extension did it, not the site.",
        "injected" => {
            "Something between the site and its reader did it: antivirus, provider, in-app browser."
        }
        "stale-policy" => "The policies in force now allow it.",
        "inconsistent" => "No browser blocks this under the policy that the report names.",
        "foreign-policy" => {
            "The policy is none that was sent from here, or the page none of this site."
        }
        "unreadable" => "The report lacks what a judgement needs.",
        _ => "",
    }
}

/// What happens to a connection of this group, by the role of the policy and what the browser said.
pub(in crate::dashboard) fn effect(role: Option<&str>, disposition: &str) -> Markup {
    match (role, disposition) {
        (Some("observe"), _) => badge(Tone::Info, Icon::Observe, "Connected"),
        (_, "enforce") => badge(Tone::Bad, Icon::Blocked, "Blocked"),
        _ => badge(Tone::Warn, Icon::Trial, "Would be blocked"),
    }
}
