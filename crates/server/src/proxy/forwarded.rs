//! What the upstream is told about the client: `X-Forwarded-*` and `Forwarded`.

use std::net::{IpAddr, SocketAddr};

use bytes::{Bytes, BytesMut};
use http::header::{self, Entry, HeaderMap, HeaderName, HeaderValue};

use super::headers::{Kinds, join, strip};
use crate::config::AddressRange;

/// Who is at the other end of a connection: an extension of each request that the listener takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub is_secure: bool,
    /// The address as `X-Forwarded-For` has it: written once for all requests of the connection.
    text: HeaderValue,
}

impl Peer {
    /// A peer at this address.
    pub fn new(address: SocketAddr, is_secure: bool) -> Self {
        let text = address.ip().to_canonical().to_string();
        Self {
            address,
            is_secure,
            text: printable(text.into()),
        }
    }

    const fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }
}

/// The client of a request, as far as it can be known: the peer, or whoever stands behind a trusted one.
///
/// Only the last element of what a trusted proxy sends is believed, and so on to the front while that
/// one is trusted too.
pub fn client_address(headers: &HeaderMap, peer: &Peer, trusted: &[AddressRange]) -> IpAddr {
    let mut address = peer.address.ip().to_canonical();
    let lines = headers.get_all(X_FORWARDED_FOR).into_iter().rev();
    let elements = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for element in elements {
        if !is_trusted(address, trusted) {
            break;
        }
        match parse_address(element.trim_ascii()) {
            Some(next) => address = next,
            None => break,
        }
    }
    address
}

/// Whether the client's own connection is encrypted, as far as it can be known.
pub fn is_client_secure(headers: &HeaderMap, peer: &Peer, trusted: &[AddressRange]) -> bool {
    let told = headers.get(X_FORWARDED_PROTO).map(HeaderValue::as_bytes);
    match told {
        Some(scheme) if is_trusted(peer.address.ip(), trusted) => scheme == b"https",
        _ => peer.is_secure,
    }
}

/// Tells the upstream about the client. What an untrusted client says about others is dropped first;
/// what a trusted proxy says is kept and added to.
pub(super) fn insert_forwarded(
    headers: &mut HeaderMap,
    kinds: Kinds,
    peer: &Peer,
    host: Option<&HeaderValue>,
    trusted: &[AddressRange],
) {
    if kinds.has(Kinds::CLAIM) && !is_trusted(peer.address.ip(), trusted) {
        strip(headers, Kinds::CLAIM);
    }
    append(headers, &X_FORWARDED_FOR, peer.text.clone());
    append(headers, &FORWARDED, element(peer, host));
    if let (Some(host), Entry::Vacant(entry)) = (host, headers.entry(X_FORWARDED_HOST)) {
        entry.insert(host.clone());
    }
    if let Entry::Vacant(entry) = headers.entry(X_FORWARDED_PROTO) {
        entry.insert(HeaderValue::from_static(peer.scheme()));
    }
}

/// Adds an element to a list, in one line, since not every upstream reads several.
fn append(headers: &mut HeaderMap, name: &HeaderName, value: HeaderValue) {
    if headers.append(name, value) {
        join(headers, name, b", ");
    }
}

/// An element of `Forwarded`.
///
/// <https://www.rfc-editor.org/rfc/rfc7239#section-4>
fn element(peer: &Peer, host: Option<&HeaderValue>) -> HeaderValue {
    let mut element = BytesMut::with_capacity(128);
    let [open, close]: [&[u8]; 2] = match peer.address.ip().to_canonical() {
        IpAddr::V4(_) => [b"", b""],
        IpAddr::V6(_) => [b"\"[", b"]\""],
    };
    let mut write = |parts: &[&[u8]]| {
        for part in parts {
            element.extend_from_slice(part);
        }
    };
    write(&[b"for=", open, peer.text.as_bytes(), close]);
    // The host was checked: it has neither quotes nor backslashes.
    if let Some(host) = host {
        write(&[b";host=\"", host.as_bytes(), b"\""]);
    }
    write(&[b";proto=", peer.scheme().as_bytes()]);
    printable(element.freeze())
}

fn printable(text: Bytes) -> HeaderValue {
    HeaderValue::from_maybe_shared(text).expect("addresses, hosts and schemes are printable ASCII")
}

