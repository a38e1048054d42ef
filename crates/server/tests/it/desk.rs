//! What operators see and do on the way from the first report to a trial, over the API.

use connect_src_server::events::Event;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Running;

const SITE: &str = "[[site]]\nhost = 'app.example'\n";
const DRAFT: &str = "/api/v1/draft?site=app.example";

async fn observed() -> (Running, String) {
    let server = Running::start(SITE).await;
    let page = server.page("app.example", "/").await;
    let policy = page.header("content-security-policy-report-only");
    assert!(policy.starts_with("connect-src 'none'"), "{policy}");
    (server, policy)
}

/// Reports are there once the store has them all.
async fn report(server: &Running, policy: &str, urls: &[&str]) -> Value {
    let before = server.get("/api/v1/groups").await["total"]
        .as_u64()
        .unwrap();
    for url in urls {
        server.report(policy, url).await;
    }
    let wanted = before + urls.len() as u64;
    server
        .eventually("/api/v1/groups?sort=blocked", |value| {
            value["total"] == wanted
        })
        .await
}

async fn next(server: &Running) -> Value {
    let overview = server.get("/api/v1/overview?site=app.example").await;
    overview["routes"][0]["next"].clone()
}

async fn save(server: &Running, body: Value) -> crate::harness::Answer {
    server.api(Method::PUT, DRAFT, Some(body)).await
}

#[tokio::test]
async fn what_to_do_next_follows_what_is_done() {
    let (server, policy) = observed().await;
    assert_eq!(next(&server).await["step"], "open-the-site");

    report(
        &server,
        &policy,
        &["https://a.example/v1", "wss://b.example/live"],
    )
    .await;
    let step = next(&server).await;
    assert_eq!(
        step,
        json!({"step": "review-connections", "connections": 2, "hosts": 2, "has_draft": false})
    );

    save(&server, json!({"policy": "connect-src https://a.example"})).await;
    let step = next(&server).await;
    assert_eq!(
        (&step["connections"], &step["has_draft"]),
        (&json!(1), &json!(true))
    );

    save(
        &server,
        json!({"policy": "connect-src https://a.example wss://b.example"}),
    )
    .await;
    assert_eq!(
        next(&server).await,
        json!({"step": "put-on-trial", "connections": 2})
    );

    let body = json!({"site": "app.example"});
    let trial = server
        .post_api("/api/v1/rollout/advance", body.clone())
        .await;
    assert_eq!(trial.status, StatusCode::OK);
    let page = server.page("app.example", "/").await;
    let policy = page.header("content-security-policy-report-only");
    report(&server, &policy, &["https://c.example/"]).await;
    let step = next(&server).await;
    assert_eq!(
        (&step["step"], &step["groups"]),
        (&json!("review-violations"), &json!(1))
    );

    let groups = server.get("/api/v1/groups?blocked=c.example").await;
    let label = format!("/api/v1/groups/{}/label", groups["items"][0]["id"]);
    let expected = json!({"label": "expected", "why": "only a test"});
    server.api(Method::PUT, &label, Some(expected)).await;
    server
        .eventually("/api/v1/overview?site=app.example", |value| {
            value["routes"][0]["next"]["step"] == "enforce"
        })
        .await;
    server.post_api("/api/v1/rollout/advance", body).await;
    let step = next(&server).await;
    assert_eq!(
        (&step["step"], &step["from_percent"]),
        (&json!("raise-share"), &json!(1.0))
    );
    let overview = server.get("/api/v1/overview?site=app.example").await;
    let moments = overview["moments"].as_array().unwrap();
    assert_eq!(moments.len(), 2, "{overview}");
    assert_eq!(moments[1]["to"], "enforce 1%");
    assert_eq!(overview["timeline"][0]["classes"]["genuine"], 3);
    assert_eq!(overview["top_blocked"].as_array().unwrap().len(), 3);
    assert_eq!(overview["coverage"][0]["pages"], 1);
}

