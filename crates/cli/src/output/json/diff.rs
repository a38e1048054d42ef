//! Differences as one JSON object.

use std::io::{self, Write as _};

use connect_src::{DirectiveName, RequestKind, Side, Span};
use connect_src_lint::{Diagnostic, Severity};
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::commands::diff::{Change, Channel, Finding, Report};
use crate::output::Output;

/// Prints the differences.
pub(crate) fn diff(report: &Report, out: &mut Output) -> io::Result<()> {
    let side = |side| {
        let findings = report.findings.iter();
        let findings = findings.filter(move |finding| finding.allowed_by == side);
        findings.map(finding).collect()
    };
    let json = Json {
        schema_version: SCHEMA_VERSION,
        page: report.page.as_ref().map(ToString::to_string),
        newly_allowed: side(Side::New),
        newly_blocked: side(Side::Old),
        other_changes: report.changes.iter().map(change).collect(),
        written_differently: &report.rewritten,
        is_exhaustive: report.is_exhaustive,
        new_findings: report.lint.new.iter().map(lint).collect(),
        mended_findings: report.lint.mended.iter().map(lint).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    page: Option<String>,
    newly_allowed: Vec<JsonFinding<'a>>,
    newly_blocked: Vec<JsonFinding<'a>>,
    other_changes: Vec<JsonChange<'a>>,
    written_differently: &'a [String],
    is_exhaustive: bool,
    new_findings: Vec<JsonLint<'a>>,
    mended_findings: Vec<JsonLint<'a>>,
}

#[derive(Serialize)]
struct JsonLint<'a> {
    rule: &'static str,
    severity: Severity,
    message: &'a str,
    help: &'a str,
    /// The index of the policy in its list.
    policy: usize,
    span: Span,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    source: Option<&'a str>,
    directive: &'static str,
    channels: Vec<&'static str>,
    browsers: Vec<String>,
    url: &'a str,
    redirected_from: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonChange<'a> {
    directive: &'a str,
    disposition: &'static str,
    added: &'a [String],
    removed: &'a [String],
}

fn finding(finding: &Finding) -> JsonFinding<'_> {
    let browsers = finding.profiles.iter();
    JsonFinding {
        source: finding.source.as_deref(),
        directive: finding.directive.as_str(),
        channels: finding.channels.iter().map(|one| one.name()).collect(),
        browsers: browsers
            .map(|one| one.as_str().to_ascii_lowercase())
            .collect(),
        url: finding.witness.as_str(),
        redirected_from: finding.redirected_from.as_ref().map(url::Url::as_str),
    }
}

fn lint(finding: &Diagnostic) -> JsonLint<'_> {
    JsonLint {
        rule: finding.rule,
        severity: finding.severity,
        message: &finding.message,
        help: &finding.help,
        policy: finding.policy,
        span: finding.span,
    }
}

fn change(change: &Change) -> JsonChange<'_> {
    JsonChange {
        directive: &change.directive,
        disposition: change.disposition.as_str(),
        added: &change.added,
        removed: &change.removed,
    }
}

impl Channel {
    /// A word for programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request(RequestKind::Connect(api)) => api.name(),
            Self::Request(RequestKind::Load(destination)) => match destination {
                connect_src::Destination::Script => "script",
                connect_src::Destination::Style => "style",
                connect_src::Destination::Image => "image",
                connect_src::Destination::Font => "font",
                connect_src::Destination::Video => "media",
                connect_src::Destination::Iframe => "frame",
                connect_src::Destination::Object => "object",
                connect_src::Destination::Worker => "worker",
                _ => "manifest",
            },
            Self::Directive(DirectiveName::FormAction) => "form",
            Self::Directive(DirectiveName::BaseUri) => "base",
            Self::Directive(_) => "ancestor",
        }
    }
}