/// An address, with a port or without, in brackets or without.
fn parse_address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let address = text
        .parse()
        .ok()
        .or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address: IpAddr| address.to_canonical())
}

fn is_trusted(address: IpAddr, trusted: &[AddressRange]) -> bool {
    trusted.iter().any(|range| range.contains(address))
}

const FORWARDED: HeaderName = header::FORWARDED;
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

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

    fn peer(address: &str, is_secure: bool) -> Peer {
        Peer::new(SocketAddr::new(address.parse().unwrap(), 50000), is_secure)
    }

    fn insert(
        headers: &mut HeaderMap,
        peer: &Peer,
        host: Option<&HeaderValue>,
        trusted: &[AddressRange],
    ) {
        insert_forwarded(headers, Kinds::of(headers), peer, host, trusted);
    }

    fn trusted(ranges: &[&str]) -> Vec<AddressRange> {
        ranges
            .iter()
            .map(|range| AddressRange::parse(range).unwrap())
            .collect()
    }

    #[test]
    fn what_an_untrusted_client_claims_is_dropped() {
        let mut headers = headers(&[
            ("x-forwarded-for", "10.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "bank.example"),
            ("x-forwarded-prefix", "/admin"),
            ("x-real-ip", "10.0.0.1"),
            ("forwarded", "for=10.0.0.1"),
        ]);
        let host = HeaderValue::from_static("app.example:8080");
        insert(&mut headers, &peer("2001:db8::1", false), Some(&host), &[]);
        assert_eq!(headers["x-forwarded-for"], "2001:db8::1");
        assert_eq!(headers["x-forwarded-proto"], "http");
        assert_eq!(headers["x-forwarded-host"], "app.example:8080");
        assert_eq!(
            headers["forwarded"],
            "for=\"[2001:db8::1]\";host=\"app.example:8080\";proto=http"
        );
        assert_eq!(headers.len(), 4);
    }

    #[test]
    fn what_a_trusted_proxy_says_is_kept_and_added_to() {
        let mut headers = headers(&[
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-for", "192.0.2.2"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "public.example"),
        ]);
        let trusted = trusted(&["10.0.0.0/8"]);
        insert(&mut headers, &peer("10.1.2.3", false), None, &trusted);
        assert_eq!(headers["x-forwarded-for"], "192.0.2.1, 192.0.2.2, 10.1.2.3");
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-forwarded-host"], "public.example");
        assert_eq!(headers["forwarded"], "for=10.1.2.3;proto=http");
    }

    #[test]
    fn the_client_is_the_first_address_that_is_not_trusted() {
        let trusted = trusted(&["10.0.0.0/8", "127.0.0.1"]);
        let table = [
            (&[][..], "127.0.0.1"),
            (
                &[("x-forwarded-for", "192.0.2.9, 10.0.0.7")][..],
                "192.0.2.9",
            ),
            (
                &[("x-forwarded-for", "1.1.1.1, 192.0.2.9:4711")][..],
                "192.0.2.9",
            ),
            (
                &[
                    ("x-forwarded-for", "1.1.1.1"),
                    ("x-forwarded-for", "[2001:db8::1]"),
                ][..],
                "2001:db8::1",
            ),
            (
                &[("x-forwarded-for", "192.0.2.9, unknown")][..],
                "127.0.0.1",
            ),
        ];
        for (lines, expected) in table {
            let client = client_address(&headers(lines), &peer("127.0.0.1", false), &trusted);
            assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{lines:?}");
        }
        let spoofed = headers(&[("x-forwarded-for", "10.0.0.1")]);
        let client = client_address(&spoofed, &peer("192.0.2.1", false), &trusted);
        assert_eq!(client, "192.0.2.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn a_scheme_is_believed_from_a_trusted_proxy_only() {
        let told = headers(&[("x-forwarded-proto", "https")]);
        let trusted = trusted(&["127.0.0.1"]);
        assert!(is_client_secure(&told, &peer("127.0.0.1", false), &trusted));
        assert!(!is_client_secure(
            &told,
            &peer("192.0.2.1", false),
            &trusted
        ));
        assert!(is_client_secure(
            &HeaderMap::new(),
            &peer("192.0.2.1", true),
            &trusted
        ));
    }
}