#[tokio::test]
async fn a_blocked_connection_is_explained_allowed_and_taken_back() {
    let (server, policy) = observed().await;
    let urls = ["https://a.example/v1/items", "wss://b.example/live"];
    let groups = report(&server, &policy, &urls).await;
    let id = &groups["items"][1]["id"];
    assert_eq!(groups["items"][1]["blocked"], "wss://b.example");
    save(
        &server,
        json!({"policy": "connect-src https://b.example", "why": "a start"}),
    )
    .await;

    let path = format!("/api/v1/groups/{id}");
    let group = server.get(&path).await;
    assert_eq!(
        (&group["is_policy_ours"], &group["current"]),
        (&json!(true), &Value::Null)
    );
    let profiles = group["reported"]["profiles"].as_array().unwrap();
    assert!(
        profiles.iter().all(|profile| profile["is_blocked"] == true),
        "{group}"
    );
    let miss = &group["draft"]["profiles"][0]["policies"][0]["nearest_miss"];
    assert_eq!(miss["text"], "https://b.example");
    assert_eq!(miss["fits"]["host"], true);

    let allow = format!("{path}/allow");
    let allowed = server.post_api(&allow, json!({"why": "chat"})).await.json();
    assert_eq!(
        (&allowed["source"], &allowed["is_exact"]),
        (&json!("wss://b.example/live"), &json!(true))
    );
    assert_eq!(
        allowed["draft"]["policy"],
        "connect-src https://b.example wss://b.example/live"
    );
    let again = server.post_api(&allow, json!({})).await.json();
    assert_eq!(again["source"], Value::Null, "the draft allows it");

    let audit = server.get("/api/v1/audit?action=allow").await;
    let line = &audit["items"][0];
    assert_eq!(
        (&audit["total"], &line["who"], &line["why"]),
        (&json!(1), &json!("operator"), &json!("chat"))
    );
    assert_eq!(line["before"], "connect-src https://b.example");
    assert_eq!(line["can_be_undone"], true);
    let undo = format!("/api/v1/audit/{}/undo", line["id"]);
    let undone = server.post_api(&undo, json!({"why": "not that one"})).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text());
    assert_eq!(
        server.get(DRAFT).await["policy"],
        "connect-src https://b.example"
    );
    let twice = server.post_api(&undo, json!({})).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(
        twice.text().contains("taken back before"),
        "{}",
        twice.text()
    );
    let edits = server.get("/api/v1/draft/edits?site=app.example").await;
    assert_eq!(edits["total"], 3);
}

#[tokio::test]
async fn what_is_no_url_cannot_be_allowed() {
    let (server, policy) = observed().await;
    let groups = report(&server, &policy, &["inline"]).await;
    let path = format!("/api/v1/groups/{}/allow", groups["items"][0]["id"]);
    let answer = server.post_api(&path, json!({})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("no URL"), "{}", answer.text());
}

#[tokio::test]
async fn two_who_edit_at_once_do_not_lose_each_other_s_work() {
    let (server, _) = observed().await;
    let policy = "connect-src 'self'";
    let first = save(&server, json!({"policy": policy, "based_on": 0})).await;
    let edit = first.json()["edit"].clone();
    let second = save(&server, json!({"policy": "connect-src *", "based_on": 0})).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert_eq!(server.get(DRAFT).await["policy"], policy);
    let third = save(
        &server,
        json!({"policy": "connect-src *", "based_on": edit}),
    )
    .await;
    assert_eq!(third.status, StatusCode::OK);
}

#[tokio::test]
async fn a_preview_compares_with_the_policy_in_force() {
    let (server, observe) = observed().await;
    let body = json!({"site": "app.example", "policy": "connect-src https://a.example"});
    let urls = [
        "https://a.example/v1",
        "https://b.example/x",
        "https://c.example/",
    ];
    report(&server, &observe, &urls).await;
    server.post_api("/api/v1/rollout/propose", body).await;

    let path = "/api/v1/draft/preview?site=app.example";
    let policy = "connect-src https://b.example https://*.c.example typo'";
    let preview = server
        .post_api(path, json!({"policy": policy}))
        .await
        .json();
    let count = |name: &str| preview[name]["connections"].as_u64().unwrap();
    assert_eq!((count("allowed"), count("blocked")), (1, 2), "{preview}");
    assert_eq!((count("newly_blocked"), count("newly_allowed")), (1, 1));
    assert_eq!(preview["notes"].as_array().unwrap().len(), 1);
    let profiles = preview["profiles"].as_array().unwrap();
    assert_eq!(profiles.len(), 1, "only Firefox was seen: {preview}");
    assert_eq!(
        (&profiles[0]["profile"], &profiles[0]["blocked"]),
        (&json!("firefox"), &json!(2))
    );
    let rows = &preview["blocked_rows"];
    assert_eq!(
        (&rows[0]["target"], &rows[0]["is_new"]),
        (&json!("https://a.example/v1"), &json!(true))
    );
    assert_eq!(rows[0]["pages"], json!(["https://app.example/cart"]));
    assert_eq!(rows[1]["is_new"], false);
    assert_eq!(
        preview["newly_allowed_rows"][0]["target"],
        "https://b.example/x"
    );

    let draft = server.post_api(path, json!({})).await.json();
    assert_eq!(
        draft["newly_blocked"]["connections"], 0,
        "it starts from what is on its way"
    );
}

