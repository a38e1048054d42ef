//! Bodies pass as they come.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::support::{proxy, server, values};

#[tokio::test]
async fn an_event_arrives_before_the_next_one_is_sent() {
    let more = Arc::new(Notify::new());
    let told = Arc::clone(&more);
    let (upstream, _) = server(move |mut client| {
        let told = Arc::clone(&told);
        async move {
            client.head().await;
            client
                .send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
                .await;
            for number in 1..=3 {
                client.send(format!("9\r\ndata: {number}\n\n\r\n")).await;
                told.notified().await;
            }
            client.send("0\r\n\r\n").await;
        }
    })
    .await;
    let proxy = proxy(upstream).await;
    let mut client = proxy.connect().await;
    client
        .send("GET /events HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n")
        .await;
    let head = client.head().await.unwrap();
    assert_eq!(values(&head, "content-type"), ["text/event-stream"]);
    for number in 1..=3 {
        let event = client.until("\n\n\r\n").await.unwrap();
        assert!(
            event.ends_with(&format!("data: {number}\n\n\r\n")),
            "{event}"
        );
        more.notify_one();
    }
    assert_eq!(client.until("0\r\n\r\n").await.unwrap(), "0\r\n\r\n");
}

#[tokio::test]
async fn a_request_and_its_response_may_talk_to_each_other() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client
            .send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        while let Some(chunk) = client.until("\r\n\r\n").await {
            client.send(chunk).await;
        }
    })
    .await;
    let proxy = proxy(upstream).await;
    let mut client = proxy.connect().await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    client.head().await.unwrap();
    for word in ["ping\r\n", "pong\r\n"] {
        client.send(format!("{:x}\r\n{word}\r\n", word.len())).await;
        let echo = client.until("\r\n\r\n").await.unwrap();
        assert_eq!(echo, format!("{:x}\r\n{word}\r\n", word.len()));
    }
}

/// What the client does not take is not fetched.
#[tokio::test]
async fn a_client_that_does_not_read_holds_the_upstream_back() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let (upstream, _) = server(move |mut client| {
        let counter = Arc::clone(&counter);
        async move {
            client.head().await;
            client.send("HTTP/1.1 200 OK\r\n\r\n").await;
            let block = vec![b'x'; 64 << 10];
            while tokio::io::AsyncWriteExt::write_all(&mut client.stream, &block)
                .await
                .is_ok()
            {
                counter.fetch_add(block.len(), Ordering::SeqCst);
            }
        }
    })
    .await;
    let proxy = proxy(upstream).await;
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    client.head().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let held = sent.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(sent.load(Ordering::SeqCst), held, "nothing more was sent");
    assert!(
        held < 32 << 20,
        "the buffers of sockets hold a few megabytes, not {held} bytes"
    );
    drop(client);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_upstream_s_work() {
    let gone = Arc::new(Notify::new());
    let told = Arc::clone(&gone);
    let (upstream, _) = server(move |mut client| {
        let told = Arc::clone(&told);
        async move {
            client.head().await;
            client.rest().await;
            told.notify_one();
        }
    })
    .await;
    let proxy = proxy(upstream).await;
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(client);
    tokio::time::timeout(crate::support::PATIENCE, gone.notified())
        .await
        .unwrap();
}
