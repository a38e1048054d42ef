//! What Chromium 156 said while it visited the site of `e2e/lib/connecting_site.mjs`: once with the policies passed over,
//! once with them kept. Hosts and identifiers were made short, and fields that nobody reads were taken out.

use serde_json::Value;

use super::*;
use crate::record::targets::TargetKind;

const PASSED_OVER: &str = include_str!("../testdata/passed_over.jsonl");
const KEPT: &str = include_str!("../testdata/kept.jsonl");

fn replay(events: &str) -> Recording {
    let mut recorder = Recorder::default();
    for line in events.lines() {
        say(&mut recorder, serde_json::from_str(line).unwrap());
    }
    recorder.finish()
}

fn say(recorder: &mut Recorder, mut message: Value) {
    let session = message["sessionId"].as_str().unwrap_or_default().to_owned();
    let method = message["method"].as_str().unwrap().to_owned();
    let params = message["params"].take();
    if method == "Target.attachedToTarget" {
        attach(recorder, &session, &params);
    } else if let Some(event) = Event::read(&method, params).unwrap() {
        recorder.event(&session, event);
    }
}

fn attach(recorder: &mut Recorder, parent: &str, params: &Value) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let info = &params["targetInfo"];
    let kind = TargetKind::named(info["type"].as_str().unwrap()).unwrap();
    let has_frame = matches!(kind, TargetKind::Page | TargetKind::Frame);
    let target = Target {
        kind,
        frame: has_frame.then(|| text(&info["targetId"])),
        url: text(&info["url"]),
        parent: (!parent.is_empty()).then(|| parent.to_owned()),
        visit: 0,
    };
    recorder.attach(text(&params["sessionId"]), target);
}

/// A connection in a line: its document, its worker, its API, its URLs, whether it is blocked.
fn told(one: &Recorded) -> String {
    let urls: Vec<_> = one.hops.iter().map(|hop| hop.url.as_str()).collect();
    let worker = one.worker.as_ref().map_or("", |worker| worker.kind.name());
    let api = one.api.map_or("?", Api::name);
    let blocked = if one.is_blocked { " blocked" } else { "" };
    format!("{} {worker} {api} {}{blocked}", one.page, urls.join(" > "))
}

fn connections(recording: &Recording) -> Vec<String> {
    let requests = recording.requests.iter();
    let mut lines: Vec<_> = requests.filter(|one| one.is_connection).map(told).collect();
    lines.sort();
    lines.dedup();
    lines
}

#[test]
fn what_chromium_says_becomes_a_list_of_connections() {
    let expected: Vec<_> = include_str!("../testdata/passed_over.txt")
        .lines()
        .collect();
    assert_eq!(connections(&replay(PASSED_OVER)), expected);
}

#[test]
fn what_a_kept_policy_blocks_is_in_the_list_once() {
    let expected: Vec<_> = include_str!("../testdata/kept.txt").lines().collect();
    assert_eq!(connections(&replay(KEPT)), expected);
}

#[test]
fn a_frame_is_told_from_its_page() {
    let recording = replay(PASSED_OVER);
    let frame = recording
        .requests
        .iter()
        .find(|one| one.url().ends_with("/of-frame"))
        .unwrap();
    assert_eq!(frame.page, "http://127.0.0.1:3001/frame");
    assert_eq!(frame.frame_of.as_deref(), Some("http://localhost:3000/"));
}

#[test]
fn the_stack_begins_with_the_innermost_call() {
    let recording = replay(PASSED_OVER);
    let mut requests = recording.requests.iter();
    let fetch = requests
        .find(|one| one.url().ends_with("/api/fetch"))
        .unwrap();
    let calls: Vec<_> = fetch
        .stack
        .iter()
        .map(|call| (call.function.as_str(), call.line, call.column))
        .collect();
    assert_eq!(calls[0], ("ask", 5, 31));
    assert_eq!(calls[1].0, "byFetch");
}

#[test]
fn what_belongs_to_no_session_is_passed_over() {
    let mut recorder = Recorder::default();
    for line in PASSED_OVER
        .lines()
        .filter(|line| !line.contains("attachedToTarget"))
    {
        say(&mut recorder, serde_json::from_str(line).unwrap());
    }
    assert_eq!(recorder.finish().requests.len(), 0);
}

#[test]
fn there_is_an_end_to_what_is_kept() {
    let mut recorder = Recorder::default();
    let attached = r#"{"method":"Target.attachedToTarget","params":{"sessionId":"s","targetInfo":{"targetId":"t","type":"page","url":"about:blank"}}}"#;
    say(&mut recorder, serde_json::from_str(attached).unwrap());
    for number in 0..MOST_REQUESTS + 5 {
        let created = serde_json::json!({"sessionId": "s", "method": "Network.webSocketCreated",
            "params": {"requestId": number.to_string(), "url": "wss://a.test/"}});
        say(&mut recorder, created);
    }
    let recording = recorder.finish();
    assert_eq!(
        (recording.requests.len(), recording.left_out),
        (MOST_REQUESTS, 5)
    );
}

#[test]
fn lines_fit_their_schema_and_are_read_by_what_reads_lines() {
    let mut lines = Vec::new();
    crate::output::json::recorded(&replay(PASSED_OVER), &mut lines).unwrap();
    let mut schema: Value = serde_json::from_str(include_str!(
        "../../../../../docs/schema/recording.schema.json"
    ))
    .unwrap();
    // Readers must bear new fields; this test does not, so that the schema is kept up to date.
    schema["additionalProperties"] = false.into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let value: Value = serde_json::from_slice(line).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{value:#}");
        let read = crate::input::json_lines::connection(line).unwrap();
        assert_eq!(read.url.0, value["url"].as_str().unwrap());
    }
}
