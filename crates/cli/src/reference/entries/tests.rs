//! What every entry must keep to, and the proof of every example.

use std::collections::BTreeSet;
use std::path::Path;

use connect_src::{Api, BrowserProfile, DirectiveName, Keyword, Quirk, Rules};
use url::Url;

use super::{FILES, entries, parsed};
use crate::reference::departures;
use crate::reference::entry::{Block, Entry, Group};
use crate::reference::example::{Case, Example, Verdict};
use crate::reference::lookup::find;

fn examples_of(entry: &Entry) -> impl Iterator<Item = &Example> {
    entry.blocks.iter().filter_map(|block| match block {
        Block::Example(example) => Some(example),
        _ => None,
    })
}

fn examples() -> impl Iterator<Item = (&'static Entry, &'static Example)> {
    let of = |entry: &'static Entry| examples_of(entry).map(move |example| (entry, example));
    entries().iter().flat_map(of)
}

/// What the engine decides about a case.
fn decide(example: &Example, case: &Case, rules: Rules) -> Verdict {
    let (list, request) = (example.list(), case.request());
    let origin = example.origin(rules.profile());
    let is_allowed = list
        .should_request_be_blocked(&request, &origin, rules)
        .is_allowed();
    let mut violated = list.violated_policies(&request, &origin, rules);
    match (is_allowed, violated.next()) {
        (true, None) => Verdict::Allowed,
        (true, Some(_)) => Verdict::Reported,
        (false, _) => Verdict::Blocked,
    }
}

/// Every verdict that the case states, and whose it is.
fn statements(example: &Example, case: &Case) -> Vec<(Rules, Verdict)> {
    let newest = example
        .profiles
        .iter()
        .map(|one| (Rules::from(*one), case.stated(*one)));
    let older = case.exceptions.iter().filter_map(|one| {
        let version = one.version?;
        Some((one.profile.at_version(version), one.verdict))
    });
    newest.chain(older).collect()
}

#[test]
fn every_file_has_the_form_of_an_entry() {
    for (path, text) in FILES {
        if let Err(error) = parsed(path, text) {
            panic!("entries/{path}.md: {error}");
        }
    }
}

#[test]
fn every_file_is_an_entry() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reference/entries");
    let listed: BTreeSet<String> = FILES.iter().map(|(path, _)| format!("{path}.md")).collect();
    let mut found = BTreeSet::new();
    for group in Group::ALL {
        let files = folder.join(group.folder()).read_dir();
        for file in files.into_iter().flatten() {
            let name = file.unwrap().file_name().into_string().unwrap();
            found.insert(format!("{}/{name}", group.folder()));
        }
    }
    assert_eq!(listed, found);
}

