//! From observing to enforcing and back, as browsers and operators see it.

use http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Running, report, report_path};

const SITE: &str = "[[site]]\nhost = 'app.example'\n";
const RO: &str = "content-security-policy-report-only";

#[tokio::test]
async fn a_page_is_observed_and_nothing_else_is() {
    let server = Running::start(SITE).await;
    let page = server.page("app.example", "/").await;
    let policy = page.header(RO);
    assert!(
        policy.starts_with("connect-src 'none'; report-uri /_connect-src/1o-"),
        "{policy}"
    );
    // Over plain HTTP browsers know no endpoints.
    assert!(!policy.contains("report-to"), "{policy}");
    assert_eq!(page.header("reporting-endpoints"), "");
    assert_eq!(page.text(), "<title>home</title>");
    let data = server.page("app.example", "/data.json").await;
    assert_eq!(data.header(RO), "");
    let elsewhere = server.page("other.example", "/").await;
    assert_eq!(elsewhere.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn from_the_first_report_to_an_enforced_policy() {
    let server = Running::start(SITE).await;
    let observed = server.page("app.example", "/").await.header(RO);
    let answer = server
        .report(&observed, "https://api.example/v1/cart?user=7")
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let connections = server
        .eventually("/api/v1/connections", |value| value["total"] == 1)
        .await;
    let connection = &connections["items"][0];
    assert_eq!(connection["origin"], "https://api.example");
    assert_eq!(connection["path"], "/v1/cart");
    assert_eq!(connection["class"], "genuine");
    assert_eq!(connection["document"], "https://app.example");
    assert!(connection["verdicts"]["current"].is_null());
    let suggestion = server.get("/api/v1/suggestion?site=app.example").await;
    let policy = suggestion["policy"].as_str().unwrap();
    assert!(policy.contains("https://api.example"), "{suggestion}");

    let body = json!({"site": "app.example", "policy": policy, "why": "the suggestion"});
    let proposed = server.post_api("/api/v1/rollout/propose", body).await;
    assert_eq!(proposed.status, StatusCode::OK, "{}", proposed.text());
    assert_eq!(proposed.json()["stage"], "trial");
    let page = server.page("app.example", "/").await;
    assert!(page.header(RO).starts_with(policy), "{}", page.header(RO));
    assert_eq!(page.header("content-security-policy"), "");
    let connections = server.get("/api/v1/connections").await;
    assert_eq!(connections["items"][0]["verdicts"]["current"], "allowed");

    let body = json!({"site": "app.example", "share_percent": 100});
    let advanced = server
        .post_api("/api/v1/rollout/advance", body)
        .await
        .json();
    assert_eq!(
        (&advanced["stage"], &advanced["share_percent"]),
        (&json!("enforce"), &json!(100.0))
    );
    let page = server.page("app.example", "/").await;
    let enforced = page.header("content-security-policy");
    assert!(enforced.starts_with(policy), "{enforced}");
    assert_eq!(page.header("set-cookie"), "", "everybody is in the share");

    let body = json!({"site": "app.example", "why": "night"});
    server.post_api("/api/v1/rollout/back", body.clone()).await;
    server.post_api("/api/v1/rollout/back", body.clone()).await;
    let page = server.page("app.example", "/").await;
    assert!(page.header(RO).starts_with("connect-src 'none'"));
    let refused = server.post_api("/api/v1/rollout/back", body).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.json()["code"], "refused");

    let history = server.get("/api/v1/rollout/history?site=app.example").await;
    let causes: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["cause"])
        .collect();
    assert_eq!(causes, ["back", "back", "advance", "propose"]);
    assert_eq!(history["items"][0]["why"], "night");
    assert_eq!(history["items"][0]["who"], "operator");
}

