//! A request as Fetch describes it, and the APIs that make one.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use url::Url;

/// A request: what is fetched, by what, for what.
///
/// For the connections that `connect-src` governs, [`Request::connect`] fills everything in.
///
/// ```
/// use connect_src::{Api, Request};
/// use url::Url;
///
/// let request = Request::connect(Api::Fetch, Url::parse("https://api.example.com/old")?)
///     .redirected_to(Url::parse("https://api.example.com/new")?);
/// assert_eq!(request.current_url().path(), "/new");
/// assert_eq!(request.redirect_count(), 1);
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// <https://fetch.spec.whatwg.org/#concept-request>
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The URLs so far: the requested one, then one for each redirect. Never empty.
    url_list: Vec<Url>,
    /// What the response is for.
    pub destination: Destination,
    /// What began the fetch, where that matters.
    pub initiator: Initiator,
    /// Whether it is a WebSocket or WebTransport handshake.
    pub mode: Mode,
    /// Whether a window or a worker asks.
    pub client: Client,
    /// The `nonce` of the element that asks; empty for none.
    pub cryptographic_nonce_metadata: String,
    /// The `integrity` of the element that asks; empty for none.
    pub integrity_metadata: String,
    /// Whether the HTML parser made the element that asks.
    pub parser_metadata: ParserMetadata,
    /// Whether a WebTransport names its server by certificate hashes.
    pub has_webtransport_hashes: bool,
}

impl Request {
    /// A request for a URL that `destination` is for.
    pub fn new(url: Url, destination: Destination) -> Self {
        Self {
            url_list: alloc::vec![url],
            destination,
            initiator: Initiator::None,
            mode: Mode::NoCors,
            client: Client::Window,
            cryptographic_nonce_metadata: String::new(),
            integrity_metadata: String::new(),
            parser_metadata: ParserMetadata::NotParserInserted,
            has_webtransport_hashes: false,
        }
    }

    /// The request that an API makes when a script gives it this URL.
    ///
    /// A WebSocket's http and https URLs become ws and wss, as the API does it.
    ///
    /// ```
    /// use connect_src::{Api, Request};
    /// use url::Url;
    ///
    /// let request = Request::connect(Api::WebSocket, Url::parse("https://example.com/live#top")?);
    /// assert_eq!(request.url().as_str(), "wss://example.com/live");
    /// # Ok::<(), url::ParseError>(())
    /// ```
    pub fn connect(api: Api, mut url: Url) -> Self {
        if api == Api::WebSocket {
            let scheme = match url.scheme() {
                "http" => "ws",
                "https" => "wss",
                _ => url.scheme(),
            };
            let scheme = String::from(scheme);
            // From one special scheme to another: the URL Standard allows it.
            let _: Result<(), ()> = url.set_scheme(&scheme);
            url.set_fragment(None);
        }
        let mut request = Self::new(url, api.destination());
        request.initiator = api.initiator();
        request.mode = api.mode();
        request
    }

    /// The same request after a redirect to this URL.
    pub fn redirected_to(mut self, url: Url) -> Self {
        self.url_list.push(url);
        self
    }

    /// The same request, made by a worker's script.
    pub fn from_worker(mut self) -> Self {
        self.client = Client::Worker;
        self
    }

    /// The URL that was asked for.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-request-url>
    pub fn url(&self) -> &Url {
        &self.url_list[0]
    }

    /// The URL after all redirects.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-request-current-url>
    pub fn current_url(&self) -> &Url {
        &self.url_list[self.redirect_count()]
    }

    /// <https://fetch.spec.whatwg.org/#concept-request-redirect-count>
    pub fn redirect_count(&self) -> usize {
        self.url_list.len() - 1
    }

    /// The requested URL and every redirect's, each with the redirect count that it is checked with.
    pub fn hops(&self) -> impl ExactSizeIterator<Item = Hop<'_>> {
        let hops = self.url_list.iter().enumerate();
        hops.map(|(redirect_count, url)| Hop {
            url,
            redirect_count,
        })
    }
}

/// One URL of a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop<'r> {
    /// Where the request goes.
    pub url: &'r Url,
    /// How many redirects led there. From 1 on, paths are not compared.
    pub redirect_count: usize,
}

macro_rules! apis {
    ($( $variant:ident = $name:literal ($($alias:literal),*), $text:literal, $doc:literal; )*) => {
        /// An interface by which a page connects.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Api {
            $( #[doc = $doc] $variant, )*
        }

        impl Api {
            /// Every API.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// A short name in lower case, for command lines and files.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// How code spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }

            /// Finds an API by its name, spelling or a usual alias, whatever the ASCII case.
            pub fn parse(name: &str) -> Option<Self> {
                const NAMES: &[(&str, Api)] = &[
                    $( ($name, Api::$variant), ($text, Api::$variant), $( ($alias, Api::$variant), )* )*
                ];
                let found = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                found.map(|(_, api)| *api)
            }
        }
    };
}

