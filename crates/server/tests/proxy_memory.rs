//! Large bodies pass through bounded memory. Alone in its process, so that the process's memory tells.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use connect_src_server::proxy::{ForwardOptions, Listening, Proxy, Target, Upstream, listen};
use http::{Request, Response};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use url::Url;

const LENGTH: u64 = 200 << 20;
const BLOCK: usize = 64 << 10;
/// Far below the body, far above what sockets and HTTP hold.
const MOST: u64 = 48 << 20;

#[tokio::test]
async fn two_hundred_megabytes_pass_in_bounded_memory() {
    let router = Router::new().route("/", get(|| async { large() }).post(count));
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", upstream.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(upstream, router).await });

    let upstream = Upstream::new(&url, None, Duration::from_secs(5)).unwrap();
    let target = Target::new(Arc::new(upstream), Arc::new(ForwardOptions::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = std::future::pending();
    tokio::spawn(listen(
        listener,
        Proxy::to(target),
        Listening::default(),
        stop,
    ));

    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let before = resident();
    let request = Request::get("/").header("host", "a");
    let response = sender
        .send_request(request.body(Body::empty()).unwrap())
        .await;
    assert_eq!(length(response.unwrap()).await, LENGTH, "downloaded");

    let request = Request::post("/")
        .header("host", "a")
        .body(large())
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let told = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(told, LENGTH.to_string(), "uploaded");
    let grown = resident().saturating_sub(before);
    assert!(grown < MOST, "{} MiB more than before", grown >> 20);
}

fn large() -> Body {
    let block = Bytes::from(vec![b'x'; BLOCK]);
    let blocks = (0..LENGTH / BLOCK as u64)
        .map(move |_| Ok::<_, std::io::Error>(http_body::Frame::data(block.clone())));
    Body::new(StreamBody::new(futures_util::stream::iter(blocks)))
}

async fn count(body: Body) -> String {
    length(Response::new(body)).await.to_string()
}

async fn length<B>(response: Response<B>) -> u64
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Debug,
{
    let mut body = response.into_body();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        length += frame
            .unwrap()
            .into_data()
            .map_or(0, |data| data.len() as u64);
    }
    length
}

/// The most memory that this process ever had, in bytes.
#[expect(clippy::disallowed_methods, reason = "the kernel's file is short")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|number| number.parse::<u64>().ok())
        .unwrap_or(0)
        << 10
}
