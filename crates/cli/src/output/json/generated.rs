//! A generated policy as one JSON object.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use connect_src_generate::{Merge, SourceOrigin, SuggestedSource, Tally, Twin, Unresolved};
use serde::Serialize;

use super::SCHEMA_VERSION;
use super::gathered::{JsonSource, sources};
use crate::commands::generate::{Generated, risk, vendors_at};
use crate::output::Output;
use crate::output::moment::moment;

/// Prints the policy with its evidence.
pub(crate) fn generated(generated: &Generated<'_>, out: &mut Output) -> io::Result<()> {
    let suggestion = &generated.suggestion;
    let json = Json {
        schema_version: SCHEMA_VERSION,
        environment: generated.asked.environment.as_str(),
        policy: &suggestion.policy,
        allowlist: generated.twin.as_ref(),
        sources: suggestion.sources.iter().map(source).collect(),
        unresolved: suggestion.unresolved.iter().map(unresolved).collect(),
        set_aside: suggestion.set_aside.len(),
        removed: &suggestion.removed,
        merged: suggestion.merged.iter().map(merge).collect(),
        possible_merges: suggestion.possible_merges.iter().map(merge).collect(),
        form: generated.filled.as_ref().map(|(form, filled)| JsonForm {
            name: form.name(),
            text: &filled.text,
            notes: &filled.notes,
        }),
        vendors: generated
            .vendors
            .iter()
            .map(|(name, missing)| JsonVendor {
                name,
                missing: *missing,
            })
            .collect(),
        notes: &generated.notes,
        from: sources(&generated.gathered),
        not_kept: generated.gathered.not_kept,
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    environment: &'static str,
    policy: &'a str,
    allowlist: Option<&'a Twin>,
    sources: Vec<JsonSuggested<'a>>,
    unresolved: Vec<JsonUnresolved<'a>>,
    set_aside: usize,
    removed: &'a [String],
    merged: Vec<JsonMerge<'a>>,
    possible_merges: Vec<JsonMerge<'a>>,
    form: Option<JsonForm<'a>>,
    vendors: Vec<JsonVendor<'a>>,
    notes: &'a [String],
    from: Vec<JsonSource<'a>>,
    not_kept: u64,
}

#[derive(Serialize)]
struct JsonSuggested<'a> {
    source: &'a str,
    origin: SourceOrigin,
    seen: u64,
    first_seen: Option<String>,
    last_seen: Option<String>,
    pages: &'a BTreeSet<String>,
    browsers: &'a BTreeSet<String>,
    places: &'a BTreeSet<String>,
    vendors: Vec<&'static str>,
    risk: Option<&'static str>,
}

#[derive(Serialize)]
struct JsonUnresolved<'a> {
    target: &'a str,
    why: String,
    evidence: usize,
}

#[derive(Serialize)]
struct JsonMerge<'a> {
    wildcard: &'a str,
    replaces: &'a [String],
    price: String,
}

#[derive(Serialize)]
struct JsonForm<'a> {
    name: &'static str,
    text: &'a str,
    notes: &'a [String],
}

#[derive(Serialize)]
struct JsonVendor<'a> {
    name: &'a str,
    missing: usize,
}

fn source(source: &SuggestedSource) -> JsonSuggested<'_> {
    let Tally {
        count,
        pages,
        first_seen,
        last_seen,
        browsers,
        places,
        ..
    } = &source.tally;
    JsonSuggested {
        source: &source.text,
        origin: source.origin,
        seen: *count,
        first_seen: first_seen.map(moment),
        last_seen: last_seen.map(moment),
        pages,
        browsers,
        places,
        vendors: vendors_at(source),
        risk: risk(&source.text),
    }
}

fn unresolved(one: &Unresolved) -> JsonUnresolved<'_> {
    JsonUnresolved {
        target: &one.target,
        why: one.why.to_string(),
        evidence: one.evidence.len(),
    }
}

fn merge(merge: &Merge) -> JsonMerge<'_> {
    JsonMerge {
        wildcard: &merge.wildcard,
        replaces: &merge.replaces,
        price: merge.to_string(),
    }
}
