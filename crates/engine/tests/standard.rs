//! The standard's steps that no recording covers: other destinations, nonces and digests, delivery, responses,
//! resource hints, opaque origins.

use connect_src::{
    Api, BrowserProfile, CheckResult, Comparison, CspList, Destination, DirectiveName, Disposition,
    Explanation, Initiator, NoEdit, Origin, ParseNoteKind, ParserMetadata, Policy, Reason, Request,
    RequestKind, Side, effective_directive, smallest_edit,
};
use url::Url;

const STANDARD: BrowserProfile = BrowserProfile::Standard;

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn page() -> Origin {
    Origin::of(&url("https://app.test/"))
}

fn decide(policy: &str, request: &Request) -> CheckResult {
    let list = CspList::from_header(policy, Disposition::Enforce);
    let plain = list.should_request_be_blocked(request, &page(), STANDARD);
    let compiled = list
        .compile(&page(), STANDARD)
        .should_request_be_blocked(request);
    assert_eq!(plain, compiled, "{policy}");
    plain
}

fn is_allowed(policy: &str, request: &Request) -> bool {
    decide(policy, request).is_allowed()
}

fn script(nonce: &str, integrity: &str, parser_metadata: ParserMetadata) -> Request {
    let mut request = Request::new(url("https://cdn.test/app.js"), Destination::Script);
    request.cryptographic_nonce_metadata = nonce.into();
    request.integrity_metadata = integrity.into();
    request.parser_metadata = parser_metadata;
    request
}

#[test]
fn every_destination_has_its_directive() {
    use Destination as D;
    for (destination, expected) in [
        (D::Empty, Some(DirectiveName::ConnectSrc)),
        (D::Json, Some(DirectiveName::ConnectSrc)),
        (D::Text, Some(DirectiveName::ConnectSrc)),
        (D::WebIdentity, Some(DirectiveName::ConnectSrc)),
        (D::Audio, Some(DirectiveName::MediaSrc)),
        (D::Track, Some(DirectiveName::MediaSrc)),
        (D::AudioWorklet, Some(DirectiveName::ScriptSrcElem)),
        (D::Xslt, Some(DirectiveName::ScriptSrcElem)),
        (D::Embed, Some(DirectiveName::ObjectSrc)),
        (D::Iframe, Some(DirectiveName::FrameSrc)),
        (D::Image, Some(DirectiveName::ImgSrc)),
        (D::Manifest, Some(DirectiveName::ManifestSrc)),
        (D::ServiceWorker, Some(DirectiveName::WorkerSrc)),
        (D::Style, Some(DirectiveName::StyleSrcElem)),
        (D::Font, Some(DirectiveName::FontSrc)),
        (D::Report, None),
        (D::Document, None),
    ] {
        let request = Request::new(url("https://a.test/"), destination);
        assert_eq!(
            effective_directive(&request, STANDARD),
            expected,
            "{destination:?}"
        );
    }
    let mut hint = Request::new(url("https://a.test/"), Destination::Image);
    hint.initiator = Initiator::Prerender;
    assert_eq!(
        effective_directive(&hint, STANDARD),
        Some(DirectiveName::DefaultSrc)
    );
}

#[test]
fn a_worker_falls_back_to_child_src_then_script_src_then_default_src() {
    let worker = Request::new(url("https://a.test/w.js"), Destination::Worker);
    assert!(is_allowed("worker-src a.test; child-src 'none'", &worker));
    assert!(!is_allowed("child-src 'none'; script-src a.test", &worker));
    assert!(is_allowed("script-src a.test; default-src 'none'", &worker));
    assert!(!is_allowed("default-src 'none'", &worker));
}

#[test]
fn a_nonce_admits_a_script_whatever_its_url() {
    let with_nonce = |nonce| script(nonce, "", ParserMetadata::ParserInserted);
    assert!(is_allowed("script-src 'nonce-abc'", &with_nonce("abc")));
    assert!(!is_allowed("script-src 'nonce-abc'", &with_nonce("ABC")));
    assert!(!is_allowed("script-src 'nonce-abc'", &with_nonce("")));
    let mut style = Request::new(url("https://cdn.test/a.css"), Destination::Style);
    style.cryptographic_nonce_metadata = "abc".into();
    assert!(is_allowed("style-src 'nonce-abc'", &style));
    let mut fetch = Request::connect(Api::Fetch, url("https://cdn.test/"));
    fetch.cryptographic_nonce_metadata = "abc".into();
    assert!(
        !is_allowed("connect-src 'nonce-abc'", &fetch),
        "connections have no nonce"
    );
}

