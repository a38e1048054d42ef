//! Connections on a terminal: what is blocked, with its place underlined; the rest in a table for each file.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::ops::Range;

use anstyle::Style;
use connect_src::{CheckResult, NoEdit};
use connect_src_scan::{Confidence, Place, Target};
use connect_src_server::words::Why;
use unicode_width::UnicodeWidthStr as _;

use super::check::in_browsers;
use super::frame::frame;
use super::rows;
use crate::commands::check::Question;
use crate::commands::scan::{Found, JudgedBy, Report, Untold, Verdict, headline, needed};
use crate::input::source_tree::text_of;
use crate::output::sanitize::{sanitize, shorten};
use crate::output::style::{ALLOWED, BLOCKED, DIM, FIX, NOTE, STRONG};
use crate::output::{Output, Prose, code, prose::prose};

/// Prints the connections, what was passed over, and how many there are.
pub(crate) fn scan<'q>(
    report: &Report<'q>,
    question_of: &impl Fn(&str) -> Option<&'q Question>,
    out: &mut Output,
) -> io::Result<()> {
    let mut texts = Texts::default();
    for found in &report.connections {
        if found.verdict.is_blocked() {
            let mut block = Block {
                report,
                found,
                question: question_of(&file_of(found).file),
                out,
            };
            block.write(&mut texts)?;
        }
    }
    tables(report, out)?;
    for note in report.notes.iter().take(MOST_NOTES) {
        rows::sentence(
            out,
            ("note", NOTE),
            &Prose::of_markup(&sanitize(note)),
            Style::new(),
        )?;
    }
    let more = report.notes.len().saturating_sub(MOST_NOTES);
    if more > 0 {
        rows::sentence(
            out,
            ("note", NOTE),
            &prose![format!("{more} more notes are in --format json")],
            Style::new(),
        )?;
    }
    to_add(report, out)?;
    summary(report, out)
}

/// The place in the file that was scanned.
fn file_of<'f>(found: &'f Found<'_>) -> &'f Place {
    let connection = &found.connection;
    connection.generated.as_ref().unwrap_or(&connection.place)
}

/// The texts of files with something to show. The last one is kept.
#[derive(Default)]
struct Texts {
    last: HashMap<String, Option<String>>,
}

impl Texts {
    fn of(&mut self, file: &str) -> Option<&str> {
        if !self.last.contains_key(file) {
            self.last.clear();
            self.last.insert(file.to_owned(), text_of(file));
        }
        self.last.get(file)?.as_deref()
    }
}

/// What is printed about a connection that is blocked.
struct Block<'a, 'q> {
    report: &'a Report<'q>,
    found: &'a Found<'q>,
    question: Option<&'q Question>,
    out: &'a mut Output,
}

impl Block<'_, '_> {
    fn write(&mut self, texts: &mut Texts) -> io::Result<()> {
        let connection = &self.found.connection;
        let browsers = in_browsers(&self.found.verdict.blocking());
        let line = sanitize(&headline(connection.api, connection)).into_owned();
        let line = shorten(&line, LONGEST);
        writeln!(
            self.out,
            "{BLOCKED}blocked{BLOCKED:#} {browsers}: {STRONG}{line}{STRONG:#}"
        )?;
        self.place()?;
        let place = file_of(self.found);
        let width = rows::width(self.out);
        if let Some(text) = texts.of(&place.file) {
            let span = narrowed(text, place.span.into(), &connection.target);
            let lines = frame(text, span, BLOCKED, width);
            rows::lines(self.out, ("code", DIM), &lines)?;
        }
        if self.report.explains {
            steps(self.found, self.out)?;
        }
        self.why()?;
        self.fix()?;
        writeln!(self.out)
    }

    /// Where it stands: in the source, and in the bundle if there is one.
    fn place(&mut self) -> io::Result<()> {
        let place = &self.found.connection.place;
        let at = format!("{}:{}:{}", sanitize(&place.file), place.line, place.column);
        writeln!(self.out, "{DIM}     -->  {at}{DIM:#}")?;
        if let Some(place) = &self.found.connection.generated {
            let at = format!("{}:{}:{}", sanitize(&place.file), place.line, place.column);
            writeln!(self.out, "{DIM}      in  {at}{DIM:#}")?;
        }
        Ok(())
    }

