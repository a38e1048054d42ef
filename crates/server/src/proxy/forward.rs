//! One request: from the client's headers to the upstream's, and back.

use std::time::Duration;

use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use tokio::time::timeout;

use super::failure::{Failure, takes_html};
use super::forwarded::{Peer, insert_forwarded};
use super::headers::{self, Kinds};
use super::meta::Page;
use super::pool::Lease;
use super::request_body::{Progress, RequestBody};
use super::response_body::ProxyBody;
use super::upgrade;
use super::upstream::Upstream;
use super::{ForwardOptions, HostHeader, Target};

/// Forwards a request to the target, and answers with its response or with a page of ours. `host` is the
/// host that the request is for.
pub(super) async fn forward(
    target: &Target,
    host: Option<HeaderValue>,
    mut request: Request<RequestBody>,
) -> Response<ProxyBody> {
    let takes_html = takes_html(request.headers());
    let response = match ready(&mut request, host, target) {
        Ok(Kind::Plain(page)) => send(target, request)
            .await
            .and_then(|(response, lease)| finish(response, lease, page, target)),
        Ok(Kind::WebSocket) => upgrade::forward(&target.upstream, request)
            .await
            .map(|response| finish_upgrade(response, target)),
        Err(failure) => Err(failure),
    };
    response.unwrap_or_else(|failure| failure.response(takes_html))
}

/// How a request is forwarded.
enum Kind {
    /// On a connection that others use before and after, and whether its response is looked at for a policy
    /// in `<meta>`.
    Plain(Option<Page>),
    /// On one of its own.
    WebSocket,
}

/// Checks the client's request, and turns it into ours.
fn ready(
    request: &mut Request<RequestBody>,
    host: Option<HeaderValue>,
    target: &Target,
) -> Result<Kind, Failure> {
    let kinds = Kinds::of(request.headers());
    check(request, kinds, &target.options)?;
    let is_websocket = kinds.has(Kinds::HOP_BY_HOP)
        && request.version() <= Version::HTTP_11
        && headers::is_websocket(request.headers());
    let is_page = target.meta.is_some() && request.method() == Method::GET;
    let page = is_page.then(|| Page::new(host.clone(), request.uri().clone()));
    prepare(request, kinds, host, target);
    Ok(if is_websocket {
        Kind::WebSocket
    } else {
        Kind::Plain(page)
    })
}

/// What is not forwarded, before anything is changed.
fn check(
    request: &Request<RequestBody>,
    kinds: Kinds,
    options: &ForwardOptions,
) -> Result<(), Failure> {
    if request.method() == Method::CONNECT {
        return Err(Failure::Method);
    }
    let headers = request.headers();
    if kinds.has(Kinds::VIA) && headers::count_token(headers, header::VIA, VIA) >= MAX_ROUNDS {
        return Err(Failure::Loop);
    }
    if let Some(limit) = options.max_body {
        let length = headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > limit) {
            return Err(Failure::TooLong);
        }
    }
    Ok(())
}

/// Turns the client's request into ours.
fn prepare(
    request: &mut Request<RequestBody>,
    kinds: Kinds,
    host: Option<HeaderValue>,
    target: &Target,
) {
    let options = &target.options;
    if request.version() == Version::HTTP_2 {
        headers::join_cookies(request.headers_mut());
    }
    if request.uri().authority().is_some() {
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = path.map_or_else(|| Uri::from_static("/"), Uri::from);
    }
    *request.version_mut() = Version::HTTP_11;
    let peer = request.extensions_mut().remove::<Peer>();
    let headers = request.headers_mut();
    let takes_trailers =
        kinds.has(Kinds::HOP_BY_HOP) && headers::count_token(headers, header::TE, "trailers") > 0;
    headers::strip_hop_by_hop(headers, kinds);
    if takes_trailers {
        headers::insert_te_trailers(headers);
    }
    if kinds.has(Kinds::CONDITION) && options.fresh_documents && is_for_document(headers) {
        headers::strip(headers, Kinds::CONDITION);
    }
    if let Some(peer) = peer {
        insert_forwarded(
            headers,
            kinds,
            &peer,
            host.as_ref(),
            &options.trusted_proxies,
        );
    }
    headers.append(header::VIA, HeaderValue::from_static(VIA));
    let host = host.filter(|_| options.host == HostHeader::Client);
    let host = host.unwrap_or_else(|| target.upstream.authority().clone());
    headers.insert(header::HOST, host);
}

