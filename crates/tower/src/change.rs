use std::sync::Arc;

use crate::headers::PolicyHeaders;
use crate::merge::Sources;

/// What one request or one response wants otherwise: an extension that the layer looks for in both.
///
/// A middleware outside of the layer puts it into the request's extensions, a handler inside into the
/// response's. If both do, the handler's replacement wins, and the sources of both are allowed.
///
/// ```
/// use axum::response::{Html, IntoResponse};
/// use axum::Extension;
/// use connect_src_tower::{PolicyChange, Sources};
///
/// async fn checkout() -> impl IntoResponse {
///     let sources = Sources::new(["https://payments.example"]).expect("one host-source");
///     (Extension(PolicyChange::allow(sources)), Html("…"))
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PolicyChange {
    instead: Instead,
    sources: Sources,
}

#[derive(Clone, Debug, Default)]
enum Instead {
    #[default]
    Chosen,
    Headers(Arc<PolicyHeaders>),
    Nothing,
}

impl PolicyChange {
    /// Allows connections to more sources: see [`PolicyHeaders::allow`].
    pub fn allow(sources: Sources) -> Self {
        Self {
            instead: Instead::Chosen,
            sources,
        }
    }

    /// Sends these headers instead of those that the layer would send.
    pub fn replace(headers: impl Into<Arc<PolicyHeaders>>) -> Self {
        Self {
            instead: Instead::Headers(headers.into()),
            sources: Sources::default(),
        }
    }

    /// Leaves the response as it is.
    pub fn leave() -> Self {
        Self {
            instead: Instead::Nothing,
            sources: Sources::default(),
        }
    }

    /// This change, and then a later one.
    pub fn and(self, later: Self) -> Self {
        Self {
            instead: match later.instead {
                Instead::Chosen => self.instead,
                instead => instead,
            },
            sources: self.sources.and(&later.sources),
        }
    }

    /// The headers after the change of those that the layer chose.
    pub(crate) fn of(self, chosen: Option<Arc<PolicyHeaders>>) -> Option<Arc<PolicyHeaders>> {
        let headers = match self.instead {
            Instead::Chosen => chosen?,
            Instead::Headers(headers) => headers,
            Instead::Nothing => return None,
        };
        if self.sources.is_empty() {
            return Some(headers);
        }
        Some(Arc::new(
            PolicyHeaders::clone(&headers).allow(&self.sources),
        ))
    }
}
