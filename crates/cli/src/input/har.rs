//! HAR files, as developer tools and proxies write them. They are read as a stream: an entry is forgotten
//! before the next one is read, and response bodies are passed over.
//!
//! Which API made a request is taken from `_resourceType`, where the writer has it (Chromium), or else from the
//! request's headers (Firefox, Safari). What neither shows to be a connection of a script is passed over.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io::Read;

use connect_src::Api;
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// A connection that an entry records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// Its place among the entries, from 1 on.
    pub(crate) entry: u64,
    /// The page, where the file tells.
    pub(crate) page: Option<String>,
    pub(crate) api: Api,
    /// The URL that was asked for first, then that of each redirect.
    pub(crate) urls: Vec<String>,
    /// When, as the file has it.
    pub(crate) started: Option<String>,
    /// The browser, as the file names it before its entries.
    pub(crate) browser: Option<String>,
}

/// Reads a file, and hands each connection to `visit`. Returns how many entries were passed over.
pub(crate) fn read(
    reader: impl Read,
    mut visit: impl FnMut(Recorded),
) -> Result<u64, serde_json::Error> {
    let mut log = Log {
        visit: &mut visit,
        pages: HashMap::new(),
        redirects: VecDeque::new(),
        browser: None,
        entries: 0,
        passed_over: 0,
    };
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    Document(&mut log).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(log.passed_over)
}

/// What has to be kept between entries; all of it has a bound.
struct Log<'v, F> {
    visit: &'v mut F,
    pages: HashMap<String, String>,
    /// Redirects whose target has not been seen yet: the page and the URLs so far, the target being the last.
    redirects: VecDeque<(Option<String>, Vec<String>)>,
    browser: Option<String>,
    entries: u64,
    passed_over: u64,
}

const MOST_PAGES: usize = 10_000;
const MOST_REDIRECTS: usize = 1_000;
/// As in browsers.
const MOST_HOPS: usize = 20;

#[derive(Deserialize)]
#[serde(expecting = "a page with its id")]
struct Page {
    id: String,
    #[serde(default)]
    title: String,
}

#[derive(Deserialize)]
#[serde(expecting = "an entry")]
struct Entry {
    pageref: Option<String>,
    #[serde(rename = "startedDateTime")]
    started: Option<String>,
    request: Request,
    response: Option<Response>,
    #[serde(rename = "_resourceType")]
    resource_type: Option<String>,
    /// The frames of a `WebSocket`: nothing else has them.
    #[serde(rename = "_webSocketMessages")]
    messages: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(expecting = "a program with its name")]
struct Program {
    name: String,
    #[serde(default)]
    version: String,
}

impl Program {
    /// Its name and the first number of its version: `Firefox 153`.
    fn in_words(&self) -> String {
        let version = self.version.split('.').next().unwrap_or_default();
        format!("{} {version}", self.name).trim_ascii().to_owned()
    }
}

#[derive(Deserialize)]
#[serde(expecting = "the request of an entry")]
struct Request {
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(expecting = "a header with its name")]
struct Header {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
#[serde(expecting = "the response of an entry")]
struct Response {
    #[serde(rename = "redirectURL", default)]
    redirect_url: String,
}

impl<F: FnMut(Recorded)> Log<'_, F> {
    /// In Chromium's files the title of a page is its URL.
    fn page(&mut self, page: Page) {
        if page.title.starts_with("http") && self.pages.len() < MOST_PAGES {
            self.pages.insert(page.id, page.title);
        }
    }

    fn entry(&mut self, entry: Entry) {
        self.entries += 1;
        let urls = self.hops(&entry);
        let Some(api) = entry.api() else {
            self.passed_over += 1;
            self.document(entry);
            return;
        };
        let page = entry
            .pageref
            .as_ref()
            .and_then(|page| self.pages.get(page))
            .cloned();
        (self.visit)(Recorded {
            entry: self.entries,
            page,
            api,
            urls,
            started: entry.started,
            browser: self.browser.clone(),
        });
    }

    /// The URLs that lead to this entry's; and if it redirects, they are kept for the entry to come.
    fn hops(&mut self, entry: &Entry) -> Vec<String> {
        let url = &entry.request.url;
        let is_target = |(page, urls): &(Option<String>, Vec<String>)| {
            *page == entry.pageref && urls.last() == Some(url)
        };
        let before = self.redirects.iter().position(is_target);
        let urls = before.and_then(|index| self.redirects.remove(index));
        let urls = urls.map_or_else(|| vec![url.clone()], |(_, urls)| urls);
        if let Some(target) = entry.redirects_to()
            && urls.len() <= MOST_HOPS
        {
            if self.redirects.len() == MOST_REDIRECTS {
                self.redirects.pop_front();
            }
            let mut longer = urls.clone();
            longer.push(target);
            self.redirects.push_back((entry.pageref.clone(), longer));
        }
        urls
    }

