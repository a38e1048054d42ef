//! What a rule finds: plain data, rendered elsewhere.

use std::borrow::Cow;
use std::fmt;

use connect_src::Span;
use serde::Serialize;

/// One finding in a list of policies.
///
/// All texts are for people: `message` says what is there, `why` what comes of it, `help` what to do. Each is one
/// or a few sentences without a full stop at the end of the last, in which `code` stands between backticks. They quote the policy, so a
/// renderer that writes to a terminal or a page must make them harmless first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The name of the rule, such as `any-host-source`.
    pub rule: &'static str,
    /// How much it matters, after levels are applied.
    pub severity: Severity,
    /// The index of the policy in the list.
    pub policy: usize,
    /// The bytes of that policy's text that the finding is about; empty where something is missing.
    pub span: Span,
    /// What is there.
    pub message: String,
    /// Why it matters.
    pub why: Cow<'static, str>,
    /// What to do.
    pub help: Cow<'static, str>,
    /// An edit that does it, where there is one.
    pub fix: Option<Fix>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Info,
    /// Something is weaker than it looks, or will not work somewhere.
    Warning,
    /// Something does not work, or data can leave to anyone.
    Error,
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// In lower case, as JSON and the command line have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// One step less; [`Info`](Self::Info) stays.
    pub const fn lowered(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning | Self::Info => Self::Info,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Edits of one policy that remove a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fix {
    /// Whether it may be applied without a look.
    pub applicability: Applicability,
    /// In the order of the text; they do not overlap.
    pub edits: Vec<TextEdit>,
}

/// Whether a fix changes what the policy decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// The policy decides the same before and after, for every request, in every browser.
    Safe,
    /// The policy decides otherwise afterwards; somebody has to want that.
    Suggestion,
}

/// Text of a policy to put in the place of other text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextEdit {
    /// What is replaced; empty where text is only inserted.
    pub span: Span,
    /// What is put there; empty where text is only removed.
    pub replacement: String,
}

impl Fix {
    /// A fix that changes no decision.
    pub(crate) fn safe(edits: Vec<TextEdit>) -> Self {
        Self {
            applicability: Applicability::Safe,
            edits,
        }
    }

    /// A fix that somebody has to want.
    pub(crate) fn suggestion(edits: Vec<TextEdit>) -> Self {
        Self {
            applicability: Applicability::Suggestion,
            edits,
        }
    }
}

impl TextEdit {
    /// Puts text in the place of other text.
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }

    /// Puts text in front of a byte.
    pub fn insert(at: u32, text: impl Into<String>) -> Self {
        Self::replace(Span { start: at, end: at }, text)
    }

    /// Takes text away.
    pub fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }
}
