//! Each report gets the class that it deserves.

use std::time::{Duration, SystemTime};

use connect_src::{CspList, Disposition, Origin};
use connect_src_report::{
    Class, GroupKey, JudgeContext, Judgement, NoiseList, Record, Sent, SentPolicy, judge, parse,
};

use crate::support::origin;

/// A report about `blocked` on the site's page, with one field after another replaced.
fn report(blocked: &str, policy: &str, others: &[(&str, &str)]) -> Record {
    let mut body = serde_json::json!({
        "document-uri": "https://app.example/cart",
        "effective-directive": "connect-src",
        "original-policy": policy,
        "blocked-uri": blocked,
    });
    for (name, value) in others {
        body[*name] = (*value).into();
    }
    let mut parsed =
        parse("application/csp-report", body.to_string().as_bytes()).expect("a report");
    parsed.records.remove(0)
}

fn context() -> JudgeContext<'static> {
    JudgeContext::new(SystemTime::UNIX_EPOCH, NoiseList::builtin())
}

fn site() -> [Origin; 1] {
    [origin("https://app.example")]
}

#[track_caller]
fn assert_judged(record: &Record, context: &JudgeContext<'_>, class: Class, code: &str) {
    let _: Judgement = judged_as(record, context, class, code);
}

#[track_caller]
fn judged_as(record: &Record, context: &JudgeContext<'_>, class: Class, code: &str) -> Judgement {
    let judgement = judge(record, context);
    let what = format!("{}: {record:?}", judgement.reason);
    assert_eq!(
        (judgement.class, judgement.reason.code()),
        (class, code),
        "{what}"
    );
    judgement
}

const CHROMIUM: &str =
    "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
const SAFARI: &str =
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";

const SCRIPT: [(&str, &str); 2] = [
    ("source-file", "https://app.example/app.js"),
    ("line-number", "4"),
];

#[test]
fn what_the_policy_blocks_is_genuine() {
    for (blocked, policy) in [
        ("https://api.example/v1", "connect-src 'self'"),
        ("https://api.example/v1", "default-src 'self'; img-src *"),
        (
            "https://api.example/v2/x",
            "connect-src https://api.example/v1/",
        ),
        ("https://api.example", "connect-src https://api.example/v1/"),
        ("wss://app.example/live", "connect-src https:"),
        ("data", "connect-src *"),
        ("blob", "connect-src 'self'"),
        ("blob:https://app.example/0a1b", "connect-src https:"),
        ("ipc://localhost/x", "connect-src 'self'"),
        ("about", "connect-src 'self'"),
    ] {
        assert_judged(
            &report(blocked, policy, &[]),
            &context(),
            Class::Genuine,
            "blocked",
        );
    }
}

#[test]
fn a_production_page_that_connects_to_loopback_is_a_finding() {
    for blocked in [
        "http://localhost:3000/x",
        "ws://127.0.0.1:9229/",
        "http://[::1]/",
        "localhost:3000",
        "localhost",
        "127.0.0.1",
    ] {
        let record = report(blocked, "connect-src 'self'", &[]);
        assert_judged(&record, &context(), Class::Genuine, "blocked");
    }
}

#[test]
fn what_no_browser_blocks_is_inconsistent() {
    for (blocked, policy, code) in [
        (
            "wss://live.example/x",
            "connect-src 'self' wss://live.example",
            "allowed",
        ),
        ("wss://app.example/x", "connect-src 'self'", "allowed"),
        ("https://api.example/v1", "connect-src *", "allowed"),
        ("https://api.example", "connect-src http:", "allowed"),
        ("data", "connect-src data:", "allowed"),
        ("blob", "connect-src blob:", "allowed"),
        ("foo", "connect-src foo:", "allowed"),
        (
            "https://api.example/v1",
            "img-src 'self'",
            "no-such-directive",
        ),
        ("inline", "connect-src 'self'", "not-about-urls"),
        ("eval", "connect-src 'self'", "not-about-urls"),
    ] {
        assert_judged(
            &report(blocked, policy, &[]),
            &context(),
            Class::Inconsistent,
            code,
        );
    }
}

