//! What holds for every policy and every URL.

use connect_src::{
    Api, BrowserProfile, CheckResult, Comparison, CspList, DirectiveName, Disposition, Explanation,
    NoEdit, Origin, Policy, Request, RequestKind, Rules, Side, normalize, smallest_edit,
    subsumption_witness,
};
use proptest::prelude::*;
use proptest::sample::select;
use url::Url;

fn scheme() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        "http://",
        "https://",
        "ws://",
        "wss://",
        "HTTPS://",
        "custom://",
    ])
}

fn host() -> impl Strategy<Value = &'static str> {
    select(vec![
        "api.test",
        "app.test",
        "*.test",
        "*.api.test",
        "a.b.api.test",
        "API.test",
        "*",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "test",
        "*.",
        "api.test.",
        "*.b.api.test",
        "a_b.test",
    ])
}

fn port() -> impl Strategy<Value = &'static str> {
    select(vec![
        "", "", "", ":80", ":443", ":8443", ":*", ":0443", ":99999",
    ])
}

fn path() -> impl Strategy<Value = &'static str> {
    select(vec![
        "", "", "", "/", "/a", "/a/", "/a/b", "/a/b/", "/%61", "/a%2Fb", "/a%3Bb", "/a%20b", "/A",
        "//a", "/a?x", "?x", "/a%", "/a%2F", "/b/c",
    ])
}

/// A source expression, most of them about a few hosts.
fn expression() -> impl Strategy<Value = String> {
    let keyword = select(vec![
        "'self'",
        "'none'",
        "'SELF'",
        "'strict-dynamic'",
        "'report-sample'",
        "'self'x",
        "'nonce-abc'",
        "*",
        "https:",
        "http:",
        "ws:",
        "wss:",
        "data:",
        "blob:",
        "custom:",
        "self",
        "'unsafe-inline'",
    ]);
    prop_oneof![
        1 => keyword.prop_map(String::from),
        3 => (scheme(), host(), port(), path()).prop_map(|(s, h, o, a)| format!("{s}{h}{o}{a}")),
    ]
}

fn list() -> impl Strategy<Value = String> {
    prop::collection::vec(expression(), 0..12).prop_map(|list| list.join(" "))
}

fn policy() -> impl Strategy<Value = String> {
    let directive = (
        select(vec!["connect-src", "connect-src", "default-src", "img-src"]),
        list(),
    );
    let directive = directive.prop_map(|(name, list)| format!("{name} {list}"));
    prop::collection::vec(directive, 1..4).prop_map(|directives| directives.join("; "))
}

/// A header of one to three policies.
fn policies() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => policy(),
        1 => prop::collection::vec(policy(), 2..4).prop_map(|policies| policies.join(", ")),
    ]
}

fn kind() -> impl Strategy<Value = RequestKind> {
    let all: Vec<_> = RequestKind::all().collect();
    prop_oneof![
        2 => select(all),
        1 => select(vec![RequestKind::Connect(Api::Fetch), RequestKind::Connect(Api::WebSocket)]),
    ]
}

/// Whether a browser would send such a request at all.
fn may_be_asked(kind: RequestKind, url: &Url) -> bool {
    let is_web_socket = matches!(url.scheme(), "ws" | "wss");
    match kind {
        RequestKind::Connect(Api::WebSocket) => is_web_socket,
        RequestKind::Connect(Api::WebTransport) => url.scheme() == "https",
        RequestKind::Connect(Api::Fetch) | RequestKind::Load(_) => !is_web_socket,
        RequestKind::Connect(_) => matches!(url.scheme(), "http" | "https"),
    }
}

fn url() -> impl Strategy<Value = Url> {
    let scheme = select(vec!["http", "https", "ws", "wss", "custom"]);
    let host = select(vec![
        "api.test",
        "app.test",
        "www.api.test",
        "a.b.api.test",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "test",
        "api.test.",
        "other.test",
    ]);
    let port = select(vec!["", "", ":80", ":443", ":8443"]);
    let path = select(vec![
        "/", "/a", "/a/", "/a/b", "/a/b/c", "/a%2Fb", "/a%20b", "/a;b", "/A", "//a", "/a?x=1",
        "/b/c", "/a%", "",
    ]);
    let network = (scheme, host, port, path).prop_map(|(s, h, o, a)| format!("{s}://{h}{o}{a}"));
    let local = select(vec![
        "data:text/plain,x",
        "blob:https://app.test/1",
        "custom:x",
    ]);
    prop_oneof![12 => network, 1 => local.prop_map(String::from)]
        .prop_map(|text| Url::parse(&text).expect("these are URLs"))
}

