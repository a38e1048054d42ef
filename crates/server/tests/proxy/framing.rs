//! Messages keep their length, whatever says how long they are.

use crate::support::{answering, body, proxy, server, status, values};

#[tokio::test]
async fn a_response_keeps_its_length() {
    let (upstream, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
    let response = proxy(upstream).await.get("/", "").await;
    assert_eq!(status(&response), 200);
    assert_eq!(values(&response, "content-length"), ["5"]);
    assert_eq!(body(&response), "hello");
}

#[tokio::test]
async fn a_chunked_response_stays_chunked() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let (upstream, _) = answering(chunked).await;
    let response = proxy(upstream).await.get("/", "").await;
    assert_eq!(values(&response, "transfer-encoding"), ["chunked"]);
    assert_eq!(body(&response), "5\r\nhello\r\n0\r\n\r\n");
}

#[tokio::test]
async fn a_response_that_ends_with_its_connection_is_passed_on_whole() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client.send("HTTP/1.0 200 OK\r\n\r\nuntil the end").await;
    })
    .await;
    let response = proxy(upstream).await.get("/", "").await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(body(&response).contains("until the end"), "{response}");
}

/// A client must be able to tell such a body from a whole one.
#[tokio::test]
async fn a_response_that_breaks_off_does_so_for_the_client_too() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client
            .send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
            .await;
    })
    .await;
    let response = proxy(upstream).await.get("/", "").await;
    assert_eq!(body(&response), "5\r\nhello\r\n", "no last chunk");
}

#[tokio::test]
async fn trailers_are_passed_on_to_clients_that_take_them() {
    let with_trailers = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n\
                         5\r\nhello\r\n0\r\nx-sum: 5d41\r\n\r\n";
    let (upstream, mut heads) = answering(with_trailers).await;
    let proxy = proxy(upstream).await;
    let response = proxy.get("/", "te: trailers\r\n").await;
    assert_eq!(body(&response), "5\r\nhello\r\n0\r\nx-sum: 5d41\r\n\r\n");
    let head = heads.recv().await.unwrap();
    assert_eq!(values(&head, "te"), ["trailers"]);
    assert_eq!(values(&head, "connection"), ["te"]);

    let response = proxy.get("/", "").await;
    assert_eq!(body(&response), "5\r\nhello\r\n0\r\n\r\n");
    assert_eq!(values(&heads.recv().await.unwrap(), "te"), [""; 0]);
}

#[tokio::test]
async fn a_head_request_gets_the_headers_of_a_get() {
    let (upstream, mut heads) =
        answering("HTTP/1.1 200 OK\r\ncontent-length: 12345\r\ncontent-type: text/html\r\n\r\n")
            .await;
    let proxy = proxy(upstream).await;
    let request = "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = proxy.connect().await;
    for _ in 0..2 {
        client.send(request).await;
        let head = client.head().await.unwrap();
        assert_eq!(values(&head, "content-length"), ["12345"]);
        assert_eq!(
            values(&head, "content-security-policy"),
            ["connect-src 'self'"]
        );
        assert!(heads.recv().await.unwrap().starts_with("HEAD / "));
    }
}

#[tokio::test]
async fn responses_without_content_stay_so() {
    let table = [
        ("HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n", 204),
        (
            "HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\ncontent-length: 99\r\n\r\n",
            304,
        ),
        ("HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n", 304),
    ];
    for (response, code) in table {
        let (upstream, _) = answering(response).await;
        let proxy = proxy(upstream).await;
        let mut client = proxy.connect().await;
        // Twice, so that a body that nobody expects would be taken for the second head.
        for _ in 0..2 {
            client
                .send("GET / HTTP/1.1\r\nhost: a\r\nif-none-match: \"a\"\r\n\r\n")
                .await;
            let head = client.head().await.unwrap();
            assert_eq!(status(&head), code);
            assert_eq!(values(&head, "transfer-encoding"), [""; 0]);
            assert_eq!(values(&head, "content-security-policy"), [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_request_s_body_is_passed_on_as_it_is_framed() {
    let (upstream, _) = server(|mut client| async move {
        let head = client.head().await.unwrap();
        let text = if values(&head, "transfer-encoding").is_empty() {
            let length = values(&head, "content-length")[0].parse().unwrap();
            String::from_utf8(client.bytes(length).await).unwrap()
        } else {
            client.until("0\r\n\r\n").await.unwrap()
        };
        let length = text.len();
        let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{text}");
        client.send(response).await;
    })
    .await;
    let proxy = proxy(upstream).await;
    let with_length =
        "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc";
    assert_eq!(body(&proxy.exchange(with_length).await), "abc");
    let chunked = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n\
                   3\r\nabc\r\n0\r\n\r\n";
    assert_eq!(
        body(&proxy.exchange(chunked).await),
        "3\r\nabc\r\n0\r\n\r\n"
    );
}

/// The client waits for our leave, and we for the upstream's, without waiting for each other.
#[tokio::test]
async fn expect_100_continue_does_not_hang() {
    let (upstream, _) = server(|mut client| async move {
        client.head().await;
        client.send("HTTP/1.1 100 Continue\r\n\r\n").await;
        client.bytes(3).await;
        client
            .send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            .await;
    })
    .await;
    let proxy = proxy(upstream).await;
    let mut client = proxy.connect().await;
    client
        .send("PUT / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n")
        .await;
    assert_eq!(status(&client.head().await.unwrap()), 100);
    client.send("abc").await;
    assert_eq!(status(&client.head().await.unwrap()), 200);
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let (upstream, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let proxy = proxy(upstream).await;
    let mut client = proxy.connect().await;
    client
        .send("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    for _ in 0..2 {
        assert_eq!(status(&client.head().await.unwrap()), 200);
        assert_eq!(client.bytes(2).await, b"ok");
    }
}

/// Two lengths are how one request is smuggled in another.
#[tokio::test]
async fn a_request_with_two_lengths_is_one_request_or_none() {
    let (upstream, mut heads) = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let proxy = proxy(upstream).await;
    let differing =
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd";
    assert_eq!(status(&proxy.exchange(differing).await), 400);
    let both = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n\
                0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let response = proxy.exchange(both).await;
    assert!(
        status(&response) == 400 || status(&response) == 200,
        "{response}"
    );
    heads.close();
    while let Some(head) = heads.recv().await {
        let framings =
            values(&head, "content-length").len() + values(&head, "transfer-encoding").len();
        assert!(framings <= 1, "{head}");
    }
}
