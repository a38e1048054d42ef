use serde_json::Value;

use super::*;

/// Everything that a reader could stumble over.
const HARD: &str = "connect-src 'self' https://api.example/a$b/%20c?d=\"e\" wss://live.example:8443; \
                    report-uri /csp?x={y}\\z&a=1; upgrade-insecure-requests";

fn text(form: Form, delivery: &Delivery) -> String {
    form.fill(delivery).text
}

#[test]
fn every_form_has_the_policy_and_ends_with_a_line_break() {
    let delivery = Delivery::new("connect-src https://api.example")
        .with_allowlist("(response-origin \"https://api.example\")");
    for form in Form::ALL {
        let text = text(*form, &delivery);
        assert!(text.contains("https://api.example"), "{form}: {text}");
        assert!(text.ends_with('\n'), "{form}: {text}");
        assert_eq!(Form::parse(form.name()), Some(*form));
        assert!(!form.what().ends_with('.'), "{form}");
    }
}

#[test]
fn a_report_only_policy_is_never_enforced_without_a_note() {
    let delivery = Delivery::new("connect-src 'self' https://api.example").report_only();
    for form in Form::ALL {
        let filled = form.fill(&delivery);
        let is_report_only = [
            "Report-Only",
            "report-only",
            "reportOnly: true",
            "report_only",
        ]
        .iter()
        .any(|word| filled.text.contains(word));
        let is_said = filled
            .notes
            .iter()
            .any(|note| note.contains("always enforce") || note.contains("no evidence"));
        assert!(is_report_only || is_said, "{form}: {filled:?}");
    }
}

#[test]
fn json_forms_hold_the_policy_as_it_is() {
    let delivery = Delivery::new(format!("script-src 'self'; object-src 'none'; {HARD}"));
    for (form, pointer) in [
        (Form::Vercel, "/headers/0/headers/0/value"),
        (Form::Tauri, "/app/security/csp"),
        (Form::Extension, "/content_security_policy/extension_pages"),
    ] {
        let json: Value = serde_json::from_str(&text(form, &delivery)).unwrap();
        let policy = json.pointer(pointer).and_then(Value::as_str);
        assert_eq!(policy, Some(&*delivery.policy), "{form}");
    }
}

#[test]
fn a_manifest_keeps_what_its_default_policy_says_of_scripts() {
    for (policy, expected) in [
        (
            "connect-src a.example",
            "script-src 'self'; object-src 'self'; connect-src a.example",
        ),
        (
            "script-src 'none'; connect-src a.example",
            "object-src 'self'; script-src 'none'; connect-src a.example",
        ),
        ("default-src 'self'", "default-src 'self'"),
    ] {
        let text = text(Form::Extension, &Delivery::new(policy));
        assert!(text.contains(&format!("\"{expected}\"")), "{text}");
    }
}

#[test]
fn a_widget_names_origins_alone() {
    let delivery =
        Delivery::new("connect-src 'self' https://api.example wss://*.live.example data:");
    let filled = Form::Mcp.fill(&delivery);
    let json: Value = serde_json::from_str(&filled.text).unwrap();
    let expected = serde_json::json!(["https://api.example", "wss://*.live.example"]);
    assert_eq!(
        json.pointer("/_meta/ui/csp/connectDomains"),
        Some(&expected)
    );
    assert_eq!(
        json.pointer("/_meta/openai~1widgetCSP/connect_domains"),
        Some(&expected)
    );
    assert!(filled.notes[0].contains("'self' data:"), "{filled:?}");
}

#[test]
fn a_meta_element_has_what_counts_in_it_and_nothing_else() {
    let policy = "frame-ancestors 'none'; connect-src https://a.example/?x=\"<&; report-to csp; report-uri /csp";
    let filled = Form::Meta.fill(&Delivery::new(policy));
    assert_eq!(
        filled.text,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"connect-src https://a.example/?x=&quot;&lt;&amp;\">\n"
    );
    let is_said = |note: &String| note.ends_with("frame-ancestors, report-to, report-uri");
    assert!(filled.notes.iter().any(is_said), "{filled:?}");
}

#[test]
fn what_a_server_would_read_otherwise_is_escaped() {
    let delivery = Delivery::new(HARD);
    for (form, expected) in [
        (Form::Nginx, r#"/a%24b/%20c?d=\"e\" wss"#),
        (Form::Nginx, r"x={y}\\z"),
        (Form::Apache, r#"/a%%24b/%%20c?d=\"e\" wss"#),
        (Form::Caddy, r#"/a$b/%20c?d=\"e\" wss"#),
        (Form::Caddy, "x=%7By%7D%5Cz"),
        (Form::Ingress, r#"/a%24b/%20c?d=\"e\" wss"#),
        (Form::Rust, r#"/a$b/%20c?d=\"e\" wss"#),
    ] {
        let text = text(form, &delivery);
        assert!(text.contains(expected), "{form}: {text}");
    }
}

#[test]
fn helmet_gets_each_directive_once_and_no_default_of_its_own() {
    let text = text(
        Form::Express,
        &Delivery::new("Connect-Src 'self' a.example; connect-src b; sandbox"),
    );
    assert!(
        text.contains("\"connect-src\": [\"'self'\", \"a.example\"],\n      \"sandbox\": [],"),
        "{text}"
    );
    assert!(text.contains("dangerouslyDisableDefaultSrc"), "{text}");
}
