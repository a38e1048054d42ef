//! `tauri.conf.json`, version 2: <https://v2.tauri.app/security/csp/>.

use connect_src::Disposition;
use serde_json::json;

use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let sources = delivery.sources();
    let has = |source: &str| sources.iter().any(|one| one.eq_ignore_ascii_case(source));
    super::json::file(&json!({ "app": { "security": { "csp": delivery.policy } } }))
        .note_if(
            !has("ipc:") || !has("http://ipc.localhost"),
            "commands of the app go over `ipc:`, and on Windows and Android over `http://ipc.localhost`: without both in \
             connect-src, Tauri falls back to a slower way",
        )
        .note_if(
            delivery.disposition == Disposition::Report,
            "Tauri always enforces its policy; there is no way to only report on it",
        )
        .note_if(delivery.allowlist.is_some(), super::NO_TWIN)
}
