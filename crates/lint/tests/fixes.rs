//! What fixes promise: a safe one changes no decision, and every fix removes its finding.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod equivalence;

use connect_src::{Disposition, Policy};
use connect_src_lint::{Applicability, Diagnostic, Level, Levels, Subject, apply, lint};
use equivalence::assert_equivalent;
use proptest::prelude::*;

fn policy(text: &str) -> Policy {
    Policy::from_header(text, Disposition::Enforce)
}

fn findings(text: &str) -> Vec<Diagnostic> {
    let mut levels = Levels::default();
    levels.set("all", Level::Warn).unwrap();
    let policies = [policy(text)];
    lint(&Subject::new(&policies), &levels)
}

fn fixed(text: &str, most: Applicability) -> String {
    apply(text, 0, &findings(text), most).0
}

#[test]
fn safe_fixes_reach_an_end_and_leave_nothing_to_fix() {
    let text = "default-src 'none' 'self'; connect-src https://*.a.test https://b.a.test https://b.a.test 'unsafe-inline'; img-src";
    let once = fixed(text, Applicability::Safe);
    let mut last = once.clone();
    for _ in 0..5 {
        last = fixed(&last, Applicability::Safe);
    }
    assert_eq!(
        last,
        "default-src 'self'; connect-src https://*.a.test; img-src 'none'"
    );
    assert_equivalent(text, &last);
}

#[test]
fn suggestions_do_what_they_say() {
    for (before, after) in [
        ("connect-src self", "connect-src 'self'"),
        ("conect-src 'self'", "connect-src 'self'"),
        (
            "default-src 'self' connect-src https://a.test",
            "default-src 'self'; connect-src https://a.test",
        ),
        (
            "connect-src 'self'; https://a.test",
            "connect-src 'self' https://a.test",
        ),
        (
            "connect-src https://a.test/v1/*",
            "connect-src https://a.test/v1/",
        ),
        (
            "connect-src 'self'; connect-src https://a.test",
            "connect-src 'self' https://a.test",
        ),
        (
            "connect-src 'self'; img-src 'self'; connect-src a.test",
            "connect-src 'self' a.test; img-src 'self'",
        ),
        ("connect-src htps://a.test", "connect-src https://a.test"),
        ("img-src data", "img-src data:"),
    ] {
        let findings: Vec<_> = findings(before)
            .into_iter()
            .filter(|finding| {
                !finding.rule.starts_with("missing-") || finding.rule == "missing-semicolon"
            })
            .filter(|finding| finding.rule != "plaintext-source" && finding.rule != "exact-path")
            .collect();
        let (text, count) = apply(before, 0, &findings, Applicability::Suggestion);
        assert_eq!(text, after);
        assert!(count > 0);
    }
}

/// Source lists that have something to fix: repeated, wide and narrow, idle and broken sources.
fn source() -> impl Strategy<Value = String> {
    let host = prop::sample::select(vec![
        "a.test",
        "*.a.test",
        "b.a.test",
        "*.b.a.test",
        "A.test",
        "127.0.0.1",
        "*",
        "a.test.",
        "é.test",
    ]);
    let scheme = prop::sample::select(vec![
        "", "https://", "http://", "wss://", "ws://", "HTTPS://", "ftp://", "ipc://",
    ]);
    let port = prop::sample::select(vec!["", ":443", ":80", ":8443", ":*", ":99999"]);
    let path = prop::sample::select(vec!["", "/", "/v1", "/v1/", "/%41", "/v1/*", "?x"]);
    let word = prop::sample::select(vec![
        "'self'",
        "'none'",
        "'NONE'",
        "https:",
        "wss:",
        "http:",
        "data:",
        "blob:",
        "*",
        "'unsafe-inline'",
        "'strict-dynamic'",
        "'report-sample'",
        "'nonce-abc'",
        "self",
        "'unsafe-webtransport-hashes'",
        "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
    ]);
    prop_oneof![
        3 => (scheme, host, port, path).prop_map(|(scheme, host, port, path)| format!("{scheme}{host}{port}{path}")),
        2 => word.prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "default-src",
        "connect-src",
        "img-src",
        "script-src",
        "style-src",
        "worker-src",
        "form-action",
        "Connect-Src",
        "object-src",
        "base-uri",
    ]);
    let directive = (name, prop::collection::vec(source(), 0..7))
        .prop_map(|(name, sources)| format!("{name} {}", sources.join(" ")));
    prop::collection::vec(directive, 1..4).prop_map(|directives| directives.join("; "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_safe_fix_changes_no_decision(text in text()) {
        let after = fixed(&text, Applicability::Safe);
        assert_equivalent(&text, &after);
    }

    #[test]
    fn any_text_is_linted_and_every_span_fits(text in "[ -~\u{e9}\u{b}\t;,']{0,80}") {
        for finding in findings(&text) {
            let policy = policy(&text);
            prop_assert!(policy.text().get(finding.span.range()).is_some(), "{finding:?}");
            let _ = apply(policy.text(), 0, std::slice::from_ref(&finding), Applicability::Suggestion);
        }
    }
}