    /// Where titles are no URLs, a page is known by its document.
    fn document(&mut self, entry: Entry) {
        if let (Some(page), true) = (&entry.pageref, entry.is_document())
            && self.pages.len() < MOST_PAGES
        {
            self.pages.entry(page.clone()).or_insert(entry.request.url);
        }
    }
}

impl Entry {
    fn api(&self) -> Option<Api> {
        if let Some(kind) = &self.resource_type {
            return of_resource_type(kind);
        }
        if self.is_websocket() {
            return Some(Api::WebSocket);
        }
        let accept = self.header("accept");
        match (self.header("sec-fetch-dest"), self.header("sec-fetch-mode")) {
            (_, Some("navigate")) => None,
            (Some("empty") | None, _) if accept == Some("text/event-stream") => {
                Some(Api::EventSource)
            }
            (Some("empty"), _) if self.header("content-type") == Some("text/ping") => {
                Some(Api::Ping)
            }
            (Some("empty"), _) => Some(Api::Fetch),
            (Some("json"), _) => Some(Api::JsonModule),
            // Browsers send no metadata over plain HTTP, but libraries say what they are.
            (None, _) => {
                let is_xhr = |value: &str| value.eq_ignore_ascii_case("xmlhttprequest");
                let requested_with = self
                    .header("x-requested-with")
                    .filter(|value| is_xhr(value));
                requested_with.map(|_| Api::XmlHttpRequest)
            }
            _ => None,
        }
    }

    fn is_websocket(&self) -> bool {
        let url = &self.request.url;
        url.starts_with("ws:")
            || url.starts_with("wss:")
            || self.messages.is_some()
            || self.header("sec-fetch-mode") == Some("websocket")
            || self.header("sec-websocket-key").is_some()
    }

    fn is_document(&self) -> bool {
        self.resource_type.as_deref() == Some("document")
            || self.header("sec-fetch-dest") == Some("document")
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.request.headers.iter();
        let header = headers.find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| header.value.as_str())
    }

    fn redirects_to(&self) -> Option<String> {
        let target = &self.response.as_ref()?.redirect_url;
        if target.is_empty() {
            return None;
        }
        let from = url::Url::parse(&self.request.url).ok()?;
        from.join(target).ok().map(String::from)
    }
}

fn of_resource_type(kind: &str) -> Option<Api> {
    match kind {
        "beacon" | "ping" => Some(Api::SendBeacon),
        "eventsource" => Some(Api::EventSource),
        "fetch" => Some(Api::Fetch),
        "prefetch" => Some(Api::Prefetch),
        "websocket" => Some(Api::WebSocket),
        "webtransport" => Some(Api::WebTransport),
        "xhr" => Some(Api::XmlHttpRequest),
        _ => None,
    }
}

/// `{"log": …}`
struct Document<'l, 'v, F>(&'l mut Log<'v, F>);
/// `{"pages": […], "entries": […]}`
struct Body<'l, 'v, F>(&'l mut Log<'v, F>);
/// `[…]`
struct Entries<'l, 'v, F>(&'l mut Log<'v, F>);

impl<'de, F: FnMut(Recorded)> DeserializeSeed<'de> for Document<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(Recorded)> Visitor<'de> for Document<'_, '_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a HAR file, {\"log\": …}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut has_log = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "log" {
                has_log = true;
                map.next_value_seed(Body(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if has_log {
            Ok(())
        } else {
            Err(A::Error::missing_field("log"))
        }
    }
}

impl<'de, F: FnMut(Recorded)> DeserializeSeed<'de> for Body<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(Recorded)> Visitor<'de> for Body<'_, '_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the log of a HAR file, {\"entries\": […]}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut has_entries = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "pages" => map
                    .next_value::<Vec<Page>>()?
                    .into_iter()
                    .for_each(|page| self.0.page(page)),
                "browser" => self.0.browser = Some(map.next_value::<Program>()?.in_words()),
                // Chromium and Safari name only what wrote the file.
                "creator" if self.0.browser.is_none() => {
                    self.0.browser = Some(map.next_value::<Program>()?.in_words());
                }
                "entries" => {
                    has_entries = true;
                    map.next_value_seed(Entries(self.0))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if has_entries {
            Ok(())
        } else {
            Err(A::Error::missing_field("entries"))
        }
    }
}

