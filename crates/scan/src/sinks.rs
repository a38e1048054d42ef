//! The browser's own APIs: which call connects, and to which of its arguments.

use connect_src::Api;

use crate::javascript::ir::CallKind;

/// A function of the browser that connects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sink {
    path: &'static str,
    kind: CallKind,
    pub(crate) api: Api,
    /// The argument that is the URL.
    pub(crate) url: usize,
}

/// What a call of something of the browser connects by.
pub(crate) fn sink(path: &str, kind: CallKind) -> Option<&'static Sink> {
    SINKS
        .iter()
        .find(|sink| sink.path == path && sink.kind == kind)
}

const fn call(path: &'static str, api: Api, url: usize) -> Sink {
    Sink {
        path,
        kind: CallKind::Call,
        api,
        url,
    }
}

const fn new(path: &'static str, api: Api) -> Sink {
    Sink {
        path,
        kind: CallKind::New,
        api,
        url: 0,
    }
}

const SINKS: &[Sink] = &[
    call("fetch", Api::Fetch, 0),
    call("XMLHttpRequest#.open", Api::XmlHttpRequest, 1),
    call("navigator.sendBeacon", Api::SendBeacon, 0),
    call("fetchLater", Api::FetchLater, 0),
    new("WebSocket", Api::WebSocket),
    new("EventSource", Api::EventSource),
    new("WebTransport", Api::WebTransport),
    new("XDomainRequest", Api::XmlHttpRequest),
];

/// Whether something of the browser connects, or what it makes does.
pub(crate) fn is_api(path: &str) -> bool {
    path == "XMLHttpRequest" || SINKS.iter().any(|sink| sink.path == path)
}

/// Whether an API is called by this name.
pub(crate) fn is_name(name: &str, kind: CallKind) -> bool {
    sink(name, kind).is_some()
        || (kind == CallKind::Call && name == "sendBeacon")
        || (kind == CallKind::New && name == "Request")
}

/// What a constructor with the name of an API connects by, whoever has it: nothing else goes by these names.
pub(crate) fn constructor(name: &str) -> Option<Api> {
    sink(name, CallKind::New).map(|sink| sink.api)
}

/// What syntax connects by.
pub(crate) fn of_syntax(kind: CallKind) -> Option<Api> {
    match kind {
        CallKind::JsonModule => Some(Api::JsonModule),
        CallKind::TextModule => Some(Api::TextModule),
        CallKind::Ping => Some(Api::Ping),
        CallKind::Call | CallKind::New => None,
    }
}

/// Whether a text is a method of HTTP, as `open` takes it.
pub(crate) fn is_http_method(text: &str) -> bool {
    const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    METHODS
        .iter()
        .any(|method| method.eq_ignore_ascii_case(text))
}
