//! The proxy wears the layer, and finds policies in `<meta>`.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use connect_src_server::proxy::{MetaPolicy, MetaWatch};
use connect_src_tower::{Merge, PolicyHeaders};

use crate::support::{Setup, answering, application, body, values};

const CSP: &str = "content-security-policy";

#[tokio::test]
async fn documents_get_the_policy_and_nothing_else_does() {
    let router = Router::new()
        .route("/", get(|| async { Html("<h1>Hello</h1>") }))
        .route("/data", get(|| async { axum::Json(1) }))
        .route(
            "/app.js",
            get(|| async { ([("content-type", "text/javascript")], "1") }),
        );
    let proxy = Setup::for_upstream(application(router).await).start().await;
    assert_eq!(
        values(&proxy.get("/", "").await, CSP),
        ["connect-src 'self'"]
    );
    assert_eq!(values(&proxy.get("/data", "").await, CSP), [""; 0]);
    assert_eq!(values(&proxy.get("/app.js", "").await, CSP), [""; 0]);
    let worker = proxy.get("/app.js", "sec-fetch-dest: worker\r\n").await;
    assert_eq!(values(&worker, CSP), ["connect-src 'self'"]);
}

#[tokio::test]
async fn policies_of_the_upstream_are_merged() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 0\r\n\
                content-security-policy: default-src 'self'; img-src *\r\n\r\n";
    let (upstream, _heads) = answering(page).await;
    let table = [
        (
            Merge::Keep,
            vec![
                "default-src 'self'; img-src *",
                "connect-src https://a.test",
            ],
        ),
        (
            Merge::Extend,
            vec!["default-src 'self'; connect-src 'self' https://a.test; img-src *"],
        ),
        (Merge::Replace, vec!["connect-src https://a.test"]),
    ];
    for (merge, expected) in table {
        let mut setup = Setup::for_upstream(upstream);
        let policy = PolicyHeaders::new()
            .enforce("connect-src https://a.test")
            .unwrap();
        setup.policy = policy.merge(merge);
        let response = setup.start().await.get("/", "").await;
        assert_eq!(values(&response, CSP), expected, "{merge:?}");
    }
}

#[tokio::test]
async fn a_policy_in_meta_is_told_of_once() {
    const PAGE: &str = "<!doctype html><html><head><meta charset=utf-8>\
        <meta http-equiv=\"Content-Security-Policy\" content=\"connect-src &#39;self&#39;\"></head><body>";
    let router = Router::new().fallback(|| async { Html(PAGE) });
    let mut setup = Setup::for_upstream(application(router).await);
    let found = Arc::new(Mutex::new(Vec::<MetaPolicy>::new()));
    let sink = Arc::clone(&found);
    setup.target.meta = Some(MetaWatch::new(move |policy| {
        sink.lock().unwrap().push(policy);
    }));
    let proxy = setup.start().await;
    for path in ["/first?query", "/second"] {
        let response = proxy.get(path, "").await;
        assert_eq!(body(&response), PAGE, "the body is not touched");
    }
    let found = found.lock().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].host, proxy.address.to_string());
    assert_eq!(found[0].path, "/first");
    assert_eq!(found[0].policy, "connect-src 'self'");
}

#[tokio::test]
async fn the_proxy_can_be_the_fallback_of_a_router() {
    let router = Router::new().fallback(|| async { "from behind" });
    let setup = Setup::for_upstream(application(router).await);
    let proxy = connect_src_server::proxy::Proxy::to(setup.target);
    let front = Router::new()
        .route("/own", get(|| async { "from here" }))
        .fallback_service(proxy);
    let address = application(front).await;
    for (path, expected) in [("/own", "from here"), ("/other", "from behind")] {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let response = crate::support::converse(stream, &request).await;
        assert_eq!(body(&response), expected);
    }
}