fn page() -> impl Strategy<Value = Origin> {
    let pages = [
        "https://app.test",
        "http://app.test",
        "https://app.test:8443",
        "http://127.0.0.1",
    ];
    let tuple = select(pages.to_vec());
    let tuple = tuple.prop_map(|text| Origin::of(&Url::parse(text).expect("a URL")));
    prop_oneof![8 => tuple, 1 => Just(Origin::Opaque)]
}

fn request() -> impl Strategy<Value = Request> {
    let api = select(Api::ALL.to_vec());
    (
        api,
        url(),
        prop::option::weighted(0.2, url()),
        any::<bool>(),
    )
        .prop_map(|(api, url, redirect, is_worker)| {
            let request = Request::connect(api, url);
            let request = if is_worker {
                request.from_worker()
            } else {
                request
            };
            match redirect {
                Some(redirect) => request.redirected_to(redirect),
                None => request,
            }
        })
}

fn rules() -> impl Strategy<Value = Rules> {
    let newest = select(BrowserProfile::ALL.to_vec()).prop_map(Rules::from);
    prop_oneof![9 => newest, 1 => Just(BrowserProfile::WebKit.at_version(15))]
}

fn decide(policy: &str, request: &Request, page: &Origin, rules: Rules) -> CheckResult {
    let list = CspList::from_header(policy, Disposition::Enforce);
    list.should_request_be_blocked(request, page, rules)
}

