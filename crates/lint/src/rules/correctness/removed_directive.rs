use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A directive that the standard no longer has: `reflected-xss`, `referrer`, `disown-opener`, `plugin-types`, `navigate-to`,
    /// `prefetch-src`, `block-all-mixed-content`, `require-sri-for`.
    ///
    /// ## Why it matters
    ///
    /// Browsers ignore it, or will soon. What it promises does not hold.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'; navigate-to 'self'
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'; form-action 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// No browser reads `reflected-xss`, `referrer`, `disown-opener`, `plugin-types`, `navigate-to` and `require-sri-for`. WebKit alone
    /// reads `prefetch-src`. Browsers block or upgrade mixed content without `block-all-mixed-content`.
    ///
    /// ## Fix
    ///
    /// None is automatic: remove it, and use what took its place.
    ///
    /// ## References
    ///
    /// - <https://github.com/w3c/webappsec-csp/issues/563>
    /// - <https://w3c.github.io/webappsec-csp/#changes-from-level-2>
    "removed-directive", Correctness, Some(Severity::Info), "a directive that the standard no longer has",
    aliases: ["deprecated-directive"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in &view.directives {
            let name = directive.directive.name();
            if let Some((name, instead)) = removed(name) {
                let finding = Finding::new(
                    format!("`{name}` is no longer in the standard"),
                    "browsers ignore it, or will",
                    *instead,
                );
                report.add(view, directive.directive.name_span(), finding);
            }
        }
    }
}

pub(super) fn is_removed(name: &str) -> bool {
    removed(name).is_some()
}

fn removed(name: &str) -> Option<&'static (&'static str, &'static str)> {
    REMOVED
        .iter()
        .find(|(removed, _)| name.eq_ignore_ascii_case(removed))
}

/// Each with what took its place.
const REMOVED: &[(&str, &str)] = &[
    (
        "block-all-mixed-content",
        "remove it: browsers block mixed content by themselves; `upgrade-insecure-requests` rescues old links",
    ),
    (
        "disown-opener",
        "send `Cross-Origin-Opener-Policy: same-origin`",
    ),
    (
        "navigate-to",
        "remove it: no browser ever shipped it; `form-action` governs forms, and `Connection-Allowlist` navigations",
    ),
    (
        "plugin-types",
        "write `object-src 'none'`: there are no plugins any more",
    ),
    (
        "prefetch-src",
        "remove it: `default-src` governs prefetches",
    ),
    ("referrer", "send `Referrer-Policy`"),
    (
        "reflected-xss",
        "remove it: there are no XSS filters any more",
    ),
    ("require-sri-for", "send `Integrity-Policy`"),
];