#[tokio::test]
async fn connections_are_filtered_by_what_a_policy_does_with_them() {
    let (server, policy) = observed().await;
    let urls = [
        "https://api.stripe.com/v1",
        "wss://b.example/live",
        "https://c.example/",
    ];
    report(&server, &policy, &urls).await;
    save(
        &server,
        json!({"policy": "connect-src https://api.stripe.com"}),
    )
    .await;

    let path = "/api/v1/connections?site=app.example&sort=host";
    let all = server.get(path).await;
    let first = &all["items"][0];
    assert_eq!(
        (&first["host"], &first["vendors"]),
        (&json!("api.stripe.com"), &json!(["Stripe.js / Elements"]))
    );
    assert_eq!(
        first["verdicts"],
        json!({"current": null, "draft": "allowed"})
    );
    let blocked = format!("{path}&verdict=blocked&policy=draft&limit=1");
    let page = server.get(&blocked).await;
    assert_eq!(page["items"][0]["host"], "b.example");
    assert_eq!(page["items"][0]["api"], "websocket");
    let next = format!("{blocked}&after={}", page["next"].as_str().unwrap());
    let page = server.get(&next).await;
    assert_eq!(page["items"][0]["host"], "c.example");
    let rest = match page["next"].as_str() {
        Some(after) => server.get(&format!("{blocked}&after={after}")).await,
        None => json!({"items": []}),
    };
    assert_eq!(rest["items"], json!([]));
    let id = &first["id"];
    let view = server.get(&format!("/api/v1/connections/{id}")).await;
    assert_eq!(view["verdicts"]["draft"], "allowed");
    assert_eq!(view["page_list"][0]["name"], "https://app.example/cart");
}

#[tokio::test]
async fn two_revisions_are_compared_by_what_they_allow() {
    let (server, _) = observed().await;
    let mut revisions = Vec::new();
    for policy in [
        "connect-src https://api.c.example",
        "connect-src https://*.c.example",
    ] {
        let body = json!({"site": "app.example", "policy": policy});
        let status = server
            .post_api("/api/v1/rollout/propose", body)
            .await
            .json();
        revisions.push(status["revision"].clone());
    }
    let path = format!(
        "/api/v1/policies/diff?before={}&after={}",
        revisions[0], revisions[1]
    );
    let diff = server.get(&path).await;
    assert_eq!(diff["added"], json!(["https://*.c.example"]));
    assert_eq!(diff["page"], "https://app.example");
    for profile in diff["profiles"].as_array().unwrap() {
        assert_eq!(profile["narrowed"], Value::Null);
        let url = profile["widened"]["url"].as_str().unwrap();
        assert!(url.contains(".c.example"), "{url}");
    }
}

