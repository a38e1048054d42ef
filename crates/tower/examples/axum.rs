//! A server with a policy for all pages, another one for a route, and a handler that adds a source.
//!
//! ```console
//! cargo run -p connect-src-tower --example axum
//! curl -i http://127.0.0.1:3000/
//! curl -i http://127.0.0.1:3000/checkout
//! curl -i http://127.0.0.1:3000/admin
//! ```

use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Extension, Router};
use connect_src_tower::{ConnectSrcLayer, Error, PolicyChange, PolicyHeaders, Sources};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, application()?).await?;
    Ok(())
}

fn application() -> Result<Router, Error> {
    let everywhere = PolicyHeaders::new()
        .enforce("connect-src 'self' https://api.example.com; report-to csp")?
        .reporting_endpoint("csp", "/csp-reports")?;
    let admin = PolicyHeaders::new().enforce("connect-src 'self'")?;

    Ok(Router::new()
        .route("/admin", get(|| async { Html("<h1>Admin</h1>") }))
        .route_layer(ConnectSrcLayer::new(admin))
        .route("/", get(|| async { Html("<h1>Home</h1>") }))
        .route("/checkout", get(checkout))
        .layer(ConnectSrcLayer::new(everywhere)))
}

/// Only this page talks to the payment service.
async fn checkout() -> impl IntoResponse {
    let sources = Sources::new(["https://payments.example.com"]).expect("it is one host-source");
    (
        Extension(PolicyChange::allow(sources)),
        Html("<h1>Checkout</h1>"),
    )
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn each_route_has_its_policy() {
        let table = [
            (
                "/",
                "connect-src 'self' https://api.example.com; report-to csp",
            ),
            (
                "/checkout",
                "connect-src 'self' https://api.example.com https://payments.example.com; report-to csp",
            ),
            ("/admin", "connect-src 'self'"),
        ];
        for (path, policy) in table {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = application().unwrap().oneshot(request).await.unwrap();
            let policies = response.headers().get_all("content-security-policy");
            assert_eq!(policies.iter().collect::<Vec<_>>(), [policy], "{path}");
        }
    }
}
