//! What `generate --as FORM` writes is read back as the same policy.

use serde_json::Value;

use crate::support::{connect_src, stdout, with_stdin};

const TRAFFIC: &str = "tests/sessions/evidence.in/traffic.jsonl";
const BASE: &str =
    "script-src 'self'; object-src 'none'; connect-src https://a.example.com/x?a=%20&b=<\"c\">";

fn normalized(policy: &[u8]) -> Vec<String> {
    let mut command = connect_src();
    command.args(["normalize", "--format", "json", "-"]);
    let output = with_stdin(command, policy);
    let json: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let policies = json["policies"].as_array().unwrap();
    let texts = policies
        .iter()
        .map(|one| one["text"].as_str().unwrap().to_owned());
    texts.collect()
}

fn form(name: &str) -> Vec<u8> {
    let words = ["generate", "--from", TRAFFIC, "--base", BASE, "--as", name];
    connect_src().args(words).output().unwrap().stdout
}

#[test]
fn what_is_written_is_read_back_as_the_same_policy() {
    let header = form("header");
    let expected = normalized(&header);
    assert!(
        expected[0].contains("https://api.example.com"),
        "{expected:?}"
    );
    for name in ["headers-file", "vercel", "tauri", "extension", "meta"] {
        assert_eq!(normalized(&form(name)), expected, "{name}");
    }
}

#[test]
fn a_widget_is_read_back_as_its_origins() {
    let read = normalized(&form("mcp"));
    assert!(read[0].starts_with("connect-src "), "{read:?}");
    assert!(read[0].contains("wss://live.example.com"), "{read:?}");
    assert!(!read[0].contains("'self'"), "{read:?}");
}
