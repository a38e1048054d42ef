//! Findings as JSON Lines: one object each. The fields are described in `docs/schema/lint.schema.json`.

use std::borrow::Cow;
use std::io::{self, Write as _};

use connect_src::Span;
use connect_src_lint::{Fix, Severity};
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::commands::lint::{Found, Linted};
use crate::output::Output;

/// Prints the findings.
pub(crate) fn lint(all: &[Linted], out: &mut Output) -> io::Result<()> {
    for linted in all {
        for found in &linted.findings {
            serde_json::to_writer(&mut *out, &line(linted, found))?;
            writeln!(out)?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Line<'a> {
    schema_version: u32,
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    why: &'a str,
    help: &'a str,
    /// What is linted: the name of a file or page; null for a text.
    name: Option<&'a str>,
    policy: &'a str,
    disposition: &'static str,
    span: Span,
    /// What the span covers.
    text: Cow<'a, str>,
    line: Option<usize>,
    column: Option<usize>,
    fix: Option<&'a Fix>,
    fingerprint: &'a str,
}

fn line<'a>(linted: &'a Linted, found: &'a Found) -> Line<'a> {
    let diagnostic = &found.diagnostic;
    let policy = &linted.policies[diagnostic.policy];
    Line {
        schema_version: SCHEMA_VERSION,
        rule: diagnostic.rule,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        why: &diagnostic.why,
        help: &diagnostic.help,
        name: found.place.file.as_deref(),
        policy: policy.text(),
        disposition: policy.disposition().as_str(),
        span: diagnostic.span,
        text: policy
            .text()
            .get(diagnostic.span.range())
            .unwrap_or_default()
            .into(),
        line: found.place.start.map(|(line, _)| line),
        column: found.place.start.map(|(_, column)| column),
        fix: diagnostic.fix.as_ref(),
        fingerprint: &found.fingerprint,
    }
}
