//! Answers of our own: the upstream is down, the request cannot be forwarded.

use connect_src_tower::PolicyChange;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode};

use super::request_body::BodyError;
use super::response_body::ProxyBody;
use super::upstream::ConnectError;

/// Why a request is not answered by the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// `Host` is missing, is there twice, or is no host.
    Host,
    /// No site is for the host.
    UnknownHost,
    /// The method is none that can be forwarded.
    Method,
    /// The request has gone round in a circle.
    Loop,
    /// The body is longer than allowed.
    TooLong,
    /// The body stopped coming.
    Stalled,
    /// The upstream cannot be reached.
    Down,
    /// The upstream broke off, or did not speak HTTP.
    Broken,
    /// The upstream took too long.
    Slow,
}

impl Failure {
    /// The client's fault, if the upstream's connection failed because of the request's body.
    pub(super) fn of(error: &hyper::Error) -> Self {
        let source = std::error::Error::source(error);
        match source.and_then(|source| source.downcast_ref()) {
            Some(BodyError::TooLong) => Self::TooLong,
            Some(BodyError::Stalled | BodyError::Client(_)) => Self::Stalled,
            None => Self::Broken,
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Host => StatusCode::BAD_REQUEST,
            Self::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::NOT_IMPLEMENTED,
            Self::Loop => StatusCode::LOOP_DETECTED,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Stalled => StatusCode::REQUEST_TIMEOUT,
            Self::Down | Self::Broken => StatusCode::BAD_GATEWAY,
            Self::Slow => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// What a visitor reads. Nothing in it comes from the request or from the upstream.
    const fn message(self) -> &'static str {
        match self {
            Self::Host => "The request does not say for which host it is.",
            Self::UnknownHost => "There is no site for this host.",
            Self::Method => "Requests of this method are not forwarded.",
            Self::Loop => {
                "The request came back to where it had been; the upstream is this server itself."
            }
            Self::TooLong => "The request is too long.",
            Self::Stalled => "The rest of the request did not come.",
            Self::Down => "The application cannot be reached. Please try again in a moment.",
            Self::Broken => "The application broke off its answer. Please try again in a moment.",
            Self::Slow => "The application does not answer. Please try again in a moment.",
        }
    }

    /// The answer: a page for whoever takes HTML, and a line of text for everyone else.
    pub(super) fn response(self, takes_html: bool) -> Response<ProxyBody> {
        let (status, message) = (self.status(), self.message());
        let reason = status.canonical_reason().unwrap_or_default();
        let (media_type, text) = if takes_html {
            let text = format!(
                "<!doctype html><html lang=en><meta charset=utf-8><title>{reason}</title>\
                 <h1>{code} {reason}</h1><p>{message}</p></html>\n",
                code = status.as_str()
            );
            ("text/html; charset=utf-8", text)
        } else {
            (
                "text/plain; charset=utf-8",
                format!("{} {reason}: {message}\n", status.as_str()),
            )
        };
        let mut response = Response::new(ProxyBody::page(text));
        *response.status_mut() = status;
        response.extensions_mut().insert(PolicyChange::leave());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'"),
        );
        if status.is_server_error() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl From<ConnectError> for Failure {
    fn from(_: ConnectError) -> Self {
        Self::Down
    }
}

/// Whether a request's `Accept` begins with HTML, as that of a browser's navigation does.
pub(super) fn takes_html(request: &HeaderMap) -> bool {
    let accept = request.get(header::ACCEPT).map(HeaderValue::as_bytes);
    accept.is_some_and(|accept| accept.starts_with(b"text/html"))
}
