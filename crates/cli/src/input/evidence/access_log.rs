//! Access logs: nginx's and Apache's `combined` format, with a host before or behind it or without, and Envoy's default format
//! with the referrer behind it.
//!
//! A request whose referrer is a page is a connection of that page. By which API is not logged, so `fetch()` is assumed: they
//! differ in what governs a prefetch, a module or a WebTransport alone. A request for a script, a style, an image, a font or a
//! document is passed over, as far as the path tells.
//!
//! <https://nginx.org/en/docs/http/ngx_http_log_module.html>,
//! <https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string>

use std::borrow::Cow;
use std::io::{self, Read};
use std::time::SystemTime;

use connect_src::Api;
use connect_src_server::clock::Timestamp;
use url::{Host, Url};

use super::collector::{Collector, Found};
use super::json_lines::for_each_line;

pub(super) fn read(reader: impl Read, collector: &mut Collector<'_>) -> io::Result<()> {
    for_each_line(reader, collector, |number, line, collector| {
        let line = String::from_utf8_lossy(line);
        let place = collector.place(number);
        let Some(entry) = Entry::of(&line) else {
            return collector.bad(
                &place,
                "expected a line of an access log, found no request in it",
            );
        };
        match found(&entry, place.clone(), collector) {
            Ok(Some(found)) => {
                collector.note(if found.api == Api::Fetch {
                    ASSUMED
                } else {
                    UPGRADED
                });
                collector.add(found);
            }
            Ok(None) => collector.pass_over(1),
            Err(message) => collector.bad(&place, message),
        }
    })
}

/// Whether a text begins with a line of an access log.
pub(super) fn is_line(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Entry::of(&String::from_utf8_lossy(line)).is_some()
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    time: Option<SystemTime>,
    /// The path, or a whole URL.
    target: String,
    status: Option<u16>,
    referrer: Option<String>,
    host: Option<String>,
}

/// A part of a line.
#[derive(Debug, PartialEq, Eq)]
enum Field<'l> {
    Word(&'l str),
    Quoted(Cow<'l, str>),
    /// In brackets.
    Time(&'l str),
}

impl Entry {
    fn of(line: &str) -> Option<Self> {
        let fields = fields(line);
        let request = fields.iter().position(|field| target_of(field).is_some())?;
        let time = fields.iter().find_map(|field| match field {
            Field::Time(text) => Some(*text),
            _ => None,
        });
        let (before, after) = (&fields[..request], &fields[request + 1..]);
        let quoted: Vec<&str> = after.iter().filter_map(Field::quoted).collect();
        let is_envoy = matches!(fields.first(), Some(Field::Time(_)));
        let (referrer, host) = if is_envoy {
            (
                quoted.iter().skip(5).copied().find(|text| is_page(text)),
                quoted.get(3).copied(),
            )
        } else {
            let host = host_before(before).or_else(|| host_behind(after));
            (quoted.first().copied().filter(|text| is_page(text)), host)
        };
        Some(Self {
            time: time.and_then(moment),
            target: target_of(&fields[request])?.to_owned(),
            status: after.iter().find_map(Field::status),
            referrer: referrer.map(str::to_owned),
            host: host.filter(|host| *host != "-").map(str::to_owned),
        })
    }
}

impl Field<'_> {
    fn quoted(&self) -> Option<&str> {
        match self {
            Self::Quoted(text) => Some(text),
            _ => None,
        }
    }

    fn status(&self) -> Option<u16> {
        match self {
            Self::Word(word) if word.len() == 3 => word.parse().ok(),
            _ => None,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Time(text) => text,
            Self::Quoted(text) => text,
        }
    }
}

/// The target of a request line, if that is what a field is: `GET /path HTTP/1.1`.
fn target_of<'f>(field: &'f Field<'_>) -> Option<&'f str> {
    let mut words = field.quoted()?.split(' ');
    let (method, target, protocol) = (words.next()?, words.next()?, words.next()?);
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_method && protocol.starts_with("HTTP/") && words.next().is_none()).then_some(target)
}

