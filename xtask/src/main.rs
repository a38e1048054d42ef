//! Tasks of the repository that need more than a shell line: `cargo xtask <task>`.
//!
//! | task | what it does |
//! |---|---|
//! | `layers` | holds the crates to the table of who may import whom |
//! | `measure` | prints what the style guide's goals are about: lengths, documentation, tests |
//! | `generate` | writes the generated files; with `--check`, names those that are out of date |
//! | `docs-check` | follows every relative link in the Markdown files |
//!
//! A check that finds something prints one line per finding, each with its place and what to do,
//! and ends with status 1.

mod browsers;
mod failure;
mod frequency;
mod generate;
mod layers;
mod links;
mod measure;
mod receivers;
mod repository;
mod rules;
mod scoreboard;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{failure::Failure, repository::Repository};

/// Tasks of the repository
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Check which crate imports which against the table in `xtask/src/layers.rs`
    Layers,
    /// Print the lengths of functions and files, and the shares of documentation and tests
    Measure {
        /// Other source trees to measure after ours: folders of a crate
        trees: Vec<PathBuf>,
    },
    /// Write the generated files
    Generate {
        /// Write nothing; fail and name the files that differ
        #[arg(long)]
        check: bool,
    },
    /// Check that every relative link in the Markdown files leads somewhere
    DocsCheck,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(text) => print(&mut io::stdout(), &text, ExitCode::SUCCESS),
        Err(failure) => print(&mut io::stderr(), &failure.to_string(), ExitCode::FAILURE),
    }
}

fn run(task: &Task) -> Result<String, Failure> {
    let repository = Repository::open()?;
    match task {
        Task::Layers => layers::run(&repository),
        Task::Measure { trees } => measure::run(&repository, trees),
        Task::Generate { check: false } => generate::write(&repository),
        Task::Generate { check: true } => generate::check(&repository),
        Task::DocsCheck => links::run(&repository),
    }
}

/// Prints `text`, the one place where a task speaks. A reader that went away is no error.
fn print(stream: &mut dyn Write, text: &str, status: ExitCode) -> ExitCode {
    match writeln!(stream, "{}", text.trim_end()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => status,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