#[tokio::test]
async fn every_kind_of_change_is_in_the_audit_log() {
    let (server, policy) = observed().await;
    let groups = report(&server, &policy, &["https://a.example/"]).await;
    save(
        &server,
        json!({"policy": "connect-src *", "why": "draft it"}),
    )
    .await;
    server
        .post_api(
            "/api/v1/rollout/advance",
            json!({"site": "app.example", "why": "try it"}),
        )
        .await;
    let label = format!("/api/v1/groups/{}/label", groups["items"][0]["id"]);
    server
        .api(
            Method::PUT,
            &label,
            Some(json!({"label": "noise", "why": "a bot"})),
        )
        .await;
    server
        .post_api("/api/v1/tokens", json!({"name": "ci", "role": "view"}))
        .await;
    let log = server.get("/api/v1/audit?limit=4").await;
    let line = |place: usize| {
        let line = &log["items"][place];
        let [action, who, why, after] =
            ["action", "who", "why", "after"].map(|it| line[it].clone());
        json!([action, who, why, after])
    };
    assert_eq!(line(0), json!(["add-token", "operator", "", "view"]));
    assert_eq!(
        line(1),
        json!(["label-group", "operator", "a bot", "noise"])
    );
    assert_eq!(line(2), json!(["advance", "operator", "try it", "trial"]));
    assert_eq!(
        line(3),
        json!(["draft", "operator", "draft it", "connect-src *"])
    );
    assert!(log["next"].is_string(), "the log is paged");
}

#[tokio::test]
async fn a_revision_has_its_findings_and_its_audit() {
    let (server, _) = observed().await;
    let body = json!({"site": "app.example", "policy": "connect-src 'self' https:"});
    let status = server.post_api("/api/v1/rollout/propose", body).await;
    let revision = status.json()["revision"].clone();
    let shown = server.get(&format!("/api/v1/policies/{revision}")).await;
    let findings = shown["findings"].as_array().unwrap();
    let found = findings.iter().find(|it| it["rule"] == "any-host-source");
    let found = found.unwrap_or_else(|| panic!("{shown}"));
    assert_eq!((&found["start"], &found["end"]), (&json!(19), &json!(25)));
    assert_eq!(found["severity"], "error");
    for text in ["message", "why", "help"] {
        assert!(!found[text].as_str().unwrap().is_empty(), "{text}");
    }
    let audit = server
        .get(&format!("/api/v1/policies/{revision}/audit"))
        .await;
    assert_eq!(audit["page"], "https://app.example");
    let channels = audit["channels"].as_array().unwrap();
    let fetch = channels.iter().find(|it| it["channel"] == "fetch").unwrap();
    assert_eq!(fetch["reach"], "anywhere");
    assert_eq!(fetch["browsers"].as_array().unwrap().len(), 3);
    let gone = server
        .api(Method::GET, "/api/v1/policies/99/audit", None)
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_change_of_the_draft_is_told_as_it_happens() {
    let (server, _) = observed().await;
    let mut events = server.events();
    save(&server, json!({"policy": "connect-src 'self'"})).await;
    let line = server.get("/api/v1/audit?action=draft").await["items"][0]["id"].clone();
    server
        .post_api(&format!("/api/v1/audit/{line}/undo"), json!({}))
        .await;
    save(&server, json!({"policy": "connect-src 'self'"})).await;
    server.api(Method::DELETE, DRAFT, None).await;
    let mut told = Vec::new();
    while told.len() < 4 {
        if let Event::Draft(draft) = events.recv().await.unwrap() {
            assert_eq!((&*draft.site, &*draft.who), ("app.example", "operator"));
            told.push(draft.edit.is_some());
        }
    }
    assert_eq!(told, [true, false, true, false]);
}

#[tokio::test]
async fn the_overview_says_which_share_is_configured_and_which_was_counted() {
    let (server, _) = observed().await;
    let route = async || {
        let overview = server.get("/api/v1/overview?site=app.example").await;
        overview["routes"][0].clone()
    };
    let observed = route().await;
    assert_eq!(observed["observed_percent"], 100.0);
    assert_eq!(observed["observed_measured_percent"], Value::Null);
    let body = json!({"site": "app.example", "policy": "connect-src 'self'"});
    server.post_api("/api/v1/rollout/propose", body).await;
    assert_eq!(route().await["observed_percent"], 1.0);
    server.page("app.example", "/").await;
    let measured = server
        .eventually("/api/v1/overview?site=app.example", |value| {
            value["routes"][0]["observed_measured_percent"].is_number()
        })
        .await;
    let measured = &measured["routes"][0]["observed_measured_percent"];
    assert!(
        (0.0..=100.0).contains(&measured.as_f64().unwrap()),
        "{measured}"
    );
}
