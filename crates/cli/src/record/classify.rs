//! Which API made a request.

use connect_src::Api;

use super::protocol::{Headers, RequestWillBeSent, header};

/// What the browser does by itself, and what a page of the browser does.
pub(crate) fn is_of_the_browser(sent: &RequestWillBeSent) -> bool {
    let is_report = header(&sent.request.headers, "content-type")
        .is_some_and(|kind| matches!(kind, "application/csp-report" | "application/reports+json"));
    let schemes = ["chrome", "devtools:", "about:", "edge:"];
    let url = &sent.request.url;
    is_report
        || sent.initiator.kind == "preflight"
        || matches!(
            sent.resource_type.as_str(),
            "Preflight" | "CSPViolationReport"
        )
        || schemes.iter().any(|scheme| url.starts_with(scheme))
}

/// The API, as far as the request tells by itself. `None` for what scripts do not connect by.
pub(crate) fn kind(
    sent: &RequestWillBeSent,
    really_sent: Option<&Headers>,
    is_worker: bool,
) -> Option<Api> {
    let headers = &sent.request.headers;
    match sent.resource_type.as_str() {
        "Fetch" if !is_worker && is_fetch_later(sent) => Some(Api::FetchLater),
        "Fetch" => Some(Api::Fetch),
        "XHR" => Some(Api::XmlHttpRequest),
        "EventSource" => Some(Api::EventSource),
        "Ping" if header(headers, "ping-to").is_some() => Some(Api::Ping),
        "Ping" => Some(Api::SendBeacon),
        "FedCM" => Some(Api::WebIdentity),
        "Prefetch" => Some(Api::Prefetch),
        // After a redirect, and where a policy stops it, Chromium forgets what it was.
        "Other" if header(headers, "accept") == Some("text/event-stream") => Some(Api::EventSource),
        "Other" if is_prefetch(headers) => Some(Api::Prefetch),
        other => by_destination(other, really_sent?),
    }
}

/// A deferred fetch is sent by the browser when its page may be gone: it has no document but itself, and no code.
fn is_fetch_later(sent: &RequestWillBeSent) -> bool {
    let calls = sent.initiator.stack.as_ref();
    let has_code = calls.is_some_and(|stack| !stack.call_frames.is_empty());
    sent.document_url == sent.request.url && !has_code
}

fn is_prefetch(headers: &Headers) -> bool {
    let purpose = header(headers, "sec-purpose").or(header(headers, "purpose"));
    purpose.is_some_and(|purpose| purpose.starts_with("prefetch"))
}

/// A module that is no script is told by what it is for.
pub(crate) fn by_destination(resource_type: &str, really_sent: &Headers) -> Option<Api> {
    if resource_type != "Script" {
        return None;
    }
    match header(really_sent, "sec-fetch-dest")? {
        "json" => Some(Api::JsonModule),
        "text" => Some(Api::TextModule),
        _ => None,
    }
}

/// Hints are requests of scripts too, but other directives govern them.
pub(crate) fn is_under_connect_src(api: Api) -> bool {
    api != Api::Prefetch
}

/// What developer tools call the requests of an API.
pub(crate) fn resource_type(api: Api) -> &'static str {
    match api {
        Api::Fetch | Api::FetchLater => "fetch",
        Api::XmlHttpRequest => "xhr",
        Api::WebSocket => "websocket",
        Api::EventSource => "eventsource",
        Api::SendBeacon | Api::Ping => "ping",
        Api::WebTransport => "webtransport",
        Api::JsonModule | Api::TextModule => "script",
        Api::Prefetch => "prefetch",
        _ => "other",
    }
}

/// The data of a `data:` URL is left out: no policy looks at it.
pub(crate) fn without_data(mut url: String) -> String {
    if url
        .get(..5)
        .is_some_and(|head| head.eq_ignore_ascii_case("data:"))
        && let Some(comma) = url.find(',')
    {
        url.truncate(comma + 1);
    }
    url
}
