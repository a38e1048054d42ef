//! A suggestion allows what the evidence asks for, in every browser, and nothing that it need not.

use connect_src::{Api, BrowserProfile, CspList, Disposition, Origin, Request};
use connect_src_generate::{
    Evidence, Options, Sighting, SourceOrigin, Suggestion, WhyUnresolved, suggest,
};
use proptest::prelude::*;
use url::Url;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

/// What an `https://app.example` page connects to.
fn seen(urls: &[&str]) -> Vec<Evidence> {
    let one = |text: &&str| {
        let url = url(text);
        Evidence::new(Api::implied_by(&url), url).on(self::url("https://app.example/cart"))
    };
    urls.iter().map(one).collect()
}

fn with_base(base: &str) -> Options {
    let mut options = Options::default();
    options.base = Some(base.to_owned());
    options
}

#[test]
fn the_smallest_policy_is_suggested() {
    for (urls, expected) in [
        (&[][..], "connect-src 'none'"),
        (
            &["https://app.example/a", "https://app.example/b?c"],
            "connect-src 'self'",
        ),
        (&["wss://app.example/live"], "connect-src 'self'"),
        (
            &["https://api.example/v1/x", "https://api.example/v2"],
            "connect-src https://api.example",
        ),
        (
            &["https://api.example:8443/"],
            "connect-src https://api.example:8443",
        ),
        (
            &["https://u:p@api.example/"],
            "connect-src https://api.example",
        ),
        // One source covers both.
        (
            &["http://api.example/", "https://api.example/"],
            "connect-src http://api.example",
        ),
        (
            &["ws://live.example/", "wss://live.example/"],
            "connect-src ws://live.example",
        ),
        // A WebSocket needs its own.
        (
            &["https://live.example/", "wss://live.example/"],
            "connect-src https://live.example wss://live.example",
        ),
        (
            &[
                "data:text/plain,a",
                "data:,b",
                "blob:https://app.example/0a",
            ],
            "connect-src blob: data:",
        ),
        (
            &["http://127.0.0.1:3000/"],
            "connect-src http://127.0.0.1:3000",
        ),
        (&["ipc://localhost/x"], "connect-src ipc://localhost"),
        (
            &[
                "https://z.example/",
                "https://a.example/",
                "data:,",
                "https://app.example/",
            ],
            "connect-src 'self' https://a.example https://z.example data:",
        ),
    ] {
        let suggestion = suggest(&seen(urls), &Options::default());
        assert_eq!(suggestion.policy, expected);
        assert_eq!(suggestion.unresolved, [], "{urls:?}");
    }
}

#[test]
fn a_base_policy_is_extended_and_loses_nothing() {
    for (base, urls, expected) in [
        (
            "connect-src 'self'",
            &["https://api.example/"][..],
            "connect-src 'self' https://api.example",
        ),
        (
            "connect-src https:",
            &["https://api.example/"],
            "connect-src https:",
        ),
        (
            "connect-src 'none'; img-src *",
            &["https://api.example/"],
            "connect-src https://api.example; img-src *",
        ),
        (
            "default-src 'self' https:",
            &["wss://live.example/"],
            "default-src 'self' https:; connect-src 'self' https: wss://live.example",
        ),
        (
            "default-src 'none'; report-uri /csp",
            &["https://api.example/"],
            "default-src 'none'; report-uri /csp; connect-src https://api.example",
        ),
        (
            "img-src *",
            &["https://api.example/"],
            "img-src *; connect-src https://api.example",
        ),
    ] {
        assert_eq!(suggest(&seen(urls), &with_base(base)).policy, expected);
    }
}

#[test]
fn a_path_of_the_base_policy_is_opened_only_where_it_must_be() {
    let base = with_base("connect-src https://api.example/v1/");
    let seen = |path: &str| seen(&[&format!("https://api.example{path}")]).remove(0);
    for (evidence, is_opened) in [
        (seen("/v1/items"), false),
        (seen("/v2"), true),
        (seen("/v1/").origin_only(), true),
    ] {
        let policy = suggest(&[evidence], &base).policy;
        assert_eq!(
            policy.ends_with(" https://api.example"),
            is_opened,
            "{policy}"
        );
    }
}

