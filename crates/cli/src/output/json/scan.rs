//! Connections as one JSON object. The fields are described in `docs/schema/scan.schema.json`.

use std::io::{self, Write as _};

use connect_src_scan::{Confidence, Hint, Part, Place, Step};
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::commands::check::Question;
use crate::commands::scan::{Found, JudgedBy, Report, Verdict};
use crate::output::Output;

/// Prints the connections, one object for all.
pub(crate) fn scan(
    report: &Report<'_>,
    given: Option<&Question>,
    out: &mut Output,
) -> io::Result<()> {
    let page = given.and_then(|question| question.page.as_ref());
    let policies = given.map(|question| question.policies.list.policies());
    let json = JsonReport {
        schema_version: SCHEMA_VERSION,
        page: page.map(ToString::to_string),
        policies: policies
            .into_iter()
            .flatten()
            .map(connect_src::Policy::text)
            .collect(),
        judged_by: match report.judged_by {
            JudgedBy::Nobody => None,
            JudgedBy::Given => Some("policy"),
            JudgedBy::Documents => Some("documents"),
        },
        connections: report.connections.iter().map(connection).collect(),
        hints: &report.hints,
        notes: &report.notes,
        summary: Summary {
            files: report.files,
            connections: report.connections.len(),
            dynamic: report.dynamic(),
            allowed: report.count(Verdict::is_allowed),
            blocked: report.count(Verdict::is_blocked),
            cannot_be_told: report.count(Verdict::is_untold),
            kept_back: report.kept_back,
            seconds: report.elapsed.as_secs_f64(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct JsonReport<'a> {
    schema_version: u32,
    page: Option<String>,
    policies: Vec<&'a str>,
    judged_by: Option<&'static str>,
    connections: Vec<JsonConnection<'a>>,
    hints: &'a [Hint],
    notes: &'a [String],
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    connections: usize,
    dynamic: usize,
    allowed: usize,
    blocked: usize,
    cannot_be_told: usize,
    kept_back: usize,
    seconds: f64,
}

#[derive(Serialize)]
struct JsonConnection<'a> {
    api: &'static str,
    /// With `{…}` for what is not known.
    url: String,
    parts: &'a [Part],
    is_dynamic: bool,
    place: &'a Place,
    generated: Option<&'a Place>,
    confidence: Confidence,
    client: Option<&'a str>,
    reasoning: &'a [Step],
    verdict: Option<JsonVerdict>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct JsonVerdict {
    result: &'static str,
    /// Why it cannot be told.
    reason: Option<&'static str>,
    browsers: Vec<JsonView>,
    add: Vec<JsonAddition>,
}

#[derive(Serialize)]
struct JsonView {
    browser: String,
    result: &'static str,
}

#[derive(Serialize)]
struct JsonAddition {
    directive: &'static str,
    source: String,
}

fn connection<'a>(found: &'a Found<'_>) -> JsonConnection<'a> {
    let connection = &found.connection;
    JsonConnection {
        api: connection.api.name(),
        url: connection.target.to_string(),
        parts: &connection.target.parts,
        is_dynamic: connection.target.is_dynamic(),
        place: &connection.place,
        generated: connection.generated.as_ref(),
        confidence: connection.confidence,
        client: connection.client.as_deref(),
        reasoning: &connection.reasoning,
        verdict: verdict(&found.verdict),
        fingerprint: &found.fingerprint,
    }
}

fn verdict(verdict: &Verdict<'_>) -> Option<JsonVerdict> {
    let result = verdict.name()?;
    let (views, reason) = match verdict {
        Verdict::Decided { decision, .. } => (decision.views.as_slice(), None),
        Verdict::Untold(why) => (&[][..], Some(why.reason())),
        Verdict::NotAsked => (&[][..], None),
    };
    let view = |view: &crate::commands::check::decision::View<'_>| JsonView {
        browser: view.profile.as_str().to_ascii_lowercase(),
        result: view.explanation.result.as_str(),
    };
    let addition = |(directive, source)| JsonAddition { directive, source };
    Some(JsonVerdict {
        result,
        reason,
        browsers: views.iter().map(view).collect(),
        add: verdict.additions().into_iter().map(addition).collect(),
    })
}