/// The text with the case of its ASCII letters changed here and there.
fn with_other_case(text: &str, seed: u64) -> String {
    let flip = |(index, one): (usize, char)| {
        if seed >> (index % 64) & 1 == 1 {
            one.to_ascii_uppercase()
        } else {
            one.to_ascii_lowercase()
        }
    };
    text.chars().enumerate().map(flip).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_list_decides_as_the_plain_one(
        text in policy(), request in request(), page in page(), rules in rules(),
    ) {
        let list = CspList::from_header(&text, Disposition::Enforce);
        let plain = list.should_request_be_blocked(&request, &page, rules);
        let compiled = list.compile(&page, rules).should_request_be_blocked(&request);
        prop_assert_eq!(plain, compiled, "{} for {:?}", text, request);
    }

    #[test]
    fn many_sources_of_one_host_are_found_in_the_index(
        sources in prop::collection::vec((scheme(), port(), path()), 20..60),
        request in request(), page in page(), rules in rules(),
    ) {
        let sources: Vec<_> = sources.iter().map(|(s, o, a)| format!("{s}api.test{o}{a}")).collect();
        let list = CspList::from_header(format!("connect-src {}", sources.join(" ")), Disposition::Enforce);
        let plain = list.should_request_be_blocked(&request, &page, rules);
        prop_assert_eq!(plain, list.compile(&page, rules).should_request_be_blocked(&request));
    }

    #[test]
    fn adding_a_source_never_blocks_what_was_allowed(
        sources in list(), added in expression(), request in request(), page in page(), rules in rules(),
    ) {
        // 'strict-dynamic' is there to take sources away.
        if added.contains("strict-dynamic") {
            return Ok(());
        }
        let before = decide(&format!("connect-src {sources}"), &request, &page, rules);
        let after = decide(&format!("connect-src {sources} {added}"), &request, &page, rules);
        prop_assert!(before.is_blocked() || after.is_allowed());
    }

    #[test]
    fn case_of_scheme_host_and_keyword_is_neutral(
        parts in prop::collection::vec((scheme(), host(), port()), 0..6), seed in any::<u64>(),
        keyword in select(vec!["'self'", "'none'", "https:", "wss:", "*"]),
        request in request(), page in page(), rules in rules(),
    ) {
        let sources: Vec<_> = parts.iter().map(|(s, h, o)| format!("{s}{h}{o}")).collect();
        let text = format!("connect-src {keyword} {}", sources.join(" "));
        let other = with_other_case(&text, seed);
        prop_assert_eq!(
            decide(&text, &request, &page, rules),
            decide(&other, &request, &page, rules),
            "{}", other
        );
    }

    #[test]
    fn case_of_a_path_matters(letter in "[a-z]", rules in rules()) {
        let page = Origin::Opaque;
        let text = format!("connect-src https://api.test/{letter}");
        let fetch = |path: String| {
            let url = Url::parse(&format!("https://api.test/{path}")).expect("a URL");
            decide(&text, &Request::connect(Api::Fetch, url), &page, rules)
        };
        prop_assert!(fetch(letter.clone()).is_allowed());
        prop_assert!(fetch(letter.to_ascii_uppercase()).is_blocked());
    }

    #[test]
    fn printing_and_parsing_again_changes_no_decision(
        text in policy(), request in request(), page in page(), rules in rules(),
    ) {
        let policy = Policy::from_header(&text, Disposition::Enforce);
        let printed = policy.to_string();
        prop_assert_eq!(
            decide(&text, &request, &page, rules),
            decide(&printed, &request, &page, rules),
            "{} became {}", text, printed
        );
        prop_assert_eq!(Policy::from_header(&printed, Disposition::Enforce).to_string(), printed);
    }

    #[test]
    fn the_suggested_edit_allows_the_request_and_no_other_host(
        text in policy(), request in request(), page in page(), rules in rules(),
    ) {
        let policy = Policy::from_header(&text, Disposition::Enforce);
        match smallest_edit(&policy, &request, &page, &[rules]) {
            Ok(edit) => {
                prop_assert!(decide(&text, &request, &page, rules).is_blocked());
                prop_assert!(decide(&edit.policy, &request, &page, rules).is_allowed(), "{:?}", edit);
                let stranger = Url::parse("https://stranger.example/x").expect("a URL");
                let stranger = Request::connect(Api::Fetch, stranger);
                let before = decide(&text, &stranger, &page, rules);
                prop_assert_eq!(before, decide(&edit.policy, &stranger, &page, rules), "{:?}", edit);
            }
            Err(NoEdit::NotNeeded) => {
                prop_assert!(decide(&text, &request, &page, rules).is_allowed());
            }
            Err(_) => prop_assert!(decide(&text, &request, &page, rules).is_blocked()),
        }
    }

    #[test]
    fn an_exact_edit_opens_no_other_path(text in policy(), request in request(), page in page(), rules in rules()) {
        let policy = Policy::from_header(&text, Disposition::Enforce);
        let Ok(edit) = smallest_edit(&policy, &request, &page, &[rules]) else { return Ok(()) };
        if !(edit.is_exact && request.redirect_count() == 0) {
            return Ok(());
        }
        let mut other = request.current_url().clone();
        other.set_path(&format!("{}-other", other.path()));
        let api = Api::implied_by(&other);
        let other = Request::connect(api, other);
        prop_assert_eq!(
            decide(&text, &other, &page, rules),
            decide(&edit.policy, &other, &page, rules),
            "{:?}", edit
        );
    }

    #[test]
    fn an_explanation_says_what_is_decided(
        text in policy(), request in request(), page in page(), rules in rules(),
    ) {
        let list = CspList::from_header(&text, Disposition::Enforce);
        let explanation = Explanation::of(&list, &request, &page, rules);
        prop_assert_eq!(explanation.result, decide(&text, &request, &page, rules));
        for policy in &explanation.policies {
            if let Some(source) = policy.matched_source() {
                prop_assert!(source.result.is_match() && policy.result.is_allowed());
            }
            for source in &policy.sources {
                prop_assert!(!policy.policy.text()[source.span.range()].contains(' '));
            }
        }
    }

    #[test]
    fn a_witness_is_allowed_by_one_list_only(a in list(), b in list(), page in page(), rules in rules()) {
        let policy = |list: &str| Policy::from_header(format!("connect-src {list}"), Disposition::Enforce);
        let (larger, smaller) = (policy(&a), policy(&b));
        let list = |policy: &'static Policy| {
            policy.directive(DirectiveName::ConnectSrc, rules).expect("it is there").source_list()
        };
        let (larger, smaller): (&'static Policy, &'static Policy) =
            (Box::leak(Box::new(larger)), Box::leak(Box::new(smaller)));
        if let Some(witness) = subsumption_witness(list(larger), list(smaller), &page, rules) {
            let decided = |list: &str| decide(&format!("connect-src {list}"), &witness, &page, rules);
            // Firefox checks a WebSocket against the printed policy as well.
            if b.contains('%') {
            return Ok(());
        }
            prop_assert!(decided(&b).is_allowed(), "{:?}", witness);
            prop_assert!(decided(&a).is_blocked(), "{:?}", witness);
        }
    }

    #[test]
    fn a_list_subsumes_another_only_if_it_allows_all_that_one_allows(
        a in list(), b in list(), api in select(Api::ALL.to_vec()), url in url(), page in page(), rules in rules(),
    ) {
        if a.contains('%') || b.contains('%') || !may_be_asked(RequestKind::Connect(api), &url) {
            return Ok(());
        }
        let request = Request::connect(api, url);
        if request.initiator != connect_src::Initiator::None {
            return Ok(());
        }
        let (larger, smaller) = (format!("connect-src {a}"), format!("connect-src {b}"));
        let parse = |text: &str| Policy::from_header(text, Disposition::Enforce);
        let (larger_policy, smaller_policy) = (parse(&larger), parse(&smaller));
        let find = |policy: &'_ Policy| policy.directive(DirectiveName::ConnectSrc, rules).is_some();
        prop_assert!(find(&larger_policy) && find(&smaller_policy));
        let larger_list = larger_policy.directive(DirectiveName::ConnectSrc, rules).expect("there").source_list();
        let smaller_list = smaller_policy.directive(DirectiveName::ConnectSrc, rules).expect("there").source_list();
        if connect_src::subsumes(larger_list, smaller_list, &page, rules)
            && decide(&smaller, &request, &page, rules).is_allowed()
            && connect_src::effective_directive(&request, rules) == Some(DirectiveName::ConnectSrc)
        {
            prop_assert!(decide(&larger, &request, &page, rules).is_allowed(), "{:?}", request);
        }
    }

    #[test]
    fn what_two_lists_decide_differently_is_found(
        old in policies(), new in policies(), kind in kind(), urls in prop::collection::vec(url(), 30),
        redirect in prop::option::weighted(0.3, url()), page in page(), rules in rules(),
    ) {
        let parse = |text: &str| CspList::from_header(text, Disposition::Enforce);
        let (old, new) = (parse(&old), parse(&new));
        let differences = Comparison::of(&old, &new, &page, rules).differences(kind);
        let allows = |list: &CspList, request: &Request| {
            list.should_request_be_blocked(request, &page, rules).is_allowed()
        };
        for one in &differences.found {
            let allowed_by = [&old, &new].map(|list| allows(list, &one.request));
            prop_assert_eq!(allowed_by, [one.allowed_by == Side::Old, one.allowed_by == Side::New], "{:?}", one);
        }
        prop_assert!(differences.is_exhaustive);
        for url in urls {
            if !may_be_asked(kind, &url) || redirect.as_ref().is_some_and(|url| !may_be_asked(kind, url)) {
                continue;
            }
            let mut request = kind.request(url);
            if let Some(redirect) = &redirect
                && request.mode == connect_src::Mode::NoCors
            {
                request = request.redirected_to(redirect.clone());
            }
            let allowed_by = [&old, &new].map(|list| allows(list, &request));
            let shows = |side| differences.found.iter().any(|one| one.allowed_by == side);
            prop_assert!(allowed_by != [true, false] || shows(Side::Old), "{:?} {:?} {:?}", request, old, new);
            prop_assert!(allowed_by != [false, true] || shows(Side::New), "{:?} {:?} {:?}", request, old, new);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), url in url(), rules in rules()) {
        let mut text = b"connect-src ".to_vec();
        text.extend(bytes);
        let list = CspList::from_header(&text, Disposition::Enforce);
        let request = Request::connect(Api::Fetch, url);
        let explanation = Explanation::of(&list, &request, &Origin::Opaque, rules);
        let compiled = list.compile(&Origin::Opaque, rules).should_request_be_blocked(&request);
        prop_assert_eq!(explanation.result, compiled);
        for policy in list.policies() {
            for note in policy.notes() {
                prop_assert!(policy.text().get(note.span.range()).is_some());
            }
        }
    }
}

proptest! {
    // Each case proves dozens of steps in every profile and on every kind of page.
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_normalized_policy_decides_the_same_and_is_no_longer(
        text in policy(), requests in prop::collection::vec((kind(), url()), 40), page in page(), rules in rules(),
    ) {
        let policy = Policy::from_header(&text, Disposition::Enforce);
        let normalized = normalize(&policy, None);
        prop_assert!(normalized.policy.text().len() <= policy.to_string().len());
        for (kind, url) in requests {
            if !may_be_asked(kind, &url) {
                continue;
            }
            let request = kind.request(url);
            let (before, after) = (
                decide(&text, &request, &page, rules),
                decide(normalized.policy.text(), &request, &page, rules),
            );
            prop_assert_eq!(before, after, "{} became {} for {:?}", text, normalized.policy.text(), request);
        }
        let again = normalize(&normalized.policy, None);
        prop_assert_eq!(again.policy.text(), normalized.policy.text());
    }
}
