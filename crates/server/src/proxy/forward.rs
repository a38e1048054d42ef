//! One request: from the client's headers to the upstream's, and back.

use std::pin::{Pin, pin};
use std::sync::Arc;
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
///
/// What seldom happens is boxed, so that the future of what happens always is small: it is allocated for each
/// request.
pub(super) fn forward(
    target: Arc<Target>,
    host: Option<HeaderValue>,
    mut request: Request<RequestBody>,
) -> impl Future<Output = Response<ProxyBody>> + Send {
    let takes_html = takes_html(request.headers());
    let is_page = target.meta.is_some() && request.method() == Method::GET;
    let mut page = is_page.then(|| Page::new(host.clone(), request.uri()));
    let way = ready(&mut request, host, &target);
    let mut request = Some(request);
    async move {
        let response = match way {
            Ok(Way::Shared) => exchange(&target, &mut request)
                .await
                .and_then(|(response, lease)| finish(response, lease, page.take(), &target)),
            Ok(Way::WebSocket) => switch(&target, &mut request).await,
            Err(failure) => Err(failure),
        };
        response.unwrap_or_else(|failure| failure.response(takes_html))
    }
}

/// How a request is forwarded.
enum Way {
    /// On a connection that others use before and after.
    Shared,
    /// On one of its own.
    WebSocket,
}

/// Checks the client's request, and turns it into ours.
fn ready(
    request: &mut Request<RequestBody>,
    host: Option<HeaderValue>,
    target: &Target,
) -> Result<Way, Failure> {
    let kinds = Kinds::of(request.headers());
    check(request, kinds, &target.options)?;
    let is_websocket = kinds.has(Kinds::HOP_BY_HOP)
        && request.version() <= Version::HTTP_11
        && headers::is_websocket(request.headers());
    prepare(request, kinds, host, target);
    Ok(if is_websocket {
        Way::WebSocket
    } else {
        Way::Shared
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
    headers::hide_session(headers);
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

/// Sends a request, and waits for the head of its response. Takes the request out.
async fn exchange(
    target: &Target,
    slot: &mut Option<Request<RequestBody>>,
) -> Result<(Response<Incoming>, Lease), Failure> {
    let Some(request) = slot else {
        return Err(Failure::Broken);
    };
    let options = &*target.options;
    let progress = request
        .body_mut()
        .bound(options.max_body, options.body_timeout);
    let is_repeatable = request.method().is_safe() && progress.is_none();
    let mut lease = match target.upstream.idle(is_repeatable) {
        Some(lease) => lease,
        None => connect(&target.upstream).await?,
    };
    let spare = (is_repeatable && lease.is_doubtful()).then(|| Box::new(copy(request)));
    let Some(request) = slot.take() else {
        return Err(Failure::Broken);
    };
    let patience = options.response_timeout;
    let sending = pin!(lease.send(request));
    let sent = in_time(sending, patience, progress.as_deref()).await;
    match (sent, spare) {
        (Ok(response), _) => Ok((response, lease)),
        (Err(SendError::Broken(_)), Some(request)) => again(target, request).await,
        (Err(error), _) => Err(error.failure()),
    }
}

/// Sends a request once more, on a new connection.
fn again(
    target: &Target,
    request: Box<Request<RequestBody>>,
) -> Boxed<'_, (Response<Incoming>, Lease)> {
    Box::pin(async move {
        let mut lease = connect(&target.upstream).await?;
        let sending = pin!(lease.send(*request));
        let sent = in_time(sending, target.options.response_timeout, None).await;
        let response = sent.map_err(SendError::failure)?;
        Ok((response, lease))
    })
}

fn connect(upstream: &Upstream) -> Boxed<'_, Lease> {
    Box::pin(async {
        upstream.connect().await.map_err(|error| {
            upstream.note_down(&error);
            error.into()
        })
    })
}

fn switch<'t>(
    target: &'t Target,
    slot: &mut Option<Request<RequestBody>>,
) -> Boxed<'t, Response<ProxyBody>> {
    let request = slot.take();
    Box::pin(async move {
        let request = request.ok_or(Failure::Broken)?;
        let lease = connect(&target.upstream).await?;
        let response = upgrade::forward(lease, request).await?;
        Ok(finish_upgrade(response, target))
    })
}

type Boxed<'t, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 't>>;

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
    mut sending: Pin<&mut impl Future<Output = hyper::Result<Response<Incoming>>>>,
    patience: Duration,
    progress: Option<&Progress>,
) -> Result<Response<Incoming>, SendError> {
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

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    /// Small pieces of memory are handed out fast; it is one for each request.
    #[test]
    fn the_future_of_a_request_is_small() {
        let url = Url::parse("http://127.0.0.1:3000").unwrap();
        let upstream = Upstream::new(&url, None, Duration::from_secs(1)).unwrap();
        let target = Target::new(Arc::new(upstream), Arc::new(ForwardOptions::default()));
        let request = Request::new(RequestBody::EMPTY);
        let future = forward(Arc::new(target), None, request);
        assert!(size_of_val(&future) <= 1024, "{}", size_of_val(&future));
    }
}
