//! The API: who is let in, what is said to whom, and that nothing of a report does harm there.

use http::{Method, Request, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::harness::{Answer, Running, report};

const PATH: &str = "/_connect-src";

#[tokio::test]
async fn every_resource_wants_a_token_and_is_described() {
    let server = Running::collector("").await;
    let request = Request::get(format!("http://{}/api/v1/openapi.json", server.admin));
    let document = server
        .send(request.body(Full::default()).unwrap())
        .await
        .json();
    assert_eq!(
        document["openapi"].as_str().unwrap().split('.').next(),
        Some("3")
    );
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 20, "{}", paths.len());
    for (path, operations) in paths {
        let path = path.replace("{id}", "1").replace("{revision}", "1");
        for method in operations.as_object().unwrap().keys() {
            let method: Method = method.to_ascii_uppercase().parse().unwrap();
            for token in ["", "csrc_00000000_x", &"x".repeat(10_000)] {
                let answer = server.api_as(token, method.clone(), &path, None).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                assert_eq!(answer.header("content-type"), "application/problem+json");
                assert_eq!(answer.header("www-authenticate"), "Bearer");
                assert_eq!(answer.json()["code"], "unauthorized");
            }
        }
    }
}

/// What the standard wants of a document and its schema cannot leave to others.
#[test]
fn the_document_is_whole() {
    let document = serde_json::to_value(connect_src_server::api::openapi()).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(
                !operation["summary"].as_str().unwrap().is_empty(),
                "{method} {path}"
            );
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(
                    response["description"].is_string(),
                    "{method} {path} {status}"
                );
            }
            let parameters = operation["parameters"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            let is_in_path = |it: &&Value| it["in"] == "path";
            for parameter in parameters.iter().filter(is_in_path) {
                let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
                assert!(path.contains(&name), "{method} {path}: {name}");
            }
            let in_path = parameters.iter().filter(is_in_path).count();
            assert_eq!(path.matches('{').count(), in_path, "{method} {path}");
        }
    }
    let text = document.to_string();
    let references = text.split("\"$ref\":\"#").skip(1);
    let mut dangling: Vec<_> = references
        .filter_map(|reference| reference.split('"').next())
        .filter(|pointer| document.pointer(pointer).is_none())
        .collect();
    dangling.dedup();
    assert_eq!(dangling, [""; 0]);
}

#[tokio::test]
async fn everything_that_only_looks_answers() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    for path in [
        "/api/v1/sites",
        "/api/v1/rollout",
        "/api/v1/rollout/history",
        "/api/v1/policies",
        "/api/v1/policies/1",
        "/api/v1/connections?sort=url&class=genuine,extension&contains=x",
        "/api/v1/groups?sort=last-seen&disposition=report&since=2026-01-01T00:00:00Z",
        "/api/v1/reports",
        "/api/v1/tallies",
        "/api/v1/coverage?site=a.example",
        "/api/v1/sheds",
        "/api/v1/others",
        "/api/v1/audit",
        "/api/v1/tokens",
        "/api/v1/status",
        "/api/v1/suggestion?site=a.example",
        "/api/v1/draft?site=a.example",
        "/api/v1/draft/edits?site=a.example",
        "/api/v1/policies/diff?before=1&after=1",
        "/api/v1/overview?site=a.example&route=/&bucket=day",
        "/api/v1/connections?sort=host&browser=Firefox&api=websocket&verdict=blocked&policy=draft",
        "/api/v1/audit?target=a.example/&action=draft",
    ] {
        server.get(path).await;
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_told() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let table = [
        ("/api/v1/groups?class=wrong", 400, "expected classes among"),
        ("/api/v1/groups?sort=wrong", 400, "unknown variant"),
        ("/api/v1/groups?after=wrong", 400, "expected the `next`"),
        ("/api/v1/groups?since=yesterday", 400, "expected a moment"),
        ("/api/v1/groups/x", 404, "no such group"),
        ("/api/v1/groups/1", 404, "no such group"),
        (
            "/api/v1/suggestion?site=b.example",
            404,
            "expected a site and a route",
        ),
        (
            "/api/v1/draft?site=b.example",
            404,
            "expected a site and a route",
        ),
        (
            "/api/v1/policies/diff?before=1&after=999",
            404,
            "no such revision",
        ),
        ("/api/v1/connections?verdict=maybe", 400, "unknown variant"),
        ("/api/v1/overview?bucket=year", 400, "unknown variant"),
        ("/api/v1/nothing", 404, "no such resource"),
    ];
    for (path, status, detail) in table {
        let answer = server.api(Method::GET, path, None).await;
        is_problem(&answer, status, detail);
    }
    let answer = server.api(Method::PATCH, "/api/v1/groups", None).await;
    is_problem(&answer, 405, "does not know the method");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let propose = |policy: &str| json!({"site": "a.example", "policy": policy});
    let table = [
        (
            "propose",
            propose("img-src *"),
            422,
            "expected `connect-src` or `default-src`",
        ),
        (
            "propose",
            propose(&"x".repeat(100_000)),
            413,
            "length limit exceeded",
        ),
        (
            "advance",
            json!({"site": "b.example"}),
            404,
            "expected a site and a route",
        ),
        (
            "advance",
            json!({"site": "a.example", "shaer": 1}),
            400,
            "unknown field `shaer`",
        ),
        (
            "advance",
            json!({"site": "a.example"}),
            409,
            "propose one first",
        ),
        (
            "advance",
            json!({"site": "a.example", "share_percent": 101}),
            400,
            "from 0 to 100",
        ),
        ("advance", json!([]), 400, "expected other JSON"),
    ];
    for (path, body, status, detail) in [
        ("groups/1/allow", json!({}), 404, "no such group"),
        ("audit/999/undo", json!({}), 404, "no such line"),
        ("audit/x/undo", json!({}), 404, "no such line"),
        (
            "draft/preview?site=a.example",
            json!({"policy": "img-src *"}),
            422,
            "expected `connect-src`",
        ),
        (
            "draft/preview?site=b.example",
            json!({}),
            404,
            "expected a site",
        ),
    ] {
        let answer = server.post_api(&format!("/api/v1/{path}"), body).await;
        is_problem(&answer, status, detail);
    }
    for (step, body, status, detail) in table {
        let answer = server
            .post_api(&format!("/api/v1/rollout/{step}"), body)
            .await;
        is_problem(&answer, status, detail);
    }
    let body = json!({"name": "a\nb", "role": "view"});
    let answer = server.post_api("/api/v1/tokens", body).await;
    is_problem(&answer, 400, "printable");
}