/// Whether what comes back may get a policy, as the request tells.
fn is_for_document(headers: &HeaderMap) -> bool {
    let destination = headers.get("sec-fetch-dest").map(HeaderValue::as_bytes);
    destination.is_some_and(|destination| DOCUMENTS.contains(&destination))
}

async fn send(
    target: &Target,
    mut request: Request<RequestBody>,
) -> Result<(Response<Incoming>, Lease), Failure> {
    let (upstream, options) = (&*target.upstream, &*target.options);
    let progress = request
        .body_mut()
        .bound(options.max_body, options.body_timeout);
    let is_repeatable = request.method().is_safe() && progress.is_none();
    let mut lease = connected(upstream, upstream.lease(is_repeatable).await)?;
    let spare = (is_repeatable && lease.is_doubtful()).then(|| copy(&request));
    let patience = options.response_timeout;
    let sent = in_time(lease.send(request), patience, progress.as_deref()).await;
    match (sent, spare) {
        (Ok(response), _) => Ok((response, lease)),
        (Err(SendError::Broken(_)), Some(request)) => {
            let mut lease = connected(upstream, upstream.connect().await)?;
            let sent = in_time(lease.send(request), patience, None).await;
            let response = sent.map_err(SendError::failure)?;
            Ok((response, lease))
        }
        (Err(error), _) => Err(error.failure()),
    }
}

fn connected<T>(
    upstream: &Upstream,
    connection: Result<T, super::upstream::ConnectError>,
) -> Result<T, Failure> {
    connection.map_err(|error| {
        upstream.note_down(&error);
        error.into()
    })
}

enum SendError {
    Slow,
    Broken(hyper::Error),
}

impl SendError {
    fn failure(self) -> Failure {
        match self {
            Self::Slow => Failure::Slow,
            Self::Broken(error) => Failure::of(&error),
        }
    }
}

/// Waits for a response; not longer than this after the request's last byte.
async fn in_time(
    sending: impl Future<Output = hyper::Result<Response<Incoming>>>,
    patience: Duration,
    progress: Option<&Progress>,
) -> Result<Response<Incoming>, SendError> {
    let mut sending = std::pin::pin!(sending);
    loop {
        match timeout(patience, sending.as_mut()).await {
            Ok(sent) => return sent.map_err(SendError::Broken),
            Err(_) if progress.is_some_and(|progress| progress.last() < patience) => {}
            Err(_) => return Err(SendError::Slow),
        }
    }
}

/// The same request once more. Only for requests without a body.
fn copy(request: &Request<RequestBody>) -> Request<RequestBody> {
    let mut copy = Request::new(RequestBody::EMPTY);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

fn finish(
    response: Response<Incoming>,
    lease: Lease,
    page: Option<Page>,
    target: &Target,
) -> Result<Response<ProxyBody>, Failure> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Failure::Broken);
    }
    let mut response = response.map(|body| ProxyBody::upstream(body, Some(lease)));
    tidy(&mut response, target);
    if let (Some(watch), Some(page)) = (&target.meta, page)
        && let Some(scan) = watch.scan(page, response.headers())
    {
        response.body_mut().scan(scan);
    }
    Ok(response)
}

fn finish_upgrade(response: Response<Incoming>, target: &Target) -> Response<ProxyBody> {
    let mut response = response.map(|body| ProxyBody::upstream(body, None));
    tidy(&mut response, target);
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        headers::insert_websocket(response.headers_mut());
    }
    response
}

/// Turns the upstream's response into ours.
fn tidy(response: &mut Response<ProxyBody>, target: &Target) {
    target.upstream.note_up();
    let headers = response.headers_mut();
    headers::strip_hop_by_hop(headers, Kinds::of(headers));
    *response.version_mut() = Version::HTTP_11;
}

/// What `Via` says of us.
const VIA: &str = "1.1 connect-src";
/// How often a request may have been here; more than once where one of us stands before another.
const MAX_ROUNDS: usize = 5;
const DOCUMENTS: [&[u8]; 9] = [
    b"document",
    b"iframe",
    b"frame",
    b"fencedframe",
    b"embed",
    b"object",
    b"worker",
    b"sharedworker",
    b"serviceworker",
];
