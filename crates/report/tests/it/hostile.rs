//! Whatever is posted: no panic, and nothing without a bound.

use std::time::SystemTime;

use connect_src::{CspList, Disposition};
use connect_src_report::{
    GroupKey, JudgeContext, MAX_ENTRIES, NoiseList, Parsed, Record, Scrub, Sent, SentPolicy, judge,
    parse,
};
use proptest::prelude::*;

use url::Url;

use crate::support::{origin, posts, sent_policy};

/// Everything that is done with a post, and the bounds of it.
fn process(content_type: &str, body: &[u8]) {
    let Ok(parsed) = parse(content_type, body) else {
        return;
    };
    check_bounds(&parsed);
    let sent = [SentPolicy::new(
        &sent_policy("test", "report-to ep"),
        Disposition::Report,
    )];
    let in_force = CspList::from_header("connect-src 'self' https:", Disposition::Enforce);
    let site = [origin("https://app.test:18443")];
    let bare = JudgeContext::new(SystemTime::UNIX_EPOCH, NoiseList::builtin());
    let full = bare
        .sent(Sent::OneOf(&sent))
        .in_force(&in_force)
        .first_party(&site);
    for mut record in parsed.records {
        for context in [bare, full] {
            let judgement = judge(&record, &context);
            let _: String = judgement.reason.to_string();
            let key = GroupKey::of(&record, &judgement);
            assert!(key.to_string().len() < 3 * Record::MAX_TEXT);
        }
        Scrub::default().record(&mut record);
        let json = serde_json::to_string(&record).expect("a record is JSON");
        assert_eq!(serde_json::from_str::<Record>(&json).ok(), Some(record));
    }
}

fn check_bounds(parsed: &Parsed) {
    assert!(parsed.unreadable.len() <= MAX_ENTRIES + 1);
    assert!(
        parsed
            .unreadable
            .iter()
            .all(|entry| entry.raw.len() <= Record::MAX_RAW)
    );
    assert!(
        parsed
            .others
            .iter()
            .all(|report| report.raw.len() <= Record::MAX_RAW)
    );
    for record in &parsed.records {
        let texts = [
            &record.url,
            &record.user_agent,
            &record.referrer,
            &record.violated_directive,
            &record.source_file,
            &record.sample,
            &record.effective_directive,
        ];
        assert!(
            texts
                .into_iter()
                .flatten()
                .all(|text| text.len() <= Record::MAX_TEXT)
        );
        let policy = record.original_policy.as_deref().unwrap_or_default();
        assert!(policy.len() <= Record::MAX_POLICY);
        assert!(record.raw.len() <= Record::MAX_RAW);
    }
}

#[test]
fn a_recorded_post_may_break_off_anywhere() {
    for post in posts().iter().step_by(7) {
        for end in (0..post.body.len()).step_by(3) {
            process(&post.content_type, &post.body.as_bytes()[..end]);
        }
    }
}

#[test]
fn a_recorded_post_may_be_damaged_anywhere() {
    let damage = [
        b'"', b'\\', b'{', b']', b',', b':', b'0', b'\0', 0xff, b'/', b'?', b'@', b'%',
    ];
    for (index, post) in posts().iter().enumerate().step_by(11) {
        let mut body = post.body.clone().into_bytes();
        for place in (0..body.len()).step_by(5) {
            let whole = body[place];
            body[place] = damage[(place + index) % damage.len()];
            process(&post.content_type, &body);
            body[place] = whole;
        }
    }
}

/// Text that is near to what the parsers look for.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "https://",
        "wss:",
        "//",
        "blob:",
        "data:",
        "about:srcdoc",
        "chrome-extension",
        "localhost",
        "api.example",
        ":8443",
        ":",
        "/",
        "/v1",
        "?",
        "#",
        "@",
        "%41",
        "%",
        "*",
        "*.",
        "'self'",
        "'none'",
        " ",
        ";",
        ",",
        "connect-src",
        "default-src",
        "report-uri",
        "\\",
        "\"",
        "\n",
        "\u{0}",
        "é",
        "😀",
        "[::1]",
        "[",
        "xn--",
        "inline",
        "-eval",
        "trusted-types-",
        "0",
        "99999999999999",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let leaf = prop_oneof![
        8 => text().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "csp-report",
        "body",
        "type",
        "url",
        "age",
        "user_agent",
        "document-uri",
        "documentURL",
        "blocked-uri",
        "blockedURL",
        "effective-directive",
        "effectiveDirective",
        "violated-directive",
        "original-policy",
        "originalPolicy",
        "disposition",
        "status-code",
        "source-file",
        "line-number",
        "columnNumber",
        "script-sample",
        "referrer",
        "other",
    ]);
    leaf.prop_recursive(4, 64, 12, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            5 => prop::collection::hash_map(name.clone().prop_map(str::to_owned), inner, 0..12)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A report that has everything, so that the judge is reached.
fn violation() -> impl Strategy<Value = String> {
    let directive = prop_oneof![
        4 => Just("connect-src".to_owned()),
        1 => prop::sample::select(connect_src::DirectiveName::ALL.to_vec())
            .prop_map(|name| name.as_str().to_owned()),
        1 => text(),
    ];
    (text(), text(), directive, text(), text(), any::<Option<u32>>()).prop_map(
        |(url, blocked, directive, policy, source, line)| {
            serde_json::json!({"csp-report": {
                "document-uri": url, "blocked-uri": blocked, "effective-directive": directive,
                "original-policy": format!("{directive} {policy}"), "source-file": source, "line-number": line,
            }})
            .to_string()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_are_processed(body in prop::collection::vec(any::<u8>(), 0..200)) {
        process("", &body);
    }

    #[test]
    fn json_is_processed(value in value()) {
        let body = value.to_string();
        process("application/json", body.as_bytes());
        if body.starts_with(['{', '[']) {
            prop_assert!(parse("application/json", body.as_bytes()).is_ok(), "{}", body);
        }
    }

    #[test]
    fn violations_are_processed(body in violation()) {
        process("application/csp-report", body.as_bytes());
    }

    #[test]
    fn a_scrubbed_url_has_no_secret_left(url in text()) {
        let scrubbed = Scrub::default().url(&url);
        prop_assert!(!scrubbed.contains(['?', '#']), "{}", scrubbed);
        if let Ok(url) = Url::parse(&scrubbed) {
            prop_assert!(url.username().is_empty() && url.password().is_none(), "{}", url);
        }
    }

    #[test]
    fn scrubbing_changes_no_judgement(body in violation()) {
        let record = parse("", body.as_bytes()).unwrap().records.remove(0);
        // A text that is no URL may become one when it loses what made it none.
        let urls = [&record.url, &record.source_file, &record.blocked.as_ref().map(|it| it.as_str().to_owned())];
        let is_fine = |url: &String| Url::parse(url).is_ok() || !url.contains(['?', '#', '@']);
        if !urls.into_iter().flatten().all(is_fine) {
            return Ok(());
        }
        let mut scrubbed = record.clone();
        Scrub::default().record(&mut scrubbed);
        let context = JudgeContext::new(SystemTime::UNIX_EPOCH, NoiseList::builtin());
        prop_assert_eq!(judge(&scrubbed, &context), judge(&record, &context));
    }
}
