//! `--page` without a policy: what a live page delivers, from a server of our own.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::support::{connect_src, stderr, stdout};

/// Answers each request by its path.
fn serve(answer: fn(&str, u16) -> String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            respond(stream.unwrap(), port, answer);
        }
    });
    port
}

fn respond(mut stream: TcpStream, port: u16, answer: fn(&str, u16) -> String) {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    let is_tls = |request: &[u8]| request.first() == Some(&0x16);
    while !is_tls(&request) && !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).unwrap_or("/");
    // A client that has seen enough may hang up.
    let _ = stream.write_all(answer(path, port).as_bytes());
}

fn page(headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

const HEADER: &str = "content-security-policy: connect-src 'self'\r\n";
const META: &str = "<!doctype html>\n<meta http-equiv=content-security-policy content=\"connect-src https://a.test\">";

fn site(path: &str, port: u16) -> String {
    match path {
        "/header" => page(HEADER, ""),
        "/meta" => page("", META),
        "/both" => page(HEADER, META),
        "/report-only" => page(
            "Content-Security-Policy-Report-Only: connect-src 'none'\r\n",
            "",
        ),
        "/none" => page("", "<!doctype html>"),
        "/redirect" => format!(
            "HTTP/1.1 302 Found\r\nlocation: http://localhost:{port}/header\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        ),
        "/loop" => "HTTP/1.1 302 Found\r\nlocation: /loop\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "/missing" => page(HEADER, "").replace("200 OK", "404 Not Found"),
        "/text" => page(HEADER, META).replace("text/html", "text/plain"),
        "/endless" => page("", &format!("{META}{}", " ".repeat(5 << 20))),
        _ => "no HTTP at all\r\n\r\n".to_owned(),
    }
}

/// Asks about targets on a page of the site; the exit status and the output.
fn check(path: &str, targets: &[&str]) -> (i32, String) {
    let port = serve(site);
    let page = format!("http://127.0.0.1:{port}{path}");
    let output = connect_src()
        .args(["check", "--page", &page])
        .args(targets)
        .output()
        .unwrap();
    let text = stdout(&output) + &stderr(&output);
    let text = text.replace(&format!(":{port}"), ":PORT");
    (output.status.code().unwrap(), text)
}

#[test]
fn headers_and_meta_are_both_obeyed() {
    assert_eq!(check("/header", &["/api", "https://a.test/"]).0, 1);
    assert_eq!(check("/header", &["/api"]).0, 0);
    assert_eq!(check("/meta", &["https://a.test/"]).0, 0);
    let (status, text) = check("/both", &["https://a.test/"]);
    assert_eq!(status, 1);
    assert!(
        text.contains("from  policy 1 of 2: Content-Security-Policy\n"),
        "{text}"
    );
    assert!(text.contains("1 other policy allows it"), "{text}");
    let (_, text) = check("/both", &["/api"]);
    assert!(
        text.contains("from  policy 2 of 2: <meta> in line 2\n"),
        "{text}"
    );
}

#[test]
fn a_report_only_policy_blocks_nothing_and_is_shown() {
    let (status, text) = check("/report-only", &["https://a.test/"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("This policy is report-only"), "{text}");
}

#[test]
fn a_page_without_a_policy_allows_everything() {
    let (status, text) = check("/none", &["https://a.test/"]);
    assert_eq!(status, 0);
    assert!(text.contains("the page delivers no policy"), "{text}");
}

#[test]
fn redirects_are_followed_and_the_last_page_is_self() {
    let (status, text) = check("/redirect", &["/api"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("to http://localhost:PORT/api"), "{text}");
    assert!(
        text.contains("redirects lead from http://127.0.0.1:PORT/redirect"),
        "{text}"
    );
}

#[test]
fn an_error_page_has_policies_too() {
    let (status, text) = check("/missing", &["https://a.test/"]);
    assert_eq!(status, 1);
    assert!(text.contains("the page answers with status 404"), "{text}");
}

#[test]
fn only_documents_have_meta_elements() {
    let (_, text) = check("/text", &["/api"]);
    assert!(!text.contains("policy 2"), "{text}");
}

#[test]
fn a_long_document_is_read_up_to_a_limit() {
    assert_eq!(check("/endless", &["https://a.test/"]).0, 0);
}

#[test]
fn what_cannot_be_fetched_is_said() {
    for (path, expected) in [
        ("/loop", "cannot fetch the page: more than 10 redirects"),
        ("/garbage", "cannot fetch the page: the answer is no HTTP: "),
    ] {
        let (status, text) = check(path, &["https://a.test/"]);
        assert_eq!(status, 2);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let page = format!("http://127.0.0.1:{port}/");
    let output = connect_src()
        .args(["check", "--page", &page, "/api"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("the connection is refused; is the server running?"));
}

#[test]
fn a_certificate_is_not_taken_on_trust() {
    let port = serve(site);
    let page = format!("https://127.0.0.1:{port}/header");
    let output = connect_src()
        .args(["check", "--page", &page, "/api"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("no secure connection"),
        "{}",
        stderr(&output)
    );
}
