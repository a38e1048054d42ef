use url::Url;

use crate::{Allowlist, Disposition, Pattern, Toggle};

/// A connection that a page wants to make.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Connection<'a> {
    /// A request, a navigation or another connection to a URL.
    Url {
        /// What is asked for first.
        url: &'a Url,
        /// Whether the server answered with a redirect.
        is_redirected: bool,
    },
    /// What names a host alone: a DNS prefetch.
    Host(&'a str),
    /// A peer connection of WebRTC.
    WebRtc,
}

impl<'a> Connection<'a> {
    /// A connection that is not redirected.
    pub fn to(url: &'a Url) -> Self {
        Self::Url {
            url,
            is_redirected: false,
        }
    }

    /// A connection that a redirect sends on.
    pub fn redirected_from(url: &'a Url) -> Self {
        Self::Url {
            url,
            is_redirected: true,
        }
    }
}

/// What a list does with a connection, and why.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Decision<'l> {
    disposition: Disposition,
    /// Why.
    pub reason: Reason<'l>,
}

/// Why a list does what it does.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Reason<'l> {
    /// This pattern matches.
    Matched(&'l Pattern),
    /// The URL names nothing on a network: `data:`, `blob:`, `about:`.
    Local,
    /// All connections of this kind are allowed.
    AllAllowed,
    /// No pattern matches.
    NothingMatched,
    /// It matches, but redirects are blocked.
    RedirectBlocked,
    /// WebRTC is blocked.
    WebRtcBlocked,
}

impl Reason<'_> {
    const fn is_violation(self) -> bool {
        matches!(
            self,
            Self::NothingMatched | Self::RedirectBlocked | Self::WebRtcBlocked
        )
    }
}

impl Decision<'_> {
    /// Whether the connection is made: a list that only reports lets everything through.
    pub fn is_allowed(&self) -> bool {
        self.disposition == Disposition::Report || !self.is_violation()
    }

    /// Whether the list is violated, so that a report is sent.
    pub fn is_violation(&self) -> bool {
        self.reason.is_violation()
    }

    /// The reason as a sentence without a full stop.
    pub fn explanation(&self) -> String {
        match self.reason {
            Reason::Matched(pattern) if pattern.is_response_origin() => {
                format!(
                    "response-origin stands for {}, which matches",
                    pattern.text()
                )
            }
            Reason::Matched(pattern) => format!("\"{}\" matches", pattern.text()),
            Reason::Local => "it connects to nothing on a network".into(),
            Reason::AllAllowed => "the list allows all of this kind".into(),
            Reason::NothingMatched => "no pattern of the list matches".into(),
            Reason::RedirectBlocked => {
                "the list blocks redirects; redirects=allow would follow them anywhere".into()
            }
            Reason::WebRtcBlocked => {
                "the list blocks WebRTC; webrtc=allow would let it connect to anybody".into()
            }
        }
    }
}

impl Allowlist {
    /// Decides about a connection.
    ///
    /// <https://wicg.github.io/connection-allowlists/#abstract-opdef-should-request-be-blocked-by-connection-allowlists>
    pub fn decide(&self, connection: &Connection<'_>) -> Decision<'_> {
        let reason = match *connection {
            Connection::Url { url, is_redirected } => self.decide_url(url, is_redirected),
            Connection::Host(host) => {
                let mut patterns = self.patterns.iter();
                let found = patterns.find(|pattern| pattern.matches_host(host));
                found.map_or(Reason::NothingMatched, Reason::Matched)
            }
            Connection::WebRtc => match self.webrtc {
                Toggle::Allow => Reason::AllAllowed,
                Toggle::Block => Reason::WebRtcBlocked,
            },
        };
        Decision {
            disposition: self.disposition,
            reason,
        }
    }

    fn decide_url(&self, url: &Url, is_redirected: bool) -> Reason<'_> {
        let first = self.match_url(url);
        match self.redirects {
            Toggle::Block if is_redirected && !first.is_violation() => Reason::RedirectBlocked,
            _ => first,
        }
    }

    /// <https://wicg.github.io/connection-allowlists/#abstract-opdef-match-a-url-to-a-connection-allowlist>
    fn match_url(&self, url: &Url) -> Reason<'_> {
        if matches!(url.scheme(), "about" | "blob" | "data") {
            return Reason::Local;
        }
        let url = as_fetched(url);
        let mut patterns = self.patterns.iter();
        let found = patterns.find(|pattern| pattern.matches(&url));
        found.map_or(Reason::NothingMatched, Reason::Matched)
    }
}

/// A WebSocket is fetched as http or https.
///
/// <https://websockets.spec.whatwg.org/#concept-websocket-establish>
fn as_fetched(url: &Url) -> Url {
    let scheme = match url.scheme() {
        "ws" => "http",
        "wss" => "https",
        other => other,
    };
    let mut fetched = url.clone();
    // From one special scheme to another: the URL Standard allows it.
    let _: Result<(), ()> = fetched.set_scheme(scheme);
    fetched.set_fragment(None);
    fetched
}

#[cfg(test)]
mod tests;
