//! Levels and suppressions, from the command line and `connect-src.toml`.

use std::path::{Path, PathBuf};

use connect_src::Policy;
use connect_src_lint::{Diagnostic, Group, Level, Levels, find_rule};
use connect_src_server::config;

use crate::error::Error;
use crate::output::sanitize::sanitize;

/// How much each rule matters, and which findings stay.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) levels: Levels,
    suppressions: Vec<config::Suppression>,
}

impl Settings {
    /// The configuration, then the command line over it.
    pub(super) fn read(config: Option<&Path>, levels: &[(String, Level)]) -> Result<Self, Error> {
        let usual = PathBuf::from("connect-src.toml");
        let file = config
            .map(Path::to_path_buf)
            .or_else(|| usual.is_file().then_some(usual));
        let mut settings = match file {
            Some(file) => Self::of_file(&file)?,
            None => Self::default(),
        };
        for (name, level) in levels {
            settings
                .levels
                .set(name, *level)
                .map_err(|error| Error::new(error.to_string()))?;
        }
        Ok(settings)
    }

    fn of_file(file: &Path) -> Result<Self, Error> {
        let lint = config::Lint::load(file).map_err(|errors| {
            let text = errors.to_string();
            let lines: Vec<_> = text.lines().map(sanitize).collect();
            Error::new(lines.join("\n"))
        })?;
        Ok(Self {
            levels: lint.levels,
            suppressions: lint.suppressions,
        })
    }

    /// Whether the project lives with the finding.
    pub(super) fn is_suppressed(&self, finding: &Diagnostic, policy: &Policy) -> bool {
        let text = policy.text().get(finding.span.range()).unwrap_or_default();
        self.suppressions.iter().any(|one| {
            is_about(&one.rule, finding.rule)
                && one.source.as_deref().is_none_or(|source| source == text)
        })
    }
}

/// Whether the name is the rule's, an alias of it, its group's or `all`.
fn is_about(name: &str, rule: &str) -> bool {
    let group = || Group::ALL.into_iter().find(|group| group.as_str() == name);
    name == "all"
        || find_rule(name).is_some_and(|found| found.name == rule)
        || find_rule(rule).is_some_and(|found| group() == Some(found.group))
}
