//! Findings on a terminal: the policy with the place underlined, why it matters, and what to do.

use std::io::{self, Write as _};
use std::path::Path;

use anstyle::Style;
use connect_src::Policy;
use connect_src_lint::{Applicability, Severity, apply};
use similar::{ChangeTag, TextDiff};

use super::annotate::{Mark, annotate};
use super::rows;
use crate::commands::lint::fix::Fixed;
use crate::commands::lint::{Found, Linted};
use crate::input::Provenance;
use crate::output::prose::InLines as _;
use crate::output::sanitize::sanitize;
use crate::output::style::{ALLOWED, BLOCKED, DIM, FIX, NOTE, STRONG};
use crate::output::{Output, Prose};

/// Prints all findings, then how many there are.
pub(crate) fn lint(all: &[Linted], out: &mut Output) -> io::Result<()> {
    for linted in all {
        for found in &linted.findings {
            finding(linted, found, out)?;
        }
        for note in &linted.notes {
            labelled("note", NOTE, note, out)?;
        }
    }
    summary(all, out)
}

fn finding(linted: &Linted, found: &Found, out: &mut Output) -> io::Result<()> {
    let diagnostic = &found.diagnostic;
    let style = style(diagnostic.severity);
    writeln!(
        out,
        "{style}{}{style:#} {STRONG}{}{STRONG:#}",
        diagnostic.severity, diagnostic.rule
    )?;
    let name = linted
        .provenances
        .get(diagnostic.policy)
        .and_then(Provenance::name);
    if let Some(name) = name {
        writeln!(out, "{DIM}  --> {}{DIM:#}", sanitize(&name))?;
    }
    let policy = &linted.policies[diagnostic.policy];
    frame(policy, found, style, out)?;
    labelled("is", style, &Prose::of_markup(&diagnostic.message), out)?;
    labelled("why", Style::new(), &Prose::of_markup(&diagnostic.why), out)?;
    labelled("help", FIX, &Prose::of_markup(&diagnostic.help), out)?;
    fix(policy, found, out)?;
    writeln!(out)
}

/// The policy with the place underlined.
fn frame(policy: &Policy, found: &Found, style: Style, out: &mut Output) -> io::Result<()> {
    let range = found.diagnostic.span.range();
    let directive = policy.directives().find(|one| {
        let span = one.span();
        span.start <= found.diagnostic.span.start && found.diagnostic.span.end <= span.end
    });
    let focus = directive.map_or(range.clone(), |one| one.span().range());
    let mark = Mark {
        range,
        label: String::new(),
        line: '^',
        style,
    };
    let mark = (!mark.range.is_empty()).then_some(mark);
    let width = out.width().saturating_sub(INDENT + 2);
    for (index, line) in annotate(policy.text(), Some(focus), mark.as_ref(), width)
        .iter()
        .enumerate()
    {
        let label = if index == 0 { "policy" } else { "" };
        writeln!(out, "{DIM}{label:>INDENT$}{DIM:#}  {line}")?;
    }
    Ok(())
}

/// What the fix makes of the directive, or of the end of the policy.
fn fix(policy: &Policy, found: &Found, out: &mut Output) -> io::Result<()> {
    let Some(fix) = &found.diagnostic.fix else {
        return Ok(());
    };
    let (text, _) = apply(
        policy.text(),
        found.diagnostic.policy,
        std::slice::from_ref(&found.diagnostic),
        Applicability::Suggestion,
    );
    let label = match fix.applicability {
        Applicability::Safe => "--fix",
        Applicability::Suggestion => "fix",
    };
    let first = fix.edits.first().map_or(0, |edit| edit.span.start as usize);
    let start = policy.text()[..first].rfind(';').map_or(0, |at| at + 1);
    let shown = text.get(start..).unwrap_or_default();
    let end = shown
        .char_indices()
        .filter(|(_, it)| *it == ';')
        .nth(1)
        .map_or(shown.len(), |(at, _)| at);
    let focus = start..start + end;
    let width = out.width().saturating_sub(INDENT + 2);
    for (index, line) in annotate(&text, Some(focus), None, width).iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        writeln!(out, "{FIX}{label:>INDENT$}{FIX:#}  {line}")?;
    }
    Ok(())
}

