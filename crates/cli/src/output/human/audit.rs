//! The channels of a page as a table, and the URLs that prove it.

use std::io::{self, Write as _};

use anstyle::Style;
use connect_src::BrowserProfile;
use connect_src_lint::audit::{Cell as AuditCell, Reach, Row};
use connection_allowlist::Disposition;

use super::rows;
use super::table::{Cell, table};
use crate::commands::audit::Report;
use crate::output::style::{ALLOWED, BLOCKED, DIM, FIX, NOTE, STRONG};
use crate::output::{Output, Prose, code, prose::prose};

/// Prints the channels, the weakest first.
pub(crate) fn audit(
    report: &Report,
    profiles: &[BrowserProfile],
    out: &mut Output,
) -> io::Result<()> {
    let cells: Vec<_> = report.audit.rows.iter().map(cells).collect();
    let browsers: Vec<_> = profiles.iter().map(|one| one.as_str()).collect();
    let alike = report.audit.rows.iter().all(is_alike);
    match browsers.as_slice() {
        [one, two, three] if !alike => {
            let rows: Vec<_> = cells
                .into_iter()
                .map(|(name, by, proof)| {
                    let mut by = by.into_iter();
                    let mut next = || by.next().unwrap_or_else(|| Cell::text(""));
                    [name, next(), next(), next(), proof]
                })
                .collect();
            table(["channel", one, two, three, "proof"], &rows, out)?;
        }
        _ => {
            let rows: Vec<_> = cells
                .into_iter()
                .map(|(name, by, proof)| {
                    let first = by.into_iter().next().unwrap_or_else(|| Cell::text(""));
                    [name, first, proof]
                })
                .collect();
            table(["channel", "reaches", "proof"], &rows, out)?;
            writeln!(out, "\n{DIM}{}{DIM:#}", super::in_browsers(profiles))?;
        }
    }
    let notes = notes(report);
    let is_followed = report.level.is_some() || !notes.is_empty();
    if is_followed || !report.audit.disagreements.is_empty() {
        writeln!(out)?;
    }
    disagreements(report, out)?;
    for note in notes {
        rows::sentence(out, ("note", NOTE), &note, Style::new())?;
    }
    level(report, out)
}

/// What of the allowlists is ignored, and that one of them only reports.
fn notes(report: &Report) -> Vec<Prose> {
    let mut notes = Vec::new();
    for (disposition, parsed) in &report.allowlists {
        let name = disposition.header();
        let ignored = parsed.notes.iter();
        notes.extend(ignored.map(|note| prose![code(name), format!(": {}", note.kind)]));
        if *disposition == Disposition::Report {
            notes.push(prose![
                code(name),
                " only reports; it closes nothing of this."
            ]);
        }
    }
    notes
}

fn is_alike(row: &Row) -> bool {
    row.cells
        .windows(2)
        .all(|pair| pair[0].reach == pair[1].reach)
}

fn cells(row: &Row) -> (Cell, Vec<Cell>, Cell) {
    let worst = row.cells.iter().max_by_key(|cell| cell.reach);
    let proof = worst.and_then(|cell| cell.proof.as_ref());
    let by = row
        .cells
        .iter()
        .map(|cell| Cell::text(words(cell)).styled(style(cell.reach)));
    (
        Cell::text(row.channel.in_words()),
        by.collect(),
        Cell::text(proof.map_or("", url::Url::as_str)).styled(DIM),
    )
}

fn words(cell: &AuditCell) -> &'static str {
    cell.reach.in_words()
}

fn style(reach: Reach) -> Style {
    match reach {
        Reach::Closed | Reach::SelfOnly => ALLOWED,
        Reach::TheseHosts => Style::new(),
        Reach::AnyonesHosts => NOTE,
        _ => BLOCKED,
    }
}

fn disagreements(report: &Report, out: &mut Output) -> io::Result<()> {
    for one in &report.audit.disagreements {
        let (allows, blocks) = if one.is_allowed_by_allowlist {
            ("Connection-Allowlist", "the policy")
        } else {
            ("the policy", "Connection-Allowlist")
        };
        let mut sentence = prose![code(&one.url), format!(" is allowed by {allows}")];
        if !one.source.is_empty() {
            sentence = sentence.append(prose![" (", code(&one.source), ")"]);
        }
        sentence.push(format!(" and blocked by {blocks}."));
        rows::sentence(out, ("differ", NOTE), &sentence, Style::new())?;
    }
    Ok(())
}

fn level(report: &Report, out: &mut Output) -> io::Result<()> {
    let Some((_, is_met, edits)) = &report.level else {
        return Ok(());
    };
    for edit in edits {
        let sentence = Prose::of_markup(&format!("{edit}."));
        rows::sentence(out, ("fix", FIX), &sentence, Style::new())?;
    }
    let verdict = if *is_met {
        "nothing of this level reaches other than named hosts"
    } else {
        "something of this level is open"
    };
    writeln!(out, "{STRONG}{verdict}{STRONG:#}")
}