    fn why(&mut self) -> io::Result<()> {
        let (
            Some(question),
            Verdict::Decided {
                decision,
                is_of_unknown_page,
            },
        ) = (self.question, &self.found.verdict)
        else {
            return Ok(());
        };
        if *is_of_unknown_page {
            let sentence = prose![
                "the policy does not list ",
                code("'self'"),
                ", the page's own origin."
            ];
            return rows::sentence(self.out, ("why", DIM), &sentence, Style::new());
        }
        let groups = decision.groups();
        let Some(group) = groups
            .iter()
            .find(|group| group.explanation.result == CheckResult::Blocked)
        else {
            return Ok(());
        };
        let blocking = group.explanation.policies.iter();
        let Some(policy) = blocking
            .into_iter()
            .find(|policy| policy.result.is_blocked())
        else {
            return Ok(());
        };
        let case = question.case(&decision.request, group.explanation, policy);
        let Why { sentence, .. } = case.why();
        rows::sentence(self.out, ("why", DIM), &sentence, Style::new())
    }

    fn fix(&mut self) -> io::Result<()> {
        for (directive, source) in self.found.verdict.additions() {
            let sentence = prose!["add ", code(source.as_str()), " to ", code(directive)];
            rows::sentence(self.out, ("fix", FIX), &sentence, Style::new())?;
        }
        let Verdict::Decided { decision, .. } = &self.found.verdict else {
            return Ok(());
        };
        for fix in &decision.fixes {
            match &fix.edit {
                Ok(_) | Err(NoEdit::NotNeeded) => {}
                Err(reason) => {
                    let sentence = prose![reason.to_string(), "."];
                    rows::sentence(self.out, ("fix", FIX), &sentence, Style::new())?;
                }
            }
        }
        Ok(())
    }
}

/// Of a call, the URL that stands in it, if it does; a WebSocket's may have another scheme there.
fn narrowed(text: &str, span: Range<usize>, target: &Target) -> Range<usize> {
    let url = target.prefix();
    let Some(call) = text.get(span.clone()).filter(|_| !url.is_empty()) else {
        return span;
    };
    let without_scheme = url.split_once(':').map_or("", |(_, rest)| rest);
    let known = [url.as_str(), without_scheme].into_iter();
    let found = known
        .filter(|part| !part.is_empty())
        .find_map(|part| Some((call.find(part)?, part.len())));
    match found {
        Some((at, length)) => span.start + at..span.start + at + length,
        None => span,
    }
}

/// How a URL is known.
fn steps(found: &Found<'_>, out: &mut Output) -> io::Result<()> {
    for (index, step) in found.connection.reasoning.iter().enumerate() {
        let label = if index == 0 { "known" } else { "" };
        let mut words = Prose::of_markup(&sanitize(&step.text));
        if let Some(place) = &step.place {
            words.push(format!(" ({}:{})", sanitize(&place.file), place.line));
        }
        rows::sentence(out, (label, DIM), &words, DIM)?;
    }
    Ok(())
}

