//! JSON files.

use serde_json::Value;

use super::Filled;

pub(super) fn file(value: &Value) -> Filled {
    Filled::new(format!("{value:#}\n"))
}
