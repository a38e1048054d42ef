use url::{Host, Url};

use crate::browser_profile::{Quirk, Rules};
use crate::request::Mode;

/// A URL as the policy sees it: borrowed parts, ready to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'u> {
    /// In lower case, without its colon.
    pub(crate) scheme: &'u str,
    pub(crate) host: Option<&'u str>,
    pub(crate) has_ip_address: bool,
    /// `None` where it is the scheme's default.
    pub(crate) port: Option<u16>,
    /// The port that a connection goes to.
    pub(crate) effective_port: Option<u16>,
    /// Whether the URL Standard puts the host of such a URL in lower case.
    pub(crate) has_normalized_host: bool,
    pub(crate) path: &'u str,
}

/// The parts of a URL that policies compare, as the URL Standard has them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UrlParts<'u> {
    pub(crate) scheme: &'u str,
    pub(crate) host: Option<&'u str>,
    pub(crate) has_ip_address: bool,
    /// `None` where it is the scheme's default.
    pub(crate) port: Option<u16>,
    pub(crate) path: &'u str,
}

impl<'u> Target<'u> {
    /// The URL of a request in this mode. Under the standard a WebSocket is fetched as http or https.
    ///
    /// <https://websockets.spec.whatwg.org/#concept-websocket-establish>
    pub fn new(url: &'u Url, mode: Mode, rules: Rules) -> Self {
        let (host, has_ip_address) = match url.host() {
            Some(Host::Domain(domain)) => (Some(domain), false),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => (url.host_str(), true),
            None => (None, false),
        };
        let parts = UrlParts {
            scheme: url.scheme(),
            host,
            has_ip_address,
            port: url.port(),
            path: url.path(),
        };
        Self::of_parts(parts, mode, rules)
    }

    pub(crate) fn of_parts(parts: UrlParts<'u>, mode: Mode, rules: Rules) -> Self {
        let is_fetched_as_http = mode == Mode::WebSocket && !rules.has(Quirk::WebSocketKeepsScheme);
        let scheme = match parts.scheme {
            "ws" if is_fetched_as_http => "http",
            "wss" if is_fetched_as_http => "https",
            scheme => scheme,
        };
        let default = default_port(scheme);
        Self {
            scheme,
            host: parts.host,
            has_ip_address: parts.has_ip_address,
            port: parts.port,
            effective_port: parts.port.or(default),
            has_normalized_host: default.is_some(),
            path: parts.path,
        }
    }
}

/// <https://url.spec.whatwg.org/#default-port>
pub(crate) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "https" | "wss" => Some(443),
        "http" | "ws" => Some(80),
        "ftp" => Some(21),
        _ => None,
    }
}