#[test]
fn integrity_admits_a_script_when_every_digest_is_listed() {
    let with_integrity = |integrity| script("", integrity, ParserMetadata::ParserInserted);
    let policy = "script-src 'sha256-aaa+' 'sha384-bbb_'";
    assert!(
        is_allowed(policy, &with_integrity("sha256-aaa-")),
        "base64url and base64 are the same"
    );
    assert!(is_allowed(
        policy,
        &with_integrity("SHA256-aaa+ sha384-bbb/?ct=x")
    ));
    assert!(!is_allowed(
        policy,
        &with_integrity("sha256-aaa+ sha512-ccc")
    ));
    assert!(!is_allowed(policy, &with_integrity("md5-xyz")));
    assert!(!is_allowed(policy, &with_integrity("")));
}

#[test]
fn strict_dynamic_trusts_what_scripts_insert_and_forgets_hosts() {
    let policy = "script-src 'strict-dynamic' https:";
    assert!(is_allowed(
        policy,
        &script("", "", ParserMetadata::NotParserInserted)
    ));
    assert!(!is_allowed(
        policy,
        &script("", "", ParserMetadata::ParserInserted)
    ));
}

#[test]
fn certificate_hashes_are_allowed_by_their_keyword_alone() {
    let mut request = Request::connect(Api::WebTransport, url("https://a.test:4433/"));
    request.has_webtransport_hashes = true;
    assert!(!is_allowed("connect-src https://a.test:4433", &request));
    assert!(is_allowed(
        "connect-src 'Unsafe-WebTransport-Hashes'",
        &request
    ));
    assert!(!is_allowed("default-src 'none'", &request));
    request.has_webtransport_hashes = false;
    assert!(is_allowed("connect-src https://a.test:4433", &request));
}

#[test]
fn a_prefetch_is_allowed_by_any_fetch_directive() {
    let request = Request::connect(Api::Prefetch, url("https://a.test/next"));
    assert!(!is_allowed("default-src 'none'", &request));
    assert!(is_allowed("default-src 'none'; img-src a.test", &request));
    assert!(
        is_allowed("connect-src 'none'", &request),
        "nothing without default-src"
    );
    assert!(!is_allowed(
        "default-src 'none'; form-action a.test",
        &request
    ));
}

#[test]
fn the_url_of_the_response_is_checked_too() {
    let list = CspList::from_header("connect-src https://a.test", Disposition::Enforce);
    let request = Request::connect(Api::Fetch, url("https://a.test/"));
    let answered_from =
        |response| list.should_response_be_blocked(&request, &url(response), &page(), STANDARD);
    assert_eq!(answered_from("https://a.test/cached"), CheckResult::Allowed);
    assert_eq!(answered_from("https://b.test/"), CheckResult::Blocked);
}

#[test]
fn every_hop_of_a_redirect_is_checked_without_its_path() {
    let from = |path: &str| Request::connect(Api::Fetch, url(&format!("https://a.test{path}")));
    let policy = "connect-src https://a.test/in/ https://b.test/other";
    assert!(is_allowed(
        policy,
        &from("/in/1").redirected_to(url("https://b.test/x"))
    ));
    assert!(!is_allowed(
        policy,
        &from("/out").redirected_to(url("https://b.test/other"))
    ));
    let three = from("/in/1")
        .redirected_to(url("https://c.test/"))
        .redirected_to(url("https://b.test/"));
    assert!(!is_allowed(policy, &three));
}

