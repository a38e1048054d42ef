//! A recording as JSON Lines. The fields are described in `docs/schema/recording.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::record::connection::{Place, moment};
use crate::record::{Recorded, Recording};

/// Writes the connections.
pub(crate) fn recorded(recording: &Recording, out: &mut impl Write) -> io::Result<()> {
    for one in recording.requests.iter().filter(|one| one.is_connection) {
        serde_json::to_writer(&mut *out, &line(one))?;
        writeln!(out)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Line<'a> {
    schema_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<&'static str>,
    url: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redirects: Vec<&'a str>,
    blocked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame_of: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker: Option<Worker<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initiator: Option<Call<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stack: Vec<Call<'a>>,
}

#[derive(Serialize)]
struct Worker<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Call<'a> {
    url: &'a str,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    function: &'a str,
}

fn line(one: &Recorded) -> Line<'_> {
    let is_web = one.page.starts_with("http:") || one.page.starts_with("https:");
    Line {
        schema_version: SCHEMA_VERSION,
        page: is_web.then_some(one.page.as_str()),
        api: one.api.map(connect_src::Api::name),
        url: one.url(),
        redirects: one.hops[1..].iter().map(|hop| hop.url.as_str()).collect(),
        blocked: one.is_blocked,
        status: one.status(),
        error: one.error.as_deref(),
        time: one.hops[0].time.map(moment),
        frame_of: one.frame_of.as_deref(),
        worker: one.worker.as_ref().map(|worker| Worker {
            kind: worker.kind.name(),
            url: &worker.url,
        }),
        initiator: one.stack.first().map(call),
        // The first one is the initiator.
        stack: one.stack.iter().skip(1).map(call).collect(),
    }
}

fn call(place: &Place) -> Call<'_> {
    Call {
        url: &place.url,
        line: place.line,
        column: place.column,
        function: &place.function,
    }
}
