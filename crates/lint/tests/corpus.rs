//! Policies in the wild: every one is linted, and the safe fixes of every one change no decision.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod equivalence;

use connect_src::{Disposition, Policy};
use connect_src_lint::{Applicability, Level, Levels, Subject, apply, lint};
use equivalence::assert_equivalent;

const POLICIES: &str = include_str!("../../../conformance/policies.jsonl");

fn policies() -> Vec<String> {
    let text = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            value["source"].as_str().unwrap().starts_with("https://"),
            "{line}"
        );
        value["policy"].as_str().unwrap().to_owned()
    };
    POLICIES.lines().map(text).collect()
}

#[test]
fn there_are_enough_of_them_and_none_twice() {
    let mut policies = policies();
    assert!(policies.len() >= 200, "{}", policies.len());
    policies.sort();
    let count = policies.len();
    policies.dedup();
    assert_eq!(policies.len(), count);
}

#[test]
fn safe_fixes_change_no_decision_of_a_policy_in_the_wild() {
    let mut levels = Levels::default();
    levels.set("all", Level::Warn).unwrap();
    let mut fixed = 0;
    for text in policies() {
        let policies = [Policy::from_header(&text, Disposition::Enforce)];
        let findings = lint(&Subject::new(&policies), &levels);
        for finding in &findings {
            assert!(
                policies[0].text().get(finding.span.range()).is_some(),
                "{finding:?}"
            );
        }
        let (after, count) = apply(&text, 0, &findings, Applicability::Safe);
        if count > 0 {
            assert_equivalent(&text, &after);
            fixed += 1;
        }
    }
    assert!(fixed > 0, "nothing was fixed");
}
