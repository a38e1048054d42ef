//! What code connects to, as evidence: source code itself, or what a scan of it has written.

use std::io::{self, Read};
use std::path::PathBuf;

use connect_src::Api;
use connect_src_generate::Sighting;
use connect_src_scan::{Confidence, Part, Target};
use serde::Deserialize;
use url::Url;

use super::collector::{Collector, Found};
use crate::commands::check::UNKNOWN_PAGE;
use crate::error::Error;
use crate::input::json_lines::unknown_api;
use crate::input::source_tree::{self, SourceTreeOptions};

/// Scans a file or a folder.
pub(super) fn scan(path: PathBuf, collector: &mut Collector<'_>) -> Result<(), Error> {
    let scanned = source_tree::scan(&[path], &SourceTreeOptions::default())?;
    for connection in &scanned.scan.connections {
        let place = &connection.place;
        let place = in_words(&place.file, place.line, place.column);
        let (target, confidence) = (&connection.target, connection.confidence);
        add(collector, connection.api, target, confidence, place);
    }
    for passed_over in &scanned.passed_over {
        let (place, message) = passed_over.split_once(": ").unwrap_or(("", passed_over));
        collector.bad(place, message);
    }
    Ok(())
}

/// Reads what `connect-src scan --format json` has written.
pub(super) fn read(reader: impl Read, collector: &mut Collector<'_>) -> io::Result<()> {
    let scan: JsonScan = match serde_json::from_reader(reader) {
        Ok(scan) => scan,
        Err(error) if error.is_io() => return Err(error.into()),
        Err(error) => {
            let place = collector.place(error.line() as u64);
            collector.bad(&place, &error.to_string());
            return Ok(());
        }
    };
    for connection in scan.connections {
        let JsonPlace { file, line, column } = &connection.place;
        let place = in_words(file, *line, *column);
        let target = Target {
            parts: connection.parts,
        };
        match Api::parse(&connection.api) {
            Some(api) => add(collector, api, &target, connection.confidence, place),
            None => collector.bad(&place, &unknown_api(&connection.api)),
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct JsonScan {
    connections: Vec<JsonConnection>,
}

#[derive(Deserialize)]
struct JsonConnection {
    api: String,
    parts: Vec<Part>,
    place: JsonPlace,
    confidence: Confidence,
}

#[derive(Deserialize)]
struct JsonPlace {
    file: String,
    line: u32,
    column: u32,
}

fn in_words(file: &str, line: u32, column: u32) -> String {
    format!("{file}:{line}:{column}")
}

/// Adds a connection, unless it does not tell where it goes.
fn add(
    collector: &mut Collector<'_>,
    api: Api,
    target: &Target,
    confidence: Confidence,
    place: String,
) {
    if confidence == Confidence::Low {
        return leave_out(collector, MAYBE);
    }
    let given = collector.context.page.cloned();
    let Some(page) = given.clone().or_else(|| Url::parse(UNKNOWN_PAGE).ok()) else {
        return leave_out(collector, NO_HOST);
    };
    let Some(url) = target.witness(&page) else {
        return leave_out(collector, NO_HOST);
    };
    if given.is_none() && url.host() == page.host() {
        return leave_out(collector, NO_PAGE);
    }
    let mut found = Found::new(api, url, place);
    if target.resolve(&page).is_none() {
        found.sighting = Sighting::OriginOnly;
    }
    collector.add(found);
}

fn leave_out(collector: &mut Collector<'_>, note: &'static str) {
    collector.pass_over(1);
    collector.note(note);
}

const MAYBE: &str = "what may be no connection at all is left out; `connect-src scan` shows it";
const NO_HOST: &str =
    "connections to a host that the code does not tell are left out; `connect-src scan` shows them";
const NO_PAGE: &str = "connections to the page's own host are left out, because nobody said which one that is: give it with --page";
