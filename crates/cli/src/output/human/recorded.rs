//! What was recorded, in a few lines.

use std::fmt::Write as _;
use std::path::Path;

use super::rows;
use crate::output::sanitize::{sanitize, shorten};
use crate::output::style::{BLOCKED, DIM, NOTE, STRONG};
use crate::record::links::Verdict;
use crate::record::{Ending, Outcome, Report};

/// No more pages are named; the rest is counted.
const MOST_NAMED: usize = 10;

/// The summary: how many connections, of how many pages, how much of their code ran, and what was not seen.
pub(crate) fn recorded(outcome: &Outcome, file: Option<&Path>) -> String {
    let report = &outcome.report;
    let mut rows = Rows::default();
    rows.row("", &heading(outcome, file));
    rows.row("scripts", &scripts(report));
    blocked(outcome, &mut rows);
    links(report, &mut rows);
    let unseen = report
        .unseen
        .iter()
        .map(|(url, why)| (url, why, "not seen"));
    let notes = report.notes.iter().map(|(url, why)| (url, why, "note"));
    named(unseen, &mut rows);
    named(notes, &mut rows);
    losses(outcome, &mut rows);
    rows.0
}

#[derive(Default)]
struct Rows(String);

impl Rows {
    fn row(&mut self, label: &str, text: &str) {
        let style = match label {
            "blocked" | "error" | "not seen" => BLOCKED,
            "note" => NOTE,
            _ => DIM,
        };
        let padding = 8_usize.saturating_sub(label.len());
        let _ = match label {
            "" => writeln!(self.0, "{STRONG}{text}{STRONG:#}"),
            _ => writeln!(self.0, "{:padding$}{style}{label}{style:#}  {text}", ""),
        };
    }
}

fn heading(outcome: &Outcome, file: Option<&Path>) -> String {
    let connections = connections(outcome).count();
    let place = file.map(|file| format!(" in {}", sanitize(&file.to_string_lossy())));
    format!(
        "{} of {}{}",
        rows::counted(connections, "connection"),
        rows::counted(outcome.report.seen, "page"),
        place.unwrap_or_default()
    )
}

fn connections(outcome: &Outcome) -> impl Iterator<Item = &crate::record::Recorded> {
    let requests = outcome.recording.requests.iter();
    requests.filter(|one| one.is_connection)
}

fn scripts(report: &Report) -> String {
    let total = report.coverage.total();
    if total.length == 0 {
        return rows::counted(total.scripts, "script");
    }
    // Half a unit more or less is no matter.
    let share = total.ran * 100 / total.length;
    let kilobytes = total.length.div_ceil(1000);
    format!(
        "{}, {share} % of their {kilobytes} kB ran",
        rows::counted(total.scripts, "script")
    )
}

fn blocked(outcome: &Outcome, rows: &mut Rows) {
    let blocked = connections(outcome).filter(|one| one.is_blocked).count();
    if blocked > 0 {
        let subject = rows::counted(blocked, "connection");
        rows.row(
            "blocked",
            &format!("{subject} that the pages' own policies do not allow"),
        );
    }
}

fn links(report: &Report, rows: &mut Rows) {
    let reasons = report.links.iter().filter_map(|(verdict, count)| {
        let why = match verdict {
            Verdict::Logout => "may log out",
            Verdict::OtherSite => "to other sites",
            Verdict::OtherScheme => "not of the web",
            Verdict::Follow | Verdict::Known => return None,
        };
        Some(format!("{count} {why}"))
    });
    let reasons: Vec<_> = reasons.collect();
    if !reasons.is_empty() {
        rows.row("links", &format!("not followed: {}", reasons.join(", ")));
    }
    if report.left > 0 {
        let left = rows::counted(report.left, "page");
        rows.row(
            "note",
            &format!("{left} not visited; --max-pages says how many are"),
        );
    }
}

fn named<'a>(
    pages: impl ExactSizeIterator<Item = (&'a url::Url, &'a String, &'static str)>,
    rows: &mut Rows,
) {
    let rest = pages.len().saturating_sub(MOST_NAMED);
    for (url, why, label) in pages.take(MOST_NAMED) {
        let url = shorten(&sanitize(url.as_str()), 120).into_owned();
        rows.row(label, &format!("{url} {}", sanitize(why)));
    }
    if rest > 0 {
        rows.row("", &format!("          and {rest} more"));
    }
}

fn losses(outcome: &Outcome, rows: &mut Rows) {
    let recording = &outcome.recording;
    if recording.left_out > 0 {
        let left = rows::counted(recording.left_out, "request");
        rows.row(
            "note",
            &format!("{left} left out: there is room for 100,000"),
        );
    }
    if recording.not_understood > 0 {
        let events = rows::counted(recording.not_understood, "event");
        rows.row("note", &format!("{events} of the browser not understood"));
    }
    if let Some(caution) = outcome.caution {
        rows.row("note", caution);
    }
    match &outcome.ending {
        Ending::Done => {}
        Ending::Stopped => rows.row(
            "note",
            "stopped before the end; what was recorded until then is saved",
        ),
        Ending::Lost(why) => {
            let why = sanitize(why).into_owned();
            rows.row(
                "error",
                &format!("the browser ended: {why}; what was recorded until then is saved"),
            );
        }
    }
}