fn is_page(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// `host address identity user [time]`: one word more than without a host.
fn host_before<'f>(before: &'f [Field<'_>]) -> Option<&'f str> {
    let words: Vec<&str> = before
        .iter()
        .take_while(|field| !matches!(field, Field::Time(_)))
        .map(Field::text)
        .collect();
    match *words.as_slice() {
        [host, _, _, _] if Host::parse(without_port(host)).is_ok() => Some(host),
        _ => None,
    }
}

/// Behind referrer and user agent; addresses there are those of clients.
fn host_behind<'f>(after: &'f [Field<'_>]) -> Option<&'f str> {
    let mut quoted = 0;
    let behind = after.iter().skip_while(move |field| {
        let is_over = quoted == 2;
        quoted += usize::from(field.quoted().is_some());
        !is_over
    });
    let mut texts = behind.map(Field::text);
    texts.find(|text| {
        let host = without_port(text);
        let is_name = host.contains('.') || host == "localhost";
        is_name && matches!(Host::parse(host), Ok(Host::Domain(_))) && host.parse::<f64>().is_err()
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    }
}

fn found(
    entry: &Entry,
    place: String,
    collector: &Collector<'_>,
) -> Result<Option<Found>, &'static str> {
    let Some(page) = entry
        .referrer
        .as_deref()
        .and_then(|page| Url::parse(page).ok())
    else {
        return Ok(None);
    };
    if is_resource(&entry.target) {
        return Ok(None);
    }
    let server = match &entry.host {
        Some(host) => Url::parse(&format!("{}://{host}/", page.scheme())).ok(),
        None => collector.context.server.cloned(),
    };
    let is_whole = is_page(&entry.target);
    let server = match server {
        Some(server) => server,
        None if is_whole => page.clone(),
        None => return Err(NO_HOST),
    };
    let url = server
        .join(&entry.target)
        .map_err(|_| "its path cannot be read")?;
    let api = match entry.status {
        Some(101) => Api::WebSocket,
        _ => Api::Fetch,
    };
    Ok(Some(Found {
        page: Some(page),
        seen: entry.time.map(|time| (time, time)),
        ..Found::new(api, url, place)
    }))
}

/// Whether a path is that of something that a page loads otherwise than by connecting.
fn is_resource(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| RESOURCES.contains(&&*extension))
}

const RESOURCES: [&str; 24] = [
    "avif",
    "bmp",
    "css",
    "gif",
    "htm",
    "html",
    "ico",
    "jpeg",
    "jpg",
    "js",
    "mjs",
    "mp3",
    "mp4",
    "ogg",
    "otf",
    "pdf",
    "png",
    "svg",
    "ttf",
    "webm",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
];

/// `10/Oct/2000:13:55:36 -0700`, or RFC 3339.
fn moment(text: &str) -> Option<SystemTime> {
    if let Some(moment) = Timestamp::parse(text) {
        return Some(moment.to_system_time());
    }
    let (day, rest) = text.split_once('/')?;
    let (month, rest) = rest.split_once('/')?;
    let (year, rest) = rest.split_once(':')?;
    let (time, zone) = rest.split_once(' ')?;
    let month = MONTHS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(month))?
        + 1;
    let (hours, minutes) = (zone.get(..3)?, zone.get(3..)?);
    let moment = Timestamp::parse(&format!("{year}-{month:02}-{day}T{time}{hours}:{minutes}"))?;
    Some(moment.to_system_time())
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The fields of a line: words, texts in quotes with their escapes resolved, and what is in brackets.
fn fields(line: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut rest = line.trim_ascii();
    while !rest.is_empty() && fields.len() < MOST_FIELDS {
        let (field, after) = match rest.as_bytes()[0] {
            b'"' => quoted(&rest[1..]),
            b'[' => {
                let (inside, after) = rest[1..].split_once(']').unwrap_or((&rest[1..], ""));
                (Field::Time(inside), after)
            }
            _ => {
                let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
                (Field::Word(word), after)
            }
        };
        fields.push(field);
        rest = after.trim_ascii_start();
    }
    fields
}

const MOST_FIELDS: usize = 64;

/// A text up to its closing quote. nginx writes `\x22`, Apache `\"`.
fn quoted(text: &str) -> (Field<'_>, &str) {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    let (inside, after) = match end {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    };
    let inside = if inside.contains('\\') {
        Cow::Owned(
            inside
                .replace("\\x22", "\"")
                .replace("\\\"", "\"")
                .replace("\\\\", "\\"),
        )
    } else {
        Cow::Borrowed(inside)
    };
    (Field::Quoted(inside), after)
}

const NO_HOST: &str =
    "the log does not say which host was asked; name the server that wrote it with --server URL";
const ASSUMED: &str = "an access log does not say by which API a page connects: fetch() is assumed";
const UPGRADED: &str = "requests that are answered with 101 are taken for WebSockets";

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> (Option<String>, String, Option<String>, Option<u16>) {
        let entry = Entry::of(line).unwrap();
        (entry.host, entry.target, entry.referrer, entry.status)
    }

    #[test]
    fn the_usual_formats_are_read() {
        let combined = "\"https://app.example/cart\" \"Mozilla/5.0 (X11; \\x22q\\x22)\"";
        let time = "[10/Oct/2026:13:55:36 -0700]";
        let request = "\"GET /v1/items?q=1 HTTP/2.0\" 200 512";
        for (line, host) in [
            (format!("203.0.113.9 - - {time} {request} {combined}"), None),
            (format!("203.0.113.9 - joe {time} {request} {combined} \"10.0.0.1\""), None),
            (
                format!("api.example:443 203.0.113.9 - - {time} {request} {combined}"),
                Some("api.example:443"),
            ),
            (
                format!("203.0.113.9 - - {time} {request} {combined} \"203.0.113.1\" 0.004 api.example"),
                Some("api.example"),
            ),
            (
                format!("203.0.113.9 - - {time} {request} {combined} \"api.example\""),
                Some("api.example"),
            ),
            (
                "[2026-10-10T20:55:36.000Z] \"GET /v1/items?q=1 HTTP/2\" 200 - 0 512 4 3 \"203.0.113.9\" \"Mozilla\" \
                 \"a-b-c\" \"api.example\" \"10.0.0.2:80\" \"https://app.example/cart\""
                    .to_owned(),
                Some("api.example"),
            ),
        ] {
            let expected = (
                host.map(str::to_owned),
                "/v1/items?q=1".to_owned(),
                Some("https://app.example/cart".to_owned()),
                Some(200),
            );
            assert_eq!(told(&line), expected, "{line}");
            let time = Entry::of(&line).unwrap().time;
            let expected = Timestamp::parse("2026-10-10T20:55:36Z").unwrap().to_system_time();
            assert_eq!(time, Some(expected), "{line}");
        }
    }

    #[test]
    fn what_has_no_referrer_names_no_page() {
        let line =
            "203.0.113.9 - - [10/Oct/2026:13:55:36 +0000] \"POST / HTTP/1.1\" 204 0 \"-\" \"curl\"";
        assert_eq!(told(line), (None, "/".to_owned(), None, Some(204)));
    }

    #[test]
    fn a_line_without_a_request_is_none() {
        for line in ["", "a b c", "\"GET /\"", "[x] \"get / HTTP/1.1\"", "\"\\"] {
            assert_eq!(Entry::of(line), None, "{line}");
        }
    }

    #[test]
    fn what_a_page_loads_otherwise_is_told_by_its_path() {
        for (target, expected) in [
            ("/a.js", true),
            ("/a/b.PNG?x=/y", true),
            ("/api.example/v1", false),
            ("/data.json", false),
            ("/app.wasm", false),
            ("/", false),
        ] {
            assert_eq!(is_resource(target), expected, "{target}");
        }
    }
}