fn is_problem(answer: &Answer, status: u16, detail: &str) {
    let problem = answer.json();
    assert_eq!(answer.status.as_u16(), status, "{problem}");
    assert_eq!(problem["status"], status);
    assert!(
        problem["detail"].as_str().unwrap().contains(detail),
        "{problem}"
    );
}

#[tokio::test]
async fn a_token_that_may_look_may_not_change() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let body = json!({"name": "grafana", "role": "view"});
    let made = server.post_api("/api/v1/tokens", body).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let look = server
        .api_as(&token, Method::GET, "/api/v1/groups", None)
        .await;
    assert_eq!(look.status, StatusCode::OK);
    let body = Some(json!({"site": "a.example", "policy": "connect-src 'self'"}));
    let change = server
        .api_as(&token, Method::POST, "/api/v1/rollout/propose", body)
        .await;
    assert_eq!(change.status, StatusCode::FORBIDDEN);
    let tokens = server.get("/api/v1/tokens").await;
    assert!(
        !tokens.to_string().contains("argon2"),
        "no hash leaves the server"
    );
    let id = &token[5..13];
    let removed = server
        .api(Method::DELETE, &format!("/api/v1/tokens/{id}"), None)
        .await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let refused = server
        .api_as(&token, Method::GET, "/api/v1/groups", None)
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let audit = server.get("/api/v1/audit").await;
    assert_eq!(audit["items"][0]["action"], "remove-token");
    assert_eq!(audit["items"][0]["who"], "operator");
}

