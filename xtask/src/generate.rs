//! Files that are made from code and checked in, so that readers find them without building.
//!
//! To add one, add a row to [`GENERATED`] and run `cargo xtask generate`:
//!
//! ```text
//! Generated { path: "docs/browsers.md", make: Make::Function(browsers::page) },
//! Generated { path: "docs/cli.md", make: Make::ConnectSrc(&["artifact", "cli-md"]) },
//! ```

use std::process::Command;

use crate::{
    browsers, failure::Failure, frequency, receivers, repository::Repository, rules, scoreboard,
};

/// A file that is never edited by hand.
#[derive(Debug)]
struct Generated {
    /// Relative to the root of the repository.
    path: &'static str,
    make: Make,
}

/// Where the text comes from.
#[derive(Debug)]
enum Make {
    /// A function of ours, which may ask the library.
    Function(fn() -> String),
    /// What `connect-src` prints with these arguments.
    ConnectSrc(&'static [&'static str]),
}

/// All generated files of the repository.
const GENERATED: &[Generated] = &[
    Generated {
        path: "docs/browsers.md",
        make: Make::Function(browsers::page),
    },
    Generated {
        path: "conformance/SCOREBOARD.md",
        make: Make::Function(scoreboard::page),
    },
    Generated {
        path: "crates/lint/src/data/receivers.rs",
        make: Make::Function(receivers::table),
    },
    Generated {
        path: "docs/rules/README.md",
        make: Make::Function(rules::index),
    },
    Generated {
        path: "docs/rules/hosts.md",
        make: Make::Function(rules::hosts),
    },
    Generated {
        path: "docs/rules/frequency.md",
        make: Make::Function(frequency::page),
    },
    Generated {
        path: "docs/cli.md",
        make: Make::ConnectSrc(&["artifact", "cli-md"]),
    },
    Generated {
        path: "docs/schema/openapi.json",
        make: Make::ConnectSrc(&["artifact", "openapi"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src.1",
        make: Make::ConnectSrc(&["artifact", "man"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-check.1",
        make: Make::ConnectSrc(&["artifact", "man", "check"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-diff.1",
        make: Make::ConnectSrc(&["artifact", "man", "diff"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-normalize.1",
        make: Make::ConnectSrc(&["artifact", "man", "normalize"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-audit.1",
        make: Make::ConnectSrc(&["artifact", "man", "audit"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-test.1",
        make: Make::ConnectSrc(&["artifact", "man", "test"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-explain.1",
        make: Make::ConnectSrc(&["artifact", "man", "explain"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-serve.1",
        make: Make::ConnectSrc(&["artifact", "man", "serve"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-collect.1",
        make: Make::ConnectSrc(&["artifact", "man", "collect"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-record.1",
        make: Make::ConnectSrc(&["artifact", "man", "record"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-rollout.1",
        make: Make::ConnectSrc(&["artifact", "man", "rollout"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-reports.1",
        make: Make::ConnectSrc(&["artifact", "man", "reports"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-suggest.1",
        make: Make::ConnectSrc(&["artifact", "man", "suggest"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-token.1",
        make: Make::ConnectSrc(&["artifact", "man", "token"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-backup.1",
        make: Make::ConnectSrc(&["artifact", "man", "backup"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-generate.1",
        make: Make::ConnectSrc(&["artifact", "man", "generate"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-simulate.1",
        make: Make::ConnectSrc(&["artifact", "man", "simulate"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-vendors.1",
        make: Make::ConnectSrc(&["artifact", "man", "vendors"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-lint.1",
        make: Make::ConnectSrc(&["artifact", "man", "lint"]),
    },
    Generated {
        path: "crates/cli/generated/man/connect-src-scan.1",
        make: Make::ConnectSrc(&["artifact", "man", "scan"]),
    },
    Generated {
        path: "crates/cli/generated/completions/connect-src.bash",
        make: Make::ConnectSrc(&["artifact", "completions", "bash"]),
    },
    Generated {
        path: "crates/cli/generated/completions/connect-src.elv",
        make: Make::ConnectSrc(&["artifact", "completions", "elvish"]),
    },
    Generated {
        path: "crates/cli/generated/completions/connect-src.fish",
        make: Make::ConnectSrc(&["artifact", "completions", "fish"]),
    },
    Generated {
        path: "crates/cli/generated/completions/_connect-src",
        make: Make::ConnectSrc(&["artifact", "completions", "zsh"]),
    },
    Generated {
        path: "crates/cli/generated/completions/_connect-src.ps1",
        make: Make::ConnectSrc(&["artifact", "completions", "powershell"]),
    },
];

/// Writes the files that differ.
pub(crate) fn write(repository: &Repository) -> Result<String, Failure> {
    let stale = all_stale(repository)?;
    for (path, text) in &stale {
        repository.write(path, text)?;
    }
    Ok(format!("{}, {} written", count(GENERATED), stale.len()))
}

/// Names the files that differ.
pub(crate) fn check(repository: &Repository) -> Result<String, Failure> {
    let stale = all_stale(repository)?;
    let finding =
        |(path, _): &(String, String)| format!("{path}: out of date; run `cargo xtask generate`");
    let summary = format!("{}, all up to date", count(GENERATED));
    Failure::unless_empty(stale.iter().map(finding).collect(), summary)
}

/// The files of the table, and a page for each rule of the linter.
fn all_stale(repository: &Repository) -> Result<Vec<(String, String)>, Failure> {
    let on_disk = |path: &str| repository.read(path).ok();
    let mut stale = stale(GENERATED, |file| file.text(repository), on_disk)?;
    for rule in connect_src_lint::rules() {
        let path = format!("docs/rules/{}.md", rule.name);
        let text = rules::page(rule);
        if on_disk(&path).as_deref() != Some(text.as_str()) {
            stale.push((path, text));
        }
    }
    Ok(stale)
}

/// The path and the new text of each file whose text on disk is another, or missing.
fn stale(
    files: &[Generated],
    make: impl Fn(&Generated) -> Result<String, Failure>,
    on_disk: impl Fn(&str) -> Option<String>,
) -> Result<Vec<(String, String)>, Failure> {
    let mut stale = Vec::new();
    for file in files {
        let text = make(file).map_err(Failure::while_doing(file.path))?;
        if on_disk(file.path).as_deref() != Some(text.as_str()) {
            stale.push((file.path.to_owned(), text));
        }
    }
    Ok(stale)
}

impl Generated {
    fn text(&self, repository: &Repository) -> Result<String, Failure> {
        match self.make {
            Make::Function(make) => Ok(make()),
            Make::ConnectSrc(arguments) => repository.stdout(
                Command::new("cargo")
                    .args(["run", "--quiet", "--package", "connect-src-cli", "--"])
                    .args(arguments),
            ),
        }
    }
}

fn count(files: &[Generated]) -> String {
    let noun = if files.len() == 1 { "file" } else { "files" };
    format!("{} generated {noun}", files.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[Generated] = &[
        Generated {
            path: "docs/same.md",
            make: Make::Function(|| "same".to_owned()),
        },
        Generated {
            path: "docs/changed.md",
            make: Make::Function(|| "new".to_owned()),
        },
        Generated {
            path: "docs/missing.md",
            make: Make::Function(|| "first".to_owned()),
        },
    ];

    fn made(file: &Generated) -> Result<String, Failure> {
        match file.make {
            Make::Function(make) => Ok(make()),
            Make::ConnectSrc(_) => Err(Failure::new("no command in this test")),
        }
    }

    fn on_disk(path: &str) -> Option<String> {
        match path {
            "docs/same.md" => Some("same".to_owned()),
            "docs/changed.md" => Some("old".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn changed_and_missing_files_are_stale() {
        let stale = stale(FILES, made, on_disk).unwrap();
        let expected = [
            ("docs/changed.md".to_owned(), "new".to_owned()),
            ("docs/missing.md".to_owned(), "first".to_owned()),
        ];
        assert_eq!(stale, expected);
    }

    #[test]
    fn a_generator_that_fails_fails_the_task() {
        let files = [Generated {
            path: "docs/cli.md",
            make: Make::ConnectSrc(&["docs"]),
        }];
        assert_eq!(
            stale(&files, made, on_disk),
            Err(Failure::new("docs/cli.md: no command in this test"))
        );
    }

    #[test]
    fn every_path_is_generated_once_and_below_the_root() {
        for (index, file) in GENERATED.iter().enumerate() {
            assert!(!file.path.starts_with(['/', '.']), "{}", file.path);
            assert!(
                GENERATED[..index].iter().all(|it| it.path != file.path),
                "{}",
                file.path
            );
        }
    }
}
