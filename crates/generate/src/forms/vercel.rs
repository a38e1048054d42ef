//! `vercel.json`: <https://vercel.com/docs/project-configuration#headers>.

use serde_json::{Value, json};

use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let headers = delivery.headers();
    let headers = headers
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }));
    let headers: Vec<Value> = headers.collect();
    super::json::file(&json!({ "headers": [{ "source": "/(.*)", "headers": headers }] }))
}
