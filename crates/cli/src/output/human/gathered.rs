//! What sources of evidence came to.

use std::io::{self, Write};

use anstyle::Style;

use super::rows;
use crate::input::evidence::{Gathered, Source};
use crate::output::Output;
use crate::output::prose::prose;
use crate::output::style::{BLOCKED, DIM, NOTE};

/// Prints each source with what it came to.
pub(super) fn gathered(gathered: &Gathered, out: &mut Output) -> io::Result<()> {
    writeln!(out, "{DIM}From{DIM:#}")?;
    for source in &gathered.sources {
        writeln!(out, "  {}", summary(source))?;
    }
    for note in notes(gathered) {
        rows::sentence(out, ("note", NOTE), &prose![note], Style::new())?;
    }
    bad(gathered, out)
}

/// `traffic.har: a HAR file, 12 connections`.
pub(super) fn summary(source: &Source) -> String {
    let connections = rows::counted(source.connections, "connection");
    let passed_over = match source.passed_over {
        0 => String::new(),
        count => format!(", {count} passed over"),
    };
    format!(
        "{}: {}, {connections}{passed_over}",
        source.name,
        source.kind.in_words()
    )
}

/// Sentences about how the evidence was read.
pub(super) fn notes(gathered: &Gathered) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for note in gathered.sources.iter().flat_map(|source| &source.notes) {
        if !notes.iter().any(|known| known == note) {
            notes.push((*note).to_owned());
        }
    }
    if gathered.not_kept > 0 {
        let count = rows::counted(gathered.not_kept, "connection");
        notes.push(format!(
            "{count} differ from all others and are too many to keep: give fewer sources at once"
        ));
    }
    notes
}

/// Prints what could not be read.
pub(super) fn bad(gathered: &Gathered, out: &mut Output) -> io::Result<()> {
    for source in gathered
        .sources
        .iter()
        .filter(|source| source.bad_count > 0)
    {
        let more = source.bad_count - source.bad.len() as u64;
        writeln!(
            out,
            "\n{BLOCKED}{} of {} cannot be read{BLOCKED:#}",
            rows::counted(source.bad_count, "record"),
            source.name
        )?;
        for line in &source.bad {
            writeln!(out, "  {line}")?;
        }
        if more > 0 {
            writeln!(out, "  {DIM}and {more} more{DIM:#}")?;
        }
    }
    Ok(())
}
