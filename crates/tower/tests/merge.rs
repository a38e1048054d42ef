//! Merged policies, held against the engine's decisions in every browser profile.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use connect_src::{
    Api, BrowserProfile, CspList, Destination, Disposition, Origin, Policy, Request,
};
use connect_src_tower::merge::{Reporting, extend};
use connect_src_tower::{Merge, PolicyHeaders, Sources};
use http::{HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use url::Url;

const EXPRESSIONS: &[&str] = &[
    "'self'",
    "'none'",
    "*",
    "https:",
    "http:",
    "wss:",
    "api.test",
    "https://api.test",
    "http://api.test:8080",
    "*.api.test",
    "https://api.test/v1/",
    "https://api.test/v1/items",
    "wss://live.test",
    "*:*",
    "'slef'",
    "nonsense$",
    "api.test?x",
    "'self'/",
    "'nonce-abc'",
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'unsafe-inline'",
    "'unsafe-webtransport-hashes'",
    "10.0.0.1",
];

const OURS: &[&str] = &[
    "'self'",
    "https:",
    "wss:",
    "api.test",
    "https://api.test",
    "*.api.test",
    "https://api.test/v1/",
    "wss://live.test",
    "http://other.test:8080",
    "*",
];

const URLS: &[&str] = &[
    "https://app.test/",
    "http://app.test/",
    "https://api.test/",
    "http://api.test/v1/",
    "https://api.test/v1/items",
    "https://www.api.test/v2",
    "http://api.test:8080/",
    "http://other.test:8080/",
    "https://live.test/",
    "https://10.0.0.1/",
    "https://[::1]/",
    "data:text/plain,x",
];

fn source_list() -> impl Strategy<Value = String> {
    vec(select(EXPRESSIONS), 0..5).prop_map(|sources| sources.join(" "))
}

fn directive() -> impl Strategy<Value = String> {
    let names = select(
        &[
            "connect-src",
            "default-src",
            "Connect-Src",
            "img-src",
            "script-src",
            "unknown-src",
        ][..],
    );
    let with_list = (names, source_list()).prop_map(|(name, list)| format!("{name} {list}"));
    let others = select(
        &[
            "report-uri /u",
            "report-to u",
            // Without the flag WebKit's page has another origin, and the same sources mean other hosts.
            "sandbox allow-same-origin",
            "upgrade-insecure-requests",
            "",
        ][..],
    );
    prop_oneof![5 => with_list, 1 => others.prop_map(String::from)]
}

fn policy() -> impl Strategy<Value = String> {
    vec(directive(), 0..5).prop_map(|directives| directives.join(";"))
}

fn sources() -> impl Strategy<Value = Vec<&'static str>> {
    vec(select(OURS), 0..4)
}

fn header_lines() -> impl Strategy<Value = Vec<String>> {
    vec(
        vec(policy(), 1..3).prop_map(|policies| policies.join(", ")),
        0..3,
    )
}

fn connections() -> Vec<Request> {
    let apis = [Api::Fetch, Api::WebSocket, Api::SendBeacon];
    let of_url = |url: &&str| apis.map(|api| Request::connect(api, Url::parse(url).unwrap()));
    URLS.iter().flat_map(of_url).collect()
}

fn others() -> Vec<Request> {
    let kinds = [
        Destination::Image,
        Destination::Script,
        Destination::Font,
        Destination::Worker,
    ];
    let of_url = |url: &&str| kinds.map(|kind| Request::new(Url::parse(url).unwrap(), kind));
    URLS.iter().flat_map(of_url).collect()
}

fn page() -> Origin {
    Origin::of(&Url::parse("https://app.test/").unwrap())
}

fn is_allowed(list: &CspList, request: &Request, profile: BrowserProfile) -> bool {
    list.should_request_be_blocked(request, &page(), profile)
        .is_allowed()
}

fn one(text: &str) -> CspList {
    CspList::from_iter([Policy::from_header(text, Disposition::Enforce)])
}

fn headers(name: &'static str, lines: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(name, HeaderValue::from_str(line).unwrap());
    }
    headers
}

/// The policies of one header, as if they were enforced.
fn read(headers: &HeaderMap, name: &str) -> CspList {
    let lines = headers.get_all(name).iter();
    let lists = lines.map(|line| CspList::from_header(line.as_bytes(), Disposition::Enforce));
    lists.flat_map(|list| list.policies().to_vec()).collect()
}

fn only_sources(sources: &[&str]) -> CspList {
    one(&format!("connect-src {}", sources.join(" ")))
}

fn is_about_connections(list: &CspList) -> bool {
    let governs = |policy: &Policy| {
        let name = connect_src::DirectiveName::ConnectSrc;
        policy
            .governing_directive(name, BrowserProfile::Standard)
            .is_some()
    };
    list.policies().iter().any(governs)
}

