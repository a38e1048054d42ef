//! JSON Lines, as evidence.

use std::io::{self, Read};

use connect_src::Api;
use url::Url;

use super::collector::{Collector, Found};
use crate::input::json_lines::{self, Chunk, Chunks, Connection, MAX_LINE};

pub(super) fn read(reader: impl Read, collector: &mut Collector<'_>) -> io::Result<()> {
    for_each_line(reader, collector, |number, line, collector| {
        let found = json_lines::connection(line)
            .and_then(|connection| found(&connection, collector.place(number), collector));
        match found {
            Ok(found) => collector.add(found),
            Err(message) => collector.bad(&collector.place(number), &message),
        }
    })
}

/// Every line that is not empty, with its number.
pub(super) fn for_each_line(
    reader: impl Read,
    collector: &mut Collector<'_>,
    mut visit: impl FnMut(u64, &[u8], &mut Collector<'_>),
) -> io::Result<()> {
    for chunk in Chunks::new(reader) {
        let Chunk {
            first_line,
            bytes,
            is_too_long,
        } = chunk?;
        if is_too_long {
            let message = format!("the line is longer than {} MiB", MAX_LINE >> 20);
            collector.bad(&collector.place(first_line), &message);
        }
        for (number, line) in (first_line..).zip(bytes.split(|byte| *byte == b'\n')) {
            if !line.trim_ascii().is_empty() {
                visit(number, line, collector);
            }
        }
    }
    Ok(())
}

fn found(
    connection: &Connection<'_>,
    place: String,
    collector: &Collector<'_>,
) -> Result<Found, String> {
    let page = match &connection.page {
        Some(page) => Some(Url::parse(&page.0).map_err(|error| format!("page: {error}"))?),
        None => None,
    };
    let url = collector.url(&connection.url.0, page.as_ref())?;
    let api = match &connection.api {
        Some(name) => Api::parse(&name.0).ok_or_else(|| json_lines::unknown_api(&name.0))?,
        None => Api::implied_by(&url),
    };
    let mut redirects: Vec<Url> = Vec::new();
    for redirect in connection.redirects.iter().flatten() {
        let from = redirects.last().unwrap_or(&url);
        redirects.push(collector.url(&redirect.0, Some(from))?);
    }
    Ok(Found {
        redirects,
        page,
        ..Found::new(api, url, place)
    })
}
