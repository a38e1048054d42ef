//! What sources of evidence came to, for programs.

use serde::Serialize;

use crate::input::evidence::{Gathered, Source};

#[derive(Serialize)]
pub(super) struct JsonSource<'a> {
    name: &'a str,
    kind: &'static str,
    connections: u64,
    passed_over: u64,
    bad_count: u64,
    bad: &'a [String],
    notes: &'a [&'static str],
}

pub(super) fn sources(gathered: &Gathered) -> Vec<JsonSource<'_>> {
    gathered.sources.iter().map(JsonSource::of).collect()
}

impl<'a> JsonSource<'a> {
    fn of(source: &'a Source) -> Self {
        Self {
            name: &source.name,
            kind: source.kind.name(),
            connections: source.connections,
            passed_over: source.passed_over,
            bad_count: source.bad_count,
            bad: &source.bad,
            notes: &source.notes,
        }
    }
}