#[test]
fn an_allowed_url_was_redirected_unless_a_script_is_named() {
    let allowed = (
        "https://api.example/v1",
        "connect-src 'self' https://api.example",
    );
    let redirected = report(allowed.0, allowed.1, &[]);
    let judgement = judged_as(&redirected, &context(), Class::Genuine, "redirected");
    assert!(judgement.reason.to_string().contains("redirected"));

    let by_script = report(allowed.0, allowed.1, &SCRIPT);
    let judgement = judged_as(
        &by_script,
        &context(),
        Class::Inconsistent,
        "allowed-with-script",
    );
    assert!(
        judgement.score >= 20,
        "it may be a synchronous request: {}",
        judgement.score
    );

    let by_the_page = [
        ("source-file", "https://app.example/cart?x"),
        ("line-number", "1"),
    ];
    let by_the_page = report(allowed.0, allowed.1, &by_the_page);
    assert_judged(&by_the_page, &context(), Class::Genuine, "redirected");
}

#[test]
fn an_origin_alone_is_inconsistent_only_if_no_path_can_be_blocked() {
    for (policy, class) in [
        ("frame-src https://pay.example/form/", Class::Genuine),
        ("frame-src https://pay.example/", Class::Genuine), // by a redirect
        ("frame-src https://pay.example/exact", Class::Genuine),
        ("frame-src http:", Class::Inconsistent),
    ] {
        let directive = [("effective-directive", "frame-src")];
        let record = report("https://pay.example", policy, &directive);
        assert_eq!(judge(&record, &context()).class, class, "{policy}");
    }
    let socket = report("wss://live.example", "connect-src wss://live.example/", &[]);
    assert_judged(&socket, &context(), Class::Inconsistent, "allowed");
    let socket = report(
        "wss://live.example",
        "connect-src wss://live.example/feed",
        &[],
    );
    assert_judged(&socket, &context(), Class::Genuine, "blocked");
}

#[test]
fn the_browser_that_the_report_names_decides() {
    // WebKit takes `wss:` for `https:` too, the others do not.
    let policy = "connect-src wss: http://localhost:*";
    for (user_agent, class, code) in [
        (CHROMIUM, Class::Genuine, "blocked"),
        (FIREFOX, Class::Genuine, "blocked"),
        (SAFARI, Class::Genuine, "redirected"),
        ("", Class::Genuine, "blocked"),
    ] {
        let record = report("https://api.example/", policy, &[]).with_user_agent(user_agent);
        assert_judged(&record, &context(), class, code);
    }
    let by_script = report("https://api.example/", policy, &SCRIPT).with_user_agent(SAFARI);
    let judgement = judged_as(&by_script, &context(), Class::Genuine, "blocked-elsewhere");
    assert!(
        judgement
            .reason
            .to_string()
            .starts_with("Chromium blocks it")
    );
}

#[test]
fn an_extension_is_told_by_its_schemes() {
    for (blocked, others) in [
        ("chrome-extension", &[][..]),
        ("chrome-extension://abcdefgh/x.js", &[]),
        ("moz-extension://0a1b", &[]),
        ("safari-web-extension://0a/x", &[]),
        (
            "https://api.example/",
            &[("source-file", "chrome-extension")],
        ),
        (
            "https://api.example/",
            &[("source-file", "moz-extension://0a1b/content.js")],
        ),
        (
            "https://api.example/",
            &[("source-file", "safari-web-extension:")],
        ),
        (
            "inline",
            &[
                ("effective-directive", "style-src-elem"),
                ("source-file", "chrome-extension"),
            ],
        ),
    ] {
        let record = report(blocked, "default-src 'self'", others);
        let judgement = judged_as(&record, &context(), Class::Extension, "noise");
        assert!(
            judgement
                .reason
                .to_string()
                .starts_with("caused by an extension")
        );
        assert!(judgement.score < 10);
    }
}

#[test]
fn what_is_injected_on_the_way_is_told_by_its_traces() {
    for (blocked, others) in [
        ("https://nikkomsgchannel/e?001c", &[][..]),
        ("https://gc.kis.v2.scr.kaspersky-labs.com/x", &[]),
        (
            "https://api.example/",
            &[(
                "source-file",
                "https://gc.kis.v2.scr.kaspersky-labs.com/x.js",
            )],
        ),
        ("webviewprogressproxy", &[]),
        (
            "https://api.example/",
            &[("document-uri", "https://app-example.translate.goog/cart")],
        ),
        (
            "inline",
            &[
                ("effective-directive", "script-src"),
                ("script-sample", "window.AG_onLoad = 1"),
            ],
        ),
    ] {
        let record = report(blocked, "default-src 'self'", others);
        assert_judged(&record, &context(), Class::Injected, "noise");
        let site = site();
        assert_judged(
            &record,
            &context().first_party(&site),
            Class::Injected,
            "noise",
        );
    }
}

