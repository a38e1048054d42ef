//! Headers that are for one connection only, and what changes between HTTP/2 and HTTP/1.1.

use http::HeaderName;
use http::header::{self, HeaderMap, HeaderValue};

use crate::sessions;

/// Which headers a message has that ask for work. Found in one pass, because most messages have few of
/// them and looking for each is what would cost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kinds(u8);

impl Kinds {
    /// `Connection`.
    pub(super) const CONNECTION: u8 = 1;
    /// A header that is for one connection only, `Connection` aside.
    pub(super) const HOP_BY_HOP: u8 = 2;
    /// What says for whom a request is made.
    pub(super) const CLAIM: u8 = 4;
    /// `Via`.
    pub(super) const VIA: u8 = 8;
    /// `If-None-Match` and `If-Modified-Since`.
    pub(super) const CONDITION: u8 = 16;

    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(
            headers
                .keys()
                .fold(0, |kinds, name| kinds | Self::kind(name)),
        )
    }

    pub(super) const fn has(self, kind: u8) -> bool {
        self.0 & kind != 0
    }

    fn kind(name: &HeaderName) -> u8 {
        match name.as_str() {
            "connection" => Self::CONNECTION,
            "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "proxy-connection"
            | "te"
            | "transfer-encoding"
            | "upgrade" => Self::HOP_BY_HOP,
            "forwarded" | "x-real-ip" => Self::CLAIM,
            name if name.starts_with("x-forwarded-") => Self::CLAIM,
            "via" => Self::VIA,
            "if-none-match" | "if-modified-since" => Self::CONDITION,
            _ => 0,
        }
    }
}

/// Removes what is meant for the connection that a message came by: the fixed names, and those that
/// `Connection` lists. `Trailer` stays, since trailers are passed on.
///
/// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>
pub(super) fn strip_hop_by_hop(headers: &mut HeaderMap, kinds: Kinds) {
    if kinds.has(Kinds::CONNECTION) {
        strip_connection(headers);
    }
    if kinds.has(Kinds::HOP_BY_HOP) {
        strip(headers, Kinds::HOP_BY_HOP);
    }
}

/// Removes the headers of one kind.
pub(super) fn strip(headers: &mut HeaderMap, kind: u8) {
    let is_of_kind = |name: &&HeaderName| Kinds::kind(name) == kind;
    let names: Vec<HeaderName> = headers.keys().filter(is_of_kind).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

/// Removes `Connection` and what it lists, which is seldom the name of a header.
fn strip_connection(headers: &mut HeaderMap) {
    if listed_in(headers, header::CONNECTION).all(is_plain_option) {
        headers.remove(header::CONNECTION);
        return;
    }
    let listed: Vec<HeaderName> = listed_in(headers, header::CONNECTION)
        .filter(|token| !is_plain_option(token))
        .filter_map(|token| HeaderName::from_bytes(token).ok())
        .filter(|name| !is_end_to_end(name))
        .collect();
    headers.remove(header::CONNECTION);
    for name in listed {
        headers.remove(name);
    }
}

/// The comma-separated elements of all lines of a header.
fn listed_in(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(name).into_iter();
    lines
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
}

/// How many elements of a list header are this token, in any ASCII case.
pub(super) fn count_token(headers: &HeaderMap, name: HeaderName, token: &str) -> usize {
    listed_in(headers, name)
        .filter(|found| found.eq_ignore_ascii_case(token.as_bytes()))
        .count()
}

/// Whether a request asks to speak WebSocket from now on. Other protocols are not switched to: `h2c` would
/// lead around everything that we do.
pub(super) fn is_websocket(headers: &HeaderMap) -> bool {
    count_token(headers, header::UPGRADE, "websocket") > 0
        && count_token(headers, header::CONNECTION, "upgrade") > 0
}

/// Writes what asks for, or agrees to, WebSocket.
pub(super) fn insert_websocket(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

/// Says to the upstream that trailers are welcome, if the client said so to us.
pub(super) fn insert_te_trailers(headers: &mut HeaderMap) {
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("te"));
}

/// Joins the lines of `Cookie`, which HTTP/2 may divide and HTTP/1.1 may not.
///
/// <https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3>
pub(super) fn join_cookies(headers: &mut HeaderMap) {
    join(headers, &header::COOKIE, b"; ");
}

/// Takes out the session of the dashboard. A browser's cookies are for all ports of a host, so that it sends the
/// operator's to the application too, which has no business with it.
pub(super) fn hide_session(headers: &mut HeaderMap) {
    let name = sessions::COOKIE.as_bytes();
    let holds = |line: &[u8]| line.windows(name.len()).any(|part| part == name);
    let mut lines = headers.get_all(header::COOKIE).into_iter();
    if !lines.any(|line| holds(line.as_bytes())) {
        return;
    }
    let lines = headers.get_all(header::COOKIE).into_iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let kept: Vec<&[u8]> = pairs
        .map(<[u8]>::trim_ascii)
        .filter(|pair| !holds(pair.split(|byte| *byte == b'=').next().unwrap_or_default()))
        .collect();
    match HeaderValue::from_bytes(&kept.join(&b"; "[..])) {
        Ok(line) if !line.is_empty() => drop(headers.insert(header::COOKIE, line)),
        _ => drop(headers.remove(header::COOKIE)),
    }
}

/// Makes one line of a header's lines.
pub(super) fn join(headers: &mut HeaderMap, name: &HeaderName, separator: &[u8]) {
    let lines: Vec<&[u8]> = headers
        .get_all(name)
        .into_iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if lines.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&lines.join(separator))
    {
        headers.insert(name, joined);
    }
}