const INDENT: usize = 8;

fn labelled(label: &str, style: Style, prose: &Prose, out: &mut Output) -> io::Result<()> {
    let width = out.width().min(100).saturating_sub(INDENT + 2);
    for (index, line) in prose.lines(width, Style::new()).iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        writeln!(out, "{style}{label:>INDENT$}{style:#}  {line}")?;
    }
    Ok(())
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => BLOCKED,
        Severity::Warning => NOTE,
        Severity::Info => DIM,
    }
}

fn summary(all: &[Linted], out: &mut Output) -> io::Result<()> {
    let findings = || all.iter().flat_map(|one| &one.findings);
    let count = |severity| {
        findings()
            .filter(|one| one.diagnostic.severity == severity)
            .count()
    };
    let kept_back: usize = all.iter().map(|one| one.kept_back).sum();
    let fixable = findings().filter(|one| {
        one.diagnostic
            .fix
            .as_ref()
            .is_some_and(|fix| fix.applicability == Applicability::Safe)
    });
    let parts: Vec<_> = Severity::ALL
        .into_iter()
        .rev()
        .filter(|severity| count(*severity) > 0)
        .map(|severity| rows::counted(count(severity), severity.as_str()))
        .collect();
    if parts.is_empty() {
        write!(out, "{ALLOWED}clean{ALLOWED:#}")?;
    } else {
        write!(out, "{}", parts.join(", "))?;
    }
    match fixable.count() {
        0 => {}
        1 => write!(out, "; --fix removes 1 of them and changes no decision")?,
        count => write!(
            out,
            "; --fix removes {count} of them and changes no decision"
        )?,
    }
    if kept_back > 0 {
        write!(
            out,
            "; {kept_back} kept back by the baseline or the configuration"
        )?;
    }
    writeln!(out)
}

/// Says that a baseline was written.
pub(crate) fn baseline_written(file: &Path, count: usize, out: &mut Output) -> io::Result<()> {
    let file = file.to_string_lossy();
    writeln!(
        out,
        "{} in {}",
        rows::counted(count, "finding"),
        sanitize(&file)
    )
}

/// Prints fixed policies that are in no file.
pub(crate) fn fixed_text(fixed: &[Fixed], out: &mut Output) -> io::Result<()> {
    for one in fixed {
        writeln!(out, "{}", sanitize(&one.after))?;
    }
    Ok(())
}

/// Says how many fixes a file got.
pub(crate) fn fixed_file(file: &Path, fixed: &[Fixed], out: &mut Output) -> io::Result<()> {
    let count: usize = fixed.iter().map(|one| one.count).sum();
    let file = file.to_string_lossy();
    writeln!(
        out,
        "{}: {} applied",
        sanitize(&file),
        rows::counted(count, "fix").replace("fixs", "fixes")
    )
}

/// Prints what would change, a directive on each line.
pub(crate) fn fix_diff(fixed: &[Fixed], out: &mut Output) -> io::Result<()> {
    for one in fixed.iter().filter(|one| one.count > 0) {
        let name = one.name.as_deref().unwrap_or("policy");
        writeln!(out, "{STRONG}--- {0}\n+++ {0}{STRONG:#}", sanitize(name))?;
        let (before, after) = (in_lines(&one.before), in_lines(&one.after));
        for change in TextDiff::from_lines(&before, &after).iter_all_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', BLOCKED),
                ChangeTag::Insert => ('+', ALLOWED),
                ChangeTag::Equal => (' ', Style::new()),
            };
            writeln!(
                out,
                "{style}{sign}{}{style:#}",
                sanitize(change.value().trim_end())
            )?;
        }
    }
    Ok(())
}

fn in_lines(policy: &str) -> String {
    let directives = policy.split(';').map(str::trim);
    let lines = directives.filter(|text| !text.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}