#[test]
fn each_policy_must_allow_and_report_only_ones_do_not_block() {
    let fetch = Request::connect(Api::Fetch, url("https://a.test/"));
    assert!(!is_allowed("connect-src *, connect-src 'none'", &fetch));
    let list = CspList::from_headers([
        ("Content-Security-Policy", "connect-src *"),
        (
            "content-security-policy-report-only",
            "connect-src 'none', connect-src a.test",
        ),
        ("X-Content-Security-Policy", "connect-src 'none'"),
    ]);
    assert_eq!(list.policies().len(), 3);
    assert!(
        list.should_request_be_blocked(&fetch, &page(), STANDARD)
            .is_allowed()
    );
    let violated: Vec<_> = list
        .violated_policies(&fetch, &page(), STANDARD)
        .map(|one| one.index)
        .collect();
    assert_eq!(violated, [1]);
    let compiled = list.compile(&page(), STANDARD);
    assert_eq!(compiled.violated_policies(&fetch).collect::<Vec<_>>(), [1]);
}

#[test]
fn self_in_an_opaque_origin_matches_nothing() {
    let list = CspList::from_header("connect-src 'self' a.test", Disposition::Enforce);
    let fetch = |text| Request::connect(Api::Fetch, url(text));
    for target in ["https://app.test/", "https://a.test/"] {
        let result = list.should_request_be_blocked(&fetch(target), &Origin::Opaque, STANDARD);
        assert_eq!(result, CheckResult::Blocked, "{target}");
    }
}

#[test]
fn self_is_the_origin_of_a_blob_url() {
    let policy = "connect-src 'self'";
    let fetch = |text| Request::connect(Api::Fetch, url(text));
    assert!(is_allowed(policy, &fetch("blob:https://app.test/1-2-3")));
    assert!(!is_allowed(
        policy,
        &fetch("blob:https://app.test:8443/1-2-3")
    ));
    assert!(!is_allowed(
        policy,
        &fetch("blob:https://app.test.evil/1-2-3")
    ));
    assert!(!is_allowed(policy, &fetch("blob:null/1-2-3")));
}

#[test]
fn ip_addresses_match_no_host_source() {
    let fetch = Request::connect(Api::Fetch, url("http://127.0.0.1/"));
    assert!(!is_allowed("connect-src http://127.0.0.1", &fetch));
    assert!(!is_allowed("connect-src http://*", &fetch));
    assert!(is_allowed("connect-src http:", &fetch));
    assert!(is_allowed("connect-src *", &fetch));
}

#[test]
fn a_websocket_is_seen_as_http() {
    let socket = Request::connect(Api::WebSocket, url("wss://a.test/live"));
    assert!(is_allowed("connect-src https://a.test", &socket));
    assert!(is_allowed("connect-src wss:", &socket));
    assert!(!is_allowed("connect-src http://b.test", &socket));
}

#[test]
fn a_meta_policy_drops_what_meta_must_not_carry() {
    let policy =
        Policy::from_meta("frame-ancestors 'none'; sandbox; report-uri /r; connect-src 'self'");
    assert!(policy.directive(DirectiveName::Sandbox, STANDARD).is_none());
    assert!(
        policy
            .directive(DirectiveName::ConnectSrc, STANDARD)
            .is_some()
    );
    let kinds: Vec<_> = policy.notes().into_iter().map(|note| note.kind).collect();
    let expected = [
        DirectiveName::FrameAncestors,
        DirectiveName::Sandbox,
        DirectiveName::ReportUri,
    ];
    assert_eq!(kinds, expected.map(ParseNoteKind::NotInMeta));
}

#[test]
fn notes_name_everything_that_is_ignored_and_where() {
    let text = "connect-src 'none' https://a.test?x; connect-src *; foo bar; img-src é; font-src 'sel\u{1}f'";
    let policy = Policy::from_header(text, Disposition::Enforce);
    let notes: Vec<_> = policy
        .notes()
        .into_iter()
        .map(|note| (&policy.text()[note.span.range()], note.kind.to_string()))
        .collect();
    let starts: Vec<_> = notes.iter().map(|(text, _)| *text).collect();
    assert_eq!(
        starts,
        [
            "'none'",
            "https://a.test?x",
            "connect-src",
            "foo",
            "img-src",
            "font-src"
        ]
    );
    assert!(notes[1].1.contains("no query"), "{}", notes[1].1);
}

