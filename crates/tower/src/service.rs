use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::change::PolicyChange;
use crate::choose::{Always, PendingPolicy, PolicyForResponse, RequestHead, ResponseHead};
use crate::governed::{Governed, Purpose};

/// The service that [`ConnectSrcLayer`](crate::ConnectSrcLayer) makes of another.
#[derive(Clone, Debug, Default)]
pub struct ConnectSrc<S, P = Always> {
    inner: S,
    policy: P,
}

impl<S, P> ConnectSrc<S, P> {
    pub(crate) fn new(inner: S, policy: P) -> Self {
        Self { inner, policy }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service inside.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, P, Q, R> Service<Request<Q>> for ConnectSrc<S, P>
where
    S: Service<Request<Q>, Response = Response<R>>,
    P: PolicyForResponse,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, P::Pending>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Q>) -> Self::Future {
        let asked = Asked {
            is_inner: request.extensions().get::<Asking>().is_some(),
            purpose: Purpose::of(request.headers()),
            change: request.extensions().get::<PolicyChange>().cloned(),
            pending: self.policy.on_request(RequestHead::of(&request)),
        };
        if !asked.is_inner {
            request.extensions_mut().insert(Asking);
        }
        ResponseFuture {
            inner: self.inner.call(request),
            asked: Some(asked),
        }
    }
}

pin_project! {
    /// The response of [`ConnectSrc`] to come.
    #[derive(Debug)]
    pub struct ResponseFuture<F, P> {
        #[pin]
        inner: F,
        asked: Option<Asked<P>>,
    }
}

impl<F, R, E, P> Future for ResponseFuture<F, P>
where
    F: Future<Output = Result<Response<R>, E>>,
    P: PendingPolicy,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(context))?;
        if let Some(asked) = this.asked.take() {
            asked.answer(&mut response);
        }
        Poll::Ready(Ok(response))
    }
}

/// What is remembered of a request.
#[derive(Debug)]
struct Asked<P> {
    /// Whether there is a layer further out, which must know that this one decides.
    is_inner: bool,
    purpose: Purpose,
    change: Option<PolicyChange>,
    pending: P,
}

/// In the extensions of a request: a layer further out will ask who has decided.
#[derive(Clone, Copy, Debug)]
struct Asking;

/// In the extensions of a response: a layer further in has decided.
#[derive(Clone, Copy, Debug)]
struct Decided;

impl<P: PendingPolicy> Asked<P> {
    fn answer<R>(self, response: &mut Response<R>) {
        let governed = Governed::for_purpose(self.purpose, response.status(), response.headers());
        let Some(governed) = governed else { return };
        if response.extensions().get::<Decided>().is_some() {
            return;
        }
        let later = response.extensions_mut().remove::<PolicyChange>();
        let chosen = self
            .pending
            .on_response(ResponseHead::of(response, governed));
        let headers = match (self.change, later) {
            (None, None) => chosen,
            (Some(change), None) | (None, Some(change)) => change.of(chosen),
            (Some(change), Some(later)) => change.and(later).of(chosen),
        };
        if let Some(headers) = headers {
            headers.apply(response.headers_mut());
        }
        if self.is_inner {
            response.extensions_mut().insert(Decided);
        }
    }
}
