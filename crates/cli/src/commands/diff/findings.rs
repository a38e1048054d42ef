//! What the linter finds in one of two lists of policies and not in the other.

use std::collections::HashSet;

use connect_src_lint::Diagnostic;

use crate::commands::lint::{Found, Source, Surroundings};
use crate::input::Policies;

/// Findings that come, and findings that go.
#[derive(Debug, Default)]
pub(crate) struct FindingChanges {
    /// Of the new policies alone.
    pub(crate) new: Vec<Diagnostic>,
    /// Of the old policies alone.
    pub(crate) mended: Vec<Diagnostic>,
}

impl FindingChanges {
    /// Lints both. Findings are the same if they are of one rule, in one directive, about one text.
    pub(super) fn of(old: Policies, new: Policies, surroundings: &Surroundings) -> Self {
        let [old, new] = [old, new].map(|policies| {
            let source = Source::of(policies, None);
            source.lint(surroundings).findings
        });
        let prints = |found: &[Found]| -> HashSet<String> {
            found.iter().map(|one| one.fingerprint.clone()).collect()
        };
        let (was, is) = (prints(&old), prints(&new));
        Self {
            new: without(new, &was),
            mended: without(old, &is),
        }
    }
}

fn without(found: Vec<Found>, known: &HashSet<String>) -> Vec<Diagnostic> {
    let others = found
        .into_iter()
        .filter(|one| !known.contains(&one.fingerprint));
    others.map(|one| one.diagnostic).collect()
}
