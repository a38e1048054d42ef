//! JavaScript literals.

/// A string literal. JSON's are JavaScript's, and nothing in a policy ends a script.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
