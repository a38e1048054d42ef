//! Results of policy tests, as test runners print them.

use std::io::{self, Write as _};

use anstyle::Style;

use super::{in_browsers, rows};
use crate::commands::test::{Outcome, Ran};
use crate::output::sanitize::sanitize;
use crate::output::style::{ALLOWED, BLOCKED, DIM, STRONG};
use crate::output::{Output, Prose};

/// Prints a line for each expectation, then why some failed, then the counts.
pub(crate) fn test(ran: &[Ran], out: &mut Output) -> io::Result<()> {
    for file in ran {
        writeln!(out, "{STRONG}{}{STRONG:#}", file.file)?;
        for outcome in &file.results {
            line(outcome, out)?;
        }
        writeln!(out)?;
        for outcome in file.results.iter().filter(|one| !one.is_passed()) {
            failure(file, outcome, out)?;
        }
    }
    let all: usize = ran.iter().map(|ran| ran.results.len()).sum();
    let failed: usize = ran.iter().map(Ran::failed).sum();
    writeln!(
        out,
        "{STRONG}{} passed, {failed} failed{STRONG:#}",
        all - failed
    )
}

fn line(outcome: &Outcome, out: &mut Output) -> io::Result<()> {
    let (style, word) = if outcome.is_passed() {
        (ALLOWED, "ok    ")
    } else {
        (BLOCKED, "FAILED")
    };
    let must = outcome.expected.as_str();
    let connection = sanitize(&outcome.connection);
    writeln!(
        out,
        "  {style}{word}{style:#}  {}: {connection} {DIM}is {must}{DIM:#}",
        outcome.test
    )
}

fn failure(file: &Ran, outcome: &Outcome, out: &mut Output) -> io::Result<()> {
    let must = outcome.expected.as_str();
    writeln!(
        out,
        "{BLOCKED}FAILED{BLOCKED:#} {}:{}: {}",
        file.file, outcome.line, outcome.test
    )?;
    writeln!(
        out,
        "  expected {} to be {must}",
        sanitize(&outcome.connection)
    )?;
    let mut told: Vec<&str> = Vec::new();
    for (_, why) in &outcome.failures {
        if told.contains(&why.as_str()) {
            continue;
        }
        told.push(why);
        let same = outcome.failures.iter().filter(|(_, other)| other == why);
        let profiles: Vec<_> = same.map(|(profile, _)| *profile).collect();
        let sentence = Prose::of_markup(&format!("{}: {why}", in_browsers(&profiles)));
        rows::sentence(out, ("", DIM), &sentence, Style::new())?;
    }
    writeln!(out)
}
