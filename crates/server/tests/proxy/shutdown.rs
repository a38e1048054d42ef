//! Stopping lets running requests end.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::support::{PATIENCE, Setup, answering, body, server, status};

/// An upstream that answers when it is told to.
async fn waiting() -> (Setup, Arc<Notify>, Arc<Notify>) {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (was_asked, may_go) = (Arc::clone(&asked), Arc::clone(&go));
    let (upstream, _) = server(move |mut client| {
        let (was_asked, may_go) = (Arc::clone(&was_asked), Arc::clone(&may_go));
        async move {
            client.head().await;
            client
                .send("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf")
                .await;
            was_asked.notify_one();
            may_go.notified().await;
            client.send("half").await;
        }
    })
    .await;
    (Setup::for_upstream(upstream), asked, go)
}

#[tokio::test]
async fn a_running_request_ends_and_new_ones_are_not_taken() {
    let (setup, asked, go) = waiting().await;
    let proxy = setup.start().await;
    let address = proxy.address;
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    asked.notified().await;
    let stopped = proxy.stop();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
    assert!(!stopped.is_finished(), "it waits for the request");
    go.notify_one();
    let response = client.rest().await;
    assert_eq!(status(&response), 200);
    assert_eq!(body(&response), "halfhalf");
    timeout(PATIENCE, stopped).await.unwrap().unwrap();
}

#[tokio::test]
async fn idle_connections_do_not_hold_it_up() {
    let (upstream, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let proxy = Setup::for_upstream(upstream).start().await;
    let mut idle = proxy.connect().await;
    idle.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    idle.head().await.unwrap();
    let silent = proxy.connect().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    timeout(PATIENCE, proxy.stop()).await.unwrap().unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    drop(silent);
}

#[tokio::test]
async fn the_grace_is_all_that_it_waits() {
    let (mut setup, asked, _go) = waiting().await;
    setup.limits().grace = Duration::from_millis(300);
    let proxy = setup.start().await;
    let mut client = proxy.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    asked.notified().await;
    let started = Instant::now();
    timeout(PATIENCE, proxy.stop()).await.unwrap().unwrap();
    assert!(
        started.elapsed() >= Duration::from_millis(290),
        "{:?}",
        started.elapsed()
    );
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}
