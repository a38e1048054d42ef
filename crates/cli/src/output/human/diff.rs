//! What a new policy decides otherwise.

use std::io::{self, Write as _};

use anstyle::Style;
use connect_src::{Api, DirectiveName, Disposition, RequestKind, Side};
use connect_src_lint::Diagnostic;

use super::{in_browsers, rows};
use crate::commands::diff::{Change, Channel, Finding, FindingChanges, Report};
use crate::output::prose::prose;
use crate::output::style::{ALLOWED, BLOCKED, DIM, NOTE, STRONG};
use crate::output::{Output, Prose, code};

/// More findings than this on a side are counted instead of shown.
const MOST_FINDINGS: usize = 40;

/// Prints what is newly allowed, what is newly blocked, and what only looks different.
pub(crate) fn diff(report: &Report, out: &mut Output) -> io::Result<()> {
    for side in [Side::New, Side::Old] {
        let findings = report.findings.iter();
        let findings: Vec<_> = findings.filter(|one| one.allowed_by == side).collect();
        for one in findings.iter().take(MOST_FINDINGS) {
            finding(one, out)?;
        }
        let more = findings.len().saturating_sub(MOST_FINDINGS);
        if more > 0 {
            writeln!(out, "{DIM}and {more} more; --format json has all{DIM:#}\n")?;
        }
    }
    for change in &report.changes {
        other(change, out)?;
    }
    if !report.rewritten.is_empty() {
        let mut sentence = prose![];
        list(&mut sentence, &report.rewritten);
        sentence.push(": written differently, decided alike.");
        rows::sentence(out, ("same", DIM), &sentence, Style::new())?;
    }
    if !report.is_exhaustive {
        let sentence = prose![
            "the policies narrow each other in more ways than were tried, so there may be more."
        ];
        rows::sentence(out, ("note", NOTE), &sentence, Style::new())?;
    }
    let is_printed = !report.changes.is_empty() || !report.rewritten.is_empty();
    if is_printed || !report.is_exhaustive {
        writeln!(out)?;
    }
    findings(&report.lint, out)?;
    let (allowed, blocked) = (report.count(Side::New), report.count(Side::Old));
    write!(
        out,
        "{STRONG}{allowed} newly allowed, {blocked} newly blocked"
    )?;
    let (new, mended) = (report.lint.new.len(), report.lint.mended.len());
    if new + mended > 0 {
        let noun = if new == 1 { "finding" } else { "findings" };
        write!(out, "; {new} new {noun}, {mended} mended")?;
    }
    writeln!(out, "{STRONG:#}")
}

/// What the linter says of one of the two alone.
fn findings(changes: &FindingChanges, out: &mut Output) -> io::Result<()> {
    for (label, style, findings) in [
        ("new", NOTE, &changes.new),
        ("mended", ALLOWED, &changes.mended),
    ] {
        for finding in findings.iter().take(MOST_FINDINGS) {
            let Diagnostic {
                severity,
                rule,
                message,
                ..
            } = finding;
            let sentence = Prose::of_markup(&format!("{severity} `{rule}`: {message}"));
            rows::sentence(out, (label, style), &sentence, Style::new())?;
        }
        let more = findings.len().saturating_sub(MOST_FINDINGS);
        if more > 0 {
            writeln!(out, "{DIM}and {more} more; --format json has all{DIM:#}")?;
        }
    }
    if !changes.new.is_empty() || !changes.mended.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn finding(finding: &Finding, out: &mut Output) -> io::Result<()> {
    let (style, word) = match finding.allowed_by {
        Side::New => (ALLOWED, "newly allowed"),
        Side::Old => (BLOCKED, "newly blocked"),
    };
    let directive = finding.directive;
    let what = match &finding.source {
        Some(source) => prose![code(source), format!(" in {directive}")],
        None => prose![format!("whatever {directive} could govern")],
    };
    let browsers = in_browsers(&finding.profiles);
    let what = what.append(prose![format!(", {browsers}")]);
    rows::headline(out, (word, style), &what)?;
    let channels = channels(&finding.channels);
    rows::sentence(out, ("for", DIM), &prose![channels], Style::new())?;
    if let Some(from) = &finding.redirected_from {
        rows::sentence(
            out,
            ("from", DIM),
            &prose![code(from), ", which redirects to"],
            Style::new(),
        )?;
    }
    let witness = prose![code(&finding.witness)];
    rows::sentence(out, ("such as", DIM), &witness, Style::new())?;
    writeln!(out)
}

/// `fetch(), XMLHttpRequest and 9 more`.
fn channels(channels: &[Channel]) -> String {
    const MOST: usize = 6;
    let names: Vec<_> = channels
        .iter()
        .take(MOST)
        .map(|one| one.in_words())
        .collect();
    let names = names.join(", ");
    match channels.len().saturating_sub(MOST) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

impl Channel {
    fn in_words(self) -> &'static str {
        match self {
            Self::Request(RequestKind::Connect(Api::JsonModule)) => "JSON modules",
            Self::Request(RequestKind::Connect(Api::TextModule)) => "text modules",
            Self::Request(RequestKind::Connect(Api::WebIdentity)) => "federated credentials",
            Self::Request(RequestKind::Connect(api)) => api.as_str(),
            Self::Request(RequestKind::Load(destination)) => match destination {
                connect_src::Destination::Script => "scripts",
                connect_src::Destination::Style => "styles",
                connect_src::Destination::Image => "images",
                connect_src::Destination::Font => "fonts",
                connect_src::Destination::Video => "audio and video",
                connect_src::Destination::Iframe => "frames",
                connect_src::Destination::Object => "objects",
                connect_src::Destination::Worker => "workers",
                _ => "the manifest",
            },
            Self::Directive(DirectiveName::FormAction) => "forms",
            Self::Directive(DirectiveName::BaseUri) => "<base>",
            Self::Directive(_) => "pages that frame this one",
        }
    }
}

fn other(change: &Change, out: &mut Output) -> io::Result<()> {
    let mut sentence = prose![code(&change.directive)];
    if change.disposition == Disposition::Report {
        sentence.push(", report-only");
    }
    if change.is_whole && change.added.is_empty() && change.removed.is_empty() {
        sentence.push(" comes or goes as a whole");
    }
    for (word, words) in [(" gains ", &change.added), (" loses ", &change.removed)] {
        if !words.is_empty() {
            sentence.push(word);
            list(&mut sentence, words);
        }
    }
    sentence.push("; no URL shows it.");
    rows::sentence(out, ("also", NOTE), &sentence, Style::new())
}

fn list(sentence: &mut Prose, words: &[String]) {
    const MOST: usize = 8;
    for (index, word) in words.iter().take(MOST).enumerate() {
        if index > 0 {
            sentence.push(", ");
        }
        sentence.push(code(word));
    }
    if words.len() > MOST {
        sentence.push(format!(" and {} more", words.len() - MOST));
    }
}
