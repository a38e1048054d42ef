//! JSON files that carry policies: `vercel.json`, `tauri.conf.json`, an extension's `manifest.json`, and the `_meta` of an
//! MCP resource.

use connect_src::Disposition;
use serde_json::Value;

use super::delivered::{Delivered, Delivery};

/// Whether a text is a JSON object: no policy begins with a brace.
pub(crate) fn is_json(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(b"{")
}

/// The policies of a file; none of one that is no JSON, or has no policy where one could stand.
pub(crate) fn read(text: &[u8]) -> Vec<Delivered> {
    let Ok(file) = serde_json::from_slice::<Value>(text) else {
        return Vec::new();
    };
    let mut found = vercel(&file);
    let app = ["/app/security/csp", "/tauri/security/csp"];
    let app = app.iter().filter_map(|place| policy(file.pointer(place)?));
    let policies = app.chain(manifest(&file));
    found.extend(policies.map(|text| delivered(&text, ENFORCED)));
    found.extend(widget(&file).map(|text| delivered(&text, ENFORCED)));
    found
}

const ENFORCED: Delivery = Delivery::Header(Disposition::Enforce);

fn delivered(text: &str, by: Delivery) -> Delivered {
    Delivered {
        value: text.as_bytes().to_vec(),
        by,
        line: None,
    }
}

fn vercel(file: &Value) -> Vec<Delivered> {
    let routes = file.get("headers").and_then(Value::as_array);
    let headers = routes
        .into_iter()
        .flatten()
        .filter_map(|route| route.get("headers")?.as_array());
    let delivered = headers.flatten().filter_map(|header| {
        let by = Delivery::by_header(header.get("key")?.as_str()?.as_bytes())?;
        Some(delivered(header.get("value")?.as_str()?, by))
    });
    delivered.collect()
}

/// Of version 3, or as the text that version 2 has.
fn manifest(file: &Value) -> Option<String> {
    let policy = file.get("content_security_policy")?;
    let text = policy.get("extension_pages").unwrap_or(policy).as_str()?;
    Some(text.to_owned())
}

/// A policy as text, or as an object of directives.
fn policy(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(directives) => {
            let directives: Option<Vec<String>> = directives
                .iter()
                .map(|(name, value)| Some(format!("{name} {}", words(value)?)))
                .collect();
            directives.map(|directives| directives.join("; "))
        }
        _ => None,
    }
}

/// Sources as text, or as an array of texts.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            words.map(|words| words.join(" "))
        }
        _ => None,
    }
}

/// What the host of a widget makes of its domains.
fn widget(file: &Value) -> Option<String> {
    let places = [
        "/_meta/ui/csp/connectDomains",
        "/_meta/openai~1widgetCSP/connect_domains",
    ];
    let domains = places
        .iter()
        .find_map(|place| words(file.pointer(place)?))?;
    let sources = if domains.is_empty() {
        "'none'"
    } else {
        &domains
    };
    Some(format!("connect-src {sources}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let value = |one: Delivered| String::from_utf8(one.value).unwrap();
        read(text.as_bytes()).into_iter().map(value).collect()
    }

    #[test]
    fn a_policy_is_found_where_each_file_has_it() {
        let expected = ["connect-src a.example b.example"];
        for text in [
            r#"{"headers":[{"source":"/","headers":[{"key":"X","value":"y"},
                {"key":"content-security-policy","value":"connect-src a.example b.example"}]}]}"#,
            r#"{"app":{"security":{"csp":"connect-src a.example b.example"}}}"#,
            r#"{"app":{"security":{"csp":{"connect-src":["a.example","b.example"]}}}}"#,
            r#"{"tauri":{"security":{"csp":{"connect-src":"a.example b.example"}}}}"#,
            r#"{"content_security_policy":"connect-src a.example b.example"}"#,
            r#"{"content_security_policy":{"extension_pages":"connect-src a.example b.example"}}"#,
            r#"{"_meta":{"ui":{"csp":{"connectDomains":["a.example","b.example"]}}}}"#,
            r#"{"_meta":{"openai/widgetCSP":{"connect_domains":["a.example","b.example"]}}}"#,
        ] {
            assert_eq!(values(text), expected, "{text}");
        }
        assert_eq!(
            values(r#"{"_meta":{"ui":{"csp":{"connectDomains":[]}}}}"#),
            ["connect-src 'none'"]
        );
    }

    #[test]
    fn where_there_is_none_none_is_found() {
        for text in [
            "{",
            "{}",
            r#"{"headers":5}"#,
            r#"{"headers":[1,{"headers":[{"key":1}]}]}"#,
            r#"{"content_security_policy":[]}"#,
        ] {
            assert_eq!(values(text), [""; 0], "{text}");
        }
    }
}
