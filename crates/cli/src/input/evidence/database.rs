//! The database of `connect-src serve`.

use std::collections::HashMap;

use connect_src::Api;
use connect_src_generate::{Sighting, Standing};
use connect_src_report::Class;
use connect_src_server::store::{
    Connection, ConnectionQuery, GroupQuery, PageRequest, ReportStore as _, SqliteStore,
};
use url::Url;

use super::collector::{Collector, Found};
use crate::error::Error;
use crate::input::Input;

pub(super) fn read(input: &Input, collector: &mut Collector<'_>) -> Result<(), Error> {
    let Input::File(path) = input else {
        let message = "standard input: found a database; give its name, since it is read in place";
        return Err(Error::new(message));
    };
    let store = SqliteStore::open_to_read(path)?;
    let marks = marks(&store)?;
    let query = ConnectionQuery {
        classes: GENUINE.to_vec(),
        ..ConnectionQuery::default()
    };
    let mut request = PageRequest::first(PageRequest::MOST);
    let mut number = 0;
    loop {
        let page = store.connections(&query, &request)?;
        let ids: Vec<_> = page.items.iter().map(|one| one.id).collect();
        let pages = store.witness_pages(&ids)?;
        for (connection, pages) in page.items.iter().zip(pages) {
            number += 1;
            add(connection, &pages, &marks, number, collector);
        }
        if page.next.is_none() {
            return Ok(());
        }
        request.after = page.next;
    }
}

const GENUINE: [Class; 2] = [Class::Genuine, Class::StalePolicy];

/// What is known of a document's connections to an origin, beside that they were reported.
type Marks = HashMap<(String, String), (Sighting, Standing)>;

/// Redirects, and what a person labelled.
fn marks(store: &SqliteStore) -> Result<Marks, Error> {
    let query = GroupQuery {
        classes: GENUINE.to_vec(),
        directive: Some("connect-src".to_owned()),
        ..GroupQuery::default()
    };
    let mut marks = Marks::new();
    let mut request = PageRequest::first(PageRequest::MOST);
    loop {
        let page = store.groups(&query, &request)?;
        for group in page.items {
            let mark = match (&*group.reason_code, &group.label) {
                (_, Some(_)) => (Sighting::Requested, Standing::SetAside),
                ("redirected", None) => (Sighting::RedirectedElsewhere, Standing::Genuine),
                _ => continue,
            };
            marks.insert((group.origin, group.blocked), mark);
        }
        if page.next.is_none() || marks.len() > MOST_MARKS {
            return Ok(marks);
        }
        request.after = page.next;
    }
}

const MOST_MARKS: usize = 100_000;

fn add(
    connection: &Connection,
    pages: &[String],
    marks: &Marks,
    number: u64,
    collector: &mut Collector<'_>,
) {
    let place = collector.place(number);
    let Some(url) = url_of(connection) else {
        return collector.bad(&place, "it is no URL");
    };
    let key = (connection.document.clone(), connection.origin.clone());
    let mark = marks.get(&key).copied();
    let (sighting, standing) = mark.unwrap_or_default();
    let page = pages.first().unwrap_or(&connection.document);
    collector.add(Found {
        page: Url::parse(page).ok(),
        count: connection.count,
        seen: Some((
            connection.first_seen.to_system_time(),
            connection.last_seen.to_system_time(),
        )),
        sighting: match (sighting, &connection.path) {
            (Sighting::Requested, None) => Sighting::OriginOnly,
            (sighting, _) => sighting,
        },
        standing,
        ..Found::new(Api::implied_by(&url), url, place)
    });
}

fn url_of(connection: &Connection) -> Option<Url> {
    let (origin, document) = (&connection.origin, &connection.document);
    let path = connection.path.as_deref().unwrap_or_default();
    let url = match origin.strip_suffix(':') {
        Some("blob") => Url::parse(&format!("blob:{document}/0")),
        Some(scheme) => Url::parse(&format!("{scheme}:x")),
        None => Url::parse(&format!("{origin}{path}")),
    };
    url.ok()
}
