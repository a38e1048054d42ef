//! Shortened policies as one JSON object.

use std::io::{self, Write as _};

use connect_src::{Normalized, PolicySource};
use serde::Serialize;
use url::Url;

use super::SCHEMA_VERSION;
use crate::output::Output;

/// Prints the policies and what was done to them.
pub(crate) fn normalize(
    page: Option<&Url>,
    normalized: &[Normalized],
    out: &mut Output,
) -> io::Result<()> {
    let json = Json {
        schema_version: SCHEMA_VERSION,
        page: page.map(Url::as_str),
        policies: normalized.iter().map(policy).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    page: Option<&'a str>,
    policies: Vec<JsonPolicy<'a>>,
}

#[derive(Serialize)]
struct JsonPolicy<'a> {
    text: &'a str,
    disposition: &'static str,
    source: &'static str,
    shortenings: Vec<String>,
    is_exhaustive: bool,
}

fn policy(one: &Normalized) -> JsonPolicy<'_> {
    JsonPolicy {
        text: one.policy.text(),
        disposition: one.policy.disposition().as_str(),
        source: match one.policy.source() {
            PolicySource::Header => "header",
            PolicySource::Meta => "meta",
        },
        shortenings: one.shortenings.iter().map(ToString::to_string).collect(),
        is_exhaustive: one.is_exhaustive,
    }
}
