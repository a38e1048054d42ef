//! The dashboard's pages: who is let in, what changes something, and that nothing of a report does harm there.

use connect_src::{BrowserProfile, CspList, Disposition, Origin, Request as Connection};
use connect_src_lint::{Levels, ResponseHeaders, Severity, Subject, lint};
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use serde_json::json;
use url::Url;

use crate::harness::{Answer, Running, report_path};

const PAGES: [&str; 10] = [
    "/",
    "/violations",
    "/violations?view=review",
    "/connections?class=all",
    "/policy",
    "/policy/preview",
    "/rollout",
    "/check?policy=connect-src+*&page=https://a.example/&url=wss://b.example/",
    "/history",
    "/login",
];
/// A page in which nothing of a report stands, with links to what our own words refer to.
const RULE: &str = "/rules/any-host-source";

/// Somebody who is logged in with a browser.
struct Browser<'s> {
    server: &'s Running,
    cookie: String,
}

impl<'s> Browser<'s> {
    async fn log_in(server: &'s Running, token: &str) -> Self {
        let nobody = Self {
            server,
            cookie: String::new(),
        };
        let answer = nobody.post("/login", &[("token", token)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let cookie = answer.header("set-cookie");
        for word in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(word), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { server, cookie }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(self.url(path)), String::new()).await
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        answer.text()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = Request::post(self.url(path)).header("sec-fetch-site", "same-origin");
        self.ask(request, body.finish()).await
    }

    /// Sends a form as the page would, with its key.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let key = self.form_key().await;
        let mut all = vec![("key", &*key)];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    async fn form_key(&self) -> String {
        let page = self.page("/").await;
        let (_, rest) = page.split_once("name=\"key\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    async fn ask(&self, request: http::request::Builder, body: String) -> Answer {
        let request = request.header("cookie", &self.cookie);
        self.server
            .send(request.body(Full::new(body.into())).unwrap())
            .await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.admin)
    }
}

/// A site on which one page was reported to connect somewhere.
async fn reported(blocked: &str) -> Running {
    let server = Running::start("[[site]]\nhost = 'app.example'").await;
    let policy = server.page("app.example", "/").await;
    let policy = policy.header("content-security-policy-report-only");
    server.report(&policy, blocked).await;
    server
        .eventually("/api/v1/groups", |list| list["total"] == 1)
        .await;
    server
}

#[tokio::test]
async fn pages_want_a_login_and_lead_to_it() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let cookies = [
        "",
        "connect-src-session=x",
        &format!("connect-src-session={}", "A".repeat(43)),
    ];
    for cookie in cookies {
        let nobody = Browser {
            server: &server,
            cookie: cookie.to_owned(),
        };
        let pages = PAGES.iter().filter(|path| **path != "/login");
        for path in pages.chain([&RULE]) {
            let answer = nobody.get(path).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(
                answer.header("location").starts_with("/login?to="),
                "{path}"
            );
        }
        let answer = nobody.get("/events").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(nobody.get("/login").await.status, StatusCode::OK);
    }
    let page = Browser {
        server: &server,
        cookie: String::new(),
    };
    let page = page.page("/login?to=//evil.example").await;
    assert!(page.contains("name=\"to\" value=\"/\""), "{page}");
}

