//! Entries on a terminal.

use std::io::{self, Write};

use anstyle::Style;
use connect_src::{BrowserProfile, Departure, Quirk};
use unicode_width::UnicodeWidthStr as _;

use super::departures;
use super::entries::entries;
use super::entry::{Block, Entry, Group};
use super::example::{Case, DeliveredPolicy, Example, Exception, Verdict};
use super::facts::facts;
use super::lookup::Found;
use crate::output::style::{ALLOWED, BLOCKED, CODE, DIM, NOTE, STRONG};
use crate::output::{Prose, code, prose::InLines as _};

/// Writes an entry for people, in lines of at most `width` columns.
pub(crate) fn write_entry(
    out: &mut impl Write,
    found: Found,
    typed: &str,
    width: usize,
) -> io::Result<()> {
    let mut page = Page::new(out, width);
    let entry = found.entry;
    if found.is_form {
        page.form_of(typed)?;
    }
    page.title(entry)?;
    page.facts(entry)?;
    if let Some(quirk) = departures::quirk(entry) {
        page.quirk(quirk)?;
    }
    let mut is_after_heading = false;
    for block in &entry.blocks {
        if !is_after_heading {
            page.blank()?;
        }
        page.block(block)?;
        is_after_heading = matches!(block, Block::Heading(_));
    }
    if let Some(browser) = departures::browser(entry) {
        page.departures_of(browser)?;
    }
    page.related_departures(entry)?;
    page.see_also(entry)
}

