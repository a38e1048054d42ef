//! HTML: `<meta http-equiv>`, <https://html.spec.whatwg.org/#attr-meta-http-equiv-content-security-policy>.

use connect_src::{DirectiveName, Disposition};

use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let policy = delivery.parsed();
    let (kept, ignored): (Vec<_>, Vec<_>) = policy.directives().partition(|one| {
        let name = one.known_name();
        name.is_none_or(|name| name.is_allowed_in_meta() && name != DirectiveName::ReportTo)
    });
    let kept: Vec<String> = kept.iter().map(ToString::to_string).collect();
    let ignored: Vec<&str> = ignored.iter().map(|one| one.name()).collect();
    let content = kept
        .join("; ")
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let left_out = format!(
        "left out, because browsers ignore it in a <meta> element: {}",
        ignored.join(", ")
    );
    Filled::new(format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{content}\">\n"))
        .note("it must stand in <head>, before everything that it is to govern; what comes before it is not governed")
        .note_if(!ignored.is_empty(), &left_out)
        .note_if(
            delivery.disposition == Disposition::Report,
            "a <meta> policy is always enforced: there is no report-only one",
        )
        .note_if(delivery.allowlist.is_some(), super::NO_TWIN)
        .note("workers of the page are governed by the header of their own script, not by this element")
}
