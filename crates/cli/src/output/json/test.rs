//! Results of policy tests as one JSON object.

use std::io::{self, Write as _};

use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::commands::test::{Outcome, Ran};
use crate::output::Output;

/// Prints the results.
pub(crate) fn test(ran: &[Ran], out: &mut Output) -> io::Result<()> {
    let all: usize = ran.iter().map(|ran| ran.results.len()).sum();
    let failed: usize = ran.iter().map(Ran::failed).sum();
    let json = Json {
        schema_version: SCHEMA_VERSION,
        files: ran.iter().map(file).collect(),
        summary: Summary {
            passed: all - failed,
            failed,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    files: Vec<JsonFile<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
}

#[derive(Serialize)]
struct JsonFile<'a> {
    file: &'a str,
    results: Vec<JsonOutcome<'a>>,
}

#[derive(Serialize)]
struct JsonOutcome<'a> {
    test: &'a str,
    line: usize,
    connection: &'a str,
    expected: &'static str,
    passed: bool,
    failures: Vec<JsonFailure<'a>>,
}

#[derive(Serialize)]
struct JsonFailure<'a> {
    browser: String,
    message: &'a str,
}

fn file(ran: &Ran) -> JsonFile<'_> {
    JsonFile {
        file: &ran.file,
        results: ran.results.iter().map(outcome).collect(),
    }
}

fn outcome(one: &Outcome) -> JsonOutcome<'_> {
    let failures = one.failures.iter();
    JsonOutcome {
        test: &one.test,
        line: one.line,
        connection: &one.connection,
        expected: one.expected.as_str(),
        passed: one.is_passed(),
        failures: failures
            .map(|(profile, message)| JsonFailure {
                browser: profile.as_str().to_ascii_lowercase(),
                message,
            })
            .collect(),
    }
}
