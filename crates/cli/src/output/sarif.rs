//! Findings as SARIF 2.1.0, which code scanning reads.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::io::{self, Write as _};

use connect_src_lint::{Rule, Severity, rules};
use serde_json::{Value, json};

use crate::commands::lint::{Found, Linted};
use crate::commands::scan::{Found as FoundConnection, Report, Verdict, headline};
use crate::output::Output;
use crate::output::human::in_browsers;

/// Prints one run with all findings.
pub(crate) fn lint(all: &[Linted], out: &mut Output) -> io::Result<()> {
    let results: Vec<Value> = all
        .iter()
        .flat_map(|linted| {
            linted
                .findings
                .iter()
                .map(move |found| result(linted, found))
        })
        .collect();
    let rules = rules().iter().map(|rule| descriptor(rule)).collect();
    log(rules, results, out)
}

/// Prints one run with all connections that are not allowed.
pub(crate) fn scan(report: &Report<'_>, out: &mut Output) -> io::Result<()> {
    let connections = report.connections.iter();
    let results = connections
        .filter(|found| !found.verdict.is_allowed())
        .map(connection)
        .collect();
    let rule = |(id, level, text): &(&str, &str, &str)| {
        json!({
            "id": id,
            "shortDescription": { "text": text },
            "help": { "text": text },
            "helpUri": concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/scanning.md"),
            "defaultConfiguration": { "level": level },
        })
    };
    log(SCAN_RULES.iter().map(rule).collect(), results, out)
}

/// What `scan` finds, with its level.
const SCAN_RULES: [(&str, &str, &str); 3] = [
    (
        "connection-blocked",
        "error",
        "The policy blocks a connection that the code makes",
    ),
    (
        "connection-dynamic",
        "warning",
        "The code does not tell where a connection goes",
    ),
    ("connection", "note", "The code makes a connection"),
];

fn log(rules: Vec<Value>, results: Vec<Value>, out: &mut Output) -> io::Result<()> {
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "connect-src",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_HOMEPAGE"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn connection(found: &FoundConnection<'_>) -> Value {
    let rule = found.verdict.rule();
    let (index, (_, level, _)) = SCAN_RULES
        .iter()
        .enumerate()
        .find(|(_, (id, ..))| *id == rule)
        .expect("every verdict's rule is in the list");
    let place = &found.connection.place;
    let location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line, "startColumn": place.column },
        },
    });
    json!({
        "ruleId": rule,
        "ruleIndex": index,
        "level": if found.is_finding { "error" } else { level },
        "message": { "text": connection_message(found) },
        "locations": [location],
        "partialFingerprints": { "connectSrc/v1": found.fingerprint },
    })
}

/// What a finding says of a connection, in one sentence or two.
pub(crate) fn connection_message(found: &FoundConnection<'_>) -> String {
    let what = headline(found.connection.api, &found.connection);
    match &found.verdict {
        Verdict::Decided { .. } if found.verdict.is_blocked() => {
            let additions = found.verdict.additions();
            let add =
                |(directive, source): &(&str, String)| format!(" Add {source} to {directive}.");
            let additions: String = additions.iter().map(add).collect();
            let browsers = in_browsers(&found.verdict.blocking());
            format!("{what} is blocked {browsers}.{additions}")
        }
        Verdict::Untold(why) => format!("{what}: {}.", why.reason()),
        Verdict::NotAsked | Verdict::Decided { .. } => format!("{what}."),
    }
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.summary, "markdown": rule.documentation },
        "helpUri": format!("{}/blob/main/docs/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), rule.name),
        "defaultConfiguration": {
            "enabled": rule.severity.is_some(),
            "level": level(rule.severity.unwrap_or(Severity::Info)),
        },
        "properties": { "tags": [rule.group.as_str()] },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(linted: &Linted, found: &Found) -> Value {
    let diagnostic = &found.diagnostic;
    let policy = &linted.policies[diagnostic.policy];
    let text = format!(
        "{}: {}. {}.",
        diagnostic.message, diagnostic.why, diagnostic.help
    );
    let mut location = json!({
        "logicalLocations": [{
            "name": policy.text().get(diagnostic.span.range()).unwrap_or_default(),
            "kind": "member",
        }],
    });
    if let Some(file) = &found.place.file {
        location["physicalLocation"] = physical(file, found);
    }
    json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": rules().iter().position(|rule| rule.name == diagnostic.rule),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [location],
        "partialFingerprints": { "connectSrc/v1": found.fingerprint },
    })
}

fn physical(file: &str, found: &Found) -> Value {
    let mut region = json!({});
    if let Some((line, column)) = found.place.start {
        region["startLine"] = line.into();
        region["startColumn"] = column.into();
    }
    if let Some((line, column)) = found.place.end {
        region["endLine"] = line.into();
        region["endColumn"] = column.into();
    }
    let mut physical = json!({ "artifactLocation": { "uri": uri(file) } });
    if found.place.start.is_some() {
        physical["region"] = region;
    }
    physical
}

/// A path as a relative reference, or a page's URL as it is.
fn uri(file: &str) -> String {
    if file.contains("://") {
        return file.to_owned();
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    file.bytes()
        .map(|byte| {
            if is_plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
