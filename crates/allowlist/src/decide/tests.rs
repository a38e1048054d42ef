use super::*;
use crate::Disposition;

fn list(header: &str, disposition: Disposition) -> Allowlist {
    let page = url("https://app.example.com/");
    let parsed = Allowlist::parse(header, &page, disposition);
    parsed.allowlist.unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn a_pattern_without_a_path_matches_every_path_and_no_other_port() {
    for (header, allowed, blocked) in [
        (
            "(response-origin)",
            &["https://app.example.com/a?b#c"][..],
            &[
                "https://app.example.com:8443/",
                "http://app.example.com/",
                "https://www.app.example.com/",
            ][..],
        ),
        (
            "(\"https://*.test\")",
            &["https://a.test/", "https://a.b.test/x"],
            &["https://test/", "https://a.test:444/"],
        ),
        (
            "(\"https://a.test:*\")",
            &["https://a.test/", "https://a.test:444/x"],
            &["http://a.test/", "https://b.test/"],
        ),
        (
            "(\"https://a.test/v1/*\")",
            &["https://a.test/v1/", "https://a.test/v1/x"],
            &[
                "https://a.test/v1",
                "https://a.test/V1/x",
                "https://a.test/",
            ],
        ),
        ("()", &[], &["https://app.example.com/", "https://a.test/"]),
    ] {
        let list = list(header, Disposition::Enforce);
        let is_allowed = |text: &&str| list.decide(&Connection::to(&url(text))).is_allowed();
        assert!(allowed.iter().all(is_allowed), "{header}");
        assert!(!blocked.iter().any(is_allowed), "{header}");
    }
}

#[test]
fn a_websocket_is_matched_as_what_it_is_fetched_as() {
    let https = list("(\"https://a.test\")", Disposition::Enforce);
    assert!(
        https
            .decide(&Connection::to(&url("wss://a.test/live")))
            .is_allowed()
    );
    let wss = list("(\"wss://a.test\")", Disposition::Enforce);
    assert!(
        !wss.decide(&Connection::to(&url("wss://a.test/live")))
            .is_allowed()
    );
}

#[test]
fn what_names_nothing_on_a_network_is_let_through() {
    let list = list("()", Disposition::Enforce);
    for text in ["data:,x", "blob:https://app.example.com/1", "about:blank"] {
        let url = url(text);
        let decision = list.decide(&Connection::to(&url));
        assert!(
            decision.is_allowed() && matches!(decision.reason, Reason::Local),
            "{text}"
        );
    }
}

#[test]
fn a_list_that_reports_lets_everything_through_and_is_violated_all_the_same() {
    for header in ["()", "(response-origin)", "not a list"] {
        let list = list(header, Disposition::Report);
        for connection in [
            Connection::to(&url("https://other.test/")),
            Connection::WebRtc,
            Connection::Host("other.test"),
        ] {
            let decision = list.decide(&connection);
            assert!(
                decision.is_allowed() && decision.is_violation(),
                "{header} {connection:?}"
            );
        }
    }
}

#[test]
fn a_redirect_is_blocked_unless_redirects_are_allowed() {
    for (parameters, first, is_allowed, explanation) in [
        ("", "https://a.test/", false, "the list blocks redirects"),
        (
            ";redirects=block",
            "https://a.test/",
            false,
            "the list blocks redirects",
        ),
        (
            ";redirects=allow",
            "https://a.test/",
            true,
            "\"https://a.test\" matches",
        ),
        ("", "https://other.test/", false, "no pattern"),
        (
            ";redirects=allow",
            "https://other.test/",
            false,
            "no pattern",
        ),
    ] {
        let list = list(
            &format!("(\"https://a.test\"){parameters}"),
            Disposition::Enforce,
        );
        let first = url(first);
        let decision = list.decide(&Connection::redirected_from(&first));
        assert_eq!(decision.is_allowed(), is_allowed, "{parameters} {first}");
        assert!(
            decision.explanation().starts_with(explanation),
            "{}",
            decision.explanation()
        );
    }
}

#[test]
fn webrtc_is_all_or_nothing() {
    for (parameters, is_allowed) in [
        ("", false),
        (";webrtc=block", false),
        (";webrtc=allow", true),
        (";webrtc=other", true),
    ] {
        let list = list(
            &format!("(\"https://a.test\"){parameters}"),
            Disposition::Enforce,
        );
        assert_eq!(
            list.decide(&Connection::WebRtc).is_allowed(),
            is_allowed,
            "{parameters}"
        );
    }
}

#[test]
fn a_name_alone_is_matched_by_the_host_of_a_pattern() {
    let list = list(
        "(\"https://*.a.test/v1/*\" \"http://b.test:8080\")",
        Disposition::Enforce,
    );
    for (host, is_allowed) in [
        ("x.a.test", true),
        ("a.test", false),
        ("b.test", true),
        ("c.test", false),
        ("not a host", false),
        ("", false),
    ] {
        assert_eq!(
            list.decide(&Connection::Host(host)).is_allowed(),
            is_allowed,
            "{host}"
        );
    }
}
