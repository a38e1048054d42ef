//! Scripts with the connections that they make, written beside the calls: `// ~ API URL [confidence]`.
//!
//! A comment stands at the end of the line of the call, or alone in the line above it. A folder is a project of several files.

#![expect(clippy::disallowed_methods, reason = "the corpus is ours and small")]
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

use connect_src_scan::{Confidence, Limits, Options, Project, analyse};

#[test]
fn every_script_of_the_corpus_has_exactly_the_connections_that_it_says() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut wrong = Vec::new();
    for entry in sorted(&corpus) {
        let files = if entry.is_dir() {
            files_below(&entry)
        } else {
            vec![entry.clone()]
        };
        wrong.extend(differences(&entry, &files));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is found and not said, and what is said and not found.
fn differences(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut project = Project::new(Options::default());
    let mut said = Vec::new();
    for file in files {
        let bytes = fs::read(file).unwrap();
        let name = file
            .strip_prefix(root.parent().unwrap())
            .unwrap()
            .to_str()
            .unwrap();
        said.extend(expectations(name, std::str::from_utf8(&bytes).unwrap()));
        project.add(analyse(name, &bytes, &Limits::default()));
    }
    let scan = project.scan();
    let mut found: Vec<_> = scan
        .connections
        .iter()
        .map(|connection| {
            let confidence = match connection.confidence {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            };
            let place = &connection.place;
            let api = connection.api.name();
            format!(
                "{}:{}: {api} {} {confidence}",
                place.file, place.line, connection.target
            )
        })
        .collect();
    found.sort();
    let mut wrong = Vec::new();
    for line in &said {
        match found.iter().position(|found| found == line) {
            Some(index) => drop(found.remove(index)),
            None => wrong.push(format!("missing {line}")),
        }
    }
    wrong.extend(found.iter().map(|line| format!("extra   {line}")));
    wrong.extend(
        scan.notes
            .iter()
            .map(|note| format!("note    {}: {}", note.place.file, note.message)),
    );
    wrong
}

fn expectations(file: &str, text: &str) -> Vec<String> {
    let mut above = Vec::new();
    let mut said = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (code, comment) = line.split_once("// ~ ").unwrap_or((line, ""));
        if !comment.is_empty() {
            above.push(comment.trim().to_owned());
        }
        if !code.trim().is_empty() {
            said.extend(above.drain(..).map(|comment| {
                let sure = ["high", "medium", "low"]
                    .iter()
                    .any(|word| comment.ends_with(&format!(" {word}")));
                let comment = if sure {
                    comment
                } else {
                    format!("{comment} high")
                };
                format!("{file}:{}: {comment}", index + 1)
            }));
        }
    }
    said
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = sorted(folder).into_iter();
    entries
        .flat_map(|entry| {
            if entry.is_dir() {
                files_below(&entry)
            } else {
                vec![entry]
            }
        })
        .collect()
}
