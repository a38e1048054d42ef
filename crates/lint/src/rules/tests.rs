use std::collections::BTreeSet;
use std::path::Path;

use crate::example::examples;
use crate::levels::{Level, Levels};
use crate::rule::SECTIONS;
use crate::{lint, rules};

#[test]
fn names_are_sorted_unique_and_in_kebab_case() {
    let names: Vec<_> = rules().iter().map(|rule| rule.name).collect();
    assert!(names.is_sorted());
    let all = rules()
        .iter()
        .flat_map(|rule| rule.aliases.iter().chain([&rule.name]));
    let mut seen = BTreeSet::new();
    for name in all {
        assert!(seen.insert(name), "{name} is there twice");
        let is_kebab = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        assert!(name.bytes().all(is_kebab), "{name}");
        assert!(name.contains('-'), "{name}: a lone word could be a group");
    }
}

/// "allow no-wildcard" would say the opposite of what it does.
#[test]
fn names_read_well_after_allow() {
    for rule in rules() {
        for beginning in [
            "no-",
            "disallow-",
            "forbid-",
            "require-",
            "check-",
            "avoid-",
            "use-",
            "prefer-",
        ] {
            assert!(!rule.name.starts_with(beginning), "{}", rule.name);
        }
    }
}

#[test]
fn every_file_is_a_registered_rule_of_its_group() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files = BTreeSet::new();
    for rule in rules() {
        let file = format!("{}/{}.rs", rule.group.as_str(), rule.name.replace('-', "_"));
        assert!(folder.join(&file).is_file(), "{file}");
        files.insert(file);
    }
    for group in crate::Group::ALL {
        for entry in std::fs::read_dir(folder.join(group.as_str())).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let file = format!("{}/{name}", group.as_str());
            assert!(
                name == "mod.rs" || files.contains(&file),
                "{file} is not in the list of rules"
            );
        }
    }
}

/// `cargo xtask generate` writes the pages; it leaves those of rules that are gone.
#[test]
fn every_rule_has_its_page_and_every_page_its_rule() {
    const OTHERS: [&str; 4] = ["README", "comparison", "frequency", "hosts"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let pages = std::fs::read_dir(folder).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".md").unwrap_or(&name).to_owned()
    });
    let pages: BTreeSet<String> = pages
        .filter(|name| !OTHERS.contains(&name.as_str()))
        .collect();
    let names: BTreeSet<String> = rules().iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(pages, names);
}

#[test]
fn documentation_has_its_sections_in_their_order() {
    for rule in rules() {
        let lines = rule.documentation.lines();
        let headings: Vec<_> = lines
            .filter_map(|line| line.trim().strip_prefix("## "))
            .collect();
        assert_eq!(headings, SECTIONS, "{}", rule.name);
        for section in rule.documentation.split("\n ## ").skip(1) {
            let text = section.split_once('\n').map_or("", |(_, text)| text).trim();
            assert!(!text.is_empty(), "{}: a section is empty", rule.name);
        }
        assert!(
            rule.documentation.contains("<https://"),
            "{} names no source",
            rule.name
        );
        assert!(
            !rule.summary.ends_with('.') && !rule.summary.is_empty(),
            "{}",
            rule.name
        );
    }
}

#[test]
fn every_example_does_what_its_documentation_says() {
    for rule in rules() {
        let mut levels = Levels::default();
        levels.set("all", Level::Allow).unwrap();
        levels
            .set(
                rule.name,
                rule.severity.map_or(Level::Warn, |_| Level::Default),
            )
            .unwrap();
        let examples = examples(rule);
        assert!(
            examples.iter().any(|one| one.fires),
            "{}: no example fires",
            rule.name
        );
        assert!(
            examples.iter().any(|one| !one.fires),
            "{}: no example passes",
            rule.name
        );
        for example in examples {
            let findings = lint(&example.subject(), &levels);
            assert_eq!(
                !findings.is_empty(),
                example.fires,
                "{}: {example:#?}\n{findings:#?}",
                rule.name
            );
        }
    }
}

#[test]
fn messages_are_fragments_with_all_they_need() {
    for rule in rules() {
        let mut levels = Levels::default();
        levels.set("all", Level::Deny).unwrap();
        for finding in examples(rule)
            .iter()
            .flat_map(|one| lint(&one.subject(), &levels))
        {
            for text in [&*finding.message, &*finding.why, &*finding.help] {
                assert!(
                    !text.is_empty() && !text.ends_with('.'),
                    "{}: {text:?}",
                    finding.rule
                );
                assert_eq!(
                    text.matches('`').count() % 2,
                    0,
                    "{}: {text:?}",
                    finding.rule
                );
            }
        }
    }
}
