//! Findings as SARIF 2.1.0, which code scanning reads.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::io::{self, Write as _};

use connect_src_lint::{Rule, Severity, rules};
use serde_json::{Value, json};

use crate::commands::lint::{Found, Linted};
use crate::output::Output;

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
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "connect-src",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_HOMEPAGE"),
                "rules": rules().iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
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
