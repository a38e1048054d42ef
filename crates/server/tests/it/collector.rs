//! What is posted, and what is answered.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::harness::{Running, report};

const REPORT: &str = "application/csp-report";
const REPORTS: &str = "application/reports+json";
const POLICY: &str = "connect-src 'none'; report-uri /_connect-src";
const PATH: &str = "/_connect-src";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn whatever_is_a_report_gets_204() {
    let server = Running::collector("").await;
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    let table = [
        (REPORT, object.clone()),
        (REPORTS, "[]".to_owned()),
        (
            REPORTS,
            json!([{"type": "network-error", "url": "https://a.example/", "body": {}}]).to_string(),
        ),
        (
            REPORTS,
            json!([{"type": "csp-violation", "body": {"blockedURL": null}}, 17, null]).to_string(),
        ),
        ("application/json", object.clone()),
        (REPORT, "{}".to_owned()),
    ];
    for (media_type, body) in table {
        for path in [
            PATH.to_owned(),
            format!("{PATH}/"),
            format!("{PATH}/anything"),
        ] {
            let answer = server.post(&path, media_type, body.clone()).await;
            assert_eq!(
                answer.status,
                StatusCode::NO_CONTENT,
                "{path} {media_type} {body}: {}",
                answer.text()
            );
            assert_eq!(answer.header("access-control-allow-origin"), "*");
        }
    }
    let others = server
        .eventually("/api/v1/others", |value| {
            value.as_array().is_some_and(|all| all.len() >= 2)
        })
        .await;
    assert!(
        others
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["type"] == "network-error"),
        "{others}"
    );
}

