//! A twin allows what the policy's evidence asks for; an environment leaves out what has no place in it; a base policy decides the
//! same about everything but connections.

use connect_src::{
    Api, BrowserProfile, Comparison, CspList, Disposition, Origin, Request, RequestKind,
};
use connect_src_generate::forms::{Delivery, Form};
use connect_src_generate::{Environment, Evidence, Options, is_local, suggest, twin};
use connection_allowlist::{Allowlist, Connection, Disposition as Sent};
use proptest::prelude::*;
use url::Url;

const PAGE: &str = "https://app.example.com/cart";

fn hosts() -> impl Strategy<Value = String> {
    let label = prop_oneof!["a", "b", "c", "d"];
    let domain = prop_oneof![
        Just("example.com"),
        Just("cdn.example.com"),
        Just("example.co.uk"),
        Just("github.io"),
        Just("s3.amazonaws.com"),
        Just("localhost"),
        Just("shared.example.org"),
    ];
    prop_oneof![
        (label, domain).prop_map(|(label, domain)| format!("{label}.{domain}")),
        Just("app.example.com".to_owned()),
        Just("localhost".to_owned()),
        Just("127.0.0.1".to_owned()),
    ]
}

fn urls() -> impl Strategy<Value = Url> {
    let scheme = prop_oneof![Just("https"), Just("wss"), Just("http"), Just("ws")];
    let port = prop_oneof![Just(""), Just(":8443")];
    let path = prop_oneof![Just("/"), Just("/v1/items?q=%20")];
    (scheme, hosts(), port, path).prop_map(|(scheme, host, port, path)| {
        Url::parse(&format!("{scheme}://{host}{port}{path}")).expect("a URL")
    })
}

fn evidence() -> impl Strategy<Value = Vec<Evidence>> {
    let page = Url::parse(PAGE).expect("a URL");
    let one =
        urls().prop_map(move |url| Evidence::new(Api::implied_by(&url), url).on(page.clone()));
    proptest::collection::vec(one, 0..12)
}

fn options(environment: Environment, merge_from: Option<usize>) -> Options {
    let mut options = Options::default();
    options.environment = environment;
    options.merge_from = merge_from;
    options.shared_suffixes = vec!["shared.example.org".to_owned()];
    options
}

fn is_allowed(policy: &str, url: &Url) -> bool {
    let list = CspList::from_header(policy, Disposition::Enforce);
    let page = Origin::of(&Url::parse(PAGE).expect("a URL"));
    let request = Request::connect(Api::implied_by(url), url.clone());
    BrowserProfile::BROWSERS.into_iter().all(|browser| {
        list.should_request_be_blocked(&request, &page, browser)
            .is_allowed()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn production_allows_all_that_is_not_local_and_nothing_that_is(evidence in evidence(), least in 2..5_usize) {
        let suggestion = suggest(&evidence, &options(Environment::Production, Some(least)));
        for one in &evidence {
            prop_assert_eq!(is_allowed(&suggestion.policy, &one.url), !is_local(&one.url), "{} {}", suggestion.policy, one.url);
        }
    }

    #[test]
    fn development_allows_everything(evidence in evidence()) {
        let suggestion = suggest(&evidence, &options(Environment::Development, None));
        for one in &evidence {
            prop_assert!(is_allowed(&suggestion.policy, &one.url), "{} {}", suggestion.policy, one.url);
        }
    }

    #[test]
    fn no_wildcard_covers_names_of_several_owners(evidence in evidence()) {
        let suggestion = suggest(&evidence, &options(Environment::Any, Some(2)));
        for source in &suggestion.sources {
            let Some((_, domain)) = source.text.split_once("*.") else { continue };
            let domain = domain.split(':').next().expect("there is a first");
            for owned in ["github.io", "s3.amazonaws.com", "co.uk", "shared.example.org", "example.org", "localhost"] {
                prop_assert_ne!(domain, owned);
            }
        }
    }

    #[test]
    fn the_twin_allows_the_same_evidence(evidence in evidence(), least in 2..5_usize) {
        let suggestion = suggest(&evidence, &options(Environment::Production, Some(least)));
        let twin = twin(&evidence, &suggestion.merged, Environment::Production);
        prop_assert_eq!(&twin.not_allowed, &Vec::<String>::new());
        let page = Url::parse(PAGE).expect("a URL");
        let list = Allowlist::parse(&twin.value, &page, Sent::Enforce).allowlist.expect("a list");
        for one in &evidence {
            let is_in_twin = list.decide(&Connection::to(&one.url)).is_allowed();
            prop_assert!(is_in_twin || is_local(&one.url), "{} {}", twin.value, one.url);
        }
    }

    #[test]
    fn nothing_but_connections_is_decided_otherwise(evidence in evidence(), base in prop_oneof![
        Just("default-src 'self'"), Just("default-src https: 'unsafe-inline'; img-src *"), Just("script-src 'none'"), Just(""),
    ]) {
        let mut options = options(Environment::Any, None);
        options.base = Some(base.to_owned());
        let list = |text: &str| CspList::from_header(text, Disposition::Enforce);
        let (old, new) = (list(base), list(&suggest(&evidence, &options).policy));
        let page = Origin::of(&Url::parse(PAGE).expect("a URL"));
        for browser in BrowserProfile::BROWSERS {
            let comparison = Comparison::of(&old, &new, &page, browser);
            for kind in RequestKind::all().filter(|kind| matches!(kind, RequestKind::Load(_))) {
                prop_assert_eq!(comparison.differences(kind).found.len(), 0, "{:?} in {}", kind, browser);
            }
        }
    }

    #[test]
    fn a_header_line_is_read_back_as_the_policy(evidence in evidence()) {
        let policy = suggest(&evidence, &Options::default()).policy;
        let line = Form::Header.fill(&Delivery::new(&policy)).text;
        let value = line.strip_prefix("Content-Security-Policy: ").and_then(|rest| rest.strip_suffix('\n'));
        prop_assert_eq!(value, Some(&*policy));
    }
}

#[test]
fn the_rust_form_is_the_example_that_the_layer_compiles() {
    let page = Url::parse("https://app.example.com/").expect("a URL");
    let urls = [
        "https://app.example.com/items",
        "https://api.example.com/v1",
        "wss://live.example.com/feed",
    ];
    let evidence = urls.map(|url| {
        let url = Url::parse(url).expect("a URL");
        Evidence::new(Api::implied_by(&url), url).on(page.clone())
    });
    let mut options = Options::default();
    options.base = Some("default-src 'self'; img-src 'self' data:; report-to csp".to_owned());
    let policy = suggest(&evidence, &options).policy;
    let twin = twin(&evidence, &[], Environment::Any).value;
    let filled = Form::Rust.fill(&Delivery::new(policy).with_allowlist(twin));
    let example = include_str!("../../tower/examples/generated.rs");
    assert!(example.contains(&filled.text), "{}", filled.text);
}