#[tokio::test]
async fn a_share_of_the_clients_is_sticky() {
    let config = "[[site]]\nhost = 'app.example'\npolicy = \"connect-src 'self'\"\nstage = 'enforce'\nshare = '50%'";
    let server = Running::start(config).await;
    let mut enforced = 0;
    for _ in 0..60 {
        let first = server.page("app.example", "/").await;
        let cookie = first.header("set-cookie");
        assert!(
            cookie.ends_with("; Path=/; Max-Age=2592000; SameSite=Lax; HttpOnly"),
            "{cookie}"
        );
        let is_enforced = !first.header("content-security-policy").is_empty();
        enforced += u32::from(is_enforced);
        let (cookie, _) = cookie.split_once(';').unwrap();
        for _ in 0..3 {
            let again = server.page_with("app.example", "/", cookie).await;
            assert_eq!(
                !again.header("content-security-policy").is_empty(),
                is_enforced
            );
            assert_eq!(again.header("set-cookie"), "");
        }
    }
    assert!((10..50).contains(&enforced), "{enforced} of 60");
}

#[tokio::test]
async fn too_many_genuine_violations_step_back_by_themselves() {
    let config = "[rollout]\nstep-back = { rate = '1%', window = '1m', minimum = 10 }\n\
                  [[site]]\nhost = 'app.example'\npolicy = \"connect-src 'self'\"\nstage = 'enforce'";
    let server = Running::start(config).await;
    let mut policy = String::new();
    for _ in 0..20 {
        policy = server
            .page("app.example", "/")
            .await
            .header("content-security-policy");
    }
    for _ in 0..3 {
        server.report(&policy, "https://api.example/").await;
    }
    let status = server
        .eventually("/api/v1/rollout", |value| value[0]["stage"] == "trial")
        .await;
    assert_eq!(status[0]["held"], true);
    let page = server.page("app.example", "/").await;
    assert_eq!(page.header("content-security-policy"), "");
    let body = json!({"site": "app.example"});
    let refused = server.post_api("/api/v1/rollout/advance", body).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    let history = server.get("/api/v1/rollout/history").await;
    assert_eq!(history["items"][0]["cause"], "step-back");
    assert_eq!(history["items"][0]["who"], "connect-src");
}

#[tokio::test]
async fn what_the_application_s_own_policy_blocks_does_not_speak_against_ours() {
    let config = "[[site]]\nhost = 'app.example'\nmerge = 'extend'\npolicy = \"connect-src 'self'\"\nstage = 'enforce'";
    let server = Running::start(config).await;
    let policy = server.page("app.example", "/").await;
    let policy = policy.header("content-security-policy");
    let merged = format!("img-src 'self'; {policy}");
    for (directive, blocked) in [
        ("img-src", "https://images.example"),
        ("connect-src", "https://api.example"),
    ] {
        let mut object = report("https://app.example/", &merged, blocked);
        object["csp-report"]["effective-directive"] = json!(directive);
        object["csp-report"]["disposition"] = json!("enforce");
        let path = report_path(&policy);
        server
            .post(&path, "application/csp-report", object.to_string())
            .await;
    }
    server
        .eventually("/api/v1/groups?class=genuine", |value| value["total"] == 2)
        .await;
    let status = server.get("/api/v1/rollout").await;
    assert_eq!(status[0]["health"]["genuine"], 1, "{status}");
}

#[tokio::test]
async fn a_restart_does_not_undo_a_step_and_a_new_configuration_does() {
    let trial = "[[site]]\nhost = 'app.example'\npolicy = \"connect-src 'self'\"\nstage = 'trial'";
    let server = Running::start(trial).await;
    let body = json!({"site": "app.example", "share_percent": 100});
    server.post_api("/api/v1/rollout/advance", body).await;
    let token = server.token.clone();
    let folder = server.stop().await;

    let mut server = Running::start_in(folder, trial).await;
    assert_eq!(server.token, "", "a token is made once");
    server.token = token.clone();
    assert_eq!(server.get("/api/v1/rollout").await[0]["stage"], "enforce");
    let folder = server.stop().await;

    let observe = "[[site]]\nhost = 'app.example'\nstage = 'observe'";
    let mut server = Running::start_in(folder, observe).await;
    server.token = token;
    assert_eq!(server.get("/api/v1/rollout").await[0]["stage"], "observe");
}