#[test]
fn a_list_of_noise_hides_no_finding_of_the_site_itself() {
    // A script of the site's own connects to a host of the list.
    let record = report(
        "https://gateway.zscaler.net/x",
        "connect-src 'self'",
        &SCRIPT,
    );
    assert_judged(&record, &context(), Class::Genuine, "blocked");
    // The host is the site's own.
    let page = [
        ("document-uri", "https://superfish.com/"),
        ("effective-directive", "connect-src"),
    ];
    let record = report("https://superfish.com/api", "connect-src 'none'", &page);
    assert_judged(&record, &context(), Class::Genuine, "blocked");
    let site = [
        origin("https://app.example"),
        origin("https://api.superfish.com"),
    ];
    let record = report("https://api.superfish.com/v1", "connect-src 'self'", &[]);
    assert_judged(
        &record,
        &context().first_party(&site),
        Class::Genuine,
        "blocked",
    );
}

#[test]
fn an_in_app_browser_lowers_the_score_and_decides_nothing() {
    let plain =
        report("https://api.example/", "connect-src 'self'", &SCRIPT).with_user_agent(CHROMIUM);
    let in_app = report("https://api.example/", "connect-src 'self'", &SCRIPT)
        .with_user_agent(&format!("{CHROMIUM} [FB_IAB/FB4A;FBAV/400]"));
    let plain = judged_as(&plain, &context(), Class::Genuine, "blocked");
    let in_app = judged_as(&in_app, &context(), Class::Genuine, "blocked");
    assert!(in_app.score < plain.score);
}

#[test]
fn what_is_allowed_now_is_stale() {
    let none = "connect-src 'none'";
    for (in_force, blocked, class) in [
        (
            "connect-src 'self' https://api.example",
            "https://api.example/v1",
            Class::StalePolicy,
        ),
        (
            "connect-src 'self'",
            "https://api.example/v1",
            Class::Genuine,
        ),
        (
            "connect-src https://api.example/v2/",
            "https://api.example/v1",
            Class::Genuine,
        ),
        (
            "connect-src https://api.example/v1/",
            "https://api.example",
            Class::Genuine,
        ),
        (
            "connect-src https://api.example",
            "https://api.example",
            Class::StalePolicy,
        ),
        (
            "img-src 'self'",
            "https://api.example/v1",
            Class::StalePolicy,
        ),
        ("", "https://api.example/v1", Class::StalePolicy),
        (
            "connect-src wss:",
            "wss://live.example/x",
            Class::StalePolicy,
        ),
        ("connect-src https:", "wss://live.example/x", Class::Genuine),
        // WebKit would allow it, but any browser may have sent the report.
        ("connect-src wss:", "https://api.example/v1", Class::Genuine),
    ] {
        let in_force = CspList::from_header(in_force, Disposition::Enforce);
        let record = report(blocked, none, &[]);
        let judgement = judge(&record, &context().in_force(&in_force));
        assert_eq!(judgement.class, class, "{blocked} under {in_force:?}");
    }
}

#[test]
fn a_redirect_is_stale_only_when_every_target_is_allowed() {
    let old = "connect-src https://api.example";
    let record = report("https://api.example/go", old, &[]);
    for (in_force, class) in [
        (
            "connect-src https://api.example https://cdn.example",
            Class::Genuine,
        ),
        ("connect-src *", Class::StalePolicy),
    ] {
        let in_force = CspList::from_header(in_force, Disposition::Enforce);
        assert_eq!(judge(&record, &context().in_force(&in_force)).class, class);
    }
}

#[test]
fn a_stale_report_says_how_old_its_policy_is() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(10_000_000);
    let sent = [SentPolicy::new("connect-src 'none'", Disposition::Report)
        .until(now - Duration::from_secs(3 * 3600 + 5))];
    let in_force = CspList::from_header("connect-src https:", Disposition::Report);
    let context = JudgeContext::new(now, NoiseList::builtin());
    let context = context.sent(Sent::OneOf(&sent)).in_force(&in_force);
    let record = report("https://api.example/", "connect-src 'none'", &[]);
    let judgement = judge(&record, &context);
    assert_eq!(
        judgement.reason.to_string(),
        "the policies in force now allow it; the old one was last sent 3 h ago"
    );
}