/// Writes the list of all terms.
pub(crate) fn write_list(out: &mut impl Write, width: usize) -> io::Result<()> {
    let mut page = Page::new(out, width);
    page.paragraph(
        "`connect-src explain TERM` tells what a term means and shows it with examples. A source such as `https://*.example.com:8443` is a term too.",
        "",
        "",
    )?;
    for group in Group::ALL {
        page.heading(group.title())?;
        let terms = entries().iter().filter(|entry| entry.group == *group);
        let row = |entry: &Entry| match departures::quirk(entry) {
            Some(quirk) => (entry.term, departures::names(quirk)),
            None => (entry.term, entry.summary.into()),
        };
        page.definitions(&terms.map(row).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// A place to write lines to.
struct Page<'w, W> {
    out: &'w mut W,
    width: usize,
}

impl<'w, W: Write> Page<'w, W> {
    /// Text is easier to read in lines of at most this many columns.
    const WIDEST: usize = 100;
    /// Narrower terminals break lines by themselves.
    const NARROWEST: usize = 40;
    const INDENT: &'static str = "  ";

    fn new(out: &'w mut W, width: usize) -> Self {
        Self {
            out,
            width: width.clamp(Self::NARROWEST, Self::WIDEST),
        }
    }

    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Text in lines, the first of them after `first`, the others after `rest`.
    fn paragraph(&mut self, text: &str, first: &str, rest: &str) -> io::Result<()> {
        self.prose(&Prose::of_markup(text), Style::new(), first, rest)
    }

    fn prose(&mut self, text: &Prose, style: Style, first: &str, rest: &str) -> io::Result<()> {
        let width = self.width.saturating_sub(rest.width());
        for (index, line) in text.lines(width, style).iter().enumerate() {
            let indent = if index == 0 { first } else { rest };
            writeln!(self.out, "{indent}{line}")?;
        }
        Ok(())
    }

    fn indented(&mut self, text: &str) -> io::Result<()> {
        self.paragraph(text, Self::INDENT, Self::INDENT)
    }

    fn form_of(&mut self, typed: &str) -> io::Result<()> {
        let mut text = Prose::new([code(typed.trim())]);
        text.push(" is a source of this form:");
        self.prose(&text, Style::new(), "", "")?;
        self.blank()
    }

    fn title(&mut self, entry: &Entry) -> io::Result<()> {
        let (term, kind) = (entry.term, entry.group.kind());
        writeln!(self.out, "{STRONG}{term}{STRONG:#} {DIM}· {kind}{DIM:#}")?;
        self.paragraph(entry.summary, "", "")
    }

    fn facts(&mut self, entry: &Entry) -> io::Result<()> {
        let facts = facts(entry);
        if !facts.is_empty() {
            self.blank()?;
        }
        facts.iter().try_for_each(|fact| {
            let first = format!("{}{DIM}{:<9}{DIM:#} ", Self::INDENT, fact.name);
            self.paragraph(&fact.value, &first, &" ".repeat(12))
        })
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "\n{STRONG}{text}{STRONG:#}")
    }

    fn block(&mut self, block: &Block) -> io::Result<()> {
        match block {
            Block::Heading(text) => writeln!(self.out, "{STRONG}{text}{STRONG:#}"),
            Block::Paragraph(text) => self.indented(text),
            Block::List(items) => items
                .iter()
                .try_for_each(|item| self.paragraph(item, "  - ", "    ")),
            Block::Table { header, rows } => self.table(header, rows),
            Block::Code { text, .. } => text
                .lines()
                .try_for_each(|line| writeln!(self.out, "    {CODE}{line}{CODE:#}")),
            Block::Example(example) => self.example(example),
        }
    }

    /// Columns as wide as their text; the last one is broken into lines.
    fn table(&mut self, header: &[&str], rows: &[Vec<&str>]) -> io::Result<()> {
        let width = |index: usize| {
            let cells = rows.iter().map(|row| row[index]).chain([header[index]]);
            cells.map(columns).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..header.len() - 1).map(width).collect();
        if header.last().is_some_and(|title| !title.is_empty()) {
            self.row(header, &widths, DIM)?;
        }
        rows.iter()
            .try_for_each(|row| self.row(row, &widths, Style::new()))
    }

    fn row(&mut self, cells: &[&str], widths: &[usize], style: Style) -> io::Result<()> {
        let mut first = String::from(Self::INDENT);
        for (cell, width) in cells.iter().zip(widths) {
            first.push_str(&self::cell(cell, style));
            first.push_str(&" ".repeat(width - columns(cell) + 2));
        }
        let column = Self::INDENT.len() + widths.iter().map(|width| width + 2).sum::<usize>();
        let last = Prose::of_markup(cells.last().copied().unwrap_or_default());
        self.prose(&last, style, &first, &" ".repeat(column))
    }

    /// Names, each with a text beside it.
    fn definitions(&mut self, rows: &[(&str, String)]) -> io::Result<()> {
        let widest = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        let rest = " ".repeat(Self::INDENT.len() + widest + 2);
        rows.iter().try_for_each(|(name, text)| {
            let gap = " ".repeat(widest + 2 - name.width());
            let first = format!("{}{CODE}{name}{CODE:#}{gap}", Self::INDENT);
            self.paragraph(text, &first, &rest)
        })
    }

    fn example(&mut self, example: &Example) -> io::Result<()> {
        for policy in &example.policies {
            self.policy(*policy)?;
        }
        writeln!(self.out, "    {DIM}page:{DIM:#} {}", example.page)?;
        let ways = example.cases.iter().map(|case| case.way.as_str().width());
        let widest = ways.max().unwrap_or(0);
        let mut cases = example.cases.iter();
        cases.try_for_each(|case| self.case(example, case, widest))
    }

    /// On one line if it fits, or else its directives one below the other.
    fn policy(&mut self, policy: DeliveredPolicy) -> io::Result<()> {
        let name = policy.delivery.name();
        let first = format!("    {DIM}{name}:{DIM:#}");
        if 4 + name.width() + 2 + policy.text.width() <= self.width {
            return writeln!(self.out, "{first} {CODE}{}{CODE:#}", policy.text);
        }
        writeln!(self.out, "{first}")?;
        policy.text.split_inclusive("; ").try_for_each(|directive| {
            let text = Prose::new([String::from(directive).into()]);
            self.prose(&text, CODE, "      ", "        ")
        })
    }

    fn case(&mut self, example: &Example, case: &Case, widest: usize) -> io::Result<()> {
        let style = match case.verdict {
            Verdict::Allowed => ALLOWED,
            Verdict::Blocked => BLOCKED,
            Verdict::Reported => NOTE,
        };
        let (verdict, way) = (case.verdict.as_str(), case.way.as_str());
        let first = format!("      {style}{verdict:<8}{style:#}  {way:<widest$}  ");
        let rest = " ".repeat(6 + 8 + 2 + widest + 2);
        let urls = self.urls(&case.urls, rest.len());
        let last = urls.last().map_or(0, |url| url.width());
        let remark = Remark::of(example, case);
        let is_beside = rest.len() + last + 2 + columns(&remark.text) <= self.width;
        write!(self.out, "{first}{}", urls.join(&format!("\n{rest}")))?;
        if remark.text.is_empty() || (remark.is_optional && !is_beside) {
            return self.blank();
        }
        let text = Prose::of_markup(&remark.text);
        if is_beside {
            return writeln!(self.out, "  {}", text.lines(usize::MAX, DIM).concat());
        }
        self.blank()?;
        self.prose(&text, DIM, &rest, &rest)
    }

    /// A URL and its redirects, on one line if that fits.
    fn urls(&self, urls: &[&str], column: usize) -> Vec<String> {
        let line = urls.join(" → ");
        if urls.len() == 1 || column + line.width() <= self.width {
            return vec![line];
        }
        let redirects = urls[1..].iter().map(|url| format!("→ {url}"));
        [urls[0].into()].into_iter().chain(redirects).collect()
    }

    fn quirk(&mut self, quirk: Quirk) -> io::Result<()> {
        self.heading("The standard says")?;
        self.indented(quirk.standard())?;
        writeln!(self.out, "{}{DIM}{}{DIM:#}", Self::INDENT, quirk.anchor())?;
        departures::of(quirk)
            .into_iter()
            .try_for_each(|(profile, departure)| {
                self.heading(&title(profile, departure))?;
                self.indented(departure.does)?;
                let proof = Prose::new([proof(departure).into()]);
                self.prose(&proof, DIM, Self::INDENT, Self::INDENT)
            })
    }

    fn departures_of(&mut self, browser: BrowserProfile) -> io::Result<()> {
        if browser.departures().is_empty() {
            return Ok(());
        }
        self.heading("Where it departs from the standard")?;
        browser.departures().iter().try_for_each(|departure| {
            let period = departures::period(browser, departure);
            let name = departure.quirk.name();
            writeln!(
                self.out,
                "{}{CODE}{name}{CODE:#} {DIM}{period}{DIM:#}",
                Self::INDENT
            )?;
            self.paragraph(departure.does, "    ", "    ")
        })
    }

    fn related_departures(&mut self, entry: &Entry) -> io::Result<()> {
        if entry.departures.is_empty() {
            return Ok(());
        }
        self.heading("Where browsers differ")?;
        entry.departures.iter().try_for_each(|quirk| {
            let (name, browsers) = (quirk.name(), departures::names(*quirk));
            let first = format!("{}{CODE}{name}{CODE:#} ", Self::INDENT);
            self.prose(&Prose::of_markup(&format!("· {browsers}")), DIM, &first, "")?;
            self.paragraph(departures::summary(*quirk), "    ", "    ")
        })
    }

    fn see_also(&mut self, entry: &Entry) -> io::Result<()> {
        if entry.see_also.is_empty() {
            return Ok(());
        }
        let mut text = Prose::new(["See also ".into()]);
        for (index, term) in entry.see_also.iter().enumerate() {
            if index > 0 {
                text.push(", ");
            }
            text.push(code(term));
        }
        self.blank()?;
        self.prose(&text, Style::new(), "", "  ")
    }
}

/// A text on one line. What is nothing but code needs no quotes there.
fn cell(text: &str, style: Style) -> String {
    let code = text
        .strip_prefix('`')
        .and_then(|text| text.strip_suffix('`'));
    match code.filter(|code| !code.contains('`')) {
        Some(code) => format!("{CODE}{code}{CODE:#}"),
        None => Prose::of_markup(text).lines(usize::MAX, style).concat(),
    }
}

/// How many columns the text takes as a cell.
fn columns(text: &str) -> usize {
    let cell = cell(text, Style::new());
    anstream::adapter::strip_str(&cell).to_string().width()
}

fn title(profile: BrowserProfile, departure: &Departure) -> String {
    match departures::period(profile, departure).as_str() {
        "" => profile.to_string(),
        period => format!("{profile}, {period}"),
    }
}

fn proof(departure: &Departure) -> String {
    match departure.source {
        Some(source) => format!("Source: {source}"),
        None => format!("Recorded in {}", departure.vectors.join(", ")),
    }
}

/// What is said beside a case.
struct Remark {
    text: String,
    /// It says only what the policy shows.
    is_optional: bool,
}

impl Remark {
    /// Why it is so, then who decides otherwise.
    fn of(example: &Example, case: &Case) -> Self {
        /// A longer reason hides the rest.
        const LONGEST_REASON: usize = 40;
        let reason = example
            .reason(case)
            .filter(|text| text.width() <= LONGEST_REASON);
        let reason = case.note.map(String::from).or(reason);
        let verdict = case.exceptions.first().map(|one| one.verdict.as_str());
        let exception = verdict.map(|verdict| format!("{verdict} {}", who(&case.exceptions)));
        let is_optional = case.note.is_none() && exception.is_none();
        let remarks: Vec<_> = [reason, exception].into_iter().flatten().collect();
        Self {
            text: remarks.join("; "),
            is_optional,
        }
    }
}

/// Whose verdict it is, in words.
fn who(exceptions: &[Exception]) -> String {
    let (standard, browsers): (Vec<_>, Vec<_>) = exceptions
        .iter()
        .partition(|one| one.profile == BrowserProfile::Standard);
    let name = |one: &&Exception| match (one.profile, one.version) {
        (profile, None) => profile.to_string(),
        (BrowserProfile::WebKit, Some(version)) => format!("Safari {version}"),
        (profile, Some(version)) => format!("{profile} {version}"),
    };
    let names: Vec<_> = browsers.iter().map(name).collect();
    let standard = standard.first().map(|_| String::from("by the standard"));
    let browsers = names.first().map(|_| format!("in {}", names.join(" and ")));
    let both: Vec<_> = standard.into_iter().chain(browsers).collect();
    both.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::find;

    fn shown(term: &str, width: usize) -> String {
        let mut out = Vec::new();
        write_entry(&mut out, find(term).unwrap(), term, width).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    /// Only the link to the standard may be, because it is of use only in one piece.
    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for entry in entries() {
            for width in [80, 120] {
                let text = shown(entry.term, width);
                let is_link = |line: &str| {
                    line.trim_start_matches("  standard")
                        .trim()
                        .starts_with("https://")
                };
                let is_wide = |line: &&str| line.width() > width && !is_link(line);
                let wide: Vec<_> = text.lines().filter(is_wide).collect();
                assert!(wide.is_empty(), "{} at {width}: {wide:#?}", entry.term);
            }
        }
    }

    #[test]
    fn a_source_is_shown_with_the_entry_of_its_form() {
        let text = shown("https://*.api.test", 80);
        assert!(text.starts_with("https://*.api.test is a source of this form:\n\n*.example.com"));
    }

    #[test]
    fn what_was_typed_cannot_move_the_cursor() {
        let mut out = Vec::new();
        let typed = "https://api.test/\u{1b}[2J";
        let Ok(found) = find("https://api.test/a") else {
            panic!("a path")
        };
        write_entry(&mut out, found, typed, 80).unwrap();
        assert!(!String::from_utf8(out).unwrap().contains("\u{1b}[2J"));
    }

    #[test]
    fn every_way_of_telling_a_verdict_is_shown() {
        let text = shown("report-only", 100);
        for part in ["allowed ", "blocked ", "reported ", "  by https:"] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }

    #[test]
    fn who_decides_otherwise_is_told_in_words() {
        let exception = |profile, version| Exception {
            profile,
            version,
            verdict: Verdict::Allowed,
        };
        let (standard, webkit) = (BrowserProfile::Standard, BrowserProfile::WebKit);
        let firefox = exception(BrowserProfile::Firefox, None);
        assert_eq!(
            who(&[firefox, exception(webkit, Some(15))]),
            "in Firefox and Safari 15"
        );
        assert_eq!(who(&[exception(standard, None)]), "by the standard");
        assert_eq!(
            who(&[exception(standard, None), firefox]),
            "by the standard and in Firefox"
        );
    }

    #[test]
    fn a_departure_is_told_with_its_proof() {
        let text = shown("ws-source-admits-only-websocket", 100);
        for part in [
            "The standard says",
            "\nChromium\n",
            "\nFirefox\n",
            "Recorded in ",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
