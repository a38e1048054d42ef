//! The places where some browser departs from the standard.

macro_rules! quirks {
    ($( $variant:ident = $name:literal at $anchor:literal, $standard:literal; )*) => {
        /// A place where some browser departs from the standard.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Quirk {
            $( #[doc = $standard] $variant, )*
        }

        impl Quirk {
            /// Every quirk.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// A short name to look up and to link to.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// What the standard says at this place.
            pub const fn standard(self) -> &'static str {
                match self { $( Self::$variant => $standard, )* }
            }

            /// Where it says so.
            pub const fn anchor(self) -> &'static str {
                match self { $( Self::$variant => $anchor, )* }
            }
        }
    };
}

quirks! {
    // What a connection looks like to the policy
    WebSocketKeepsScheme = "websocket-keeps-scheme"
        at "https://websockets.spec.whatwg.org/#concept-websocket-establish",
        "A WebSocket is fetched as http or https, so the policy sees `https://h/` for `wss://h/`, and `https:` or `https://h` admits it.";
    JsonModuleIsScript = "json-module-is-script"
        at "https://w3c.github.io/webappsec-csp/#effective-directive-for-a-request",
        "A JSON module import is governed by connect-src.";
    PrefetchAsksDefaultSrc = "prefetch-asks-default-src"
        at "https://w3c.github.io/webappsec-csp/#does-resource-hint-violate-policy",
        "A prefetch is blocked when default-src is there and no fetch directive of the policy admits it.";
    PrefetchAsksTwoDirectives = "prefetch-asks-two-directives"
        at "https://w3c.github.io/webappsec-csp/#does-resource-hint-violate-policy",
        "A prefetch is blocked when default-src is there and no fetch directive of the policy admits it.";
    WebTransportHashesAreIgnored = "webtransport-hashes-are-ignored"
        at "https://w3c.github.io/webappsec-csp/#connect-src-pre-request",
        "A WebTransport that names its server by certificate hashes is allowed by `'unsafe-webtransport-hashes'` and by nothing else.";
    // Reading a policy
    ControlCharacterDropsDirective = "control-character-drops-directive"
        at "https://w3c.github.io/webappsec-csp/#parse-serialized-policy",
        "A directive with a control character is kept; only directives that are not ASCII are dropped.";
    DroppedDirectiveHoldsItsName = "dropped-directive-holds-its-name"
        at "https://w3c.github.io/webappsec-csp/#parse-serialized-policy",
        "A directive that is dropped for its characters leaves no trace: a later one of the same name counts.";
    CarriageReturnDropsDirective = "carriage-return-drops-directive"
        at "https://infra.spec.whatwg.org/#ascii-whitespace",
        "A carriage return inside a header's value is white space.";
    UndecodableHeaderIsDropped = "undecodable-header-is-dropped"
        at "https://w3c.github.io/webappsec-csp/#parse-serialized-policy",
        "A byte outside ASCII drops the directive that it stands in, and no other.";
    CommaDividesMeta = "comma-divides-meta"
        at "https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy",
        "A `<meta>` delivers one policy; a comma in it is a character like any other.";
    VerticalTabIsWhitespace = "vertical-tab-is-whitespace"
        at "https://infra.spec.whatwg.org/#ascii-whitespace",
        "U+000B is not white space.";
    PolicyIsReserialized = "policy-is-reserialized"
        at "https://w3c.github.io/webappsec-csp/#should-block-request",
        "A policy decides alike for every API.";
    // Reading a source expression
    QueryIsIgnored = "query-is-ignored"
        at "https://w3c.github.io/webappsec-csp/#grammardef-path-part",
        "A path-part with `?` or `#` is no path-part: the source expression matches nothing.";
    QueryAfterHostIsIgnored = "query-after-host-is-ignored"
        at "https://w3c.github.io/webappsec-csp/#grammardef-host-source",
        "`?` or `#` straight after host or port: the source expression matches nothing.";
    AnyCharacterInPath = "any-character-in-path"
        at "https://w3c.github.io/webappsec-csp/#grammardef-path-part",
        "A path-part has only the characters that RFC 3986 allows there and begins with one slash, or the source expression matches nothing.";
    LongSourceIsDropped = "long-source-is-dropped"
        at "https://w3c.github.io/webappsec-csp/#grammardef-host-source",
        "A host-part and a path-part may have any length.";
    TrailingDotIsDropped = "trailing-dot-is-dropped"
        at "https://w3c.github.io/webappsec-csp/#grammardef-host-part",
        "A host-part may end in a dot, and then matches a host that ends in a dot.";
    BareWildcardNeedsScheme = "bare-wildcard-needs-scheme"
        at "https://w3c.github.io/webappsec-csp/#grammardef-host-part",
        "`*:8443` and `*/path` are host-sources whose host-part is `*`.";
    WildcardWithPathIsDropped = "wildcard-with-path-is-dropped"
        at "https://w3c.github.io/webappsec-csp/#grammardef-host-source",
        "`*/path` and `https://*/path` are host-sources.";
    PortIsText = "port-is-text"
        at "https://w3c.github.io/webappsec-csp/#match-ports",
        "Ports are compared as numbers: `:0443` is 443.";
    KeywordMayHaveTail = "keyword-may-have-tail"
        at "https://w3c.github.io/webappsec-csp/#grammardef-keyword-source",
        "`'self'` with anything glued to it is no keyword.";
    StrictDynamicSilencesList = "strict-dynamic-silences-list"
        at "https://w3c.github.io/webappsec-csp/#strict-dynamic-usage",
        "`'strict-dynamic'` matters to scripts only.";
    // Matching
    WebSocketSourceAdmitsOnlyWebSocket = "ws-source-admits-only-websocket"
        at "https://w3c.github.io/webappsec-csp/#match-schemes",
        "A source with ws: or wss: also admits http and https URLs.";
    StarAdmitsWebSocket = "star-admits-websocket"
        at "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression",
        "`*` admits http, https and the scheme of the page.";
    StarAdmitsAnyNetworkScheme = "star-admits-any-network-scheme"
        at "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression",
        "`*` admits http, https and the scheme of the page.";
    IpAddressMatches = "ip-address-matches"
        at "https://w3c.github.io/webappsec-csp/#match-hosts",
        "A host-part matches domains only. (A note says that 127.0.0.1 matches; the steps say that it does not, and the profile follows the steps.)";
    SchemeAndPortUpgradeTogether = "scheme-and-port-upgrade-together"
        at "https://w3c.github.io/webappsec-csp/#match-ports",
        "The port is compared apart from the scheme: `h:8443` on an http page admits `https://h:8443`, `http://h:80` does not admit `https://h`.";
    Port80Admits443 = "port-80-admits-443"
        at "https://w3c.github.io/webappsec-csp/#match-ports",
        "Port 80 admits port 80 only.";
    HttpSourceAdmits443 = "http-source-admits-443"
        at "https://w3c.github.io/webappsec-csp/#match-ports",
        "A source without a port admits the default port of the URL's scheme only: `http://h` does not admit `http://h:443`.";
    OmittedPortIsSourceDefault = "omitted-port-is-source-default"
        at "https://w3c.github.io/webappsec-csp/#match-ports",
        "A source without a port admits the default port of the URL's scheme only: `http://h` does not admit `https://h:80`.";
    PathIsDecodedWhole = "path-is-decoded-whole"
        at "https://w3c.github.io/webappsec-csp/#match-paths",
        "Paths are split at `/` before they are percent-decoded: `/a%2Fb` is not `/a/b`.";
    SelfExcludesBlob = "self-excludes-blob"
        at "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression",
        "`'self'` admits a blob: URL of the page's own origin, since that is the URL's origin.";
    OpaqueSelfAdmitsSecure = "opaque-self-admits-secure"
        at "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression",
        "`'self'` in a page of opaque origin matches nothing. (A sandboxed page is not one: its self-origin is that of its URL.)";
    SelfIsHostSource = "self-is-host-source"
        at "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression",
        "`'self'` compares ports by a rule of its own: they must be the same or both be defaults.";
    SelfPortIsExplicit = "self-port-is-explicit"
        at "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression",
        "`'self'` on `http://h` does not admit `https://h:80`: the ports must be the same or both be defaults.";
    SelfIgnoresWebSocket = "self-ignores-websocket"
        at "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression",
        "`'self'` admits WebSocket connections to the page's own host.";
}

impl Quirk {
    /// Finds a quirk by its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|quirk| quirk.name().eq_ignore_ascii_case(name))
    }

    pub(super) const fn bit(self) -> u64 {
        1 << self as u8
    }
}
