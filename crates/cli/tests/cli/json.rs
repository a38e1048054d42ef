//! JSON output fits its schema.

use crate::support::connect_src;
use serde_json::Value;

const CHECK: &str = include_str!("../../../../docs/schema/check.schema.json");
const CHECK_FROM: &str = include_str!("../../../../docs/schema/check-from.schema.json");
const AUDIT: &str = include_str!("../../../../docs/schema/audit.schema.json");
const TEST: &str = include_str!("../../../../docs/schema/test.schema.json");
const DIFF: &str = include_str!("../../../../docs/schema/diff.schema.json");
const NORMALIZE: &str = include_str!("../../../../docs/schema/normalize.schema.json");

const GENERATE: &str = include_str!("../../../../docs/schema/generate.schema.json");
const SIMULATE: &str = include_str!("../../../../docs/schema/simulate.schema.json");
const VENDORS: &str = include_str!("../../../../docs/schema/vendors.schema.json");

fn report(words: &[&str]) -> Value {
    report_of("check", words)
}

fn report_of(command: &str, words: &[&str]) -> Value {
    let output = connect_src()
        .args([command, "--format", "json"])
        .args(words)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Checks that the report fits, and that the schema knows all of its fields.
pub(crate) fn assert_fits(schema: &str, report: &Value) {
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(report)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, [""; 0], "{report:#}");
}

/// Readers must bear new fields, so the schema does; the tests do not, so that it is kept up to date.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(array) => array.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn decisions_fit_the_schema() {
    for words in [
        &[
            "connect-src 'self' https://api.example.com",
            "wss://api.example.com/live",
            "--page",
            "https://app.example.com",
        ][..],
        &[
            "default-src 'self', connect-src *",
            "https://a.test/",
            "data:,x",
        ],
        &["connect-src 'none'", "https://[::1]/"],
        &[
            "connect-src https://a.test:x 'self'",
            "beacon:https://a.test/",
            "--browser",
            "standard",
        ],
        &[
            "connect-src https://a.test",
            "https://a.test/",
            "--redirect",
            "https://b.test/",
        ],
        &["", "https://a.test/"],
        &[
            "img-src *; x",
            "prefetch:https://a.test/",
            "json-module:https://a.test/",
        ],
        &["@tests/sessions/formats.in/headers.txt", "https://b.test/"],
        &["@tests/sessions/formats.in/page.html", "https://b.test/"],
    ] {
        assert_fits(CHECK, &report(words));
    }
}

#[test]
fn what_comes_of_evidence_fits_its_schema() {
    const TRAFFIC: &str = "tests/sessions/evidence.in/traffic.jsonl";
    const LOG: &str = "tests/sessions/evidence.in/access.log";
    for words in [
        &["--from", TRAFFIC][..],
        &[
            "--from",
            TRAFFIC,
            LOG,
            "--wildcards",
            "2",
            "--allowlist",
            "--as",
            "meta",
        ],
        &[
            "--from",
            TRAFFIC,
            "--env",
            "development",
            "--base",
            "default-src 'self' http://localhost:*",
        ],
        &[
            "--from",
            TRAFFIC,
            "--base",
            "connect-src http://localhost:*",
        ],
    ] {
        assert_fits(GENERATE, &report_of("generate", words));
    }
    let words = [
        "--old",
        "",
        "--new",
        "connect-src 'self'",
        "--from",
        TRAFFIC,
        LOG,
    ];
    assert_fits(SIMULATE, &report_of("simulate", &words));
    for words in [
        &[][..],
        &[
            "mixpanel",
            "--policy",
            "connect-src https://api.mixpanel.com",
        ],
        &["--from", TRAFFIC],
    ] {
        assert_fits(VENDORS, &report_of("vendors", words));
    }
}

#[test]
fn differences_fit_the_schema() {
    for words in [
        &["connect-src 'self'", "connect-src *; form-action a.test"][..],
        &["script-src 'nonce-a'; upgrade-insecure-requests", ""],
        &[
            "connect-src a.test/x",
            "connect-src a.test/x/../x",
            "--page",
            "https://a.test",
        ],
    ] {
        assert_fits(DIFF, &report_of("diff", words));
    }
}

#[test]
fn audits_fit_the_schema() {
    for words in [
        &["default-src 'none'; img-src *"][..],
        &[
            "connect-src https:",
            "--level",
            "all",
            "--connection-allowlist",
            "(response-origin 1)",
        ],
        &["@tests/sessions/audit.in/response.txt"],
    ] {
        assert_fits(AUDIT, &report_of("audit", words));
    }
}

#[test]
fn results_of_tests_fit_the_schema() {
    assert_fits(
        TEST,
        &report_of("test", &["tests/sessions/test.in/app.toml"]),
    );
}

#[test]
fn normalized_policies_fit_the_schema() {
    let words = [
        "connect-src 'self' HTTPS://a.test:443, img-src *",
        "--page",
        "https://a.test",
    ];
    assert_fits(NORMALIZE, &report_of("normalize", &words));
}

#[test]
fn summaries_fit_the_schema() {
    for words in [
        &[
            "--from",
            "tests/sessions/bulk.in/connections.jsonl",
            "connect-src 'self'",
        ][..],
        &[
            "--from",
            "tests/sessions/bulk.in/traffic.har",
            "connect-src 'none'",
            "--browser",
            "webkit",
        ],
    ] {
        assert_fits(CHECK_FROM, &report(words));
    }
}

#[test]
fn the_reason_and_the_fix_are_for_programs() {
    let report = report(&["connect-src https://a.test", "wss://a.test/x"]);
    let decision = &report["decisions"][0];
    let reason = &decision["browsers"][0]["policies"][0];
    assert_eq!(reason["reason"], "nothing-matched");
    assert_eq!(reason["nearest_miss"]["source"]["text"], "https://a.test");
    assert_eq!(reason["nearest_miss"]["scheme_fits"], false);
    let edit = &decision["fixes"][0]["edit"];
    assert_eq!(edit["policy"], "connect-src https://a.test wss://a.test/x");
    let text = report["policies"][0]["text"].as_str().unwrap();
    let start = usize::try_from(edit["start"].as_u64().unwrap()).unwrap();
    let edited = format!(
        "{}{}",
        &text[..start],
        edit["replacement"].as_str().unwrap()
    );
    assert_eq!(edited, edit["policy"].as_str().unwrap());
}
