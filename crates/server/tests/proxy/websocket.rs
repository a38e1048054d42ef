//! WebSocket through the proxy.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use crate::support::{answering, proxy, status, values};

/// Echoes messages, and agrees to the first subprotocol that is offered.
async fn echo() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                #[expect(clippy::result_large_err, reason = "the library asks for it")]
                let agree = |request: &Request, mut response: Response| {
                    if let Some(offered) = request.headers().get("sec-websocket-protocol") {
                        response
                            .headers_mut()
                            .insert("sec-websocket-protocol", offered.clone());
                    }
                    Ok(response)
                };
                let mut socket = tokio_tungstenite::accept_hdr_async(stream, agree)
                    .await
                    .unwrap();
                while let Some(Ok(message)) = socket.next().await {
                    if message.is_text() || message.is_binary() {
                        socket.send(message).await.unwrap();
                    }
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn messages_go_back_and_forth() {
    let proxy = proxy(echo().await).await;
    let mut request = format!("ws://{}/live", proxy.address)
        .into_client_request()
        .unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let stream = TcpStream::connect(proxy.address).await.unwrap();
    let (mut socket, response) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    assert_eq!(response.status(), 101);
    assert_eq!(
        response.headers()["sec-websocket-protocol"],
        "graphql-transport-ws"
    );
    let messages = [
        Message::text("hello"),
        Message::text(""),
        Message::binary(vec![7; 1 << 20]),
    ];
    for message in messages {
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
    }
    socket.close(None).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        assert!(message.is_close());
    }
}

#[tokio::test]
async fn an_upstream_may_refuse() {
    let refusal = "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno";
    let (upstream, mut heads) = answering(refusal).await;
    let proxy = proxy(upstream).await;
    let upgrade = "upgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n";
    let mut client = proxy.connect().await;
    for _ in 0..2 {
        client
            .send(format!(
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\n{upgrade}\r\n"
            ))
            .await;
        assert_eq!(status(&client.head().await.unwrap()), 403);
        assert_eq!(client.bytes(2).await, b"no");
        let head = heads.recv().await.unwrap();
        assert_eq!(values(&head, "connection"), ["upgrade"]);
        assert_eq!(values(&head, "upgrade"), ["websocket"]);
        assert_eq!(
            values(&head, "sec-websocket-key"),
            ["dGhlIHNhbXBsZSBub25jZQ=="]
        );
        assert_eq!(values(&head, "x-forwarded-for"), ["127.0.0.1"]);
    }
}

/// Whichever side ends, the other one is told.
#[tokio::test]
async fn an_end_is_passed_on() {
    let proxy = proxy(echo().await).await;
    let request = format!("ws://{}/", proxy.address)
        .into_client_request()
        .unwrap();
    let stream = TcpStream::connect(proxy.address).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    socket.send(Message::Close(None)).await.unwrap();
    let closed = socket.next().await.unwrap().unwrap();
    assert!(closed.is_close());
    assert!(socket.next().await.is_none());
}