impl<'de, F: FnMut(Recorded)> DeserializeSeed<'de> for Entries<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Recorded)> Visitor<'de> for Entries<'_, '_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the entries of a HAR file")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element::<Entry>()? {
            self.0.entry(entry);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(har: &str) -> (Vec<Recorded>, u64) {
        let mut found = Vec::new();
        let passed_over = read(har.as_bytes(), |one| found.push(one)).unwrap();
        (found, passed_over)
    }

    #[test]
    fn connections_are_told_by_their_resource_type() {
        let (found, passed_over) = read_all(
            r#"{"log": {"version": "1.2", "creator": {"name": "Firefox", "version": "153.0.1"},
                "pages": [{"id": "p", "title": "https://app.test/"}], "entries": [
                {"pageref": "p", "startedDateTime": "2026-05-01T00:00:00Z", "_resourceType": "xhr", "request": {"url": "https://a.test/"}},
                {"pageref": "p", "_resourceType": "image", "request": {"url": "https://b.test/"}}]}}"#,
        );
        let expected = Recorded {
            entry: 1,
            page: Some("https://app.test/".to_owned()),
            api: Api::XmlHttpRequest,
            urls: vec!["https://a.test/".to_owned()],
            started: Some("2026-05-01T00:00:00Z".to_owned()),
            browser: Some("Firefox 153".to_owned()),
        };
        assert_eq!((found, passed_over), (vec![expected], 1));
    }

    #[test]
    fn without_a_type_the_fetch_metadata_tells() {
        let (found, passed_over) = read_all(
            r#"{"log": {"entries": [
                {"pageref": "p", "request": {"url": "https://app.test/", "headers": [
                    {"name": "Sec-Fetch-Dest", "value": "document"}, {"name": "Sec-Fetch-Mode", "value": "navigate"}]}},
                {"pageref": "p", "request": {"url": "https://a.test/", "headers": [
                    {"name": "Sec-Fetch-Dest", "value": "empty"}]}},
                {"pageref": "p", "request": {"url": "wss://a.test/"}},
                {"pageref": "p", "request": {"url": "https://a.test/x.png"}}], "pages": []}}"#,
        );
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.api, one.page.as_deref()))
            .collect();
        let page = Some("https://app.test/");
        assert_eq!(told, [(Api::Fetch, page), (Api::WebSocket, page)]);
        assert_eq!(passed_over, 2);
    }

    #[test]
    fn a_websocket_shows_by_its_messages_or_its_handshake() {
        let (found, passed_over) = read_all(
            r#"{"log": {"entries": [
                {"request": {"url": "https://a.test/"}, "_webSocketMessages": [{"type": "send", "data": "x"}]},
                {"request": {"url": "https://a.test/", "headers": [{"name": "Sec-WebSocket-Key", "value": "x"}]}},
                {"request": {"url": "https://a.test/", "headers": [{"name": "Sec-Fetch-Mode", "value": "websocket"}]}},
                {"request": {"url": "http://a.test/"}}]}}"#,
        );
        let apis: Vec<_> = found.iter().map(|one| one.api).collect();
        assert_eq!((apis, passed_over), (vec![Api::WebSocket; 3], 1));
    }

    #[test]
    fn over_plain_http_only_what_says_so_is_a_connection() {
        let (found, passed_over) = read_all(
            r#"{"log": {"entries": [
                {"request": {"url": "http://a.test/", "headers": [{"name": "X-Requested-With", "value": "XMLHttpRequest"}]}},
                {"request": {"url": "http://a.test/", "headers": [{"name": "Accept", "value": "text/event-stream"}]}},
                {"request": {"url": "http://a.test/", "headers": [{"name": "Accept", "value": "*/*"}]}}]}}"#,
        );
        let apis: Vec<_> = found.iter().map(|one| one.api).collect();
        assert_eq!(
            (apis, passed_over),
            (vec![Api::XmlHttpRequest, Api::EventSource], 1)
        );
    }

    #[test]
    fn redirects_are_followed_from_entry_to_entry() {
        let (found, _) = read_all(
            r#"{"log": {"entries": [
                {"_resourceType": "fetch", "request": {"url": "https://a.test/x"}, "response": {"redirectURL": "/y"}},
                {"_resourceType": "fetch", "request": {"url": "https://c.test/"}, "response": {"redirectURL": ""}},
                {"_resourceType": "fetch", "request": {"url": "https://a.test/y"}, "response": {"redirectURL": "https://b.test/"}},
                {"_resourceType": "fetch", "request": {"url": "https://b.test/"}}]}}"#,
        );
        let urls: Vec<_> = found.iter().map(|one| one.urls.len()).collect();
        assert_eq!(urls, [1, 1, 2, 3]);
        assert_eq!(
            found[3].urls,
            ["https://a.test/x", "https://a.test/y", "https://b.test/"]
        );
    }

    #[test]
    fn what_is_no_har_is_told_by_its_place() {
        let error = read("{\"log\": {\n\"entries\": 5}}".as_bytes(), |_| {}).unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 13));
        assert!(
            error
                .to_string()
                .contains("expected the entries of a HAR file"),
            "{error}"
        );
    }
}
