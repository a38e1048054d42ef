//! A recording as HAR 1.2, with the fields that Chromium adds to it.

use std::io::{self, Write};

use har::v1_2::{
    Cache, Content, Creator, Entries, Headers, PageTimings, Pages, QueryString, Request, Response,
    Timings,
};
use serde::Serialize;
use url::Url;

use crate::record::connection::{Answer, Hop, Place, moment};
use crate::record::{Outcome, Recorded};

/// Writes the connections, or everything.
pub(crate) fn har(outcome: &Outcome, is_all: bool, out: &mut impl Write) -> io::Result<()> {
    let requests = &outcome.recording.requests;
    let chosen: Vec<_> = requests
        .iter()
        .filter(|one| is_all || one.is_connection)
        .collect();
    let log = Log {
        version: "1.2",
        creator: creator("connect-src", env!("CARGO_PKG_VERSION")),
        browser: browser(&outcome.browser),
        pages: pages(&chosen),
        entries: chosen.iter().flat_map(|one| entries(one)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &Har { log })?;
    writeln!(out)
}

#[derive(Serialize)]
struct Har<'a> {
    log: Log<'a>,
}

#[derive(Serialize)]
struct Log<'a> {
    version: &'static str,
    creator: Creator,
    browser: Creator,
    pages: Vec<Pages>,
    entries: Vec<Entry<'a>>,
}

/// An entry with what Chromium says beyond the format.
#[derive(Serialize)]
struct Entry<'a> {
    #[serde(flatten)]
    entry: Entries,
    #[serde(rename = "_resourceType")]
    resource_type: String,
    #[serde(rename = "_initiator")]
    initiator: Initiator<'a>,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Initiator<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<Stack<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stack<'a> {
    call_frames: Vec<CallFrame<'a>>,
}

/// Lines and columns count from 0 here.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallFrame<'a> {
    function_name: &'a str,
    url: &'a str,
    line_number: u32,
    column_number: u32,
}

fn creator(name: &str, version: &str) -> Creator {
    Creator {
        name: name.to_owned(),
        version: version.to_owned(),
        comment: None,
    }
}

/// `Chrome/156.0.1.2`
fn browser(product: &str) -> Creator {
    let (name, version) = product.split_once('/').unwrap_or((product, ""));
    creator(name, version)
}

/// Documents are pages: readers take what `'self'` stands for from there.
fn pages(chosen: &[&Recorded]) -> Vec<Pages> {
    let mut pages: Vec<Pages> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for one in chosen {
        let id = page_id(one);
        if known.insert(id.clone()) {
            pages.push(Pages {
                started_date_time: moment(one.hops[0].time.unwrap_or_default()),
                id,
                title: one.page.clone(),
                page_timings: PageTimings::default(),
                comment: None,
            });
        }
    }
    pages
}

fn page_id(one: &Recorded) -> String {
    format!("page_{} {}", one.visit + 1, one.page)
}

/// One for each hop, as in browsers.
fn entries(one: &Recorded) -> Vec<Entry<'_>> {
    let next = one.hops.iter().skip(1).map(|hop| hop.url.as_str());
    let next = next.map(Some).chain([None]);
    let hops = one.hops.iter().zip(next);
    hops.map(|(hop, next)| entry(one, hop, next)).collect()
}

fn entry<'a>(one: &'a Recorded, hop: &'a Hop, next: Option<&str>) -> Entry<'a> {
    let duration = hop.duration.unwrap_or_default() * 1000.0;
    let version = hop.answer.as_ref().map_or("", |answer| &answer.protocol);
    Entry {
        entry: Entries {
            pageref: Some(page_id(one)),
            started_date_time: moment(hop.time.unwrap_or_default()),
            time: duration,
            request: request(hop, version),
            response: response(hop.answer.as_ref(), version, next),
            cache: Cache::default(),
            timings: Timings {
                wait: duration,
                ..Timings::default()
            },
            ..Entries::default()
        },
        resource_type: one.resource_type.to_ascii_lowercase(),
        initiator: initiator(&one.stack),
        error: one.error.as_deref().filter(|_| next.is_none()),
    }
}

fn initiator(stack: &[Place]) -> Initiator<'_> {
    let calls = stack.iter().map(|place| CallFrame {
        function_name: &place.function,
        url: &place.url,
        line_number: place.line - 1,
        column_number: place.column - 1,
    });
    Initiator {
        kind: if stack.is_empty() { "other" } else { "script" },
        stack: (!stack.is_empty()).then(|| Stack {
            call_frames: calls.collect(),
        }),
    }
}

fn request(hop: &Hop, version: &str) -> Request {
    let query = Url::parse(&hop.url).ok();
    let pairs = query.iter().flat_map(|url| url.query_pairs());
    let query_string = pairs.map(|(name, value)| QueryString {
        name: name.into_owned(),
        value: value.into_owned(),
        comment: None,
    });
    Request {
        method: hop.method.clone(),
        url: hop.url.clone(),
        http_version: version.to_owned(),
        headers: headers(&hop.headers),
        query_string: query_string.collect(),
        headers_size: -1,
        body_size: -1,
        ..Request::default()
    }
}

fn response(answer: Option<&Answer>, version: &str, next: Option<&str>) -> Response {
    Response {
        status: answer.map_or(0, |answer| i64::from(answer.status)),
        status_text: answer.map_or(String::new(), |answer| answer.status_text.clone()),
        http_version: version.to_owned(),
        headers: answer.map_or_else(Vec::new, |answer| headers(&answer.headers)),
        content: Content {
            size: -1,
            mime_type: Some(answer.map_or(String::new(), |answer| answer.mime_type.clone())),
            ..Content::default()
        },
        redirect_url: Some(next.unwrap_or_default().to_owned()),
        headers_size: -1,
        body_size: -1,
        ..Response::default()
    }
}

/// A recording is handed around: what lets others in is left out.
const SECRET: &[&str] = &[
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
];

fn headers(all: &std::collections::HashMap<String, String>) -> Vec<Headers> {
    let is_secret = |name: &str| SECRET.iter().any(|one| name.eq_ignore_ascii_case(one));
    let shown = all.iter().filter(|(name, _)| !is_secret(name));
    let mut shown: Vec<_> = shown
        .map(|(name, value)| Headers {
            name: name.clone(),
            value: value.clone(),
            comment: None,
        })
        .collect();
    shown.sort_by(|one, other| one.name.cmp(&other.name));
    shown
}