/// What is not blocked, file by file.
fn tables(report: &Report<'_>, out: &mut Output) -> io::Result<()> {
    let shown: Vec<&Found<'_>> = report
        .connections
        .iter()
        .filter(|found| !found.verdict.is_blocked())
        .collect();
    let widths = Widths::of(&shown);
    for of_file in
        shown.chunk_by(|one, other| one.connection.place.file == other.connection.place.file)
    {
        if let Some(first) = of_file.first() {
            writeln!(
                out,
                "{STRONG}{}{STRONG:#}",
                sanitize(&first.connection.place.file)
            )?;
        }
        for found in of_file {
            row(report, found, &widths, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// How wide the columns are.
struct Widths {
    place: usize,
    api: usize,
    url: usize,
}

impl Widths {
    fn of(shown: &[&Found<'_>]) -> Self {
        let widest = |width: fn(&Found<'_>) -> usize| shown.iter().map(|found| width(found)).max();
        Self {
            place: widest(|found| place(found).width()).unwrap_or(0),
            api: widest(|found| api(found).width()).unwrap_or(0),
            url: widest(|found| url(found).width())
                .unwrap_or(0)
                .min(WIDEST_URL),
        }
    }
}

fn place(found: &Found<'_>) -> String {
    let place = &found.connection.place;
    format!("{}:{}", place.line, place.column)
}

fn api(found: &Found<'_>) -> String {
    let connection = &found.connection;
    match &connection.client {
        Some(client) => format!("{} ({})", connection.api, sanitize(client)),
        None => connection.api.to_string(),
    }
}

fn url(found: &Found<'_>) -> String {
    let target = found.connection.target.to_string();
    let target = if target.is_empty() {
        "(the page itself)"
    } else {
        &target
    };
    shorten(&sanitize(target), LONGEST).into_owned()
}

fn row(
    report: &Report<'_>,
    found: &Found<'_>,
    widths: &Widths,
    out: &mut Output,
) -> io::Result<()> {
    let (place, api, url) = (place(found), api(found), url(found));
    let columns = [
        format!("{place:>width$}", width = widths.place),
        format!(
            "{api}{}",
            " ".repeat(widths.api.saturating_sub(api.width()))
        ),
        format!(
            "{url}{}",
            " ".repeat(widths.url.saturating_sub(url.width()))
        ),
    ];
    let confidence = match found.connection.confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    };
    let [place, api, url] = columns;
    write!(
        out,
        "  {DIM}{place}{DIM:#}  {api}  {url}  {DIM}{confidence}{DIM:#}"
    )?;
    let verdict = match &found.verdict {
        Verdict::NotAsked if found.connection.target.is_dynamic() => (NOTE, "dynamic", ""),
        Verdict::NotAsked => (DIM, "", ""),
        Verdict::Decided { .. } => (ALLOWED, "allowed", ""),
        Verdict::Untold(Untold::Host) => (NOTE, "cannot be told", ""),
        Verdict::Untold(why) => (NOTE, "cannot be told", why.reason()),
    };
    match verdict {
        (_, "", _) => writeln!(out)?,
        (style, verdict, why) => {
            let padding = " ".repeat(WIDEST_CONFIDENCE - confidence.len());
            let colon = if why.is_empty() { "" } else { ": " };
            writeln!(out, "{padding}  {style}{verdict}{style:#}{colon}{why}")?;
        }
    }
    if report.explains {
        if let Some(place) = &found.connection.generated {
            let at = format!("{}:{}:{}", sanitize(&place.file), place.line, place.column);
            rows::sentence(out, ("in", DIM), &prose![at], DIM)?;
        }
        steps(found, out)?;
    }
    Ok(())
}

/// All sources that are missing, together.
fn to_add(report: &Report<'_>, out: &mut Output) -> io::Result<()> {
    if report.count(Verdict::is_blocked) < 2 {
        return Ok(());
    }
    for (directive, sources) in needed(report) {
        let sources: Vec<_> = sources.into_iter().collect();
        let sentence = prose![
            "to allow all of it, add to ",
            code(directive),
            ": ",
            code(sanitize(&sources.join(" ")))
        ];
        rows::sentence(out, ("fix", FIX), &sentence, Style::new())?;
        writeln!(out)?;
    }
    Ok(())
}

fn summary(report: &Report<'_>, out: &mut Output) -> io::Result<()> {
    let connections = match report.connections.len() {
        0 => "no connections".to_owned(),
        count => rows::counted(count, "connection"),
    };
    let files = rows::counted(report.files, "file");
    write!(out, "{STRONG}{connections} in {files}{STRONG:#}")?;
    if report.judged_by == JudgedBy::Nobody {
        match report.dynamic() {
            0 => {}
            dynamic => write!(out, ", {dynamic} dynamic")?,
        }
    } else {
        for (number, words) in [
            (report.count(Verdict::is_blocked), "blocked"),
            (report.count(Verdict::is_allowed), "allowed"),
            (report.count(Verdict::is_untold), "cannot be told"),
        ] {
            if number > 0 {
                write!(out, ", {number} {words}")?;
            }
        }
    }
    if !report.hints.is_empty() {
        write!(
            out,
            "; {}",
            rows::counted(report.hints.len(), "resource hint")
        )?;
    }
    if report.kept_back > 0 {
        write!(out, "; {} kept back by the baseline", report.kept_back)?;
    }
    writeln!(out, "; {:.1} s", report.elapsed.as_secs_f64())?;
    if report.judged_by == JudgedBy::Documents {
        writeln!(
            out,
            "{DIM}No --policy was given: documents with <meta> policies are judged by those, everything else by none{DIM:#}"
        )?;
    }
    if report.connections.is_empty() && report.files == 0 {
        writeln!(
            out,
            "{DIM}Nothing to scan: JavaScript, TypeScript, HTML, Vue, Svelte and Astro are looked at, and --no-ignore \
             adds what .gitignore names{DIM:#}"
        )?;
    }
    Ok(())
}

const WIDEST_CONFIDENCE: usize = "medium".len();
const MOST_NOTES: usize = 10;
const LONGEST: usize = 300;
/// URLs that are longer stand out of their column.
const WIDEST_URL: usize = 60;
