//! HAR files, as evidence.

use std::io::{self, BufReader, Read};

use connect_src_server::clock::Timestamp;

use super::collector::{Collector, Found};
use crate::input::har::{self, Recorded};

pub(super) fn read(reader: impl Read, collector: &mut Collector<'_>) -> io::Result<()> {
    let reader = BufReader::with_capacity(256 << 10, reader);
    let result = har::read(reader, |recorded| add(recorded, collector));
    match result {
        Ok(passed_over) => collector.pass_over(passed_over),
        Err(error) if error.is_io() => return Err(error.into()),
        Err(error) => collector.bad(
            &format!("line {}", error.line()),
            &format!("{error}; what follows in the file is not read"),
        ),
    }
    Ok(())
}

fn add(recorded: Recorded, collector: &mut Collector<'_>) {
    let place = collector.place(recorded.entry);
    match found(&recorded, place.clone(), collector) {
        Ok(found) => collector.add(found),
        Err(message) => collector.bad(&place, &message),
    }
}

fn found(recorded: &Recorded, place: String, collector: &Collector<'_>) -> Result<Found, String> {
    let page = recorded
        .page
        .as_ref()
        .and_then(|page| url::Url::parse(page).ok());
    // The redirects before it are entries of their own.
    let url = recorded.urls.last().expect("an entry has a URL");
    let url = collector.url(url, page.as_ref())?;
    let seen = recorded.started.as_deref().and_then(Timestamp::parse);
    let seen = seen.map(Timestamp::to_system_time);
    Ok(Found {
        page,
        seen: seen.map(|seen| (seen, seen)),
        browser: recorded.browser.clone(),
        ..Found::new(recorded.api, url, place)
    })
}
