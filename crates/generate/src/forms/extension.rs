//! `manifest.json`: <https://developer.chrome.com/docs/extensions/reference/manifest/content-security-policy>.

use connect_src::{DirectiveName, Disposition};
use serde_json::json;

use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let policy = delivery.parsed();
    let governs = |name| {
        let mut names = policy
            .directives()
            .filter_map(connect_src::Directive::known_name);
        names.any(|one| one == name || one == DirectiveName::DefaultSrc)
    };
    // Naming a policy takes the place of the default one, so what that one says is written out.
    let defaults = [
        (DirectiveName::ScriptSrc, "script-src 'self'"),
        (DirectiveName::ObjectSrc, "object-src 'self'"),
    ];
    let missing = defaults.into_iter().filter(|(name, _)| !governs(*name));
    let mut directives: Vec<&str> = missing.map(|(_, text)| text).collect();
    let is_completed = !directives.is_empty();
    directives.push(&delivery.policy);
    let text = directives.join("; ");
    super::json::file(&json!({ "content_security_policy": { "extension_pages": text } }))
        .note_if(
            is_completed,
            "the browser's own policy for extensions does not count beside this one, so its directives are written out",
        )
        .note_if(
            delivery.disposition == Disposition::Report,
            "a manifest's policy is always enforced; there is no way to only report on it",
        )
        .note_if(delivery.allowlist.is_some(), super::NO_TWIN)
        .note("content scripts run under the policy of the page that they are in, not under this one")
}
