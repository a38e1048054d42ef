//! Says to the layer which policies each response gets.

use std::sync::Arc;

use connect_src_tower::{
    PendingPolicy, PolicyForResponse, PolicyHeaders, RequestHead, ResponseHead,
};
use http::header::{HOST, HeaderValue, SET_COOKIE};

use super::Parts;
use crate::proxy::{Peer, is_client_secure};
use crate::rollout::{Client, Delivery};

/// Chooses by the rollouts.
#[derive(Clone)]
pub(super) struct ByRollout(pub(super) Arc<Parts>);

/// What was chosen, until it is known whether a policy governs the response.
pub(super) struct Chosen {
    parts: Arc<Parts>,
    delivery: Option<Delivery>,
}

impl PolicyForResponse for ByRollout {
    type Pending = Chosen;

    fn on_request(&self, request: RequestHead<'_>) -> Chosen {
        let parts = &self.0;
        let is_secure = request.extensions.get::<Peer>().is_some_and(|peer| {
            let config = parts.rollouts.config();
            is_client_secure(request.headers, peer, &config.trusted_proxies)
        });
        let client = Client::new(request.headers, is_secure, parts.draws.draw());
        Chosen {
            delivery: parts
                .rollouts
                .deliver(host(&request), request.uri.path(), client),
            parts: Arc::clone(parts),
        }
    }
}

impl PendingPolicy for Chosen {
    fn on_response(self, _response: ResponseHead<'_>) -> Option<Arc<PolicyHeaders>> {
        let delivery = self.delivery?;
        self.parts.rollouts.count(&delivery);
        match delivery.set_cookie {
            None => Some(delivery.headers),
            Some(cookie) => {
                let headers = PolicyHeaders::clone(&delivery.headers);
                Some(headers.header(SET_COOKIE, cookie).into())
            }
        }
    }
}

/// The host that the request is for; empty if it does not say.
fn host<'r>(request: &RequestHead<'r>) -> &'r str {
    if let Some(authority) = request.uri.authority() {
        return authority.as_str();
    }
    let host = request.headers.get(HOST).map(HeaderValue::to_str);
    host.and_then(Result::ok).unwrap_or_default()
}