#[test]
fn a_policy_that_we_never_sent_is_foreign() {
    let sent = [
        SentPolicy::new(
            "connect-src 'self' api.example:8443/v%41; report-uri /csp",
            Disposition::Enforce,
        ),
        SentPolicy::new(
            "connect-src 'self' https://cdn.example 'nonce-x'; img-src *",
            Disposition::Enforce,
        ),
    ];
    let known = context().sent(Sent::OneOf(&sent));
    for (policy, is_foreign) in [
        (
            "connect-src 'self' api.example:8443/v%41; report-uri /csp",
            false,
        ),
        // As Firefox prints it, today and in the past.
        (
            "connect-src 'self' https://api.example:8443/vA; report-uri https://app.example/csp",
            false,
        ),
        ("connect-src https://app.example https://cdn.example", false),
        (
            "connect-src https://app.example:443 HTTPS://CDN.example; sandbox",
            false,
        ),
        (
            "connect-src 'self' https://cdn.example https://evil.example",
            true,
        ),
        ("connect-src https://cdn.example", true),
        ("connect-src 'none'", true),
        ("img-src *", true),
    ] {
        let judgement = judge(&report("https://x.example/", policy, &[]), &known);
        assert_eq!(
            judgement.reason.code() == "other-policy",
            is_foreign,
            "{policy}"
        );
    }
    let record = report("https://x.example/", "connect-src 'self'", &[]);
    assert_judged(
        &record,
        &context().sent(Sent::Never),
        Class::ForeignPolicy,
        "never-sent",
    );
    assert_judged(
        &record,
        &context().sent(Sent::OneOf(&[])),
        Class::ForeignPolicy,
        "other-policy",
    );
    assert_judged(
        &report("x:y", "connect-src 'none'", &[]),
        &known,
        Class::ForeignPolicy,
        "other-policy",
    );
}

#[test]
fn a_page_that_is_not_ours_is_foreign() {
    let site = site();
    let context = context().first_party(&site);
    let other = [("document-uri", "https://copy.example/cart")];
    let record = report("https://x.example/", "connect-src 'self'", &other);
    assert_judged(&record, &context, Class::ForeignPolicy, "other-document");
    // A frame without a URL belongs to the page that made it.
    for document in ["about", "about:srcdoc", "blob", "data"] {
        let frame = [("document-uri", document)];
        let record = report("https://x.example/", "connect-src 'self'", &frame);
        assert_judged(&record, &context, Class::Genuine, "blocked");
        let record = report("wss://app.example/", "connect-src 'self'", &frame);
        assert_judged(&record, &context, Class::Inconsistent, "allowed");
    }
}

#[test]
fn what_cannot_be_judged_is_unreadable() {
    let policy = "connect-src 'self'";
    for (field, code) in [
        ("effective-directive", "no-directive"),
        ("blocked-uri", "nothing-blocked"),
        ("original-policy", "no-policy"),
    ] {
        let record = report("https://x.example/", policy, &[(field, "")]);
        assert_judged(&record, &context(), Class::Unreadable, code);
    }
    let record = report("https://[", policy, &[]);
    assert_judged(&record, &context(), Class::Unreadable, "nothing-blocked");
}

#[test]
fn a_report_without_its_policy_is_judged_by_the_one_that_was_sent() {
    let sent = [SentPolicy::new("connect-src 'self'", Disposition::Report)];
    let context = context().sent(Sent::OneOf(&sent));
    let record = report("https://x.example/", "", &[]);
    let judgement = judged_as(&record, &context, Class::Genuine, "blocked");
    assert_eq!(
        judgement.disposition,
        Some(Disposition::Report),
        "WebKit does not say it"
    );
}