#[tokio::test]
async fn a_draft_goes_on_trial_by_advancing() {
    let server = Running::collector("[[site]]\nhost = 'a.example'").await;
    let draft = "/api/v1/draft?site=a.example";
    let start = server.get(draft).await;
    assert_eq!(
        (&start["start"], &start["edit"]),
        (&json!("suggestion"), &Value::Null)
    );
    let body = Some(json!({"policy": "connect-src 'none' https://x.example", "why": "a start"}));
    let saved = server.api(Method::PUT, draft, body).await.json();
    assert_eq!(saved["notes"].as_array().unwrap().len(), 1, "{saved}");
    let body = json!({"site": "a.example"});
    let status = server
        .post_api("/api/v1/rollout/advance", body)
        .await
        .json();
    assert_eq!(status["stage"], "trial");
    assert_eq!(status["policy"], "connect-src 'none' https://x.example");
    let revision = server.get("/api/v1/policies?site=a.example").await["items"][0].clone();
    assert_eq!(revision["notes"], saved["notes"]);
    assert_eq!(
        server.api(Method::DELETE, draft, None).await.status,
        StatusCode::NO_CONTENT
    );
    let body = Some(json!({"policy": "connect-src 'self'"}));
    let unknown = "/api/v1/draft?site=b.example";
    assert_eq!(
        server.api(Method::PUT, unknown, body).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_label_is_set_and_taken_back() {
    let server = Running::collector("").await;
    let object = report(
        "https://a.example/",
        "connect-src 'none'",
        "https://x.example/",
    );
    server
        .post(PATH, "application/csp-report", object.to_string())
        .await;
    let groups = server
        .eventually("/api/v1/groups", |value| value["total"] == 1)
        .await;
    let path = format!("/api/v1/groups/{}/label", groups["items"][0]["id"]);
    for label in [json!("expected"), json!("noise"), Value::Null] {
        let body = Some(json!({"label": label, "why": "as planned"}));
        let detail = server.api(Method::PUT, &path, body).await.json();
        assert_eq!(detail["group"]["label"], label);
    }
    assert_eq!(server.get("/api/v1/groups?label=noise").await["total"], 0);
}

#[tokio::test]
async fn events_tell_of_reports_as_they_come() {
    use http_body_util::BodyExt as _;
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;

    let server = Running::collector("").await;
    let client: Client<_, Full<bytes::Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::get(format!("http://{}/api/v1/events", server.admin))
        .header("authorization", format!("Bearer {}", server.token));
    let response = client
        .request(request.body(Full::default()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let object = report(
        "https://a.example/",
        "connect-src 'none'",
        "https://x.example/",
    );
    server
        .post(PATH, "application/csp-report", object.to_string())
        .await;
    let mut text = String::new();
    let told = async {
        while !text.contains("}\n\n") {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), told)
        .await
        .unwrap();
    let told = text.strip_prefix(": open\n\n");
    let told = told.expect("the first byte comes before the first event");
    assert!(told.starts_with("event: reports\ndata: {"), "{text}");
    assert!(text.contains("\"reports\":1"), "{text}");
    let start = std::time::Duration::from_secs(5);
    tokio::time::timeout(start, server.stop())
        .await
        .expect("a listener does not hold up the end");
}

/// Markup, controls, bidi marks, formulas, long texts and script URLs in every field of a report.
#[tokio::test]
async fn hostile_fields_come_out_as_data() {
    let server =
        Running::collector("[collector]\nper-address = { per-second = 1000, burst = 1000 }").await;
    let long = "x".repeat(100_000);
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "=HYPERLINK(\"https://evil.example\")",
        "a\r\nSet-Cookie: a=b",
        "\u{0}\u{1b}[2J\u{202e}\u{2028}",
        "'; DROP TABLE groups; --",
        long.as_str(),
    ];
    let whole = report(
        "https://a.example/",
        "connect-src 'none'",
        "https://x.example/",
    );
    let fields: Vec<String> = whole["csp-report"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let mut posted = 0;
    for text in hostile {
        for field in &fields {
            let mut object = whole.clone();
            object["csp-report"][field] = json!(text);
            let answer = server
                .post(PATH, "application/csp-report", object.to_string())
                .await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{field}");
            posted += 1;
        }
        let path = format!("{PATH}/{}", text.len());
        server
            .post(&path, "application/csp-report", whole.to_string())
            .await;
        posted += 1;
    }
    server
        .eventually("/api/v1/status", |value| {
            value["store"]["reports"] == posted
        })
        .await;
    let groups = server.get("/api/v1/groups?limit=1000").await;
    for group in groups["items"].as_array().unwrap() {
        let path = format!("/api/v1/groups/{}", group["id"]);
        let answer = server.api(Method::GET, &path, None).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("set-cookie"), "");
        assert!(answer.body.len() < 100_000, "{}", answer.body.len());
    }
    let csv = server
        .api(Method::GET, "/api/v1/reports?format=csv", None)
        .await
        .text();
    assert_eq!(
        csv.lines().count() as u64,
        groups["total"].as_u64().unwrap() + 1
    );
    for line in csv.lines() {
        let is_formula = |field: &str| field.trim_start_matches('"').starts_with(['=', '+', '@']);
        assert!(!line.split(',').any(is_formula), "{line}");
    }
    let exported = server.get("/api/v1/reports?format=json").await;
    assert_eq!(exported.as_array().unwrap().len() as u64, groups["total"]);
    let metrics = server.api(Method::GET, "/metrics", None).await.text();
    assert!(
        !metrics.contains("script") && !metrics.contains("DROP"),
        "{metrics}"
    );
    for path in [
        "/api/v1/connections",
        "/api/v1/others",
        "/api/v1/coverage?site=*",
    ] {
        server.get(path).await;
    }
}
