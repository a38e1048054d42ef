//! Bounds: of headers, bodies, connections, and of patience.

use std::time::Duration;

use tokio::time::Instant;

use crate::support::{Setup, answering, server, status};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

async fn impatient() -> Setup {
    let (upstream, _) = answering(OK).await;
    let mut setup = Setup::for_upstream(upstream);
    setup.limits().header_timeout = Duration::from_millis(400);
    setup.limits().idle_timeout = Duration::from_secs(5);
    setup
}

#[tokio::test]
async fn a_head_that_drips_in_is_cut_off() {
    let proxy = impatient().await.start().await;
    let started = Instant::now();
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n").await;
    let drip = async {
        for _ in 0..100 {
            client.send("x: y\r\n").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(1), drip).await;
    client.rest().await;
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_cut_off() {
    let proxy = impatient().await.start().await;
    let started = Instant::now();
    assert_eq!(proxy.connect().await.rest().await, "");
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn an_idle_connection_is_kept_for_a_while() {
    let mut setup = impatient().await;
    setup.limits().idle_timeout = Duration::from_secs(3);
    let proxy = setup.start().await;
    let mut client = proxy.connect().await;
    let request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    for _ in 0..2 {
        client.send(request).await;
        assert_eq!(status(&client.head().await.unwrap()), 200);
        client.bytes(2).await;
        // Longer than a head may take, shorter than a connection may rest.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let started = Instant::now();
    assert_eq!(client.rest().await, "");
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_second_head_that_drips_in_is_cut_off_too() {
    let proxy = impatient().await.start().await;
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    client.head().await.unwrap();
    client.bytes(2).await;
    client.send("GET / HTTP/1.1\r\n").await;
    let started = Instant::now();
    client.rest().await;
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_slow_response_is_no_idle_connection() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client
            .send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no")
            .await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        client.send("k").await;
        client.rest().await;
    })
    .await;
    let mut setup = Setup::for_upstream(upstream);
    setup.limits().header_timeout = Duration::from_millis(200);
    setup.limits().idle_timeout = Duration::from_millis(400);
    let proxy = setup.start().await;
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    client.head().await.unwrap();
    assert_eq!(client.bytes(2).await, b"ok");
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_off() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client.send("HTTP/1.1 200 OK\r\n\r\n").await;
        let block = vec![b'x'; 1 << 20];
        for _ in 0..64 {
            client.send(&block).await;
        }
    })
    .await;
    let mut setup = Setup::for_upstream(upstream);
    setup.limits().idle_timeout = Duration::from_millis(500);
    setup.limits().header_timeout = Duration::from_millis(200);
    let proxy = setup.start().await;
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let received = client.rest().await.len();
    assert!(
        received < 60 << 20,
        "{received} bytes, so the connection was still there"
    );
}

#[tokio::test]
async fn too_many_bytes_of_headers_are_refused() {
    let proxy = impatient().await.start().await;
    let long = "x".repeat(70 * 1024);
    let response = proxy.get("/", &format!("x-long: {long}\r\n")).await;
    assert_eq!(status(&response), 431);
    let many = "x: y\r\n".repeat(200);
    assert_eq!(status(&proxy.get("/", &many).await), 431);
    let response = proxy.get(&format!("/{}", "x".repeat(70 * 1024)), "").await;
    assert!([414, 431].contains(&status(&response)), "{response}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client.until("0\r\n\r\n").await;
        client.send(OK).await;
    })
    .await;
    let mut setup = Setup::for_upstream(upstream);
    setup.options().max_body = Some(10);
    let proxy = setup.start().await;
    let head = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n";
    let told = proxy
        .exchange(&format!("{head}content-length: 11\r\n\r\n01234567890"))
        .await;
    assert_eq!(status(&told), 413);
    let chunked = "transfer-encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n";
    assert_eq!(
        status(&proxy.exchange(&format!("{head}{chunked}")).await),
        413
    );
    let short = "transfer-encoding: chunked\r\n\r\n6\r\n012345\r\n0\r\n\r\n";
    assert_eq!(
        status(&proxy.exchange(&format!("{head}{short}")).await),
        200
    );
}

#[tokio::test]
async fn a_body_that_stands_still_is_given_up() {
    let (upstream, _) = server(|mut client| async move {
        client.rest().await;
    })
    .await;
    let mut setup = Setup::for_upstream(upstream);
    setup.options().body_timeout = Duration::from_millis(200);
    let proxy = setup.start().await;
    let mut client = proxy.connect().await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab")
        .await;
    assert_eq!(status(&client.head().await.unwrap()), 408);
}

#[tokio::test]
async fn more_connections_than_allowed_wait() {
    let (upstream, _) = answering(OK).await;
    let mut setup = Setup::for_upstream(upstream);
    setup.limits().max_connections = 1;
    let proxy = setup.start().await;
    let mut first = proxy.connect().await;
    first.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    first.head().await.unwrap();
    let mut second = proxy.connect().await;
    second.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let early = tokio::time::timeout(Duration::from_millis(300), second.head()).await;
    assert!(early.is_err(), "the second waits");
    drop(first);
    assert_eq!(status(&second.head().await.unwrap()), 200);
}
