//! Absurd policies cost time in proportion to their length and no more: these would not end otherwise.

use connect_src::{
    Api, BrowserProfile, CheckResult, CspList, Disposition, Explanation, Origin, Policy, Request,
};
use url::Url;

fn decide(policy: &str) -> CheckResult {
    let list = CspList::from_header(policy, Disposition::Enforce);
    let url = Url::parse("https://api.example.com/a/b/c").expect("a URL");
    let request = Request::connect(Api::Fetch, url);
    let mut result = CheckResult::Allowed;
    for profile in BrowserProfile::ALL {
        let compiled = list.compile(&Origin::Opaque, profile);
        result = compiled.should_request_be_blocked(&request);
        let plain = list.should_request_be_blocked(&request, &Origin::Opaque, profile);
        assert_eq!(plain, result, "{profile}");
    }
    result
}

#[test]
fn a_hundred_thousand_sources_are_read() {
    let sources: Vec<_> = (0..100_000)
        .map(|n| format!("https://h{n}.example.com"))
        .collect();
    assert_eq!(
        decide(&format!("connect-src {}", sources.join(" "))),
        CheckResult::Blocked
    );
}

#[test]
fn a_hundred_thousand_paths_ports_and_schemes_of_one_host_are_read() {
    let by = |make: fn(u32) -> String| {
        let sources: Vec<_> = (0..100_000).map(make).collect();
        decide(&format!("connect-src {}", sources.join(" ")))
    };
    assert_eq!(
        by(|n| format!("https://api.example.com/{n}")),
        CheckResult::Blocked
    );
    assert_eq!(
        by(|n| format!("https://api.example.com/{n}/")),
        CheckResult::Blocked
    );
    assert_eq!(
        by(|n| format!("https://api.example.com:{n}")),
        CheckResult::Allowed
    );
    assert_eq!(
        by(|n| format!("s{n}://api.example.com")),
        CheckResult::Blocked
    );
    assert_eq!(by(|n| format!("s{n}:")), CheckResult::Blocked);
}

#[test]
fn a_hundred_thousand_directives_are_read() {
    let unknown: Vec<_> = (0..100_000).map(|n| format!("d{n} 'none'")).collect();
    let policy = Policy::from_header(unknown.join(";"), Disposition::Enforce);
    assert_eq!(policy.notes().len(), 100_000);
    let broken = "connect-src é;".repeat(100_000);
    assert_eq!(
        decide(&format!("{broken} connect-src 'none'")),
        CheckResult::Blocked
    );
}

#[test]
fn a_megabyte_of_anything_is_read() {
    for piece in [
        "a",
        " ",
        ";",
        ",",
        "'",
        "*",
        "*.",
        "a.",
        "/",
        "%41",
        ":",
        "connect-src ",
        "\u{b}",
        "\0",
        "é",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let _ = decide(&text);
        let list = CspList::from_header(format!("connect-src {text}"), Disposition::Enforce);
        let url = Url::parse("wss://api.example.com/").expect("a URL");
        let request = Request::connect(Api::WebSocket, url);
        let _ = Explanation::of(&list, &request, &Origin::Opaque, BrowserProfile::Firefox);
        list.policies()
            .iter()
            .for_each(|policy| drop(policy.notes()));
    }
}

#[test]
fn an_empty_path_is_admitted_by_the_root_folder() {
    let page = Url::parse("custom://app.test").expect("a URL");
    let request = Request::connect(Api::Fetch, page.clone());
    let list = CspList::from_header("connect-src */ custom://app.test/a/", Disposition::Enforce);
    let origin = Origin::of(&page);
    for profile in [BrowserProfile::Standard, BrowserProfile::Chromium] {
        let compiled = list.compile(&origin, profile);
        assert_eq!(
            compiled.should_request_be_blocked(&request),
            CheckResult::Allowed
        );
        let plain = list.should_request_be_blocked(&request, &origin, profile);
        assert_eq!(plain, CheckResult::Allowed);
    }
}