#[tokio::test]
async fn every_page_answers_with_our_policy_and_says_nothing_to_caches() {
    let server = reported("https://api.example/v1/items").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let more = [
        "/violations/1",
        "/connections/1",
        "/policy?revision=1",
        "/nothing",
        "/violations/x",
    ];
    for path in PAGES.iter().chain(&more) {
        let answer = browser.get(path).await;
        if answer.status == StatusCode::SEE_OTHER {
            continue;
        }
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        let text = answer.text();
        assert!(
            text.contains("<title>") && text.contains("lang=\"en\""),
            "{path}"
        );
        assert!(
            !text.contains(" style=") && !text.contains("<style") && !has_handler(&text),
            "{path}: inline style or handler"
        );
    }
    assert_eq!(browser.get("/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        browser.get("/violations/x").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser.get("/violations/99").await.status,
        StatusCode::NOT_FOUND
    );
}

/// Whether a tag has an attribute such as `onclick`.
fn has_handler(page: &str) -> bool {
    page.split(" on").skip(1).any(|rest| {
        let word = rest
            .split(|character: char| !character.is_ascii_lowercase())
            .next();
        let word = word.unwrap_or_default();
        !word.is_empty() && rest[word.len()..].starts_with('=')
    })
}

#[tokio::test]
async fn our_own_policy_lets_our_script_reach_us_and_nobody_else() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let policy = browser.get("/").await.header("content-security-policy");
    let list = CspList::from_header(&policy, Disposition::Enforce);
    assert_eq!(list.policies().len(), 1);
    assert_eq!(
        list.policies()[0].notes(),
        [],
        "browsers ignore nothing in it"
    );
    let page = Url::parse(&browser.url("/")).unwrap();
    for (url, expected) in [
        (browser.url("/events"), false),
        (browser.url("/policy/preview"), false),
        (format!("http://{}/", server.public), true),
        ("https://evil.example/".to_owned(), true),
        (browser.url("/").replace("http:", "https:"), true),
        ("data:text/plain,x".to_owned(), true),
    ] {
        let url = Url::parse(&url).unwrap();
        let request = Connection::connect(connect_src::Api::implied_by(&url), url.clone());
        for profile in BrowserProfile::BROWSERS {
            let result = list.should_request_be_blocked(&request, &Origin::of(&page), profile);
            let is_upgraded =
                expected && url.scheme() == "https" && url.host_str() == page.host_str();
            assert!(
                result.is_blocked() == expected || is_upgraded,
                "{url} in {profile}"
            );
        }
    }
}

#[tokio::test]
async fn the_linter_finds_nothing_in_our_own_policy() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let browser = Browser::log_in(&server, &server.token).await;
    for path in PAGES {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        let list = CspList::from_header(&policy, Disposition::Enforce);
        let page = Url::parse(&browser.url(path)).unwrap();
        let lines = answer.headers.iter();
        let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let headers = ResponseHeaders::of_response(lines, &page);
        let subject = Subject::new(list.policies())
            .on_page(&page)
            .with_response_headers(&headers);
        let findings = lint(&subject, &Levels::default());
        let worse = findings.iter().filter(|one| one.severity > Severity::Info);
        assert_eq!(worse.count(), 0, "{path}: {policy}: {findings:#?}");
    }
}

#[tokio::test]
async fn what_is_found_in_a_policy_has_the_levels_of_the_configuration() {
    let lint = "[lint]\nallow = ['exposure']\ndeny = ['missing-script-src']\n";
    let server = Running::start(&format!("[[site]]\nhost = 'app.example'\n{lint}")).await;
    server.page("app.example", "/").await;
    let body = json!({"site": "app.example", "policy": "connect-src 'self' https:"});
    let status = server.post_api("/api/v1/rollout/propose", body).await;
    let revision = status.json()["revision"].clone();
    let shown = server.get(&format!("/api/v1/policies/{revision}")).await;
    let findings = shown["findings"].as_array().unwrap().iter();
    let found: Vec<_> = findings
        .map(|it| {
            (
                it["rule"].as_str().unwrap(),
                it["severity"].as_str().unwrap(),
            )
        })
        .collect();
    assert!(
        found.contains(&("missing-script-src", "error")),
        "{found:?}"
    );
    assert!(
        found.iter().all(|(rule, _)| *rule != "any-host-source"),
        "{found:?}"
    );
    let browser = Browser::log_in(&server, &server.token).await;
    let page = browser
        .get(&format!("/policy?revision={revision}"))
        .await
        .text();
    assert!(page.contains("missing-script-src"), "{page}");
    assert!(!page.contains("any-host-source"), "{page}");
}

