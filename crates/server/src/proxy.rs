//! The proxy: requests go to the application behind us, and its responses back, unchanged but for what
//! HTTP asks of a proxy.
//!
//! [`Proxy`] is a tower service like any other, and knows nothing about policies: it wears
//! [`ConnectSrcLayer`](connect_src_tower::ConnectSrcLayer), as a user's own server does. [`listen`] takes in
//! connections, in HTTP/1.1 and HTTP/2, with TLS or without. `docs/design/proxy.md` has the reasons.
//!
//! * Bodies are streamed in both directions and never altered. What the client does not take is not read from
//!   the upstream.
//! * Headers for one connection only are removed, `Forwarded` and `X-Forwarded-*` are set, `Via` is added.
//! * WebSocket is passed on. Other protocols are not switched to.
//! * If the upstream cannot be reached, the client gets a 502 that says so.

mod connection;
mod failure;
mod forward;
mod forwarded;
mod headers;
mod listener;
mod meta;
mod pool;
mod request_body;
mod response_body;
mod room;
mod stream;
mod upgrade;
mod upstream;

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::{Request, Response, Version};
use tower_service::Service;

pub use forwarded::{Peer, client_address, is_client_secure};
pub use listener::{Listening, listen};
pub use meta::{MetaPolicy, MetaWatch};
pub use request_body::{BodyError, RequestBody};
pub use response_body::ProxyBody;
pub use upstream::{Health, Upstream, UpstreamError};

use crate::config::{AddressRange, ProxyLimits};
use failure::{Failure, takes_html};

/// A service that forwards each request to the target that is chosen for its host.
///
/// It takes requests as hyper's server makes them, and those of axum, so that it can be the fallback of a
/// router. The listener tells it about the client by [`Peer`], an extension of the request.
#[derive(Clone)]
pub struct Proxy {
    choose: Arc<Choose>,
}

type Choose = dyn Fn(&str) -> Option<Arc<Target>> + Send + Sync;

/// Where requests go, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// The application.
    pub upstream: Arc<Upstream>,
    /// How requests are forwarded.
    pub options: Arc<ForwardOptions>,
    /// Who is told of policies in `<meta>`; nobody looks for them without it.
    pub meta: Option<MetaWatch>,
}

/// How requests are forwarded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ForwardOptions {
    /// From whom `X-Forwarded-*` and `Forwarded` are believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// What `Host` the upstream gets.
    pub host: HostHeader,
    /// The most bytes of a request's body; as many as come, without it.
    pub max_body: Option<u64>,
    /// How long the upstream may take to start its answer, once it has the request.
    pub response_timeout: Duration,
    /// How long a request's body may stand still.
    pub body_timeout: Duration,
    /// Whether pages and scripts of workers are fetched anew rather than confirmed by a 304, so that the
    /// policy that browsers keep with them is the one in force.
    pub fresh_documents: bool,
}

/// What `Host` an upstream gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HostHeader {
    /// The client's, so that the application makes links that lead back to us.
    #[default]
    Client,
    /// The upstream's own, for applications that know no other.
    Upstream,
}

impl Proxy {
    /// Forwards each request to the target that `choose` finds for its host, which is as the client sent it,
    /// with its port; empty for clients of HTTP/1.0 that sent none. Without a target the client gets a 421.
    pub fn new(choose: impl Fn(&str) -> Option<Arc<Target>> + Send + Sync + 'static) -> Self {
        Self {
            choose: Arc::new(choose),
        }
    }

    /// Forwards every request to one target.
    pub fn to(target: Target) -> Self {
        let target = Arc::new(target);
        Self::new(move |_| Some(Arc::clone(&target)))
    }

    fn target(&self, host: Option<&HeaderValue>) -> Result<Arc<Target>, Failure> {
        let host = host.map_or(Ok(""), HeaderValue::to_str);
        (self.choose)(host.map_err(|_| Failure::Host)?).ok_or(Failure::UnknownHost)
    }
}

impl<B: Into<RequestBody>> Service<Request<B>> for Proxy {
    type Response = Response<ProxyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let chosen = host(&request).and_then(|host| Ok((self.target(host.as_ref())?, host)));
        match chosen {
            Ok((target, host)) => {
                let forwarded = forward::forward(target, host, request.map(Into::into));
                Box::pin(async move { Ok(forwarded.await) })
            }
            Err(failure) => {
                let response = failure.response(takes_html(request.headers()));
                Box::pin(std::future::ready(Ok(response)))
            }
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Proxy").finish_non_exhaustive()
    }
}

impl Target {
    /// Forwards to this upstream, with these options.
    pub fn new(upstream: Arc<Upstream>, options: Arc<ForwardOptions>) -> Self {
        Self {
            upstream,
            options,
            meta: None,
        }
    }
}

impl ForwardOptions {
    /// The options that a configuration's limits ask for.
    pub fn new(limits: &ProxyLimits, trusted_proxies: Vec<AddressRange>) -> Self {
        Self {
            trusted_proxies,
            response_timeout: limits.response_timeout,
            body_timeout: limits.idle_timeout,
            ..Self::default()
        }
    }
}

impl Default for ForwardOptions {
    fn default() -> Self {
        let limits = ProxyLimits::default();
        Self {
            trusted_proxies: Vec::new(),
            host: HostHeader::default(),
            max_body: None,
            response_timeout: limits.response_timeout,
            body_timeout: limits.idle_timeout,
            fresh_documents: true,
        }
    }
}

/// The host that a request is for: that of its target, or else that of its only `Host`. Clients of
/// HTTP/1.0 need not name one.
///
/// <https://www.rfc-editor.org/rfc/rfc9112#section-3.2>
fn host<B>(request: &Request<B>) -> Result<Option<HeaderValue>, Failure> {
    let host = if let Some(authority) = request.uri().authority() {
        HeaderValue::from_str(authority.as_str()).ok()
    } else {
        let mut lines = request.headers().get_all(header::HOST).into_iter();
        let host = lines.next().cloned();
        if lines.next().is_some() {
            return Err(Failure::Host);
        }
        host
    };
    match host {
        Some(host) if is_host(host.as_bytes()) => Ok(Some(host)),
        None if request.version() < Version::HTTP_11 => Ok(None),
        _ => Err(Failure::Host),
    }
}

/// Whether it is a host, perhaps with a port, that needs no quoting anywhere. User names are none.
fn is_host(text: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_:[]%~".contains(byte);
    !text.is_empty() && text.iter().all(is_plain)
}
