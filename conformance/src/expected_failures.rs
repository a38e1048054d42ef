//! The rows on which the engine may disagree with a browser, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use connect_src::BrowserProfile;
use serde::Deserialize;

/// `expected-failures.toml`: why no rule explains what a browser did.
#[derive(Debug, Default)]
pub struct ExpectedFailures {
    rows: BTreeMap<BrowserProfile, BTreeSet<String>>,
}

/// What is wrong with `expected-failures.toml`.
#[derive(Debug)]
pub struct BadList(String);

impl std::fmt::Display for BadList {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "expected-failures.toml: {}", self.0)
    }
}

impl std::error::Error for BadList {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    failure: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    profile: BrowserProfile,
    reason: String,
    rows: Vec<String>,
}

impl ExpectedFailures {
    /// The list of this repository.
    ///
    /// # Errors
    ///
    /// When it is not in its form; see [`Self::parse`].
    pub fn load() -> Result<Self, BadList> {
        Self::parse(include_str!("../expected-failures.toml"))
    }

    /// Reads a list.
    ///
    /// # Errors
    ///
    /// When it is not TOML of the form described in its head, when an entry has no reason, or when a row
    /// is listed twice for one browser.
    pub fn parse(text: &str) -> Result<Self, BadList> {
        let file: File = toml::from_str(text).map_err(|error| BadList(error.to_string()))?;
        let mut list = Self::default();
        for entry in file.failure {
            if entry.reason.trim().is_empty() {
                return Err(BadList(format!("{:?} has no reason", entry.rows)));
            }
            let rows = list.rows.entry(entry.profile).or_default();
            for row in entry.rows {
                if !rows.insert(row.clone()) {
                    return Err(BadList(format!("{row} is listed twice")));
                }
            }
        }
        Ok(list)
    }

    /// Whether the row may differ.
    pub fn contains(&self, profile: BrowserProfile, row: &str) -> bool {
        self.rows
            .get(&profile)
            .is_some_and(|rows| rows.contains(row))
    }

    /// The rows of a browser.
    pub fn rows(&self, profile: BrowserProfile) -> impl Iterator<Item = &str> {
        self.rows
            .get(&profile)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_needs_a_reason() {
        let list = "[[failure]]\nprofile = 'firefox'\nreason = ' '\nrows = ['core-1']";
        assert!(ExpectedFailures::parse(list).is_err());
    }

    #[test]
    fn a_row_is_listed_once() {
        let list =
            "[[failure]]\nprofile = 'firefox'\nreason = 'it flips'\nrows = ['core-1', 'core-1']";
        let error = ExpectedFailures::parse(list).expect_err("listed twice");
        assert_eq!(
            error.to_string(),
            "expected-failures.toml: core-1 is listed twice"
        );
    }
}