#[tokio::test]
async fn routes_have_their_own_policies() {
    let config = "[[site]]\nhost = 'app.example'\n[[site.route]]\npath = '/admin'\n\
                  policy = \"connect-src 'self'\"\nstage = 'enforce'";
    let server = Running::start(config).await;
    for path in [
        "/admin/users",
        "/%61dmin/users",
        "/x/../admin/users",
        "//admin/users",
    ] {
        let page = server.page("app.example", path).await;
        let policy = page.header("content-security-policy");
        let is_page = page.status == StatusCode::OK;
        assert!(
            policy.starts_with("connect-src 'self'") || !is_page,
            "{path}: {policy}"
        );
    }
    let page = server.page("app.example", "/").await;
    assert_eq!(page.header("content-security-policy"), "");
}

#[tokio::test]
async fn a_forged_mark_is_a_foreign_policy() {
    let server = Running::start(SITE).await;
    let observed = server.page("app.example", "/").await.header(RO);
    let path = report_path(&observed);
    let forged = observed.replace(&path, "/_connect-src/9e-AAAAAAAAAAAAAAAA");
    for policy in [forged.as_str(), &observed.replace(&path, "/_connect-src")] {
        let answer = server.report(policy, "https://api.example/").await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let groups = server
        .eventually("/api/v1/groups", |value| value["items"][0]["count"] == 2)
        .await;
    assert_eq!(groups["items"][0]["class"], "foreign-policy");
    assert!(groups["items"][0]["revision"].is_null());
}

#[tokio::test]
async fn the_same_post_is_counted_again_and_judged_anew_after_a_change() {
    let config = "[[site]]\nhost = 'app.example'\npolicy = \"connect-src 'self'\"\nstage = 'trial'";
    let server = Running::start(config).await;
    let policy = server.page("app.example", "/").await.header(RO);
    let policy = policy.split(" | ").next().unwrap().to_owned();
    let wait_for = async |class: &str, count: u64| {
        let path = format!("/api/v1/groups?class={class}");
        server
            .eventually(&path, |value| value["items"][0]["count"] == count)
            .await
    };
    for _ in 0..3 {
        server.report(&policy, "https://api.example/v1").await;
    }
    wait_for("genuine", 3).await;
    for _ in 0..3 {
        server.report(&policy, "https://api.example/v1").await;
    }
    wait_for("genuine", 6).await;
    let body = json!({"site": "app.example", "policy": "connect-src 'self' https://api.example"});
    server.post_api("/api/v1/rollout/propose", body).await;
    server.report(&policy, "https://api.example/v1").await;
    wait_for("stale-policy", 1).await;
    let connections = server.get("/api/v1/connections?class=genuine").await;
    assert_eq!(connections["items"][0]["count"], 6);
}

#[tokio::test]
async fn a_reload_takes_what_is_new_and_keeps_what_is_wrong_away() {
    let server = Running::start(SITE).await;
    let file = server.folder.path().join("connect-src.toml");
    std::fs::write(&file, "listen = 1").unwrap();
    let error = server.reloader.reload_file(&file).unwrap_err().to_string();
    assert!(
        error.contains("connect-src.toml:1:10: `listen`: expected"),
        "{error}"
    );
    assert_eq!(server.page("app.example", "/").await.status, StatusCode::OK);

    let text =
        "upstream = 'http://127.0.0.1:9'\nlisten = '127.0.0.1:9'\n[[site]]\nhost = 'new.example'";
    std::fs::write(&file, text).unwrap();
    let reloader = server.reloader.clone();
    let kept = tokio::task::spawn_blocking(move || reloader.reload_file(&file))
        .await
        .unwrap()
        .unwrap();
    assert!(kept.contains(&"listen"), "{kept:?}");
    assert_eq!(
        server.page("new.example", "/").await.status,
        StatusCode::BAD_GATEWAY
    );
    assert_eq!(
        server.page("app.example", "/").await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
    let ready = server.api(Method::GET, "/readyz", None).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    let reason = ready.json()["reasons"][0].as_str().unwrap().to_owned();
    assert!(
        reason.starts_with("the application at http://127.0.0.1:9/ does not answer"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_second_server_on_the_database_is_refused() {
    let server = Running::start(SITE).await;
    let config = crate::harness::parse("upstream = 'http://127.0.0.1:9'", server.folder.path());
    let error = connect_src_server::server::Server::start(config)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("has this database; stop it"),
        "{error}"
    );
}
