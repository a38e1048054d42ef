//! What a rule is, and how one is declared.

use crate::context::{Context, Report};
use crate::diagnostic::Severity;

/// A rule: its name, its documentation, and the function that looks for findings.
///
/// A rule is declared in a file of its own, `rules/<group>/<name>.rs`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// In kebab case; it reads well after "allow".
    pub name: &'static str,
    /// Names that it had before; they still work where a rule is named.
    pub aliases: &'static [&'static str],
    /// What it is about.
    pub group: Group,
    /// How much its findings matter at most; `None` for a rule that is off unless it is asked for.
    pub severity: Option<Severity>,
    /// One line that says what it finds.
    pub summary: &'static str,
    /// The page about it, in Markdown, with the sections of [`SECTIONS`].
    pub documentation: &'static str,
    pub(crate) check: fn(&Context<'_>, &mut Report<'_>),
}

/// The headings of every rule's documentation, in this order.
pub const SECTIONS: [&str; 6] = [
    "What it finds",
    "Why it matters",
    "Examples",
    "Browsers",
    "Fix",
    "References",
];

/// What rules are about; also their folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// What does not do what it says.
    Correctness,
    /// Where data can leave.
    Exposure,
    /// What browsers read differently.
    Compatibility,
    /// What could be left out.
    Redundancy,
    /// Where violations are reported.
    Reporting,
    /// What scripts and styles may run.
    Script,
}

impl Group {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Correctness,
        Self::Exposure,
        Self::Compatibility,
        Self::Redundancy,
        Self::Reporting,
        Self::Script,
    ];

    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Exposure => "exposure",
            Self::Compatibility => "compatibility",
            Self::Redundancy => "redundancy",
            Self::Reporting => "reporting",
            Self::Script => "script",
        }
    }

    /// One line on what its rules are about.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Correctness => "what does not do what it says",
            Self::Exposure => "where data can leave",
            Self::Compatibility => "what browsers read differently",
            Self::Redundancy => "what could be left out",
            Self::Reporting => "where violations are reported",
            Self::Script => "what scripts and styles may run",
        }
    }
}

/// Declares the rule of a file. The doc comment is its page.
macro_rules! declare_rule {
    (
        $(#[doc = $documentation:literal])*
        $name:literal, $group:ident, $severity:expr, $summary:literal
        $(, aliases: [$($alias:literal),*])?
    ) => {
        $(#[doc = $documentation])*
        pub(crate) static RULE: $crate::rule::Rule = $crate::rule::Rule {
            name: $name,
            aliases: &[$($($alias),*)?],
            group: $crate::rule::Group::$group,
            severity: $severity,
            summary: $summary,
            documentation: concat!($($documentation, "\n"),*),
            check,
        };
    };
}

pub(crate) use declare_rule;
