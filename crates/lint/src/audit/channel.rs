use connect_src::{Api, Destination, DirectiveName, RequestKind};

/// How much of a page a demand is about. Each level has the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The APIs that connect-src governs.
    Connect,
    /// All that fetch directives govern.
    Fetch,
    /// Everything, also what Content Security Policy does not govern.
    All,
}

macro_rules! channels {
    ($( $variant:ident = $name:literal, $words:literal, $level:ident, $by:expr; )*) => {
        /// A way by which data can leave a page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each has its words")]
        pub enum Channel {
            $( $variant, )*
        }

        impl Channel {
            /// Every channel.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// A word for programs.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// What people call it.
            pub const fn in_words(self) -> &'static str {
                match self { $( Self::$variant => $words, )* }
            }

            /// The level that it belongs to.
            pub const fn level(self) -> Level {
                match self { $( Self::$variant => Level::$level, )* }
            }

            pub(super) const fn governed_by(self) -> By {
                match self { $( Self::$variant => $by, )* }
            }
        }
    };
}

/// What governs a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The directive of such requests.
    Request(RequestKind),
    /// A directive with a source list that governs no fetch.
    Directive(DirectiveName),
    /// What the policy itself names.
    Reports,
    /// Nothing that browsers have.
    Nothing,
    /// A name is looked up, no more.
    NameAlone,
    /// Peer connections.
    WebRtc,
    /// Windows, which a sandbox may forbid.
    Windows,
}

const fn api(api: Api) -> By {
    By::Request(RequestKind::Connect(api))
}

const fn load(destination: Destination) -> By {
    By::Request(RequestKind::Load(destination))
}

channels! {
    Fetch = "fetch", "fetch()", Connect, api(Api::Fetch);
    Xhr = "xhr", "XMLHttpRequest", Connect, api(Api::XmlHttpRequest);
    WebSocket = "websocket", "WebSocket", Connect, api(Api::WebSocket);
    EventSource = "eventsource", "EventSource", Connect, api(Api::EventSource);
    Beacon = "beacon", "sendBeacon()", Connect, api(Api::SendBeacon);
    Ping = "ping", "<a ping>", Connect, api(Api::Ping);
    FetchLater = "fetchlater", "fetchLater()", Connect, api(Api::FetchLater);
    WebTransport = "webtransport", "WebTransport", Connect, api(Api::WebTransport);
    JsonModule = "json-module", "JSON modules", Connect, api(Api::JsonModule);
    TextModule = "text-module", "text modules", Connect, api(Api::TextModule);
    WebIdentity = "webidentity", "federated credentials", Connect, api(Api::WebIdentity);
    Prefetch = "prefetch", "prefetch, also in a Link header", Fetch, api(Api::Prefetch);
    Scripts = "script", "scripts", Fetch, load(Destination::Script);
    Styles = "style", "styles", Fetch, load(Destination::Style);
    Images = "image", "images", Fetch, load(Destination::Image);
    Fonts = "font", "fonts", Fetch, load(Destination::Font);
    Media = "media", "audio and video", Fetch, load(Destination::Video);
    Frames = "frame", "frames", Fetch, load(Destination::Iframe);
    Objects = "object", "objects", Fetch, load(Destination::Object);
    Workers = "worker", "workers", Fetch, load(Destination::Worker);
    Manifest = "manifest", "the manifest", Fetch, load(Destination::Manifest);
    Forms = "form", "forms", All, By::Directive(DirectiveName::FormAction);
    Base = "base", "<base>, for relative URLs", All, By::Directive(DirectiveName::BaseUri);
    Navigation = "navigation", "navigation: location, links", All, By::Nothing;
    Windows = "window", "window.open()", All, By::Windows;
    Preconnect = "preconnect", "preconnect, also in a Link header", All, By::Nothing;
    DnsPrefetch = "dns-prefetch", "DNS prefetch: the name itself", All, By::NameAlone;
    WebRtc = "webrtc", "WebRTC", All, By::WebRtc;
    Reports = "report", "violation reports", All, By::Reports;
}
