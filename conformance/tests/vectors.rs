//! One test per browser and group of recorded rows: the engine decides each row as the browser did.

use std::collections::BTreeMap;
use std::sync::Arc;

use connect_src::BrowserProfile;
use connect_src_conformance::{ExpectedFailures, Outcome, Vector, decide_all, load};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::from_args();
    let expected = Arc::new(ExpectedFailures::load()?);
    let vectors: &'static [Vector] = load()?.leak();
    let mut groups: BTreeMap<String, Vec<Vector>> = BTreeMap::new();
    for vector in vectors {
        groups
            .entry(vector.group())
            .or_default()
            .push(vector.clone());
    }
    let groups: Vec<(String, Arc<Vec<Vector>>)> = groups
        .into_iter()
        .map(|(name, rows)| (name, Arc::new(rows)))
        .collect();
    let mut trials = Vec::new();
    for profile in BrowserProfile::BROWSERS {
        for (group, rows) in &groups {
            let (rows, expected) = (Arc::clone(rows), Arc::clone(&expected));
            let name = format!("{}::{group}", profile.as_str().to_ascii_lowercase());
            trials.push(Trial::test(name, move || check(&rows, profile, &expected)));
        }
        let expected = Arc::clone(&expected);
        let name = format!(
            "{}::expected_failures_exist",
            profile.as_str().to_ascii_lowercase()
        );
        trials.push(Trial::test(name, move || {
            rows_exist(vectors, profile, &expected)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit()
}

fn check(
    rows: &[Vector],
    profile: BrowserProfile,
    expected: &ExpectedFailures,
) -> Result<(), Failed> {
    let wrong: Vec<String> = decide_all(rows, profile)
        .filter(|outcome| outcome.agrees() == expected.contains(profile, &outcome.vector.id))
        .map(|outcome| describe(&outcome))
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let shown = wrong
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    Err(format!("{} rows differ, for instance:\n{shown}", wrong.len()).into())
}

fn describe(outcome: &Outcome<'_>) -> String {
    let Outcome {
        vector,
        profile,
        recorded,
        plain,
        compiled,
    } = outcome;
    if outcome.agrees() {
        return format!(
            "{}: agrees, remove it from expected-failures.toml",
            vector.id
        );
    }
    format!(
        "{}: {:?} on {}: {} {} was {} in {profile}; plain says {}, compiled says {}",
        vector.id,
        vector.policy,
        vector.origin,
        vector.api,
        vector.redirect_to.as_ref().unwrap_or(&vector.url),
        recorded.as_str(),
        plain.as_str(),
        compiled.as_str(),
    )
}

fn rows_exist(
    vectors: &[Vector],
    profile: BrowserProfile,
    expected: &ExpectedFailures,
) -> Result<(), Failed> {
    for row in expected.rows(profile) {
        let found = vectors.iter().find(|vector| vector.id == row);
        if found.is_none_or(|vector| vector.recorded(profile).is_none()) {
            return Err(
                format!("{row} is no row that {profile} answered: remove the entry").into(),
            );
        }
    }
    Ok(())
}
