//! What browsers connect to: reports go to the collector, and everything else to the application.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use connect_src_tower::{ConnectSrc, ConnectSrcLayer};
use http::{Request, Response};
use http_body_util::Either;
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
    collector: Router,
    /// Below it, everything is the collector's.
    path: Arc<str>,
    /// `None` if there is no application.
    proxy: Option<ConnectSrc<Proxy, ByRollout>>,
}

type FrontBody = Either<ProxyBody, Body>;
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
            collector: collector.router(&config.collector.path),
            path: config.collector.path.as_str().into(),
            proxy: (!config.is_collector_only()).then(proxy),
        }
    }

    fn is_for_collector(&self, path: &str) -> bool {
        let rest = path.strip_prefix(&*self.path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Response<FrontBody>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Answer {
        let is_for_collector = self.is_for_collector(request.uri().path());
        if let Some(proxy) = self.proxy.as_mut().filter(|_| !is_for_collector) {
            let response = proxy.call(request);
            Box::pin(async move { Ok(response.await?.map(Either::Left)) })
        } else {
            let response = self.collector.call(request);
            Box::pin(async move { Ok(response.await?.map(Either::Right)) })
        }
    }
}
