//! What `connect-src generate --as rust` writes, in front of a handler.

use connect_src_tower::{ConnectSrcLayer, Error, PolicyHeaders};
use http::{HeaderName, HeaderValue};

/// The policy of every page.
pub fn connect_src() -> Result<ConnectSrcLayer, Error> {
    let headers = PolicyHeaders::new()
        .enforce(
            "default-src 'self'; img-src 'self' data:; report-to csp; connect-src 'self' https://api.example.com wss://live.example.com",
        )?
        .header(
            HeaderName::from_static("connection-allowlist"),
            HeaderValue::from_static(
                "(response-origin \"https://api.example.com\" \"https://live.example.com\")",
            ),
        );
    Ok(ConnectSrcLayer::new(headers))
}

fn main() -> Result<(), Error> {
    let _app: axum::Router = axum::Router::new()
        .route("/", axum::routing::get(|| async { "Hello" }))
        .layer(connect_src()?);
    Ok(())
}
