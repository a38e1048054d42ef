//! The `[lint]` section: what `connect-src lint` is told about a project.

use std::path::Path;

use connect_src::Policy;
use connect_src_lint::{Diagnostic, Group, Level, Levels, find_rule};

use super::error::ConfigErrors;
use super::reader::{self, FromValue, Table};

/// Levels of rules, and findings that a project lives with.
///
/// ```
/// use std::path::Path;
/// use connect_src_server::config::Lint;
///
/// let text = "
///     [lint]
///     deny = ['exposure']
///     [[lint.suppress]]
///     rule = 'multi-tenant-host'
///     source = 'https://acme.supabase.co'
///     reason = 'our own project'
/// ";
/// let lint = Lint::parse(text, Path::new("connect-src.toml")).unwrap();
/// assert_eq!(lint.suppressions[0].reason, "our own project");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lint {
    /// How much each rule's findings matter.
    pub levels: Levels,
    /// Findings that are not shown, each with its reason.
    pub suppressions: Vec<Suppression>,
}

/// A finding that a project lives with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suppression {
    /// The rule.
    pub rule: String,
    /// The text that the finding is about; `None` for any.
    pub source: Option<String>,
    /// Why.
    pub reason: String,
    /// The line of the file where it stands, from 1.
    pub line: usize,
}

impl Lint {
    /// Reads the section of a file; the rest of the file is the server's. Fails with everything that is wrong with the section.
    pub fn load(file: &Path) -> Result<Self, ConfigErrors> {
        Self::parse(&reader::text_of(file)?, file)
    }

    /// Reads the section of a file's text. Fails with everything that is wrong with the section.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigErrors> {
        reader::read(text, file, |mut table| Self::read(table.table("lint")))
    }

    /// Whether the project lives with the finding.
    pub fn is_suppressed(&self, finding: &Diagnostic, policy: &Policy) -> bool {
        let text = policy.text().get(finding.span.range()).unwrap_or_default();
        self.suppressions.iter().any(|one| {
            is_about(&one.rule, finding.rule)
                && one.source.as_deref().is_none_or(|source| source == text)
        })
    }

    pub(super) fn read(table: Option<Table<'_>>) -> Self {
        let Some(mut table) = table else {
            return Self::default();
        };
        let mut levels = Levels::default();
        for (key, level) in LEVELS {
            for RuleName(name) in table.values(key).unwrap_or_default() {
                // The name was checked when it was read.
                let _ = levels.set(&name, level);
            }
        }
        let suppressions = table
            .tables("suppress")
            .into_iter()
            .filter_map(Suppression::read);
        let suppressions = suppressions.collect();
        table.finish();
        Self {
            levels,
            suppressions,
        }
    }
}

/// Whether the name is the rule's, an alias of it, its group's or `all`.
fn is_about(name: &str, rule: &str) -> bool {
    let group = || Group::ALL.into_iter().find(|group| group.as_str() == name);
    name == "all"
        || find_rule(name).is_some_and(|found| found.name == rule)
        || find_rule(rule).is_some_and(|found| group() == Some(found.group))
}

/// The later ones win.
const LEVELS: [(&str, Level); 4] = [
    ("allow", Level::Allow),
    ("info", Level::Info),
    ("warn", Level::Warn),
    ("deny", Level::Deny),
];

impl Suppression {
    fn read(mut table: Table<'_>) -> Option<Self> {
        let line = table.line();
        let rule = table.value::<RuleName>("rule");
        let source = table.value("source");
        let reason = table
            .value::<String>("reason")
            .filter(|text| !text.trim().is_empty());
        if rule.is_none() && !table.has("rule") {
            table.complain("rule", "expected the name of a rule, found none".to_owned());
        }
        if reason.is_none() {
            table.complain(
                "reason",
                "expected why the finding may stay, found nothing".to_owned(),
            );
        }
        table.finish();
        Some(Self {
            rule: rule?.0,
            source,
            reason: reason?,
            line,
        })
    }
}

/// The name of a rule or a group.
struct RuleName(String);

impl FromValue for RuleName {
    const EXPECTED: &'static str = "the name of a rule or a group in quotes";

    fn from_value(value: &toml::de::DeValue<'_>) -> Option<Self> {
        let name = value.as_str()?;
        Levels::default()
            .set(name, Level::Default)
            .is_ok()
            .then(|| Self(name.to_owned()))
    }

    fn reason(value: &toml::de::DeValue<'_>) -> Option<String> {
        let error = Levels::default()
            .set(value.as_str()?, Level::Default)
            .err()?;
        Some(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> String {
        Lint::parse(text, Path::new("connect-src.toml"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_misspelled_rule_is_told_with_its_place() {
        assert_eq!(
            errors("[lint]\nallow = ['any-hots-source']"),
            "connect-src.toml:2:10: `lint.allow[0]`: there is no rule `any-hots-source`; did you mean `any-host-source`?"
        );
    }

    #[test]
    fn a_suppression_without_a_reason_is_an_error() {
        assert!(
            errors("[[lint.suppress]]\nrule = 'open-channel'")
                .contains("expected why the finding may stay")
        );
    }

    #[test]
    fn unknown_keys_are_errors_here_and_not_elsewhere() {
        assert!(errors("[lint]\nalow = []").contains("did you mean `allow`?"));
        assert!(Lint::parse("upstraem = 'x'", Path::new("connect-src.toml")).is_ok());
    }

    #[test]
    fn the_server_reads_a_file_with_the_section() {
        let config =
            crate::Config::parse("[lint]\ndeny = ['exposure']", Path::new("connect-src.toml"));
        assert!(config.is_ok(), "{config:?}");
    }
}
