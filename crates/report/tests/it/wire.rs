//! Both formats in all their variants.

use connect_src::Disposition;
use connect_src_report::{
    Blocked, Container, Format, MAX_BODY_BYTES, MAX_ENTRIES, NotAReportKind, Parsed, Record,
    Spelling, UnreadableKind, parse,
};

fn read(body: &str) -> Parsed {
    parse("application/json", body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn only_record(body: &str) -> Record {
    let mut parsed = read(body);
    assert_eq!(
        (parsed.others.len(), parsed.unreadable.len()),
        (0, 0),
        "{body}"
    );
    assert_eq!(parsed.records.len(), 1, "{body}");
    parsed.records.remove(0)
}

/// The same violation in every way that browsers, relays and older versions of both write it.
const VARIANTS: &[(&str, Format, Container, Spelling, bool)] = &[
    (
        r#"{"csp-report":{"document-uri":"https://app.example/cart","referrer":"","violated-directive":"connect-src",
        "effective-directive":"connect-src","original-policy":"connect-src 'self'","disposition":"enforce",
        "blocked-uri":"https://api.example/v1","line-number":3,"column-number":7,
        "source-file":"https://app.example/a.js","status-code":200,"script-sample":""}}"#,
        Format::ReportUri,
        Container::Object,
        Spelling::Hyphen,
        true,
    ),
    (
        r#"{"document-uri":"https://app.example/cart","effective-directive":"connect-src","original-policy":"connect-src 'self'",
        "disposition":"enforce","blocked-uri":"https://api.example/v1","line-number":"3","column-number":"7",
        "source-file":"https://app.example/a.js","status-code":"200","violated-directive":null,"referrer":null}"#,
        Format::ReportUri,
        Container::Object,
        Spelling::Hyphen,
        false,
    ),
    (
        r#"[{"csp-report":[{"document-uri":"https://app.example/cart","violated-directive":"connect-src 'self'",
        "original-policy":"connect-src 'self'","disposition":"ENFORCE","blocked-uri":["https://api.example/v1"],
        "line-number":3.0,"column-number":[7],"source-file":"https://app.example/a.js","status-code":2e2}]}]"#,
        Format::ReportUri,
        Container::Array,
        Spelling::Hyphen,
        true,
    ),
    (
        r#"[{"age":1234,"type":"csp-violation","url":"https://app.example/cart","user_agent":"Mozilla/5.0",
        "body":{"documentURL":"https://app.example/cart","referrer":null,"blockedURL":"https://api.example/v1",
        "effectiveDirective":"connect-src","originalPolicy":"connect-src 'self'","sample":null,"disposition":"enforce",
        "sourceFile":"https://app.example/a.js","statusCode":200,"lineNumber":3,"columnNumber":7,
        "url-hash":"sha256-x","eval-hash":null}}]"#,
        Format::ReportTo,
        Container::Array,
        Spelling::Camel,
        true,
    ),
    (
        r#"{"type":"csp-violation","url":"https://app.example/cart","body":{"documentURL":"https://app.example/cart",
        "blockedURL":"https://api.example/v1","effectiveDirective":"connect-src","originalPolicy":"connect-src 'self'",
        "disposition":"enforce","sourceFile":"https://app.example/a.js","statusCode":200,"lineNumber":3,"columnNumber":7}}"#,
        Format::ReportTo,
        Container::Object,
        Spelling::Camel,
        true,
    ),
    (
        r#"[{"type":"csp","age":"0","url":"https://app.example/cart","body":{"document_url":null,
        "blocked_url":"https://api.example/v1","effective_directive":"connect-src","original_policy":"connect-src 'self'",
        "disposition":"enforce","source_file":"https://app.example/a.js","status_code":200,"line_number":3,"column_number":7}}]"#,
        Format::ReportTo,
        Container::Array,
        Spelling::Snake,
        true,
    ),
    (
        r#"{"documentURI":"https://app.example/cart","blockedURI":"https://api.example/v1","effectiveDirective":"Connect-Src",
        "originalPolicy":"connect-src 'self'","disposition":"enforce","sourceFile":"https://app.example/a.js",
        "statusCode":200,"lineNumber":3,"columnNumber":7,"isTrusted":true}"#,
        Format::ReportTo,
        Container::Object,
        Spelling::Camel,
        false,
    ),
    (
        r#"{"document_uri":"https://app.example/cart","blocked-uri":"https://api.example/v1","effectiveDirective":"connect-src",
        "original_policy":"connect-src 'self'","disposition":"enforce","source_file":"https://app.example/a.js",
        "status_code":200,"line_number":3,"col_number":7}"#,
        Format::ReportUri,
        Container::Object,
        Spelling::Mixed,
        false,
    ),
    (
        r#"{"type":"csp-violation","url":"https://app.example/cart","csp-report":{"document-uri":"https://app.example/cart",
        "referrer":"","violated-directive":"connect-src","effective-directive":"connect-src",
        "original-policy":"connect-src 'self'","blocked-uri":"https://api.example/v1","status-code":200,
        "source-file":"https://app.example/a.js","line-number":3,"column-number":7,"disposition":"enforce"}}"#,
        Format::ReportUri,
        Container::Object,
        Spelling::Hyphen,
        true,
    ),
];