/// Options of `Connection` that are no names of headers worth looking for.
fn is_plain_option(token: &[u8]) -> bool {
    [&b"keep-alive"[..], b"close", b"upgrade", b"te"]
        .iter()
        .any(|option| option.eq_ignore_ascii_case(token))
}

/// Headers that no `Connection` may take away: what frames the message, says for whom it is, or is
/// ours to decide.
fn is_end_to_end(name: &HeaderName) -> bool {
    const KEPT: [HeaderName; 8] = [
        header::HOST,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::CACHE_CONTROL,
        header::COOKIE,
        header::AUTHORIZATION,
        header::CONTENT_SECURITY_POLICY,
        header::CONTENT_SECURITY_POLICY_REPORT_ONLY,
    ];
    KEPT.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn what_connection_lists_is_removed_and_the_rest_stays() {
        let mut headers = headers(&[
            ("connection", "Keep-Alive, X-Private"),
            ("connection", "x-other,, close, host, content-length"),
            ("x-private", "1"),
            ("x-other", "2"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic eA=="),
            ("proxy-authenticate", "Basic"),
            ("host", "a"),
            ("content-length", "1"),
            ("accept-encoding", "br"),
            ("trailer", "x-sum"),
        ]);
        let kinds = Kinds::of(&headers);
        strip_hop_by_hop(&mut headers, kinds);
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["accept-encoding", "content-length", "host", "trailer"]
        );
    }

    #[test]
    fn only_websocket_is_an_upgrade() {
        let table = [
            (
                &[("connection", "Upgrade"), ("upgrade", "WebSocket")][..],
                true,
            ),
            (
                &[
                    ("connection", "keep-alive, upgrade"),
                    ("upgrade", "websocket"),
                ][..],
                true,
            ),
            (&[("connection", "upgrade"), ("upgrade", "h2c")][..], false),
            (
                &[("connection", "keep-alive"), ("upgrade", "websocket")][..],
                false,
            ),
            (&[("upgrade", "websocket")][..], false),
        ];
        for (lines, expected) in table {
            assert_eq!(is_websocket(&headers(lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn the_session_of_the_dashboard_is_not_for_the_application() {
        let cookies = |line: &'static str| {
            let mut headers = headers(&[("cookie", line)]);
            hide_session(&mut headers);
            let line = headers.get("cookie");
            line.map(|line| line.to_str().unwrap().to_owned())
        };
        let expect = |line, expected: Option<&str>| assert_eq!(cookies(line).as_deref(), expected);
        expect("a=1;b=2", Some("a=1;b=2"));
        expect("connect-src-session=x", None);
        expect("a=1; connect-src-session=x; b=2", Some("a=1; b=2"));
        expect(
            "__Host-connect-src-session=x; a=connect-src-session",
            Some("a=connect-src-session"),
        );
    }

    #[test]
    fn cookies_of_http_2_become_one_line() {
        let mut divided = headers(&[("cookie", "a=1"), ("cookie", "b=2; c=3")]);
        join_cookies(&mut divided);
        assert_eq!(
            divided.get_all("cookie").iter().collect::<Vec<_>>(),
            ["a=1; b=2; c=3"]
        );
    }
}
