//! HTTP/2 in front, HTTP/1.1 behind.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Version};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::{POLICY, Running, answering, proxy, values};

async fn sender<B>(proxy: &Running) -> http2::SendRequest<B>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let stream = TcpStream::connect(proxy.address).await.unwrap();
    let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (sender, connection) = handshake.unwrap();
    tokio::spawn(connection);
    sender
}

#[tokio::test]
async fn requests_beside_each_other_become_requests_of_http_1() {
    let (upstream, mut heads) =
        answering("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok").await;
    let proxy = proxy(upstream).await;
    let sender = sender(&proxy).await;
    let requests = (0..20).map(|number| {
        let mut sender = sender.clone();
        async move {
            let request = Request::get(format!("http://app.example/{number}"))
                .header("cookie", "a=1")
                .header("cookie", "b=2");
            let request = request.body(Empty::<Bytes>::new()).unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.version(), Version::HTTP_2);
            assert_eq!(response.headers()["content-security-policy"], POLICY);
            assert!(!response.headers().contains_key("connection"));
            let body = response.into_body().collect().await.unwrap();
            assert_eq!(body.to_bytes(), "ok");
        }
    });
    futures_util::future::join_all(requests).await;
    for _ in 0..20 {
        let head = heads.recv().await.unwrap();
        assert!(head.contains(" HTTP/1.1\r\n"), "{head}");
        assert_eq!(values(&head, "host"), ["app.example"]);
        assert_eq!(values(&head, "cookie"), ["a=1; b=2"]);
        assert_eq!(values(&head, "via"), ["1.1 connect-src"]);
    }
}

#[tokio::test]
async fn bodies_and_trailers_pass() {
    let (upstream, _) = crate::support::server(|mut client| async move {
        let head = client.head().await.unwrap();
        assert_eq!(values(&head, "te"), ["trailers"]);
        client.until("upload\r\n0\r\n\r\n").await.unwrap();
        client
            .send(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n\
                 8\r\ndownload\r\n0\r\nx-sum: 1\r\n\r\n",
            )
            .await;
    })
    .await;
    let proxy = proxy(upstream).await;
    let mut sender = sender(&proxy).await;
    let body = Full::new(Bytes::from_static(b"upload")).boxed();
    let stream = http_body_util::StreamBody::new(body.into_data_stream().map_frames());
    let request = Request::post("http://a/")
        .header("te", "trailers")
        .body(stream)
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let collected = response.into_body().collect().await.unwrap();
    assert_eq!(collected.trailers().unwrap()["x-sum"], "1");
    assert_eq!(collected.to_bytes(), "download");
}

#[tokio::test]
async fn stopping_lets_running_requests_end() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (was_asked, may_go) = (Arc::clone(&asked), Arc::clone(&go));
    let (upstream, _) = crate::support::server(move |mut client| {
        let (was_asked, may_go) = (Arc::clone(&was_asked), Arc::clone(&may_go));
        async move {
            client.head().await;
            was_asked.notify_one();
            may_go.notified().await;
            client
                .send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                .await;
        }
    })
    .await;
    let proxy = proxy(upstream).await;
    let mut sender = sender(&proxy).await;
    let request = Request::get("http://a/");
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let response = tokio::spawn(sender.send_request(request));
    asked.notified().await;
    let stopped = proxy.stop();
    go.notify_one();
    let body = response.await.unwrap().unwrap().into_body().collect().await;
    assert_eq!(body.unwrap().to_bytes(), "ok");
    drop(sender);
    tokio::time::timeout(crate::support::PATIENCE, stopped)
        .await
        .unwrap()
        .unwrap();
}

/// A stream of data frames, whose length nobody knows.
trait MapFrames: Sized {
    fn map_frames(self) -> futures_util::stream::MapOk<Self, fn(Bytes) -> http_body::Frame<Bytes>>;
}

impl<S> MapFrames for S
where
    S: futures_util::TryStreamExt<Ok = Bytes>,
{
    fn map_frames(self) -> futures_util::stream::MapOk<Self, fn(Bytes) -> http_body::Frame<Bytes>> {
        self.map_ok(http_body::Frame::data)
    }
}