apis! {
    Fetch = "fetch" (), "fetch()", "`fetch()`, also behind `WebAssembly.instantiateStreaming()`.";
    XmlHttpRequest = "xhr" ("xmlhttprequest"), "XMLHttpRequest", "`XMLHttpRequest`.";
    WebSocket = "websocket" ("ws"), "WebSocket", "`new WebSocket()`.";
    EventSource = "eventsource" ("sse"), "EventSource", "`new EventSource()`.";
    SendBeacon = "beacon" ("sendbeacon"), "sendBeacon()", "`navigator.sendBeacon()`.";
    Ping = "ping" ("a_ping"), "<a ping>", "The `ping` attribute of a link that is followed.";
    FetchLater = "fetchlater" (), "fetchLater()", "`fetchLater()`.";
    WebTransport = "webtransport" (), "WebTransport", "`new WebTransport()`.";
    JsonModule = "json-module" ("import_json", "json"), "import … with { type: 'json' }", "A JSON module import.";
    TextModule = "text-module" ("import_text"), "import … with { type: 'text' }", "A text module import.";
    WebIdentity = "webidentity" ("fedcm"), "navigator.credentials.get({ identity })", "Federated credentials.";
    Prefetch = "prefetch" (), "<link rel=prefetch>", "A resource hint. Not under connect-src itself.";
}

impl Api {
    /// What the API's requests are for.
    pub const fn destination(self) -> Destination {
        match self {
            Self::JsonModule => Destination::Json,
            Self::TextModule => Destination::Text,
            Self::WebIdentity => Destination::WebIdentity,
            _ => Destination::Empty,
        }
    }

    /// What the API's requests say of their beginning.
    pub const fn initiator(self) -> Initiator {
        match self {
            Self::Prefetch => Initiator::Prefetch,
            Self::Ping | Self::SendBeacon => Initiator::Other,
            _ => Initiator::None,
        }
    }

    /// The mode of the API's requests, as far as a policy cares.
    pub const fn mode(self) -> Mode {
        match self {
            Self::WebSocket => Mode::WebSocket,
            Self::WebTransport => Mode::WebTransport,
            _ => Mode::NoCors,
        }
    }

    /// The API that a URL's scheme implies where none is named.
    pub fn implied_by(url: &Url) -> Self {
        match url.scheme() {
            "ws" | "wss" => Self::WebSocket,
            _ => Self::Fetch,
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What a response is for.
///
/// <https://fetch.spec.whatwg.org/#concept-request-destination>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the standard's words, one each")]
pub enum Destination {
    /// The empty string: whatever a script does with it.
    Empty,
    Audio,
    AudioWorklet,
    /// A navigation. No policy of the page that is left applies.
    Document,
    Embed,
    Font,
    Frame,
    Iframe,
    Image,
    Json,
    Manifest,
    Object,
    PaintWorklet,
    /// A violation report or another report. No directive governs it.
    Report,
    Script,
    ServiceWorker,
    SharedWorker,
    Style,
    Text,
    Track,
    Video,
    WebIdentity,
    Worker,
    Xslt,
}

impl Destination {
    /// Whether the response may run as script.
    ///
    /// <https://fetch.spec.whatwg.org/#request-destination-script-like>
    pub const fn is_script_like(self) -> bool {
        matches!(
            self,
            Self::AudioWorklet
                | Self::PaintWorklet
                | Self::Script
                | Self::ServiceWorker
                | Self::SharedWorker
                | Self::Worker
        )
    }
}

/// What began a fetch, where it matters.
///
/// <https://fetch.spec.whatwg.org/#concept-request-initiator>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Initiator {
    /// The empty string.
    None,
    /// Some value that no policy looks at.
    Other,
    /// A resource hint.
    Prefetch,
    /// A prerendered navigation.
    Prerender,
}

/// The kind of request, as far as a policy cares.
///
/// <https://fetch.spec.whatwg.org/#concept-request-mode>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Any ordinary request; policies do not tell CORS modes apart.
    NoCors,
    /// The handshake of a WebSocket.
    WebSocket,
    /// The handshake of a WebTransport.
    WebTransport,
}

/// The kind of the request's client.
///
/// <https://fetch.spec.whatwg.org/#concept-request-client>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// A window.
    Window,
    /// A worker of any kind.
    Worker,
}

/// Whether the HTML parser made the element that asks.
///
/// <https://fetch.spec.whatwg.org/#concept-request-parser-metadata>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParserMetadata {
    /// It did.
    ParserInserted,
    /// A script did.
    NotParserInserted,
}
