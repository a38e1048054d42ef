//! The pages in `examples/`: each connection is decided as the comment beside it says.

use serde_json::Value;

use crate::support::connect_src;

const POLICY: &str = "../../examples/policy.txt";

/// A connection that a line makes, and what the comment says.
#[derive(Debug)]
struct Connection<'a> {
    target: String,
    comment: &'a str,
}

#[test]
fn what_the_policy_lists_is_allowed_by_the_source_in_the_comment() {
    let page = include_str!("../../../../examples/allowed.html");
    let connections = connections(page);
    assert_eq!(connections.len(), 6);
    for connection in connections {
        let decision = decide(&connection.target);
        let (_, source) = connection
            .comment
            .split_once("allowed by ")
            .expect("a source");
        assert_eq!(decision["result"], "allowed", "{connection:?}");
        for browser in decision["browsers"].as_array().unwrap() {
            let matched = &browser["policies"][0]["matched"]["text"];
            assert_eq!(matched, source.trim_end_matches("</a>"), "{connection:?}");
        }
    }
}

#[test]
fn what_the_policy_does_not_list_is_blocked() {
    let page = include_str!("../../../../examples/blocked.html");
    let connections = connections(page);
    assert_eq!(connections.len(), 6);
    for connection in connections {
        assert!(connection.comment.contains("blocked"), "{connection:?}");
        let decision = decide(&connection.target);
        assert_eq!(decision["result"], "blocked", "{connection:?}");
        for browser in decision["browsers"].as_array().unwrap() {
            assert_eq!(browser["result"], "blocked", "{connection:?}");
        }
    }
}

#[test]
fn a_websocket_to_an_https_url_becomes_wss() {
    let decision = decide("websocket:https://malicious.website.com/");
    assert_eq!(decision["url"], "wss://malicious.website.com/");
}

fn decide(target: &str) -> Value {
    let policy = format!("@{POLICY}");
    let words = [
        "check",
        "--page",
        "https://app.example.com/",
        "--format",
        "json",
        &policy,
        target,
    ];
    let output = connect_src().args(words).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["decisions"][0].clone()
}

/// The connections of a page. The comment stands in the line, or in the next one that has a comment.
fn connections(page: &str) -> Vec<Connection<'_>> {
    const MAKERS: [(&str, &str); 6] = [
        ("ping=", "ping"),
        ("fetch(", "fetch"),
        ("xhr.open(\"GET\", ", "xhr"),
        ("new WebSocket(", "websocket"),
        ("new EventSource(", "eventsource"),
        ("navigator.sendBeacon(", "beacon"),
    ];
    let lines: Vec<_> = page.lines().collect();
    let mut connections = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let maker = MAKERS
            .iter()
            .find_map(|(code, api)| Some((line.split_once(code)?.1, api)));
        let Some((rest, api)) = maker else { continue };
        let url = rest.split('"').nth(1).expect("a string");
        let comment = lines[index..].iter().find_map(|line| comment(line));
        connections.push(Connection {
            target: format!("{api}:{url}"),
            comment: comment.expect("a comment"),
        });
    }
    connections
}

fn comment(line: &str) -> Option<&str> {
    let comment = line
        .rsplit_once("; ")
        .filter(|(_, rest)| rest.trim_start().starts_with("//"));
    match comment {
        Some((_, comment)) => Some(comment.trim()),
        None => line.split_once("ping: ").map(|(_, comment)| comment),
    }
}