const CSP: &str = "content-security-policy";
const CSPRO: &str = "content-security-policy-report-only";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The exact set: what was allowed and what the sources allow, in every profile.
    #[test]
    fn an_extended_policy_allows_what_it_did_and_the_sources(text in policy(), ours in sources()) {
        let before = Policy::from_header(&text, Disposition::Enforce);
        let sources = Sources::new(&ours).unwrap();
        let Some(after) = extend(&before, &sources, &Reporting::default()) else {
            prop_assert!(!is_about_connections(&one(&text)));
            return Ok(());
        };
        for profile in BrowserProfile::ALL {
            for request in connections() {
                let expected = is_allowed(&one(&text), &request, profile)
                    || is_allowed(&only_sources(&ours), &request, profile);
                prop_assert_eq!(
                    is_allowed(&one(&after), &request, profile), expected,
                    "{:?} in {} after {:?}", request.url().as_str(), profile, after
                );
            }
        }
    }

    #[test]
    fn an_extended_policy_decides_about_nothing_else(text in policy(), ours in sources()) {
        let before = Policy::from_header(&text, Disposition::Enforce);
        let sources = Sources::new(&ours).unwrap();
        let Some(after) = extend(&before, &sources, &Reporting::default()) else { return Ok(()) };
        for profile in BrowserProfile::ALL {
            for request in others() {
                prop_assert_eq!(
                    is_allowed(&one(&after), &request, profile),
                    is_allowed(&one(&text), &request, profile)
                );
            }
        }
    }

    #[test]
    fn extending_twice_is_extending_once(text in policy(), ours in sources()) {
        let sources = Sources::new(&ours).unwrap();
        let extend = |text: &str| {
            extend(&Policy::from_header(text, Disposition::Enforce), &sources, &Reporting::default())
        };
        if let Some(once) = extend(&text) {
            prop_assert_eq!(extend(&once).unwrap(), once);
        }
    }

    /// Whatever the upstream sends, what we enforce is allowed by all of it and reported by none of it.
    #[test]
    fn what_extend_enforces_passes_every_policy(
        enforced in header_lines(),
        reported in header_lines(),
        ours in vec(select(OURS), 1..4),
    ) {
        let mut merged = headers(CSP, &enforced);
        merged.extend(headers(CSPRO, &reported));
        let before = (read(&merged, CSP), read(&merged, CSPRO));
        let policy = format!("connect-src {}", ours.join(" "));
        PolicyHeaders::new().enforce(policy).unwrap().merge(Merge::Extend).apply(&mut merged);
        for profile in BrowserProfile::ALL {
            for request in connections() {
                let by_ours = is_allowed(&only_sources(&ours), &request, profile);
                let expected = if is_about_connections(&before.0) {
                    by_ours || is_allowed(&before.0, &request, profile)
                } else {
                    by_ours
                };
                prop_assert_eq!(is_allowed(&read(&merged, CSP), &request, profile), expected);
                prop_assert_eq!(
                    is_allowed(&read(&merged, CSPRO), &request, profile),
                    by_ours || is_allowed(&before.1, &request, profile)
                );
            }
        }
    }

    #[test]
    fn keep_forbids_what_either_forbids(lines in header_lines(), ours in sources()) {
        let mut merged = headers(CSP, &lines);
        let before = read(&merged, CSP);
        let policy = format!("connect-src {}", ours.join(" "));
        PolicyHeaders::new().enforce(policy).unwrap().apply(&mut merged);
        for profile in BrowserProfile::ALL {
            for request in connections() {
                prop_assert_eq!(
                    is_allowed(&read(&merged, CSP), &request, profile),
                    is_allowed(&before, &request, profile)
                        && is_allowed(&only_sources(&ours), &request, profile)
                );
            }
        }
    }

    #[test]
    fn replace_leaves_only_ours(lines in header_lines(), ours in sources()) {
        let mut merged = headers(CSP, &lines);
        let policy = format!("connect-src {}", ours.join(" "));
        let only_ours = PolicyHeaders::new().enforce(&policy).unwrap().merge(Merge::Replace);
        only_ours.apply(&mut merged);
        prop_assert_eq!(merged.get_all(CSP).iter().collect::<Vec<_>>(), [policy.trim()]);
    }

    /// Bytes of all kinds, as an upstream might send them: nothing panics, and what comes out can be sent.
    #[test]
    fn any_upstream_header_can_be_merged(lines in vec(vec(any::<u8>(), 0..80), 0..3), merge in select(&[Merge::Keep, Merge::Extend, Merge::Replace][..])) {
        let mut merged = HeaderMap::new();
        for line in lines {
            if let Ok(value) = HeaderValue::from_bytes(&line) {
                merged.append(CSP, value);
            }
        }
        let ours = PolicyHeaders::new().enforce("connect-src https://a.test; report-uri /r").unwrap();
        ours.merge(merge).apply(&mut merged);
        prop_assert!(merged.contains_key(CSP));
    }
}

#[test]
fn a_directive_that_everyone_ignores_does_not_hold_its_name() {
    let upstream = Policy::from_header(
        "connect-src \u{e9}; connect-src 'none'; img-src \u{e9}",
        Disposition::Enforce,
    );
    let sources = Sources::new(["https://a.test"]).unwrap();
    let extended = extend(&upstream, &sources, &Reporting::default()).unwrap();
    assert_eq!(extended, "connect-src https://a.test");
}

#[test]
fn reports_go_where_both_want_them() {
    let reporting = Reporting::of(&Policy::from_header(
        "report-uri /ours; report-to ours",
        Disposition::Enforce,
    ));
    let table = [
        (
            "connect-src *",
            "connect-src *; report-uri /ours; report-to ours",
        ),
        (
            "connect-src *; report-uri /u",
            "connect-src *; report-uri /u /ours",
        ),
        (
            "connect-src *; report-to u",
            "connect-src *; report-to u; report-uri /ours",
        ),
        (
            "report-uri /u; report-to u; connect-src *; report-uri /ignored",
            "report-uri /u /ours; report-to u; connect-src *; report-uri /ignored",
        ),
    ];
    for (upstream, expected) in table {
        let policy = Policy::from_header(upstream, Disposition::Enforce);
        assert_eq!(
            extend(&policy, &Sources::default(), &reporting).unwrap(),
            expected
        );
    }
}