#[test]
fn every_variant_gives_the_same_record() {
    for (body, format, container, spelling, is_wrapped) in VARIANTS {
        let record = only_record(body);
        let wire = record.wire;
        assert_eq!(
            (wire.format, wire.container, wire.spelling, wire.is_wrapped),
            (*format, *container, *spelling, *is_wrapped),
            "{body}"
        );
        assert_eq!(record.report_type.get(..3), Some("csp"));
        assert_eq!(
            record.url.as_deref(),
            Some("https://app.example/cart"),
            "{body}"
        );
        let blocked = Blocked::Url("https://api.example/v1".to_owned());
        assert_eq!(record.blocked, Some(blocked), "{body}");
        assert_eq!(
            record.effective_directive.as_deref(),
            Some("connect-src"),
            "{body}"
        );
        assert_eq!(
            record.original_policy.as_deref(),
            Some("connect-src 'self'"),
            "{body}"
        );
        assert_eq!(record.disposition, Some(Disposition::Enforce), "{body}");
        assert_eq!(
            record.source_file.as_deref(),
            Some("https://app.example/a.js"),
            "{body}"
        );
        assert_eq!(
            (record.status_code, record.line_number, record.column_number),
            (Some(200), Some(3), Some(7)),
            "{body}"
        );
        assert_eq!((record.referrer, record.sample), (None, None), "{body}");
    }
}

#[test]
fn a_report_of_another_type_is_kept_as_it_is() {
    for (report_type, body) in [
        (
            "network-error",
            r#"{"sampling_fraction":0.5,"phase":"dns","type":"dns.name_not_resolved"}"#,
        ),
        (
            "deprecation",
            r#"{"id":"websql","message":"…","sourceFile":"https://app.example/a.js"}"#,
        ),
        ("intervention", r#"{"id":"x","message":"…"}"#),
        (
            "csp-hash",
            r#"{"documentURL":"https://app.example/","subresourceURL":"https://app.example/a.js","hash":"sha256-x"}"#,
        ),
        ("crash", "null"),
        ("coep", "[]"),
        ("permissions-policy-violation", r#""text""#),
        (
            "something-of-2030",
            r#"{"blockedURL":"https://api.example/"}"#,
        ),
    ] {
        let raw = format!(
            r#"{{"type":"{report_type}","age":7,"url":"https://app.example/","user_agent":"UA","body":{body}}}"#
        );
        let parsed = read(&format!("[{raw}]"));
        let [report] = parsed.others.as_slice() else {
            panic!("{report_type}: {parsed:?}");
        };
        assert_eq!(parsed.records, []);
        assert_eq!(report.report_type, report_type);
        assert_eq!(
            (report.age, report.url.as_deref()),
            (Some(7), Some("https://app.example/"))
        );
        assert_eq!(report.raw, raw);
    }
}

#[test]
fn one_entry_that_is_no_report_costs_no_other() {
    let good = r#"{"csp-report":{"blocked-uri":"inline"}}"#;
    let parsed = read(&format!(
        r#"[{good}, 17, {{"a":1}}, {good}, {{"b":, {good}"#
    ));
    assert_eq!(parsed.records.len(), 2);
    let kinds: Vec<_> = parsed.unreadable.iter().map(|entry| entry.kind).collect();
    assert_eq!(
        kinds,
        [
            UnreadableKind::NotAnObject,
            UnreadableKind::NoKnownField,
            UnreadableKind::Malformed
        ]
    );
    assert_eq!(parsed.unreadable[0].raw, "17");
}

#[test]
fn a_well_formed_post_is_never_refused() {
    for body in [
        "[]",
        "{}",
        "[[[]]]",
        "[null]",
        r#"{"csp-report":null}"#,
        r#"{"type":"csp-violation"}"#,
        r#"{"body":{}}"#,
    ] {
        let parsed = read(body);
        assert_eq!(
            (parsed.records.len(), parsed.others.len()),
            (0, 0),
            "{body}"
        );
    }
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    assert_eq!(read(&deep).unreadable[0].kind, UnreadableKind::TooComplex);
}

#[test]
fn what_is_not_a_report_at_all_is_told_with_a_status() {
    let too_large = vec![b' '; MAX_BODY_BYTES + 1];
    let cases: [(&str, &[u8], NotAReportKind, u16); 9] = [
        ("text/html", b"{}", NotAReportKind::ContentType, 415),
        (
            "multipart/form-data; boundary=x",
            b"{}",
            NotAReportKind::ContentType,
            415,
        ),
        (
            "application/x-www-form-urlencoded",
            b"a=1",
            NotAReportKind::ContentType,
            415,
        ),
        ("application/json", b"", NotAReportKind::Empty, 400),
        (
            "application/json",
            b" \n\xef\xbb\xbf",
            NotAReportKind::NotJson,
            400,
        ),
        ("application/json", b"17", NotAReportKind::NotJson, 400),
        ("application/json", b"a=1&b=2", NotAReportKind::NotJson, 400),
        (
            "application/json",
            b"{\"csp-report\":{",
            NotAReportKind::NotJson,
            400,
        ),
        (
            "application/json",
            &too_large,
            NotAReportKind::TooLarge,
            413,
        ),
    ];
    for (content_type, body, kind, status) in cases {
        let error = parse(content_type, body).unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, status), "{error}");
    }
}

