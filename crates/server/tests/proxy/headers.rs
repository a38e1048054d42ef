//! What the upstream and the client get to see of each other's headers.

use connect_src_server::config::AddressRange;
use connect_src_server::proxy::HostHeader;

use crate::support::{Setup, answering, body, proxy, status, values};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn the_upstream_is_told_about_the_client() {
    let (upstream, mut heads) = answering(OK).await;
    let proxy = proxy(upstream).await;
    let request = "GET /a?b=%0d%0a HTTP/1.1\r\nhost: app.example:8080\r\nconnection: close\r\n\
                   x-forwarded-for: 10.9.8.7\r\nx-forwarded-proto: https\r\nforwarded: for=1.1.1.1\r\n\r\n";
    proxy.exchange(request).await;
    let head = heads.recv().await.unwrap();
    assert!(head.starts_with("GET /a?b=%0d%0a HTTP/1.1\r\n"), "{head}");
    assert_eq!(values(&head, "host"), ["app.example:8080"]);
    assert_eq!(values(&head, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(values(&head, "x-forwarded-proto"), ["http"]);
    assert_eq!(values(&head, "x-forwarded-host"), ["app.example:8080"]);
    let forwarded = "for=127.0.0.1;host=\"app.example:8080\";proto=http";
    assert_eq!(values(&head, "forwarded"), [forwarded]);
    assert_eq!(values(&head, "via"), ["1.1 connect-src"]);
}

#[tokio::test]
async fn a_trusted_proxy_is_believed() {
    let (upstream, mut heads) = answering(OK).await;
    let mut setup = Setup::for_upstream(upstream);
    setup.options().trusted_proxies = vec![AddressRange::parse("127.0.0.0/8").unwrap()];
    let proxy = setup.start().await;
    proxy
        .get(
            "/",
            "x-forwarded-for: 192.0.2.1\r\nx-forwarded-proto: https\r\n",
        )
        .await;
    let head = heads.recv().await.unwrap();
    assert_eq!(values(&head, "x-forwarded-for"), ["192.0.2.1, 127.0.0.1"]);
    assert_eq!(values(&head, "x-forwarded-proto"), ["https"]);
}

#[tokio::test]
async fn the_upstream_s_own_host_is_sent_where_that_is_asked_for() {
    let (upstream, mut heads) = answering(OK).await;
    let mut setup = Setup::for_upstream(upstream);
    setup.options().host = HostHeader::Upstream;
    let proxy = setup.start().await;
    proxy.get("/", "").await;
    let head = heads.recv().await.unwrap();
    assert_eq!(values(&head, "host"), [upstream.to_string()]);
    assert_eq!(
        values(&head, "x-forwarded-host"),
        [proxy.address.to_string()]
    );
}

#[tokio::test]
async fn what_is_for_one_connection_stays_there() {
    let response = "HTTP/1.1 200 OK\r\nconnection: keep-alive, x-hop\r\nkeep-alive: timeout=5\r\nx-hop: 1\r\n\
                    x-end: 2\r\nproxy-connection: keep-alive\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\nok";
    let (upstream, mut heads) = answering(response).await;
    let proxy = proxy(upstream).await;
    let response = proxy
        .exchange(
            "GET / HTTP/1.1\r\nhost: a\r\nconnection: close, x-secret, x-forwarded-for\r\nx-secret: 1\r\n\
             keep-alive: 5\r\nproxy-authorization: Basic eA==\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\
             accept-encoding: gzip, br;q=0.5\r\nx-end: 1\r\n\r\n",
        )
        .await;
    for name in ["x-hop", "keep-alive", "proxy-connection", "upgrade"] {
        assert_eq!(values(&response, name), [""; 0], "{name}");
    }
    assert_eq!(values(&response, "x-end"), ["2"]);
    let head = heads.recv().await.unwrap();
    for name in [
        "connection",
        "x-secret",
        "keep-alive",
        "proxy-authorization",
        "upgrade",
    ] {
        assert_eq!(values(&head, name), [""; 0], "{name}");
    }
    assert_eq!(values(&head, "x-end"), ["1"]);
    assert_eq!(values(&head, "accept-encoding"), ["gzip, br;q=0.5"]);
    assert_eq!(values(&head, "x-forwarded-for"), ["127.0.0.1"]);
}

#[tokio::test]
async fn an_encoded_body_is_not_touched() {
    let encoded = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\nvary: accept-encoding\r\n\
                   set-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 6\r\n\r\n\x1f\x08zip!";
    let (upstream, _) = answering(encoded).await;
    let response = proxy(upstream)
        .await
        .get("/", "accept-encoding: gzip\r\n")
        .await;
    assert_eq!(values(&response, "content-encoding"), ["gzip"]);
    assert_eq!(values(&response, "vary"), ["accept-encoding"]);
    assert_eq!(values(&response, "set-cookie"), ["a=1", "b=2"]);
    assert_eq!(body(&response), "\x1f\x08zip!");
}

#[tokio::test]
async fn a_target_in_absolute_form_wins_over_host() {
    let (upstream, mut heads) = answering(OK).await;
    let proxy = proxy(upstream).await;
    let request =
        "GET http://b.example/x?y HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n";
    proxy.exchange(request).await;
    let head = heads.recv().await.unwrap();
    assert!(head.starts_with("GET /x?y HTTP/1.1\r\n"), "{head}");
    assert_eq!(values(&head, "host"), ["b.example"]);
}

#[tokio::test]
async fn nothing_that_a_client_says_becomes_a_header_of_its_own() {
    let (upstream, mut heads) = answering(OK).await;
    let proxy = proxy(upstream).await;
    let bad_hosts = [
        "a\"b",
        "a b",
        "user@a",
        "a\\b",
        "a;proto=https",
        "a,b",
        "",
        "\u{fc}.example",
        "a/b",
    ];
    for host in bad_hosts {
        let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let response = proxy.exchange(&request).await;
        assert_eq!(status(&response), 400, "{host:?}");
        assert!(
            !response.contains(host) || host.is_empty(),
            "it is not repeated: {response}"
        );
    }
    let raw = [
        "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nconnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nx: a\rb\r\nconnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nx : b\r\nconnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nx: a\0b\r\nconnection: close\r\n\r\n",
        "GET /\u{1} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    ];
    for request in raw {
        assert_eq!(status(&proxy.exchange(request).await), 400, "{request:?}");
    }
    heads.close();
    assert_eq!(heads.recv().await, None, "none of them was forwarded");
}

#[tokio::test]
async fn an_old_client_needs_no_host() {
    let (upstream, mut heads) = answering(OK).await;
    let proxy = proxy(upstream).await;
    let response = proxy.exchange("GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(status(&response), 200);
    let head = heads.recv().await.unwrap();
    assert_eq!(values(&head, "host"), [upstream.to_string()]);
    assert!(head.starts_with("GET / HTTP/1.1\r\n"), "{head}");
}

#[tokio::test]
async fn documents_are_fetched_anew_and_everything_else_is_not() {
    let (upstream, mut heads) = answering(OK).await;
    let proxy = proxy(upstream).await;
    let conditions = "if-none-match: \"a\"\r\nif-modified-since: Sat, 01 Nov 2025 00:00:00 GMT\r\n";
    for (destination, kept) in [
        ("document", 0),
        ("iframe", 0),
        ("worker", 0),
        ("image", 1),
        ("script", 1),
    ] {
        proxy
            .get(
                "/",
                &format!("sec-fetch-dest: {destination}\r\n{conditions}"),
            )
            .await;
        let head = heads.recv().await.unwrap();
        assert_eq!(values(&head, "if-none-match").len(), kept, "{destination}");
        assert_eq!(
            values(&head, "if-modified-since").len(),
            kept,
            "{destination}"
        );
    }
}

#[tokio::test]
async fn options_for_the_whole_server_are_passed_on() {
    let (upstream, mut heads) = answering(OK).await;
    let proxy = proxy(upstream).await;
    proxy
        .exchange("OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    assert!(
        heads
            .recv()
            .await
            .unwrap()
            .starts_with("OPTIONS * HTTP/1.1\r\n")
    );
}