#[test]
fn every_example_is_decided_as_it_says() {
    let mut wrong = Vec::new();
    for (entry, example) in examples() {
        for case in &example.cases {
            for (rules, stated) in statements(example, case) {
                let decided = decide(example, case, rules);
                if decided != stated {
                    let (way, urls) = (case.way.as_str(), &case.urls);
                    let (stated, decided) = (stated.as_str(), decided.as_str());
                    wrong.push(format!(
                        "{}: {way} {urls:?} is {decided}, not {stated}, under {:?}",
                        entry.term,
                        rules.profile(),
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn exceptions_say_something_else_than_the_verdict() {
    for (entry, example) in examples() {
        for case in &example.cases {
            let idle = case
                .exceptions
                .iter()
                .any(|one| one.verdict == case.verdict);
            assert!(!idle, "{}: {case:?}", entry.term);
        }
    }
}

/// Directives that decide about no connection.
const NO_DECISION: &[&str] = &[
    "base-uri",
    "block-all-mixed-content",
    "fenced-frame-src",
    "frame-ancestors",
    "plugin-types",
    "report-to",
    "report-uri",
    "require-trusted-types-for",
    "script-src-attr",
    "style-src-attr",
    "trusted-types",
    "webrtc",
    // Topics and browsers that are about something else.
    "blocked",
    "chromium",
    "connection-allowlist",
    "csrf",
    "firefox",
    "webkit",
];

#[test]
fn every_entry_about_a_decision_has_an_example() {
    for entry in entries() {
        let has_example = examples_of(entry).next().is_some();
        assert_ne!(
            has_example,
            NO_DECISION.contains(&entry.term),
            "{}",
            entry.term
        );
    }
}

#[test]
fn everything_that_the_engine_knows_has_an_entry() {
    let directives = DirectiveName::ALL.iter().map(|one| one.as_str());
    let keywords = Keyword::ALL.iter().map(|one| one.as_str());
    let apis = Api::ALL.iter().map(|one| one.name());
    let browsers = BrowserProfile::ALL.iter().map(|one| one.as_str());
    let quirks = Quirk::ALL.iter().map(|one| one.name());
    for term in directives
        .chain(keywords)
        .chain(apis)
        .chain(browsers)
        .chain(quirks)
    {
        let found = find(term).ok().filter(|found| !found.is_form);
        assert!(
            found.is_some(),
            "{term} needs a file in src/reference/entries"
        );
    }
}

#[test]
fn a_departure_entry_is_about_a_departure_that_exists() {
    for entry in entries()
        .iter()
        .filter(|entry| entry.group == Group::Departure)
    {
        assert!(departures::quirk(entry).is_some(), "{}", entry.term);
    }
}

/// In the example of a departure, each browser that departs would decide otherwise if it did not.
#[test]
fn the_example_of_a_departure_shows_it() {
    for entry in entries() {
        let Some(quirk) = departures::quirk(entry) else {
            continue;
        };
        for (profile, departure) in departures::of(quirk) {
            let rules = match departure.until {
                Some(until) => profile.at_version(until - 1),
                None => profile.into(),
            };
            let is_shown = examples_of(entry).any(|example| {
                let differs = |case: &Case| depends_on(example, case, rules, quirk);
                example.cases.iter().any(differs)
            });
            assert!(is_shown, "{}: {profile}", entry.term);
        }
    }
}

fn depends_on(example: &Example, case: &Case, rules: Rules, quirk: Quirk) -> bool {
    decide(example, case, rules) != decide(example, case, rules.without(quirk))
}

#[test]
fn links_lead_to_well_formed_anchors() {
    let standards = entries().iter().filter_map(|entry| entry.standard);
    let anchors = Quirk::ALL.iter().map(|quirk| quirk.anchor());
    for link in standards.chain(anchors) {
        let url = Url::parse(link).unwrap_or_else(|error| panic!("{link}: {error}"));
        assert_eq!(url.scheme(), "https", "{link}");
        assert_ne!(url.fragment(), Some(""), "{link}");
        assert!(!link.contains(' '), "{link}");
    }
}

#[test]
fn terms_to_read_next_exist_and_are_others() {
    for entry in entries() {
        for term in &entry.see_also {
            let found = find(term)
                .unwrap_or_else(|_| panic!("{}: {term}", entry.term))
                .entry;
            assert_eq!(found.term, *term, "{}: name the term itself", entry.term);
            assert_ne!(found.term, entry.term, "an entry refers to itself");
        }
    }
}

#[test]
fn a_term_and_an_alias_lead_to_one_entry_only() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        for name in entry.aliases.iter().chain([&entry.term]) {
            assert!(
                seen.insert(name.to_ascii_lowercase()),
                "{name} stands twice"
            );
            let found = find(name).map(|found| found.entry.term);
            assert_eq!(found, Ok(entry.term), "{name}");
        }
    }
}

/// A list of terms has one line for each, or nearly so.
#[test]
fn summaries_are_short_sentences() {
    for entry in entries() {
        let summary = entry.summary;
        assert!(summary.len() <= 100, "{}: {}", entry.term, summary.len());
        assert!(summary.ends_with('.'), "{}", entry.term);
    }
}

#[test]
fn backticks_come_in_pairs() {
    let check = |entry: &Entry, text: &str| {
        assert_eq!(text.matches('`').count() % 2, 0, "{}: {text}", entry.term);
    };
    for entry in entries() {
        check(entry, entry.summary);
        for block in &entry.blocks {
            match block {
                Block::Heading(text) => check(entry, text),
                Block::Paragraph(text) => check(entry, text),
                Block::List(items) => items.iter().for_each(|item| check(entry, item)),
                Block::Table { rows, .. } => {
                    rows.iter().flatten().for_each(|cell| check(entry, cell));
                }
                Block::Code { .. } | Block::Example(_) => {}
            }
        }
    }
}
