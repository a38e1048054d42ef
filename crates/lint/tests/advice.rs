//! What reference pages advise about `connect-src` is found by a rule, with its reason and what to do.

#![expect(clippy::panic, reason = "a test that finds nothing fails")]

use connect_src::{Disposition, Policy};
use connect_src_lint::{Diagnostic, Levels, Severity, Subject, lint};

fn findings(text: &str) -> Vec<Diagnostic> {
    let policies = [Policy::from_header(text, Disposition::Enforce)];
    lint(&Subject::new(&policies), &Levels::default())
}

fn finding(text: &str, rule: &str) -> Diagnostic {
    let mut findings = findings(text).into_iter();
    findings
        .find(|one| one.rule == rule)
        .unwrap_or_else(|| panic!("{text}: no {rule}"))
}

#[test]
fn a_missing_connect_src_is_told_with_and_without_default_src() {
    let alone = finding("script-src 'self'", "missing-connect-src");
    assert_eq!(alone.severity, Severity::Error);
    assert!(alone.why.contains("any server"), "{}", alone.why);
    let default = finding(
        "default-src 'self' https://cdn.example.com",
        "missing-connect-src",
    );
    assert!(
        default
            .message
            .contains("`default-src` governs connections")
    );
    assert_eq!(default.severity, Severity::Info);
}

#[test]
fn values_that_do_nothing_or_too_much_are_told() {
    for (value, rule) in [
        ("'unsafe-inline'", "keyword-without-effect"),
        ("'unsafe-eval'", "keyword-without-effect"),
        ("'unsafe-hashes'", "keyword-without-effect"),
        ("unsafe-inline", "unquoted-keyword"),
        ("data:", "data-or-blob-source"),
        ("blob:", "data-or-blob-source"),
        ("http:", "any-host-source"),
        ("https:", "any-host-source"),
        ("*", "any-host-source"),
    ] {
        for text in [
            format!("connect-src 'self' {value}"),
            format!("default-src 'none'; connect-src {value}"),
        ] {
            let finding = finding(&text, rule);
            let span = &text[finding.span.range()];
            assert_eq!(span, value, "{text}");
            assert!(
                !finding.why.is_empty() && !finding.help.is_empty(),
                "{text}"
            );
        }
    }
}

#[test]
fn the_recommended_policy_has_no_finding_about_connections() {
    let text = "default-src 'self'; base-uri 'self'; form-action 'self'; \
                connect-src 'self' https://api.example.com wss://websocket.example.com";
    let found = findings(text);
    let worst = found.iter().map(|one| one.severity).max();
    assert!(worst <= Some(Severity::Info), "{found:#?}");
}