#[test]
fn every_content_type_of_reports_is_taken() {
    for content_type in [
        "application/csp-report",
        "application/reports+json",
        "Application/JSON; charset=utf-8",
        "text/plain;charset=UTF-8",
        "",
    ] {
        assert!(parse(content_type, b"[]").is_ok(), "{content_type}");
    }
}

#[test]
fn half_a_surrogate_pair_and_bytes_that_are_no_text_lose_no_report() {
    let record =
        only_record(r#"{"csp-report":{"blocked-uri":"inline","script-sample":"a\ud83d"}}"#);
    assert_eq!(record.sample.as_deref(), Some("a\u{fffd}"));
    let parsed = parse(
        "",
        b"{\"blocked-uri\":\"inline\",\"script-sample\":\"\xff\"}",
    )
    .unwrap();
    assert_eq!(parsed.records[0].sample.as_deref(), Some("\u{fffd}"));
}

#[test]
fn every_text_is_capped_and_what_is_cut_is_counted() {
    let long = "x".repeat(30_000);
    let body = format!(
        r#"{{"type":"csp-violation","user_agent":"{long}","body":{{"documentURL":"https://a.example/{long}","referrer":"{long}",
        "blockedURL":"https://b.example/{long}","effectiveDirective":"{long}","violatedDirective":"{long}",
        "originalPolicy":"{long}","sourceFile":"{long}","sample":"{long}"}}}}"#
    );
    let record = only_record(&body);
    let texts = [
        &record.url,
        &record.user_agent,
        &record.referrer,
        &record.violated_directive,
        &record.source_file,
        &record.sample,
    ];
    for text in texts {
        assert_eq!(text.as_ref().map(String::len), Some(Record::MAX_TEXT));
    }
    assert_eq!(record.blocked.unwrap().as_str().len(), Record::MAX_TEXT);
    assert_eq!(
        record.effective_directive.map(|name| name.len()),
        Some(Record::MAX_NAME)
    );
    assert_eq!(
        record.original_policy.map(|text| text.len()),
        Some(Record::MAX_POLICY)
    );
    assert_eq!(record.raw.len(), Record::MAX_RAW);
    assert_eq!(record.shortened.texts, 10);
    assert!(record.shortened.bytes > 200_000);
}

#[test]
fn no_field_carries_a_control_character_into_a_log_or_a_header() {
    let evil = r"https://a.example/\r\nSet-Cookie: x\u001b[31m\u0000\u202e";
    let names = [
        "document-uri",
        "referrer",
        "violated-directive",
        "effective-directive",
        "original-policy",
        "blocked-uri",
        "source-file",
        "user-agent",
        "disposition",
        "type",
    ];
    for name in names {
        let body = format!(
            r#"{{"blocked-uri":"inline","csp-report":{{"blocked-uri":"inline","{name}":"{evil}"}},"{name}":"{evil}"}}"#
        );
        let mut record = only_record(&body);
        record.raw = String::new();
        let json = serde_json::to_string(&record).unwrap();
        for escape in ["\\r", "\\n", "\\u001b", "\\u0000", "\u{202e}"] {
            assert!(!json.contains(escape), "{name}: {json}");
        }
    }
}

#[test]
fn entries_over_the_limit_are_counted_in_one() {
    let body = format!("[{}]", vec!["{}"; MAX_ENTRIES + 9].join(","));
    let parsed = read(&body);
    let last = parsed.unreadable.last().unwrap();
    assert_eq!((last.kind, last.count), (UnreadableKind::TooMany, 9));
    assert_eq!(parsed.unreadable.len(), MAX_ENTRIES + 1);
}

#[test]
fn a_record_without_a_browser_gets_that_of_the_post() {
    let record = only_record(r#"{"blocked-uri":"inline"}"#).with_user_agent("UA\r\nX: y");
    assert_eq!(record.user_agent.as_deref(), Some("UA\u{fffd}\u{fffd}X: y"));
    assert_eq!(
        record.with_user_agent("other").user_agent.as_deref(),
        Some("UA\u{fffd}\u{fffd}X: y")
    );
}
