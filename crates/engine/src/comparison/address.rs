use alloc::string::String;
use core::fmt::Write as _;

use crate::browser_profile::Rules;
use crate::matching::{Target, UrlParts, default_port};
use crate::request::Mode;

/// A URL to be asked for, before it is one: nearly all are decided by their parts, and never made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Address<'a> {
    /// One that leads to a host.
    Network {
        scheme: &'a str,
        host: Host<'a>,
        port: Option<u16>,
        path: Path<'a>,
    },
    /// Any other.
    Other(&'a str),
}

/// A host as a source writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host<'a> {
    text: &'a str,
    kind: HostKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HostKind {
    /// A name that a URL has as it is.
    PlainName,
    /// An address that a URL has as it is.
    PlainAddress,
    /// What a URL has instead is for its parser to say.
    Other,
}

impl<'a> Host<'a> {
    /// A host that may be anything.
    pub(super) fn of(text: &'a str) -> Self {
        let kind = if is_plain_name(text) {
            HostKind::PlainName
        } else {
            HostKind::Other
        };
        Self { text, kind }
    }

    /// An IP address in the form that URLs have.
    pub(super) fn address(text: &'a str) -> Self {
        Self {
            text,
            kind: HostKind::PlainAddress,
        }
    }
}

/// A path as a source writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
    text: &'a str,
    is_plain: bool,
}

impl<'a> Path<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            is_plain: is_plain_path(text),
        }
    }
}

impl<'a> Address<'a> {
    /// What a policy sees of the URL; `None` where its parser could change it.
    pub(super) fn target(self, mode: Mode, rules: Rules) -> Option<Target<'a>> {
        let Self::Network {
            scheme,
            host,
            port,
            path,
        } = self
        else {
            return None;
        };
        let default = default_port(scheme)?;
        let is_plain = host.kind != HostKind::Other && path.is_plain;
        let parts = UrlParts {
            scheme,
            host: Some(host.text),
            has_ip_address: host.kind == HostKind::PlainAddress,
            port: port.filter(|port| *port != default),
            path: path.text,
        };
        is_plain.then(|| Target::of_parts(parts, mode, rules))
    }

    /// The text that is parsed as a URL.
    pub(super) fn text(self) -> String {
        let (scheme, host, port, path) = match self {
            Self::Network {
                scheme,
                host,
                port,
                path,
            } => (scheme, host, port, path),
            Self::Other(text) => return text.into(),
        };
        let length = scheme.len() + host.text.len() + path.text.len();
        let mut text = String::with_capacity(length + LONGEST_OTHERS);
        text.push_str(scheme);
        text.push_str("://");
        text.push_str(host.text);
        if let Some(port) = port {
            // Writing to a string cannot fail.
            let _ = write!(text, ":{port}");
        }
        text.push_str(path.text);
        text
    }
}

/// `://`, and a port behind a colon.
const LONGEST_OTHERS: usize = 3 + 6;

/// Whether the URL parser leaves the name of a host alone: it has no capital letter, no Punycode, and its last label is not the
/// last number of an IPv4 address.
///
/// <https://url.spec.whatwg.org/#concept-host-parser>
fn is_plain_name(name: &str) -> bool {
    let is_plain_byte =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let is_plain = |label: &[u8]| {
        !label.is_empty() && label.iter().all(is_plain_byte) && !label.starts_with(b"xn--")
    };
    let mut labels = name.as_bytes().split(|byte| *byte == b'.');
    let last = labels.next_back().unwrap_or_default();
    is_plain(last) && last[0].is_ascii_lowercase() && labels.all(is_plain)
}

/// Whether the URL parser leaves a path alone: nothing in it is to be escaped, and no piece begins with a dot.
///
/// <https://url.spec.whatwg.org/#path-state>
fn is_plain_path(path: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    path.starts_with('/') && path.bytes().all(is_plain) && !path.contains("/.")
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::BrowserProfile;

    const HOSTS: [&str; 22] = [
        "a.test",
        "a-b.c3.test",
        "localhost",
        "API.test",
        "a.test.",
        "xn--bcher-kva.test",
        "a.xn--p1ai",
        "192.0.2.1",
        "192.0.2",
        "0x7f.1",
        "a.1",
        "a.0x1f",
        "a.b1",
        "1.a",
        "-a.test",
        "a-.test",
        "a--b.test",
        "ab--c.test",
        "a..test",
        "é.test",
        "a_b.test",
        "",
    ];
    const PATHS: [&str; 18] = [
        "/", "/a", "/a/b/", "//a", "/a//", "/.", "/..", "/a/../b", "/a/.b", "/a.b", "/a.", "/%41",
        "/%2e", "/a b", "/a?x", "/a#x", "/~a_b-c", "/a\\b",
    ];

    #[test]
    fn what_is_told_of_a_url_by_its_parts_is_what_its_parser_makes_of_it() {
        let mut told = 0;
        let addresses = ["192.0.2.1", "[2001:db8::1]"].map(Host::address);
        let hosts = HOSTS.map(Host::of).into_iter().chain(addresses);
        for (host, path) in hosts.flat_map(|host| PATHS.map(|path| (host, path))) {
            for scheme in ["https", "http", "wss", "ws", "ftp", "HTTPS", "custom"] {
                for port in [None, Some(443), Some(80), Some(8443), Some(0)] {
                    let path = Path::of(path);
                    let address = Address::Network {
                        scheme,
                        host,
                        port,
                        path,
                    };
                    for (mode, profile) in [
                        (Mode::NoCors, BrowserProfile::Standard),
                        (Mode::WebSocket, BrowserProfile::Standard),
                        (Mode::WebSocket, BrowserProfile::Chromium),
                    ] {
                        let Some(target) = address.target(mode, profile.into()) else {
                            continue;
                        };
                        let url = Url::parse(&address.text()).unwrap();
                        assert_eq!(
                            target,
                            Target::new(&url, mode, profile.into()),
                            "{address:?}"
                        );
                        told += 1;
                    }
                }
            }
        }
        assert!(told > 1_000, "{told}");
    }
}