#[tokio::test]
async fn what_is_no_report_is_refused_without_echoing_it() {
    let server =
        Running::collector("[collector]\nmax-body = '4 KiB'\nmax-inflated = '8 KiB'").await;
    let huge = "x".repeat(5000);
    let table = [
        (REPORT, String::new(), StatusCode::BAD_REQUEST),
        (
            REPORT,
            "<script>alert(1)</script>".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "text/html",
            "{}".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (REPORT, huge, StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (media_type, body, status) in table {
        let answer = server.post(PATH, media_type, body.clone()).await;
        assert_eq!(answer.status, status, "{body}");
        assert!(!answer.text().contains("script"), "{}", answer.text());
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::HEAD] {
        let request = Request::builder().method(method.clone());
        let request = request.uri(format!("http://{}{PATH}", server.public));
        let answer = server.send(request.body(Full::default()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.header("allow"), "POST, OPTIONS");
    }
}

#[tokio::test]
async fn gzip_is_inflated_within_bounds() {
    let server = Running::collector("[collector]\nmax-inflated = '64 KiB'\nqueue = '1 MiB'").await;
    let send = |body: Vec<u8>, coding: &'static str| {
        let request = Request::post(format!("http://{}{PATH}", server.public))
            .header(CONTENT_TYPE, REPORT)
            .header(CONTENT_ENCODING, coding);
        server.send(request.body(Full::new(Bytes::from(body))).unwrap())
    };
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    assert_eq!(
        send(gzip(object.as_bytes()), "gzip").await.status,
        StatusCode::NO_CONTENT
    );
    let bomb = gzip(&vec![b' '; 50 << 20]);
    assert!(bomb.len() < 100_000);
    assert_eq!(
        send(bomb, "gzip").await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        send(object.clone().into_bytes(), "gzip").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        send(object.into_bytes(), "br").await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
}

#[tokio::test]
async fn a_preflight_is_answered_for_everybody() {
    let server = Running::collector("").await;
    let request = Request::options(format!("http://{}{PATH}/1o-x", server.public))
        .header("origin", "https://a.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let answer = server.send(request.body(Full::default()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "content-type"
    );
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
}

#[tokio::test]
async fn a_flood_of_one_address_is_shed_and_counted() {
    let server = Running::collector(
        "[collector]\nper-address = { per-second = 1, burst = 10 }\ntotal = { per-second = 1000, burst = 1000 }",
    )
    .await;
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    for _ in 0..50 {
        let answer = server.post(PATH, REPORT, object.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::NO_CONTENT,
            "a limit is no failure to a browser"
        );
    }
    let mut shed = 0;
    let mut stored = 0;
    for _ in 0..200 {
        let sheds = server.get("/api/v1/sheds").await;
        shed = sheds[0]["count"].as_u64().unwrap_or_default();
        let groups = server.get("/api/v1/groups").await;
        stored = groups["items"][0]["count"].as_u64().unwrap_or_default();
        if shed + stored == 50 {
            assert_eq!(sheds[0]["reason"], "address-limit");
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(shed > 0 && shed + stored == 50, "{shed} {stored}");
    let metrics = server.api(Method::GET, "/metrics", None).await.text();
    let line = format!(
        "connect_src_shed_reports_total{{reason=\"address-limit\",class=\"unread\"}} {shed}"
    );
    assert!(metrics.contains(&line), "{metrics}");
}

#[tokio::test]
async fn a_trusted_proxy_names_the_addresses() {
    let config =
        "trusted-proxies = ['127.0.0.1']\n[collector]\nper-address = { per-second = 1, burst = 1 }";
    let server = Running::collector(config).await;
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    for last in 0..20 {
        let request = Request::post(format!("http://{}{PATH}", server.public))
            .header(CONTENT_TYPE, REPORT)
            .header("x-forwarded-for", format!("192.0.2.{last}"));
        let body = Full::new(Bytes::from(object.clone()));
        server.send(request.body(body).unwrap()).await;
    }
    // Addresses may share a place of the limiter; that half of them do, nobody will see.
    server
        .eventually("/api/v1/groups", |value| {
            value["items"][0]["count"]
                .as_u64()
                .is_some_and(|it| it > 10)
        })
        .await;
}

#[tokio::test]
async fn a_durable_collector_answers_when_it_is_stored() {
    let server = Running::collector("[collector]\ndurable = true").await;
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    for count in 1..4 {
        let answer = server.post(PATH, REPORT, object.clone()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        let groups = server.get("/api/v1/groups").await;
        assert_eq!(groups["items"][0]["count"], count);
    }
}

#[tokio::test]
async fn a_locked_database_sheds_nothing_that_fits_and_says_so() {
    let server = Running::collector("").await;
    let database = server.folder.path().join("connect-src.db");
    let other = rusqlite::Connection::open(&database).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    for _ in 0..10 {
        let answer = server.post(PATH, REPORT, object.clone()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let mut reason = String::new();
    for _ in 0..100 {
        let ready = server.api(Method::GET, "/readyz", None).await;
        if ready.status == StatusCode::SERVICE_UNAVAILABLE {
            reason = ready.text();
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(reason.contains("reports are not stored"), "{reason}");
    // They are judged already, and wait in the batch.
    let waiting = waiting_bytes(&server).await;
    assert!(waiting > 0, "{waiting}");
    other.execute_batch("ROLLBACK").unwrap();
    server
        .eventually("/api/v1/groups", |value| value["items"][0]["count"] == 10)
        .await;
    // What is stored can be read a moment before the server knows that it is.
    for _ in 0..100 {
        let ready = server.api(Method::GET, "/readyz", None).await;
        if ready.status == StatusCode::OK {
            assert_eq!(waiting_bytes(&server).await, 0);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server does not get ready again");
}

async fn waiting_bytes(server: &Running) -> u64 {
    let metrics = server.api(Method::GET, "/metrics", None).await.text();
    let lines = metrics.lines();
    let mut found = lines.filter_map(|line| line.strip_prefix("connect_src_queue_bytes "));
    found.next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_finds_no_room_is_counted_to_the_last_report() {
    let server = Running::collector(
        "[collector]\nmax-inflated = '4 KiB'\nmax-body = '4 KiB'\nqueue = '32 KiB'\n\
         per-address = { per-second = 1000, burst = 1000 }",
    )
    .await;
    let database = server.folder.path().join("connect-src.db");
    let other = rusqlite::Connection::open(&database).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for number in 0..300 {
        let blocked = format!("https://{number}.example/");
        let object = report("https://a.example/", POLICY, &blocked).to_string();
        let answer = server.post(PATH, REPORT, object).await;
        assert_eq!(
            answer.status,
            StatusCode::NO_CONTENT,
            "a full queue is no failure to a browser"
        );
    }
    other.execute_batch("ROLLBACK").unwrap();
    let mut sums = (0, 0);
    for _ in 0..100 {
        let kept = server.get("/api/v1/status").await["store"]["reports"]
            .as_u64()
            .unwrap();
        let sheds = server.get("/api/v1/sheds").await;
        let counts = sheds.as_array().unwrap().iter();
        sums = (kept, counts.map(|row| row["count"].as_u64().unwrap()).sum());
        if sums.0 + sums.1 == 300 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (kept, shed) = sums;
    assert_eq!(kept + shed, 300, "{kept} kept, {shed} shed");
    assert!(kept > 0 && shed > 0, "{kept} kept, {shed} shed");
}

#[tokio::test]
async fn what_waits_is_stored_at_the_end() {
    let server = Running::collector("").await;
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    for _ in 0..20 {
        server.post(PATH, REPORT, object.clone()).await;
    }
    let token = server.token.clone();
    let folder = server.stop().await;
    let mut server = Running::start_in(folder, "").await;
    server.token = token;
    let groups = server.get("/api/v1/groups").await;
    assert_eq!(groups["items"][0]["count"], 20);
}

#[tokio::test]
async fn posts_that_come_slowly_share_a_bound() {
    let server = Running::collector("[collector]\nmax-inflated = '64 KiB'\nqueue = '1 MiB'").await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: a.example\r\ncontent-type: {REPORT}\r\ncontent-length: 204801\r\n\r\n"
    );
    let part = [head.into_bytes(), vec![b' '; 200 << 10]].concat();
    let mut clients = Vec::new();
    // Their last byte never comes: 1.6 MiB in 1 MiB.
    for _ in 0..8 {
        let mut client = TcpStream::connect(server.public).await.unwrap();
        // Whoever finds no room is answered before all of it is read.
        let _ = client.write_all(&part).await;
        clients.push(client);
    }
    let sheds = server
        .eventually("/api/v1/sheds", |value| {
            value
                .as_array()
                .is_some_and(|all| all.iter().any(|it| it["reason"] == "receiving"))
        })
        .await;
    let shed = sheds[0]["count"].as_u64().unwrap();
    assert!((1..8).contains(&shed), "{sheds}");
    drop(clients);
    let object = report("https://a.example/", POLICY, "https://x.example/").to_string();
    for _ in 0..100 {
        server.post(PATH, REPORT, object.clone()).await;
        let groups = server.get("/api/v1/groups").await;
        if !groups["items"].as_array().unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the room was not given back");
}
