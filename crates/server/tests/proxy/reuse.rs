//! Connections to the upstream are used again, and never one that may be closed for a request that cannot be
//! sent again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::support::{proxy, server, status};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let (upstream, connections) = server(|mut client| async move {
        while client.head().await.is_some() {
            client.send(OK).await;
        }
    })
    .await;
    let proxy = proxy(upstream).await;
    for _ in 0..10 {
        assert_eq!(status(&proxy.get("/", "").await), 200);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_that_is_closed_meanwhile_is_not_used() {
    let (upstream, connections) = server(|mut client| async move {
        client.head().await;
        client.send(OK).await;
    })
    .await;
    let proxy = proxy(upstream).await;
    for method in ["GET", "POST", "GET"] {
        let request = format!(
            "{method} / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        assert_eq!(status(&proxy.exchange(&request).await), 200);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

/// The upstream closes just as the second request comes: after it has read its head.
#[tokio::test]
async fn a_connection_that_is_closed_under_a_request_is_made_up_for() {
    let (upstream, connections) = server(|mut client| async move {
        client.head().await;
        client.send(OK).await;
        client.head().await;
    })
    .await;
    let proxy = proxy(upstream).await;
    assert_eq!(status(&proxy.get("/", "").await), 200);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(
        status(&proxy.get("/", "").await),
        200,
        "a GET is sent again"
    );
    assert_eq!(connections.load(Ordering::SeqCst), 2);

    tokio::time::sleep(Duration::from_millis(1200)).await;
    let post = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx";
    let response = proxy.exchange(post).await;
    assert_eq!(status(&response), 200, "a POST gets a new connection");
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_connection_with_something_left_on_it_is_not_used() {
    let (upstream, connections) = server(|mut client| async move {
        client.head().await;
        client
            .send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\npoison")
            .await;
        client.head().await;
    })
    .await;
    let proxy = proxy(upstream).await;
    for _ in 0..3 {
        let response = proxy.get("/", "").await;
        assert!(response.ends_with("\r\n\r\nok"), "{response}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}
