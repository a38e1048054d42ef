//! What a client gets when the upstream fails, and what operators are told.

use std::time::Duration;

use connect_src_server::proxy::{Health, Target};
use tokio::net::TcpListener;

use crate::support::{Setup, answering, body, proxy, server, status, values};

/// An address that nobody listens at.
async fn nobody() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn an_upstream_that_is_down_gives_a_502_page() {
    let proxy = proxy(nobody().await).await;
    assert_eq!(proxy.upstream.health(), Health::Unknown);
    let page = proxy
        .get("/%3Cscript%3E", "accept: text/html,*/*\r\n")
        .await;
    assert_eq!(status(&page), 502);
    assert_eq!(values(&page, "content-type"), ["text/html; charset=utf-8"]);
    assert_eq!(values(&page, "cache-control"), ["no-store"]);
    assert_eq!(values(&page, "retry-after"), ["5"]);
    assert_eq!(
        values(&page, "content-security-policy"),
        ["default-src 'none'"]
    );
    assert!(
        body(&page).contains("The application cannot be reached"),
        "{page}"
    );
    assert!(
        !page.contains("script") && !page.contains("127.0.0.1"),
        "{page}"
    );

    let text = proxy.get("/", "accept: application/json\r\n").await;
    assert_eq!(values(&text, "content-type"), ["text/plain; charset=utf-8"]);
    match proxy.upstream.health() {
        Health::Down { reason } => assert!(reason.contains("refused"), "{reason}"),
        health => panic!("{health:?}"),
    }
}

#[tokio::test]
async fn an_upstream_that_comes_back_is_used_again() {
    let address = nobody().await;
    let proxy = proxy(address).await;
    assert_eq!(status(&proxy.get("/", "").await), 502);
    assert!(matches!(proxy.upstream.probe().await, Health::Down { .. }));
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        let router = axum::Router::new().fallback(|| async { "back" });
        axum::serve(listener, router).await
    });
    assert_eq!(proxy.upstream.probe().await, Health::Up);
    assert_eq!(body(&proxy.get("/", "").await), "back");
    assert_eq!(proxy.upstream.health(), Health::Up);
}

#[tokio::test]
async fn an_upstream_that_does_not_speak_http_gives_a_502() {
    for answer in ["", "220 smtp.example ESMTP\r\n", "HTTP/1.1 200 OK\r\nx"] {
        let (upstream, _) = server(move |mut client| async move {
            client.head().await;
            client.send(answer).await;
        })
        .await;
        assert_eq!(
            status(&proxy(upstream).await.get("/", "").await),
            502,
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn an_upstream_that_does_not_answer_gives_a_504() {
    let (upstream, _) = server(|mut client| async move {
        client.rest().await;
    })
    .await;
    let mut setup = Setup::for_upstream(upstream);
    setup.options().response_timeout = Duration::from_millis(200);
    assert_eq!(status(&setup.start().await.get("/", "").await), 504);
}

/// The upstream is given its time from the end of the request on.
#[tokio::test]
async fn a_slow_upload_is_not_the_upstream_s_fault() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client.bytes(5).await;
        client
            .send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .await;
    })
    .await;
    let mut setup = Setup::for_upstream(upstream);
    setup.options().response_timeout = Duration::from_millis(300);
    let proxy = setup.start().await;
    let mut client = proxy.connect().await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n")
        .await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        client.send("x").await;
    }
    assert_eq!(status(&client.head().await.unwrap()), 200);
}

#[tokio::test]
async fn a_switch_that_nobody_asked_for_is_not_passed_on() {
    let switch = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
    let (upstream, _) = answering(switch).await;
    assert_eq!(status(&proxy(upstream).await.get("/", "").await), 502);
}

#[tokio::test]
async fn connect_is_refused() {
    let (upstream, _) = answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let proxy = proxy(upstream).await;
    let response = proxy
        .exchange(
            "CONNECT a.example:443 HTTP/1.1\r\nhost: a.example:443\r\nconnection: close\r\n\r\n",
        )
        .await;
    assert_eq!(status(&response), 501);
}

#[tokio::test]
async fn a_proxy_in_front_of_itself_answers_in_the_end() {
    let address = nobody().await;
    let setup = Setup::for_upstream(address);
    let listener = TcpListener::bind(address).await.unwrap();
    let service = connect_src_server::proxy::Proxy::to(setup.target);
    tokio::spawn(connect_src_server::proxy::listen(
        listener,
        service,
        setup.listening,
        std::future::pending(),
    ));
    let outer = proxy(address).await;
    assert_eq!(status(&outer.get("/", "").await), 508);
}

#[tokio::test]
async fn a_host_without_a_site_is_misdirected() {
    let (upstream, mut heads) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let target: Target = Setup::for_upstream(upstream).target;
    let target = std::sync::Arc::new(target);
    let service = connect_src_server::proxy::Proxy::new(move |host| {
        (host == "known.example").then(|| target.clone())
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listening = connect_src_server::proxy::Listening::default();
    let stop = std::future::pending();
    tokio::spawn(connect_src_server::proxy::listen(
        listener, service, listening, stop,
    ));
    for (host, expected) in [("known.example", 200), ("other.example", 421)] {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let response = crate::support::converse(stream, &request).await;
        assert_eq!(status(&response), expected, "{host}");
    }
    assert_eq!(
        values(&heads.recv().await.unwrap(), "host"),
        ["known.example"]
    );
}
