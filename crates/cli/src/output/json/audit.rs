//! The channels of a page as one JSON object.

use std::io::{self, Write as _};

use connect_src_lint::audit::{Cell, Disagreement, Row};
use connection_allowlist::{Disposition, Parsed};
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::commands::audit::Report;
use crate::output::Output;

/// Prints the audit.
pub(crate) fn audit(report: &Report, out: &mut Output) -> io::Result<()> {
    let json = Json {
        schema_version: SCHEMA_VERSION,
        page: report.page.as_ref().map(ToString::to_string),
        channels: report.audit.rows.iter().map(row).collect(),
        disagreements: report
            .audit
            .disagreements
            .iter()
            .map(disagreement)
            .collect(),
        is_level_met: report.level.as_ref().map(|(_, is_met, _)| *is_met),
        edits: report
            .level
            .iter()
            .flat_map(|(_, _, edits)| edits)
            .map(ToString::to_string)
            .collect(),
        allowlists: report
            .allowlists
            .iter()
            .map(|(disposition, _)| disposition.header())
            .collect(),
        notes: report.allowlists.iter().flat_map(notes).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    page: Option<String>,
    channels: Vec<JsonRow<'a>>,
    disagreements: Vec<JsonDisagreement<'a>>,
    is_level_met: Option<bool>,
    edits: Vec<String>,
    allowlists: Vec<&'static str>,
    notes: Vec<JsonNote>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    channel: &'static str,
    reach: &'static str,
    browsers: Vec<JsonCell<'a>>,
}

#[derive(Serialize)]
struct JsonCell<'a> {
    browser: String,
    reach: &'static str,
    proof: Option<&'a str>,
    sources: &'a [String],
    is_by_allowlist: bool,
}

#[derive(Serialize)]
struct JsonDisagreement<'a> {
    url: &'a str,
    is_allowed_by_allowlist: bool,
    source: &'a str,
}

#[derive(Serialize)]
struct JsonNote {
    header: &'static str,
    start: usize,
    end: usize,
    message: String,
}

fn notes((disposition, parsed): &(Disposition, Parsed)) -> impl Iterator<Item = JsonNote> {
    parsed.notes.iter().map(|note| JsonNote {
        header: disposition.header(),
        start: note.span.start,
        end: note.span.end,
        message: note.kind.to_string(),
    })
}

fn row(row: &Row) -> JsonRow<'_> {
    JsonRow {
        channel: row.channel.name(),
        reach: row.worst().name(),
        browsers: row.cells.iter().map(cell).collect(),
    }
}

fn cell(cell: &Cell) -> JsonCell<'_> {
    JsonCell {
        browser: cell.profile.as_str().to_ascii_lowercase(),
        reach: cell.reach.name(),
        proof: cell.proof.as_ref().map(url::Url::as_str),
        sources: &cell.sources,
        is_by_allowlist: cell.is_by_allowlist,
    }
}

fn disagreement(one: &Disagreement) -> JsonDisagreement<'_> {
    JsonDisagreement {
        url: one.url.as_str(),
        is_allowed_by_allowlist: one.is_allowed_by_allowlist,
        source: &one.source,
    }
}
