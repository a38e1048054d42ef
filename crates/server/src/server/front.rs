//! What browsers connect to: reports go to the collector, and everything else to the application.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use connect_src_tower::{ConnectSrc, ConnectSrcLayer};
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use tower_layer::Layer as _;
use tower_service::Service;

use super::Parts;
use super::policy::ByRollout;
use crate::endpoints::Collector;
use crate::proxy::{Proxy, ProxyBody};

/// The service of the public address.
#[derive(Clone)]
pub(super) struct Front {
    collector: Arc<Collector>,
    /// Below it, everything is the collector's.
    path: Arc<str>,
    /// `None` if there is no application.
    proxy: Option<ConnectSrc<Proxy, ByRollout>>,
}

type FrontBody = Either<ProxyBody, Full<Bytes>>;
type Answer = Pin<Box<dyn Future<Output = Result<Response<FrontBody>, Infallible>> + Send>>;

impl Front {
    pub(super) fn new(parts: &Arc<Parts>, collector: Arc<Collector>) -> Self {
        let config = parts.rollouts.config();
        let layer = ConnectSrcLayer::choose(ByRollout(Arc::clone(parts)));
        let proxy = || {
            let parts = Arc::clone(parts);
            layer.layer(Proxy::new(move |host| parts.targets.find(host)))
        };
        Self {
            collector,
            path: config.collector.path.as_str().into(),
            proxy: (!config.is_collector_only()).then(proxy),
        }
    }
}

/// What the path has behind the collector's; `None` for one that is not the collector's.
fn rest<'p>(path: &'p str, of: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(of)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

impl Service<Request<Incoming>> for Front {
    type Response = Response<FrontBody>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Answer {
        if rest(request.uri().path(), &self.path).is_some() {
            let (collector, path) = (Arc::clone(&self.collector), Arc::clone(&self.path));
            return Box::pin(async move {
                let target = request.uri().clone();
                let rest = rest(target.path(), &path).unwrap_or_default();
                Ok(collector.answer(rest, request).await.map(Either::Right))
            });
        }
        let Some(proxy) = &mut self.proxy else {
            return Box::pin(std::future::ready(Ok(nothing_here())));
        };
        let response = proxy.call(request);
        Box::pin(async move { Ok(response.await?.map(Either::Left)) })
    }
}

fn nothing_here() -> Response<FrontBody> {
    let mut response = Response::new(Either::Right(Full::default()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