#[tokio::test]
async fn a_change_needs_the_key_of_the_session_and_a_page_of_ours() {
    let server = reported("https://api.example/v1/items").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let other = Browser::log_in(&server, &server.token).await;
    let (key, foreign) = (browser.form_key().await, other.form_key().await);
    let changes = [
        "/violations/1/allow",
        "/violations/1/noise",
        "/policy",
        "/policy/suggest",
        "/policy/preview",
        "/rollout/trial",
        "/rollout/advance",
        "/history/1/undo",
        "/logout",
    ];
    for path in changes {
        for key in ["", "x", &foreign] {
            let answer = browser.post(path, &[("key", key)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {key}");
        }
        for site in ["cross-site", "same-site", "none"] {
            let request = Request::post(browser.url(path)).header("sec-fetch-site", site);
            let answer = browser.ask(request, format!("key={key}")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {site}");
        }
        let nobody = Browser {
            server: &server,
            cookie: String::new(),
        };
        let answer = nobody.post(path, &[("key", &key)]).await;
        let is_refused = matches!(
            answer.status,
            StatusCode::UNAUTHORIZED | StatusCode::SEE_OTHER
        );
        assert!(is_refused, "{path} {}", answer.status);
    }
    let audit = server.get("/api/v1/audit").await;
    let done: Vec<_> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["action"].clone())
        .collect();
    assert!(
        !done.contains(&json!("allow")) && !done.contains(&json!("label-group")),
        "{done:?}"
    );
}

#[tokio::test]
async fn who_may_only_look_sees_everything_and_changes_nothing() {
    let server = reported("https://api.example/v1/items").await;
    let made = server
        .post_api("/api/v1/tokens", json!({"name": "eve", "role": "view"}))
        .await;
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let browser = Browser::log_in(&server, &token).await;
    for path in PAGES.iter().filter(|path| **path != "/login") {
        browser.page(path).await;
    }
    assert!(
        !browser
            .page("/violations/1")
            .await
            .contains("/violations/1/allow")
    );
    for path in ["/violations/1/allow", "/policy/suggest", "/rollout/back"] {
        let answer = browser.submit(path, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.text().contains("may only look"));
    }
    let id = &token[5..13];
    server
        .api(Method::DELETE, &format!("/api/v1/tokens/{id}"), None)
        .await;
    assert_eq!(
        browser.get("/").await.status,
        StatusCode::SEE_OTHER,
        "the session ends with the token"
    );
}

#[tokio::test]
async fn wrong_tokens_are_refused_and_soon_not_looked_at() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let nobody = Browser {
        server: &server,
        cookie: String::new(),
    };
    let mut last = StatusCode::OK;
    let unknown = format!("csrc_00000000_{}", "A".repeat(43));
    for _ in 0..12 {
        let answer = nobody.post("/login", &[("token", &unknown)]).await;
        assert!(answer.header("set-cookie").is_empty());
        assert!(
            !answer.text().contains(&unknown),
            "what was typed is not shown"
        );
        last = answer.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let answer = nobody.post("/login", &[("token", &server.token)]).await;
    assert_eq!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS,
        "nor is the right one"
    );
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let answer = browser.submit("/logout", &[]).await;
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_check_page_is_open_only_where_the_operator_says_so() {
    let check = PAGES.into_iter().find(|path| path.starts_with("/check"));
    let check = check.unwrap();
    for (word, check_status, overview_status) in [
        ("nothing", StatusCode::SEE_OTHER, StatusCode::SEE_OTHER),
        ("check", StatusCode::OK, StatusCode::SEE_OTHER),
        ("view", StatusCode::OK, StatusCode::OK),
    ] {
        let config = format!(
            "[[site]]\nhost = 'a.example'\n[admin]\nlisten = '127.0.0.1:0'\nwithout-login = '{word}'"
        );
        let server = Running::collector(&config).await;
        let nobody = Browser {
            server: &server,
            cookie: String::new(),
        };
        assert_eq!(nobody.get(check).await.status, check_status, "{word}");
        assert_eq!(nobody.get("/").await.status, overview_status, "{word}");
        let answer = nobody.post("/policy/suggest", &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{word}");
    }
}

#[tokio::test]
async fn what_is_decided_about_a_group_can_be_taken_back() {
    let server = reported("https://api.example/v1/items").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let draft = || server.api(Method::GET, "/api/v1/draft?site=app.example", None);
    browser
        .submit("/policy", &[("policy", "connect-src 'self'")])
        .await;

    let answer = browser
        .submit("/violations/1/allow", &[("to", "/violations/1")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let allowed = draft().await.json();
    assert_eq!(
        allowed["policy"],
        "connect-src 'self' https://api.example/v1/items"
    );
    let to = answer.header("location");
    let line = to.split_once("of=").unwrap().1.to_owned();
    assert!(
        browser
            .page(&to)
            .await
            .contains("The source was added to the draft.")
    );

    let answer = browser
        .submit(&format!("/history/{line}/undo"), &[("to", "/history")])
        .await;
    assert_eq!(answer.header("location"), "/history", "{}", answer.text());
    assert_eq!(draft().await.json()["policy"], "connect-src 'self'");

    for label in ["expected", "noise"] {
        browser.submit(&format!("/violations/1/{label}"), &[]).await;
        assert_eq!(
            server.get("/api/v1/groups").await["items"][0]["label"],
            label
        );
    }
    browser.submit("/violations/1/clear", &[]).await;
    assert_eq!(
        server.get("/api/v1/groups").await["items"][0]["label"],
        json!(null)
    );
    assert!(browser.page("/history").await.contains("label-group"));
}

#[tokio::test]
async fn the_overview_leads_from_the_first_report_to_an_enforced_policy() {
    let server = reported("https://api.example/v1/items").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let overview = async |words: &str| {
        let page = browser.page("/").await;
        assert!(page.contains(words), "{words}: {page}");
    };
    overview("Write a draft from what was seen").await;
    browser.submit("/policy/suggest", &[]).await;
    overview("Everything that the draft blocks was looked at.").await;
    browser
        .submit(
            "/policy",
            &[("policy", "connect-src 'self'"), ("edit", "1")],
        )
        .await;
    overview("1 connection of 1 host is not in the draft").await;
    browser.submit("/violations/1/expected", &[]).await;
    overview("Prepare the trial").await;
    let trial = browser.submit("/rollout/trial", &[]).await;
    assert_eq!(trial.status, StatusCode::SEE_OTHER, "{}", trial.text());
    overview("On trial").await;
    browser
        .submit("/rollout/advance", &[("share", "100")])
        .await;
    overview("The policy is enforced for everybody.").await;
    let policy = server
        .page("app.example", "/")
        .await
        .header("content-security-policy");
    assert!(
        policy.starts_with("connect-src 'self'; report-uri"),
        "{policy}"
    );
    browser.submit("/rollout/back", &[]).await;
    overview("On trial").await;
}

#[tokio::test]
async fn what_reports_say_is_shown_and_not_obeyed() {
    let server = Running::start("[[site]]\nhost = 'app.example'").await;
    let policy = server.page("app.example", "/").await;
    let policy = policy.header("content-security-policy-report-only");
    let long = "x".repeat(100_000);
    let hostile = [
        "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned(),
        "\"><svg onload=alert(1)>'".to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:text/html,<script>alert(1)</script>".to_owned(),
        "\u{202e}\u{2066}elpmaxe\u{200b}\u{0}\u{1b}[2J".to_owned(),
        format!("https://{long}.example/<b>"),
        long.clone(),
    ];
    for (index, text) in hostile.iter().enumerate() {
        let blocked = format!("https://h{index}.example/{text}");
        for blocked in [text, &blocked] {
            let body = json!({"csp-report": {
                "document-uri": format!("https://app.example/{text}"),
                "referrer": text,
                "violated-directive": if index % 2 == 0 { "connect-src" } else { text },
                "effective-directive": if index % 2 == 0 { "connect-src" } else { text },
                "original-policy": if index % 3 == 0 { &policy } else { text },
                "disposition": if index % 2 == 0 { "report" } else { text },
                "blocked-uri": blocked,
                "status-code": 200,
                "source-file": text,
                "line-number": 3,
                "column-number": 7,
                "script-sample": text,
            }});
            server
                .post(
                    &report_path(&policy),
                    "application/csp-report",
                    body.to_string(),
                )
                .await;
        }
    }
    let groups = server
        .eventually("/api/v1/groups", |list| list["total"].as_u64() > Some(3))
        .await;
    let browser = Browser::log_in(&server, &server.token).await;
    let mut pages: Vec<String> = PAGES
        .iter()
        .filter(|path| **path != "/login")
        .map(ToString::to_string)
        .collect();
    let text: String = url::form_urlencoded::byte_serialize(hostile[0].as_bytes()).collect();
    let turned: String = url::form_urlencoded::byte_serialize(hostile[4].as_bytes()).collect();
    for text in [&text, &turned] {
        pages.push(format!("/violations?q={text}&class="));
        pages.push(format!("/connections?q={text}&sort={text}"));
        pages.push(format!("/check?policy={text}&page={text}&url={text}"));
        pages.push(format!(
            "/check?policy=connect-src+{text}&page=https://a.example/&url=https://b.example/{text}"
        ));
        pages.push(format!("/policy?done={text}"));
    }
    for (group, why) in groups["items"]
        .as_array()
        .unwrap()
        .iter()
        .zip(hostile.iter().cycle())
    {
        let id = group["id"].as_i64().unwrap();
        browser
            .submit(&format!("/violations/{id}/noise"), &[("why", &**why)])
            .await;
        pages.push(format!("/violations/{id}"));
    }
    let connections = server.get("/api/v1/connections?limit=1000").await;
    for connection in connections["items"].as_array().unwrap() {
        pages.push(format!("/connections/{}", connection["id"]));
    }
    for path in pages {
        is_harmless(&path, &browser.page(&path).await);
    }
}

/// That a page has no markup but ours, obeys no character, links only to itself, and stays small.
fn is_harmless(path: &str, page: &str) {
    let path: String = path.chars().take(80).collect();
    for markup in [
        "<script>",
        "<img",
        "<svg onload",
        "onerror=alert(1)>",
        "<b>",
    ] {
        assert!(!page.contains(markup), "{path}: {markup}");
    }
    let obeyed = |character: char| matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{1b}' | '\0');
    assert!(
        !page.contains(obeyed),
        "{path}: a character that turns or hides text"
    );
    for link in page
        .split("href=\"")
        .skip(1)
        .chain(page.split("action=\"").skip(1))
    {
        let link = link.split('"').next().unwrap();
        let is_ours =
            link.starts_with('/') || link.starts_with('#') || link.starts_with("http://127.0.0.1:");
        assert!(is_ours, "{path}: a link to {link}");
    }
    assert!(page.len() < 400_000, "{path}: {} bytes", page.len());
}

#[tokio::test]
async fn assets_are_small_named_by_what_they_hold_and_kept() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let page = browser.page("/").await;
    let mut bytes = page.len();
    let assets: Vec<_> = page
        .split('"')
        .filter(|word| word.starts_with("/assets/"))
        .collect();
    assert_eq!(assets.len(), 3, "{assets:?}");
    for asset in assets {
        let request = Request::get(browser.url(asset)).header("accept-encoding", "gzip, br");
        let answer = browser.ask(request, String::new()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-encoding"), "gzip");
        assert!(answer.header("cache-control").contains("immutable"));
        assert!(browser.get(asset).await.body.len() > answer.body.len());
        bytes += answer.body.len();
    }
    assert!(bytes < 100_000, "the first view has {bytes} bytes");
    assert_eq!(
        browser.get("/assets/style-000000000000.css").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_choice_of_colours_is_kept_in_a_cookie() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let answer = browser
        .post(
            "/theme",
            &[("theme", "dark"), ("to", "https://evil.example")],
        )
        .await;
    assert_eq!(answer.header("location"), "/");
    let cookie = answer.header("set-cookie");
    let dark = Browser {
        server: &server,
        cookie: format!("{}; {}", browser.cookie, cookie.split(';').next().unwrap()),
    };
    assert!(dark.page("/").await.contains("data-theme=\"dark\""));
    assert!(browser.page("/").await.contains("data-theme=\"system\""));
}

#[tokio::test]
async fn a_request_for_somebody_elses_name_is_refused_and_says_what_to_do() {
    let server = Running::collector(
        "\n[admin]\nlisten = '127.0.0.1:0'\nhosts = ['dash.example']\n[[site]]\nhost = 'a.example'",
    )
    .await;
    let browser = Browser::log_in(&server, &server.token).await;
    let ask = async |host: &str, path: &str| {
        let request = Request::get(browser.url(path)).header("host", host);
        browser.ask(request, String::new()).await
    };
    for path in ["/", "/login", "/api/v1/sites", "/metrics", "/assets/x"] {
        let answer = ask("evil.example:8081", path).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        let text = answer.text();
        assert!(
            text.contains("`evil.example` is no name of this server"),
            "{text}"
        );
        assert!(
            text.contains("hosts = [") && text.contains("[admin]"),
            "{text}"
        );
    }
    let hostile = ask("<b>evil</b>.example", "/").await;
    assert_eq!(hostile.header("content-type"), "text/plain; charset=utf-8");
    let port = server.admin.port();
    for host in ["dash.example", "localhost", &format!("localhost:{port}")] {
        assert_eq!(ask(host, "/").await.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn who_saves_over_a_newer_draft_is_told_and_loses_nothing() {
    let server = reported("https://api.example/v1/items").await;
    let [ada, bob] = [(); 2].map(|()| Browser::log_in(&server, &server.token));
    let (ada, bob) = (ada.await, bob.await);
    let at = ("at", "app.example /");
    let saved = ada
        .submit("/policy", &[at, ("policy", "connect-src 'self'")])
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let mine = "connect-src https://mine.example";
    let clash = bob
        .submit("/policy", &[at, ("policy", mine), ("why", "so it is")])
        .await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    let page = clash.text();
    assert!(page.contains("the draft was changed meanwhile"), "{page}");
    assert!(
        page.contains(&format!(">{mine}</textarea>")),
        "what was typed is kept"
    );
    assert!(page.contains("so it is"), "and so is the reason");
    let (_, rest) = page.split_once("name=\"edit\" value=\"").unwrap();
    let edit = rest.split('"').next().unwrap().to_owned();
    for path in ["/policy/suggest", "/policy/drop", "/policy/remove"] {
        let stale = [at, ("edit", "999"), ("source", "'self'")];
        let answer = bob.submit(path, &stale).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
    }
    let again = bob
        .submit("/policy", &[at, ("policy", mine), ("edit", &edit)])
        .await;
    assert_eq!(
        again.status,
        StatusCode::SEE_OTHER,
        "knowingly, it is saved"
    );
    let draft = server.get("/api/v1/draft?site=app.example").await;
    assert_eq!(draft["policy"], mine);
}

#[tokio::test]
async fn each_source_of_the_draft_says_what_it_is_for_and_can_be_taken_out() {
    let server = reported("https://api.example/v1/items").await;
    let browser = Browser::log_in(&server, &server.token).await;
    let at = ("at", "app.example /");
    let policy = "connect-src https://api.example https://old.example https:";
    browser.submit("/policy", &[at, ("policy", policy)]).await;
    let page = browser.page("/policy").await;
    assert!(page.contains("href=\"/policy/preview"), "{page}");
    let page = browser.page("/policy/preview").await;
    assert!(page.contains("allows nothing that was seen"), "{page}");
    assert!(page.contains("others allow the same"), "{page}");
    assert!(
        page.contains("/rules/any-host-source"),
        "the finding has its rule"
    );
    let rule = browser.page("/rules/any-host-source").await;
    assert!(rule.contains("<h2>Why it matters</h2>"), "{rule}");
    let none = browser.get("/rules/nonsense").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let (_, rest) = page.split_once("name=\"edit\" value=\"").unwrap();
    let edit = rest.split('"').next().unwrap().to_owned();
    let fields = [at, ("edit", &edit), ("source", "https://old.example")];
    let removed = browser.submit("/policy/remove", &fields).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text());
    let draft = server.get("/api/v1/draft?site=app.example").await;
    assert_eq!(draft["policy"], "connect-src https://api.example https:");
}