/// Directive, what was blocked, policy, class, code.
const DIRECTIVES: &str = "\
img-src | https://x.example/p.png | img-src 'self' | genuine | blocked
img-src | https://x.example/ | connect-src 'self' | inconsistent | no-such-directive
img-src | inline | img-src 'self' | inconsistent | not-about-urls
script-src-elem | https://x.example/a.js | script-src 'self' | genuine | blocked
script-src-elem | https://x.example/a.js | script-src 'nonce-a' 'strict-dynamic' | genuine | blocked
script-src | eval | script-src 'self' | genuine | decided-in-the-page
script-src | inline | default-src 'self' | genuine | decided-in-the-page
script-src | inline | img-src 'self' | inconsistent | no-such-directive
worker-src | blob | worker-src 'self' | genuine | blocked
default-src | https://x.example/p | default-src 'self' | genuine | blocked
form-action | https://x.example/ | form-action 'self' | genuine | decided-in-the-page
form-action | https://x.example/ | connect-src 'self' | inconsistent | no-such-directive
frame-ancestors | https://x.example/ | frame-ancestors 'none' | genuine | decided-in-the-page
require-trusted-types-for | trusted-types-sink | require-trusted-types-for 'script' | genuine | decided-in-the-page
new-src | https://x.example/ | new-src 'none' | genuine | decided-in-the-page
new-src | https://x.example/ | default-src 'none' | genuine | decided-in-the-page
new-src | https://x.example/ | connect-src 'none' | inconsistent | no-such-directive";

#[test]
fn every_directive_is_judged_as_far_as_a_report_shows_it() {
    for line in DIRECTIVES.lines() {
        let [directive, blocked, policy, class, code] = line.split(" | ").collect::<Vec<_>>()[..]
        else {
            panic!("{line}");
        };
        let record = report(blocked, policy, &[("effective-directive", directive)]);
        assert_judged(&record, &context(), Class::parse(class).unwrap(), code);
    }
}

#[test]
fn an_old_report_is_judged_by_its_violated_directive() {
    let others = [
        ("effective-directive", ""),
        ("violated-directive", "connect-src 'self' https://a.example"),
    ];
    let record = report(
        "https://x.example/",
        "connect-src 'self' https://a.example",
        &others,
    );
    assert_judged(&record, &context(), Class::Genuine, "blocked");
}

#[test]
fn no_class_overlaps_a_genuine_score() {
    let policies = ["connect-src 'self'", "connect-src *", "img-src x", ""];
    let blocked = [
        "https://x.example/",
        "https://app.example/",
        "data",
        "inline",
        "chrome-extension",
        "",
    ];
    for user_agent in ["", CHROMIUM, FIREFOX, SAFARI, "Instagram"] {
        for policy in policies {
            for blocked in blocked {
                let record = report(blocked, policy, &[]).with_user_agent(user_agent);
                let judgement = judge(&record, &context());
                let is_genuine = judgement.class == Class::Genuine;
                assert_eq!(judgement.score >= 40, is_genuine, "{judgement:?}");
                assert!(judgement.score <= 100 && (is_genuine || judgement.score <= 30));
                assert!(!judgement.reason.to_string().is_empty());
            }
        }
    }
}

#[test]
fn a_judgement_is_written_with_its_reason_in_words() {
    let record = report("chrome-extension", "connect-src 'self'", &[]);
    let json = serde_json::to_value(judge(&record, &context())).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "class": "extension", "score": 0, "reason": "noise", "disposition": null,
            "why": "caused by an extension of Chrome, Edge or another Chromium",
        })
    );
}

#[test]
fn groups_are_by_origin_directive_and_reason() {
    let key = |blocked: &str, policy: &str, others: &[_]| {
        let record = report(blocked, policy, others);
        GroupKey::of(&record, &judge(&record, &context()))
    };
    let one = key("https://api.example/v1?x", "connect-src 'self'", &[]);
    assert_eq!(
        one,
        key("https://API.example:443/v2", "connect-src 'none'", &SCRIPT)
    );
    assert_ne!(
        one,
        key("https://api.example:8443/v1", "connect-src 'self'", &[])
    );
    assert_ne!(one, key("http://api.example/v1", "connect-src 'self'", &[]));
    assert_ne!(
        one,
        key(
            "https://api.example/v1",
            "connect-src https://api.example",
            &[]
        ),
        "redirected"
    );
    assert_eq!(key("data", "connect-src 'self'", &[]).blocked, "data:");
    let inline = [("effective-directive", "script-src-elem")];
    assert_eq!(
        key("inline", "script-src 'self'", &inline).blocked,
        "'inline'"
    );
}
