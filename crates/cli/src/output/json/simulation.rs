//! What a new policy would have done, as one JSON object.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use serde::Serialize;

use super::SCHEMA_VERSION;
use super::gathered::{JsonSource, sources};
use crate::commands::simulate::{Changed, Simulation};
use crate::output::Output;
use crate::output::moment::moment;

/// Prints what is decided otherwise, and the coverage.
pub(crate) fn simulation(simulation: &Simulation, out: &mut Output) -> io::Result<()> {
    let coverage = &simulation.coverage;
    let profiles = simulation.profiles.iter().zip(&simulation.counts);
    let json = Json {
        schema_version: SCHEMA_VERSION,
        newly_blocked: simulation.newly_blocked.iter().map(changed).collect(),
        newly_allowed: simulation.newly_allowed.iter().map(changed).collect(),
        browsers: profiles
            .map(|(profile, counts)| JsonBrowser {
                browser: profile.as_str().to_ascii_lowercase(),
                allowed: counts.allowed,
                blocked: counts.blocked,
                newly_blocked: counts.newly_blocked,
                newly_allowed: counts.newly_allowed,
            })
            .collect(),
        coverage: JsonCoverage {
            connections: coverage.connections,
            distinct: coverage.distinct,
            without_page: coverage.without_page,
            not_decided: coverage.not_decided,
            pages: coverage.pages,
            first_seen: coverage.first_seen.map(moment),
            last_seen: coverage.last_seen.map(moment),
        },
        from: sources(&simulation.gathered),
        not_kept: simulation.gathered.not_kept,
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    newly_blocked: Vec<JsonChanged<'a>>,
    newly_allowed: Vec<JsonChanged<'a>>,
    browsers: Vec<JsonBrowser>,
    coverage: JsonCoverage,
    from: Vec<JsonSource<'a>>,
    not_kept: u64,
}

#[derive(Serialize)]
struct JsonChanged<'a> {
    target: &'a str,
    api: &'static str,
    count: u64,
    browsers: Vec<String>,
    url: &'a str,
    pages: &'a BTreeSet<String>,
}

#[derive(Serialize)]
struct JsonBrowser {
    browser: String,
    allowed: u64,
    blocked: u64,
    newly_blocked: u64,
    newly_allowed: u64,
}

#[derive(Serialize)]
struct JsonCoverage {
    connections: u64,
    distinct: u64,
    without_page: u64,
    not_decided: u64,
    pages: usize,
    first_seen: Option<String>,
    last_seen: Option<String>,
}

fn changed(changed: &Changed) -> JsonChanged<'_> {
    let profiles = changed.profiles.iter();
    JsonChanged {
        target: &changed.target,
        api: changed.api.name(),
        count: changed.count,
        browsers: profiles
            .map(|profile| profile.as_str().to_ascii_lowercase())
            .collect(),
        url: changed.witness.as_str(),
        pages: &changed.pages,
    }
}
