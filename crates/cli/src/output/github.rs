//! Findings as annotations of GitHub Actions.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::io::{self, Write as _};

use connect_src_lint::Severity;

use crate::commands::lint::{Found, Linted};
use crate::commands::scan::{Found as FoundConnection, Report};
use crate::output::Output;
use crate::output::sarif;

/// Prints a workflow command for each finding.
pub(crate) fn lint(all: &[Linted], out: &mut Output) -> io::Result<()> {
    for found in all.iter().flat_map(|linted| &linted.findings) {
        writeln!(out, "{}", annotation(found))?;
    }
    Ok(())
}

fn annotation(found: &Found) -> String {
    let diagnostic = &found.diagnostic;
    let text = format!(
        "{}: {}. {}.",
        diagnostic.message, diagnostic.why, diagnostic.help
    );
    let place = Place {
        file: found.place.file.as_deref(),
        start: found.place.start,
        end: found.place.end,
    };
    command(diagnostic.severity, diagnostic.rule, &place, &text)
}

/// Prints a workflow command for each connection that is blocked, that cannot be told, or, without a policy, for each.
pub(crate) fn scan(report: &Report<'_>, out: &mut Output) -> io::Result<()> {
    for found in &report.connections {
        if !found.verdict.is_allowed() {
            writeln!(out, "{}", connection(found))?;
        }
    }
    Ok(())
}

fn connection(found: &FoundConnection<'_>) -> String {
    let place = &found.connection.place;
    let place = Place {
        file: Some(&place.file),
        start: Some((place.line as usize, place.column as usize)),
        end: None,
    };
    let severity = if found.verdict.is_blocked() || found.is_finding {
        Severity::Error
    } else if found.verdict.is_untold() {
        Severity::Warning
    } else {
        Severity::Info
    };
    command(
        severity,
        found.verdict.rule(),
        &place,
        &sarif::connection_message(found),
    )
}

/// What an annotation points at; lines and columns from 1 on.
struct Place<'a> {
    file: Option<&'a str>,
    start: Option<(usize, usize)>,
    end: Option<(usize, usize)>,
}

fn command(severity: Severity, title: &str, place: &Place<'_>, text: &str) -> String {
    let command = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = vec![format!("title={}", property(title))];
    if let Some(file) = place.file {
        properties.push(format!("file={}", property(file)));
    }
    if let Some((line, column)) = place.start {
        properties.push(format!("line={line},col={column}"));
    }
    if let Some((line, column)) = place.end {
        properties.push(format!("endLine={line},endColumn={column}"));
    }
    format!("::{command} {}::{}", properties.join(","), data(text))
}

/// What a message must not have.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// What a property must not have.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_cannot_write_commands_of_its_own() {
        assert_eq!(data("a\n::error::b 100%"), "a%0A::error::b 100%25");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