#[test]
fn the_edit_writes_a_fallback_out_and_replaces_none() {
    let fetch = Request::connect(Api::Fetch, url("https://a.test/x"));
    let edit = |text: &str| {
        let policy = Policy::from_header(text, Disposition::Enforce);
        smallest_edit(
            &policy,
            &fetch,
            &page(),
            &BrowserProfile::BROWSERS.map(Into::into),
        )
    };
    for (before, after) in [
        ("connect-src 'none'", "connect-src https://a.test/x"),
        ("connect-src", "connect-src https://a.test/x"),
        (
            "connect-src 'self'; img-src *",
            "connect-src 'self' https://a.test/x; img-src *",
        ),
        (
            "default-src 'none'; img-src *",
            "default-src 'none'; connect-src https://a.test/x; img-src *",
        ),
        (
            "default-src 'self' 'unsafe-inline' *.b.test",
            "default-src 'self' 'unsafe-inline' *.b.test; connect-src 'self' *.b.test https://a.test/x",
        ),
    ] {
        assert_eq!(edit(before).expect("an edit").policy, after);
    }
    assert_eq!(edit("connect-src *"), Err(NoEdit::NotNeeded));
}

#[test]
fn no_edit_is_offered_where_no_source_can_help() {
    let no_edit = |text: &str, request: &Request| {
        let policy = Policy::from_header(text, Disposition::Enforce);
        smallest_edit(
            &policy,
            request,
            &page(),
            &[BrowserProfile::Chromium.into()],
        )
    };
    let ipv6 = Request::connect(Api::Fetch, url("https://[::1]/"));
    assert_eq!(
        no_edit("connect-src 'self'", &ipv6),
        Err(NoEdit::NoSourceForHost)
    );
    let script = script("", "", ParserMetadata::ParserInserted);
    assert_eq!(
        no_edit("script-src 'strict-dynamic'", &script),
        Err(NoEdit::NotByUrl)
    );
}

#[test]
fn the_explanation_tells_of_the_policy_that_firefox_reads() {
    let list = CspList::from_header(
        "connect-src https://b.test/a%3Bb wss://a.test",
        Disposition::Enforce,
    );
    let socket = Request::connect(Api::WebSocket, url("wss://a.test/"));
    let explanation = Explanation::of(&list, &socket, &page(), BrowserProfile::Firefox);
    let Reason::BlockedAsReread(text) = &explanation.policies[0].reason else {
        panic!("{:?}", explanation.policies[0].reason);
    };
    assert!(
        text.starts_with("connect-src https://b.test/a;b "),
        "{text}"
    );
}

#[test]
fn the_reason_says_when_no_list_is_asked() {
    let reason = |policy: &str, request: &Request| {
        let list = CspList::from_header(policy, Disposition::Enforce);
        let explanation = Explanation::of(&list, request, &page(), STANDARD);
        explanation.policies[0].reason.clone()
    };
    let fetch = Request::connect(Api::Fetch, url("https://a.test/"));
    assert_eq!(reason("img-src 'none'", &fetch), Reason::NoDirective);
    assert_eq!(reason("connect-src 'none'", &fetch), Reason::ClosedList);
    assert_eq!(reason("connect-src b.test", &fetch), Reason::NothingMatched);
    assert_eq!(
        reason("connect-src b.test a.test", &fetch),
        Reason::Matched(1)
    );
    let report = Request::new(url("https://a.test/"), Destination::Report);
    assert_eq!(reason("default-src 'none'", &report), Reason::NotGoverned);
    let nonce = script("abc", "", ParserMetadata::ParserInserted);
    assert_eq!(reason("script-src 'nonce-abc'", &nonce), Reason::NotByUrl);
}

#[test]
fn what_strict_dynamic_admits_is_a_difference() {
    let list = |text: &str| CspList::from_header(text, Disposition::Enforce);
    let (old, new) = (list("default-src 'strict-dynamic'"), list("default-src"));
    let comparison = Comparison::of(&old, &new, &page(), STANDARD);
    let found = comparison
        .differences(RequestKind::Load(Destination::Script))
        .found;
    assert_eq!(found[0].allowed_by, Side::Old);
    assert_eq!(found[0].source.as_deref(), Some("'strict-dynamic'"));
}