#[test]
fn the_fallback_that_is_written_out_is_said() {
    let evidence = seen(&["https://api.example/"]);
    assert!(suggest(&evidence, &with_base("default-src 'self'")).is_fallback_written_out);
    assert!(!suggest(&evidence, &with_base("connect-src 'self'")).is_fallback_written_out);
    assert!(!suggest(&evidence, &Options::default()).is_fallback_written_out);
}

#[test]
fn every_source_has_its_evidence() {
    let mut evidence = seen(&[
        "https://api.example/a",
        "https://app.example/",
        "https://api.example/b",
    ]);
    evidence[0].count = 40;
    let suggestion = suggest(
        &evidence,
        &with_base("connect-src 'self' https://old.example"),
    );
    let found: Vec<_> = suggestion
        .sources
        .iter()
        .map(|source| {
            (
                &*source.text,
                source.origin,
                &*source.evidence,
                source.tally.count,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("'self'", SourceOrigin::Base, &[1][..], 1),
            ("https://old.example", SourceOrigin::Base, &[], 0),
            ("https://api.example", SourceOrigin::Evidence, &[0, 2], 41),
        ]
    );
}

#[test]
fn own_host_is_self_only_on_every_page_that_connects() {
    let connection = || Evidence::new(Api::Fetch, url("https://app.example/x"));
    let policy = |evidence: Evidence| suggest(&[evidence], &Options::default()).policy;
    let page = |text| url(text);
    assert_eq!(
        policy(connection().on(page("https://app.example/"))),
        "connect-src 'self'"
    );
    assert_eq!(
        policy(connection().on(page("http://app.example/"))),
        "connect-src 'self'"
    );
    assert_eq!(policy(connection()), "connect-src https://app.example");
    let two = connection()
        .on(page("https://app.example/"))
        .on(page("https://shop.example/"));
    assert_eq!(policy(two), "connect-src https://app.example");
}

#[test]
fn what_no_source_can_allow_is_said() {
    let mut evidence = seen(&[
        "https://[::1]:8443/x",
        "https://api.example/go",
        "https://api.example/",
    ]);
    evidence[1] = evidence[1].clone().redirected_elsewhere();
    let suggestion = suggest(&evidence, &Options::default());
    assert_eq!(suggestion.policy, "connect-src https://api.example");
    let unresolved: Vec<_> = suggestion
        .unresolved
        .iter()
        .map(|one| (&*one.target, &*one.evidence))
        .collect();
    assert_eq!(
        unresolved,
        [
            ("https://[::1]:8443", &[0][..]),
            ("https://api.example", &[1])
        ]
    );
    let why = suggestion.unresolved[0].why.to_string();
    assert!(why.contains("Chromium and Firefox and WebKit"), "{why}");
    assert_eq!(
        suggestion.unresolved[1].why,
        WhyUnresolved::RedirectTargetUnknown
    );
}

#[test]
fn what_another_directive_blocks_is_said() {
    let hint =
        Evidence::new(Api::Prefetch, url("https://cdn.example/x")).on(url("https://app.example/"));
    let suggestion = suggest(&[hint], &with_base("default-src 'self'"));
    assert_eq!(suggestion.policy, "default-src 'self'; connect-src 'self'");
    let why = suggestion.unresolved[0].why.to_string();
    assert!(
        why.ends_with("Firefox and WebKit connect-src alone cannot allow it"),
        "{why}"
    );
}

#[test]
fn a_thousand_hosts_take_no_time_to_speak_of() {
    let hosts = (0..1000).map(|number| format!("https://h{number}.example/{number}"));
    let urls: Vec<String> = hosts.collect();
    let evidence = seen(&urls.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(suggest(&evidence, &Options::default()).sources.len(), 1000);
}

#[test]
fn what_is_set_aside_changes_nothing() {
    let mut evidence = seen(&["https://api.example/", "https://adware.example/"]);
    evidence[1] = evidence[1].clone().set_aside();
    let suggestion = suggest(&evidence, &Options::default());
    assert_eq!(suggestion.policy, "connect-src https://api.example");
    assert_eq!(suggestion.set_aside, [1]);
}

#[test]
fn hosts_become_a_wildcard_only_when_asked() {
    let hosts = [
        "https://a.x.example.com/",
        "https://b.x.example.com/",
        "https://u.github.io/",
        "https://v.github.io/",
    ];
    let evidence = seen(&hosts);
    let plain = suggest(&evidence, &Options::default());
    assert!(!plain.policy.contains('*') && plain.merged.is_empty());
    assert_eq!(plain.possible_merges.len(), 1, "never over a public suffix");

    let mut options = Options::default();
    options.merge_from = Some(2);
    let merged = suggest(&evidence, &options);
    assert_eq!(
        merged.policy,
        "connect-src https://*.x.example.com https://u.github.io https://v.github.io"
    );
    assert_eq!(merged.merged, plain.possible_merges);
    let wildcard = &merged.sources[0];
    assert_eq!(
        (wildcard.origin, &*wildcard.evidence),
        (SourceOrigin::Merge, &[0, 1][..])
    );
}

#[test]
fn a_suggestion_can_be_written_as_json() {
    let suggestion = suggest(&seen(&["https://api.example/"]), &Options::default());
    let json = serde_json::to_value(&suggestion).unwrap();
    assert_eq!(json["sources"][0]["origin"], "evidence");
    assert_eq!(
        json["sources"][0]["tally"]["pages"][0],
        "https://app.example/cart"
    );
}

fn any_url() -> impl Strategy<Value = Url> {
    let scheme = prop::sample::select(vec!["https", "http", "wss", "ws"]);
    let host = prop::sample::select(vec![
        "app.example",
        "api.example",
        "a.cdn.example.com",
        "b.cdn.example.com",
        "c.cdn.example.com",
        "example.com",
        "u.github.io",
        "v.github.io",
        "10.0.0.1",
        "[::1]",
        "localhost",
        "h.example.",
    ]);
    let port = prop::sample::select(vec!["", "", "", ":80", ":443", ":8443"]);
    let path = prop::sample::select(vec!["/", "/a", "/a/b?q#f", "/%61;,"]);
    let network = (scheme, host, port, path)
        .prop_map(|(scheme, host, port, path)| format!("{scheme}://{host}{port}{path}"));
    let local = prop::sample::select(vec![
        "data:,x",
        "blob:https://app.example/0a",
        "about:blank",
        "ipc://localhost/x",
        "foo:bar",
    ]);
    prop_oneof![9 => network, 1 => local.prop_map(str::to_owned)].prop_map(|text| url(&text))
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let api = prop::sample::select(vec![
        Api::Fetch,
        Api::WebSocket,
        Api::EventSource,
        Api::SendBeacon,
        Api::WebTransport,
    ]);
    let page = prop::sample::select(vec![
        "https://app.example/",
        "http://app.example/",
        "https://app.example:8443/",
        "https://shop.example/",
    ]);
    let pages = prop::collection::vec(page, 0..3);
    (api, any_url(), pages, 0..8_u8).prop_map(|(api, url, pages, kind)| {
        let pages = pages.into_iter().map(self::url);
        let evidence = pages.fold(Evidence::new(api, url), Evidence::on);
        match kind {
            0 => evidence.set_aside(),
            1 => evidence.redirected_elsewhere(),
            2 => evidence.origin_only(),
            _ => evidence,
        }
    })
}

fn any_options() -> impl Strategy<Value = Options> {
    let base = prop::sample::select(vec![
        "connect-src 'self'",
        "default-src 'self' https://api.example",
        "connect-src 'none'; img-src *",
        "connect-src https://*.cdn.example.com http:",
        "img-src 'none'",
        "default-src *",
        "connect-src api.example/a",
    ]);
    (prop::option::of(base), prop::option::of(0..4_usize)).prop_map(|(base, merge_from)| {
        let mut options = Options::default();
        options.base = base.map(str::to_owned);
        options.merge_from = merge_from;
        options
    })
}

/// Whether every browser allows the very connection, on each of its pages. Where only its origin was
/// seen, its path may be any.
fn is_allowed(evidence: &Evidence, policy: &str) -> bool {
    let mut urls = vec![evidence.url.clone()];
    if evidence.sighting == Sighting::OriginOnly && evidence.url.has_host() {
        let mut elsewhere = evidence.url.clone();
        elsewhere.set_path("/elsewhere");
        urls.push(elsewhere);
    }
    urls.into_iter()
        .all(|url| is_url_allowed(evidence, url, policy))
}

fn is_url_allowed(evidence: &Evidence, url: Url, policy: &str) -> bool {
    let policies = CspList::from_header(policy, Disposition::Enforce);
    let mut origins: Vec<Origin> = evidence.pages.iter().map(Origin::of).collect();
    if origins.is_empty() {
        origins.push(Origin::Opaque);
    }
    let request = Request::connect(evidence.api, url);
    let requests = [request.clone(), request.from_worker()];
    BrowserProfile::BROWSERS.into_iter().all(|browser| {
        origins.iter().all(|origin| {
            requests.iter().all(|request| {
                policies
                    .should_request_be_blocked(request, origin, browser)
                    .is_allowed()
            })
        })
    })
}

/// The policy without a source of its `connect-src`.
fn without(policy: &str, source: &str) -> String {
    let directives = policy.split("; ").map(|directive| {
        let is_kept = |token: &&str| *token != source || !directive.starts_with("connect-src ");
        directive
            .split(' ')
            .filter(is_kept)
            .collect::<Vec<_>>()
            .join(" ")
    });
    directives.collect::<Vec<_>>().join("; ")
}

fn is_unresolved(suggestion: &Suggestion, place: usize) -> bool {
    suggestion
        .unresolved
        .iter()
        .any(|one| one.evidence.contains(&place))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_piece_of_evidence_is_allowed_or_unresolved(
        evidence in prop::collection::vec(any_evidence(), 0..12),
        options in any_options(),
    ) {
        let suggestion = suggest(&evidence, &options);
        for (place, one) in evidence.iter().enumerate() {
            let is_left_out = suggestion.set_aside.contains(&place) || is_unresolved(&suggestion, place);
            prop_assert!(is_left_out || is_allowed(one, &suggestion.policy), "{one:?}: {suggestion:?}");
        }
    }

    #[test]
    fn no_source_that_was_added_can_be_left_out(
        evidence in prop::collection::vec(any_evidence(), 0..12),
        options in any_options(),
    ) {
        let suggestion = suggest(&evidence, &options);
        let allowed = |policy: &str| -> Vec<bool> {
            evidence.iter().map(|one| is_allowed(one, policy)).collect()
        };
        let added = suggestion.sources.iter().filter(|source| source.origin != SourceOrigin::Base);
        for source in added {
            let without = without(&suggestion.policy, &source.text);
            prop_assert_ne!(allowed(&without), allowed(&suggestion.policy), "{}: {:?}", source.text, suggestion);
            prop_assert!(!source.evidence.is_empty());
        }
    }

    #[test]
    fn the_order_of_the_evidence_does_not_matter(
        evidence in prop::collection::vec(any_evidence(), 0..12),
        options in any_options(),
    ) {
        let forwards = suggest(&evidence, &options);
        let backwards: Vec<Evidence> = evidence.into_iter().rev().collect();
        prop_assert_eq!(forwards.policy, suggest(&backwards, &options).policy);
    }
}
