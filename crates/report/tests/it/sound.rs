//! A report of something that a browser really blocks is never called anything but genuine.

use std::time::SystemTime;

use connect_src::{Api, BrowserProfile, CspList, Disposition, Origin, Policy, Request, Violation};
use connect_src_report::{Class, JudgeContext, NoiseList, Sent, SentPolicy, judge, parse};
use proptest::prelude::*;
use url::Url;

const BROWSERS: [(BrowserProfile, &str); 3] = [
    (
        BrowserProfile::Chromium,
        "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    ),
    (
        BrowserProfile::Firefox,
        "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
    ),
    (
        BrowserProfile::WebKit,
        "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    ),
];

/// A URL's text out of a few schemes, hosts, ports and paths, so that policies often nearly match.
fn url() -> impl Strategy<Value = Url> {
    let scheme = prop::sample::select(vec!["https", "http", "wss", "ws"]);
    let host = prop::sample::select(vec![
        "app.example",
        "api.example",
        "b.api.example",
        "127.0.0.1",
        "[::1]",
    ]);
    let port = prop::sample::select(vec!["", ":80", ":443", ":8443"]);
    let path = prop::sample::select(vec!["/", "/a", "/a/", "/a/b", "/a%3Bb", "/a?q#f", "/%61"]);
    let network = (scheme, host, port, path)
        .prop_map(|(scheme, host, port, path)| format!("{scheme}://{host}{port}{path}"));
    let local = prop::sample::select(vec![
        "data:,x",
        "blob:https://app.example/0a",
        "blob:null/0a",
        "about:blank",
        "ipc://localhost/x",
    ]);
    prop_oneof![8 => network, 1 => local.prop_map(str::to_owned)]
        .prop_map(|text| Url::parse(&text).expect("a URL"))
}

fn policy() -> impl Strategy<Value = String> {
    let source = prop::sample::select(vec![
        "'self'",
        "'none'",
        "*",
        "https:",
        "http:",
        "ws:",
        "wss:",
        "data:",
        "blob:",
        "ipc:",
        "api.example",
        "*.api.example",
        "https://api.example",
        "http://api.example:80",
        "wss://api.example:*",
        "api.example:8443",
        "api.example/a",
        "https://api.example/a/",
        "https://app.example/a%3Bb",
        "*:8443",
        "*/a",
        "127.0.0.1",
        "app.example?x",
        "'strict-dynamic'",
        "é",
    ]);
    let directive =
        prop::sample::select(vec!["connect-src", "default-src", "img-src", "Connect-Src"]);
    let sources = prop::collection::vec(source, 0..4);
    let directives = prop::collection::vec((directive, sources), 1..3);
    directives.prop_map(|directives| {
        let texts = directives
            .iter()
            .map(|(name, sources)| format!("{name} {}", sources.join(" ")));
        texts.collect::<Vec<_>>().join("; ")
    })
}

/// The records that a browser's report becomes, by way of both formats.
fn records(violation: &Violation, user_agent: &str) -> Vec<connect_src_report::Record> {
    let old = serde_json::to_vec(&violation.to_csp_report()).expect("JSON");
    let new = serde_json::to_vec(&[violation.to_report(4, user_agent)]).expect("JSON");
    [old, new]
        .iter()
        .flat_map(|body| parse("application/json", body).expect("a report").records)
        .map(|record| record.with_user_agent(user_agent))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_browser_blocks_is_genuine(
        text in policy(),
        url in url(),
        redirect in prop::option::weighted(0.3, url()),
        api in prop::sample::select(vec![Api::Fetch, Api::WebSocket, Api::WebTransport, Api::SendBeacon]),
        is_worker in any::<bool>(),
        browser in prop::sample::select(BROWSERS.to_vec()),
        names_browser in any::<bool>(),
    ) {
        let page = Url::parse("https://app.example/cart").expect("a URL");
        let origin = Origin::of(&page);
        let mut request = Request::connect(api, url);
        let is_http = |url: &Url| matches!(url.scheme(), "http" | "https");
        let follows = matches!(api, Api::Fetch | Api::SendBeacon) && is_http(request.url());
        if let Some(target) = redirect.filter(|target| follows && is_http(target)) {
            request = request.redirected_to(target);
        }
        if is_worker && api != Api::WebTransport {
            request = request.from_worker();
        }
        let policy = Policy::from_header(&text, Disposition::Enforce);
        let list: CspList = [policy.clone()].into_iter().collect();
        let (profile, user_agent) = browser;
        if list.violated_policies(&request, &origin, profile).next().is_none() {
            return Ok(());
        }
        let violation = Violation::of(&request, &policy, &page, profile).expect("governed");
        let user_agent = if names_browser { user_agent } else { "" };
        let site = [origin];
        let sent = [SentPolicy::new(&text, Disposition::Enforce)];
        let context = JudgeContext::new(SystemTime::UNIX_EPOCH, NoiseList::builtin())
            .first_party(&site)
            .in_force(&list)
            .sent(Sent::OneOf(&sent));
        for record in records(&violation, user_agent) {
            let judgement = judge(&record, &context);
            prop_assert_eq!(judgement.class, Class::Genuine, "{}: {:?}", judgement.reason, record);
        }
    }
}
