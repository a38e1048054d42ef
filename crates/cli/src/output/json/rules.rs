//! The linter's rules as JSON.

use std::io::{self, Write as _};

use connect_src_lint::Rule;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
use crate::output::Output;

/// Prints a rule with its page.
pub(crate) fn rule(rule: &Rule, out: &mut Output) -> io::Result<()> {
    let mut value = summary(rule);
    value["schema_version"] = SCHEMA_VERSION.into();
    value["documentation"] = rule.documentation.into();
    writeln!(out, "{value:#}")
}

/// Prints all rules without their pages.
pub(crate) fn rules(out: &mut Output) -> io::Result<()> {
    let rules: Vec<_> = connect_src_lint::rules()
        .iter()
        .map(|rule| summary(rule))
        .collect();
    let value = json!({ "schema_version": SCHEMA_VERSION, "rules": rules });
    writeln!(out, "{value:#}")
}

fn summary(rule: &Rule) -> Value {
    json!({
        "rule": rule.name,
        "aliases": rule.aliases,
        "group": rule.group.as_str(),
        "severity": rule.severity,
        "summary": rule.summary,
    })
}
