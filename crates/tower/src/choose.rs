use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode, Uri, Version};

use crate::governed::Governed;
use crate::headers::PolicyHeaders;

/// Chooses what each response gets.
///
/// It is asked twice: when the request comes, and when its response is about to go, if that is one that a
/// policy governs. What it needs of the request it keeps in the value between. Closures do both:
///
/// ```
/// use std::sync::Arc;
///
/// use connect_src_tower::{ConnectSrcLayer, PolicyHeaders, RequestHead, ResponseHead};
///
/// let strict = Arc::new(PolicyHeaders::new().enforce("connect-src 'self'")?);
/// let layer = ConnectSrcLayer::choose(move |request: RequestHead<'_>| {
///     let is_admin = request.uri.path().starts_with("/admin");
///     let strict = strict.clone();
///     move |_response: ResponseHead<'_>| is_admin.then_some(strict)
/// });
/// # let _ = layer;
/// # Ok::<(), connect_src_tower::Error>(())
/// ```
pub trait PolicyForResponse {
    /// What is kept of the request until its response comes.
    type Pending: PendingPolicy;

    /// A request has come.
    fn on_request(&self, request: RequestHead<'_>) -> Self::Pending;
}

/// The second half of [`PolicyForResponse`].
pub trait PendingPolicy {
    /// What its response gets; nothing for `None`. Not asked for responses that no policy governs.
    fn on_response(self, response: ResponseHead<'_>) -> Option<Arc<PolicyHeaders>>;
}

/// A request without its body.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestHead<'r> {
    /// The method.
    pub method: &'r Method,
    /// The target, as the server made it of the request line.
    pub uri: &'r Uri,
    /// The version that the client speaks.
    pub version: Version,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// What servers and middleware have put to it.
    pub extensions: &'r Extensions,
}

impl<'r> RequestHead<'r> {
    /// The head of this request.
    pub fn of<B>(request: &'r Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }
}

/// A response without its body.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ResponseHead<'r> {
    /// What a policy governs of it.
    pub governed: Governed,
    /// The status.
    pub status: StatusCode,
    /// The headers, with the policies that it already has.
    pub headers: &'r HeaderMap,
    /// What handlers and middleware have put to it.
    pub extensions: &'r Extensions,
}

impl<'r> ResponseHead<'r> {
    pub(crate) fn of<B>(response: &'r Response<B>, governed: Governed) -> Self {
        Self {
            governed,
            status: response.status(),
            headers: response.headers(),
            extensions: response.extensions(),
        }
    }
}

impl<F, P> PolicyForResponse for F
where
    F: Fn(RequestHead<'_>) -> P,
    P: FnOnce(ResponseHead<'_>) -> Option<Arc<PolicyHeaders>>,
{
    type Pending = P;

    fn on_request(&self, request: RequestHead<'_>) -> P {
        self(request)
    }
}

impl<P> PendingPolicy for P
where
    P: FnOnce(ResponseHead<'_>) -> Option<Arc<PolicyHeaders>>,
{
    fn on_response(self, response: ResponseHead<'_>) -> Option<Arc<PolicyHeaders>> {
        self(response)
    }
}

/// The same headers for every response.
#[derive(Clone, Debug, Default)]
pub struct Always(Arc<PolicyHeaders>);

impl Always {
    pub(crate) fn new(headers: Arc<PolicyHeaders>) -> Self {
        Self(headers)
    }
}

impl PolicyForResponse for Always {
    type Pending = Self;

    fn on_request(&self, _request: RequestHead<'_>) -> Self {
        self.clone()
    }
}

impl PendingPolicy for Always {
    fn on_response(self, _response: ResponseHead<'_>) -> Option<Arc<PolicyHeaders>> {
        Some(self.0)
    }
}
