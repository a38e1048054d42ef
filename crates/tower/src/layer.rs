use std::sync::Arc;

use tower_layer::Layer;

use crate::choose::{Always, PolicyForResponse};
use crate::headers::PolicyHeaders;
use crate::service::ConnectSrc;

/// Sends policy headers with the responses of a service.
///
/// See the [crate's documentation](crate) for an example and for what to think of in production.
///
/// Layers may be nested, one for the whole application and others for single routes: the one that is
/// closest to the handler decides, and those outside of it leave the response as it is.
#[derive(Clone, Debug, Default)]
pub struct ConnectSrcLayer<P = Always> {
    policy: P,
}

impl ConnectSrcLayer {
    /// The same headers for every response that a policy governs.
    pub fn new(headers: impl Into<Arc<PolicyHeaders>>) -> Self {
        Self {
            policy: Always::new(headers.into()),
        }
    }
}

impl<P: PolicyForResponse + Clone> ConnectSrcLayer<P> {
    /// Headers that are chosen for each response: see [`PolicyForResponse`].
    pub fn choose(policy: P) -> Self {
        Self { policy }
    }
}

impl<S, P: Clone> Layer<S> for ConnectSrcLayer<P> {
    type Service = ConnectSrc<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        ConnectSrc::new(inner, self.policy.clone())
    }
}
