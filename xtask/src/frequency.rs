//! `docs/rules/frequency.md`: how often each rule of the linter fires on policies in the wild.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use connect_src::{Disposition, Policy};
use connect_src_lint::{Level, Levels, Subject, lint, rules};

const POLICIES: &str = include_str!("../../conformance/policies.jsonl");

/// The page.
pub(crate) fn page() -> String {
    let policies = policies(POLICIES);
    let count = policies.len();
    let fired = fired(&policies);
    let mut page = format!(
        "{INTRODUCTION}\n{count} policies.\n\n| rule | policies | share |\n|---|--:|--:|\n"
    );
    let mut rows: Vec<_> = fired
        .iter()
        .map(|(rule, policies)| (policies.len(), *rule))
        .collect();
    rows.sort_by_key(|(policies, rule)| (usize::MAX - policies, *rule));
    for (policies, rule) in rows {
        let share = policies * 1000 / count.max(1);
        let _ = writeln!(
            page,
            "| [{rule}]({rule}.md) | {policies} | {}.{} % |",
            share / 10,
            share % 10
        );
    }
    let never: Vec<_> = rules()
        .iter()
        .filter(|rule| !fired.contains_key(rule.name))
        .map(|rule| format!("[{0}]({0}.md)", rule.name))
        .collect();
    let _ = write!(page, "\nNever: {}.\n\n{JUDGED}", never.join(", "));
    page
}

fn policies(lines: &str) -> Vec<Policy> {
    let policy = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("each line is an object");
        let text = value["policy"].as_str().expect("each has a policy");
        Policy::from_header(text, Disposition::Enforce)
    };
    lines.lines().map(policy).collect()
}

/// For each rule that fires, the policies in which it does.
fn fired(policies: &[Policy]) -> BTreeMap<&'static str, BTreeSet<usize>> {
    let mut levels = Levels::default();
    for rule in rules().iter().filter(|rule| rule.severity.is_none()) {
        levels.set(rule.name, Level::Info).expect("it is a rule");
    }
    let mut fired: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (index, policy) in policies.iter().enumerate() {
        let subject = Subject::new(std::slice::from_ref(policy));
        for finding in lint(&subject, &levels) {
            fired.entry(finding.rule).or_default().insert(index);
        }
    }
    fired
}

const INTRODUCTION: &str = include_str!("frequency/introduction.txt");
const JUDGED: &str = include_str!("frequency/judged.txt");
