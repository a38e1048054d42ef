//! The layer around services of axum, tonic, and of plain functions as hyper has them.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Extension, Router};
use connect_src_tower::{
    ConnectSrcLayer, Governed, PolicyChange, PolicyHeaders, RequestHead, ResponseHead, Sources,
};
use http::{Request, Response, StatusCode};
use tower::{Layer as _, ServiceExt as _, service_fn};

const CSP: &str = "content-security-policy";

fn enforce(policy: &str) -> PolicyHeaders {
    PolicyHeaders::new().enforce(policy).unwrap()
}

fn allow(source: &str) -> PolicyChange {
    PolicyChange::allow(Sources::new([source]).unwrap())
}

async fn policies(router: Router, request: Request<Body>) -> Vec<String> {
    let response = router.oneshot(request).await.unwrap();
    let values = response.headers().get_all(CSP).iter();
    values
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn only_documents_and_worker_scripts_get_a_policy() {
    let script = || async { ([("content-type", "text/javascript")], "postMessage(1)") };
    let app = Router::new()
        .route("/", get(|| async { Html("") }))
        .route("/app.js", get(script))
        .route("/moved", get(|| async { (StatusCode::FOUND, Html("")) }))
        .layer(ConnectSrcLayer::new(enforce("connect-src 'self'")));

    assert_eq!(
        policies(app.clone(), get_request("/")).await,
        ["connect-src 'self'"]
    );
    assert_eq!(policies(app.clone(), get_request("/app.js")).await, [""; 0]);
    assert_eq!(policies(app.clone(), get_request("/moved")).await, [""; 0]);
    let worker = Request::get("/app.js").header("sec-fetch-dest", "worker");
    let worker = worker.body(Body::empty()).unwrap();
    assert_eq!(policies(app, worker).await, ["connect-src 'self'"]);
}

#[tokio::test]
async fn the_layer_closest_to_the_handler_decides() {
    let app = Router::new()
        .route("/admin", get(|| async { Html("") }))
        .route_layer(ConnectSrcLayer::new(enforce("connect-src 'none'")))
        .route("/", get(|| async { Html("") }))
        .layer(ConnectSrcLayer::new(enforce("connect-src 'self'")));
    assert_eq!(
        policies(app.clone(), get_request("/admin")).await,
        ["connect-src 'none'"]
    );
    assert_eq!(
        policies(app, get_request("/")).await,
        ["connect-src 'self'"]
    );
}

#[tokio::test]
async fn a_handler_and_a_middleware_change_the_policy() {
    let replaced = || async {
        let headers = enforce("connect-src https://only.test");
        (Extension(PolicyChange::replace(headers)), Html("")).into_response()
    };
    let app = Router::new()
        .route(
            "/more",
            get(|| async { (Extension(allow("https://a.test")), Html("")) }),
        )
        .route("/other", get(replaced))
        .route(
            "/none",
            get(|| async { (Extension(PolicyChange::leave()), Html("")) }),
        )
        .layer(ConnectSrcLayer::new(enforce("connect-src 'self'")));

    let more = policies(app.clone(), get_request("/more")).await;
    assert_eq!(more, ["connect-src 'self' https://a.test"]);
    let other = policies(app.clone(), get_request("/other")).await;
    assert_eq!(other, ["connect-src https://only.test"]);
    assert_eq!(policies(app.clone(), get_request("/none")).await, [""; 0]);

    let mut request = get_request("/other");
    request
        .extensions_mut()
        .insert(allow("https://tenant.test"));
    let both = policies(app, request).await;
    assert_eq!(both, ["connect-src https://only.test https://tenant.test"]);
}

#[tokio::test]
async fn policies_are_chosen_by_request_and_response() {
    let headers = Arc::new(enforce("connect-src 'self'"));
    let layer = ConnectSrcLayer::choose(move |request: RequestHead<'_>| {
        let (headers, is_app) = (headers.clone(), request.uri.path() == "/app");
        move |response: ResponseHead<'_>| {
            let is_page = response.governed == Governed::Document && response.status.is_success();
            (is_app && is_page).then_some(headers)
        }
    });
    let app = Router::new()
        .route("/app", get(|| async { Html("") }))
        .route("/other", get(|| async { Html("") }))
        .layer(layer);
    assert_eq!(
        policies(app.clone(), get_request("/app")).await,
        ["connect-src 'self'"]
    );
    assert_eq!(policies(app, get_request("/other")).await, [""; 0]);
}

/// Neither the bodies nor the error are anything special.
#[tokio::test]
async fn any_http_service_can_wear_it() {
    let inner = service_fn(|_request: Request<()>| async {
        let response = Response::builder().header("content-type", "text/html");
        Ok::<_, Infallible>(response.body("page").unwrap())
    });
    let service = ConnectSrcLayer::new(enforce("connect-src 'self'")).layer(inner);
    let response = service.oneshot(Request::new(())).await.unwrap();
    assert_eq!(response.headers()[CSP], "connect-src 'self'");
    assert_eq!(*response.body(), "page");
}

#[tokio::test]
async fn a_tonic_server_can_wear_it() {
    let layer = ConnectSrcLayer::new(enforce("connect-src 'self'"));
    let service = layer.layer(tonic::service::Routes::default());
    let request = Request::post("/service/Method").header("content-type", "application/grpc");
    let response = service
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert!(!response.headers().contains_key(CSP));
}
