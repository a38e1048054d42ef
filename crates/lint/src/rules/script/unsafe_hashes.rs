use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `'unsafe-hashes'` for scripts.
    ///
    /// ## Why it matters
    ///
    /// Whoever injects markup can put an allowed event handler on any element, and have it run in another place than was meant.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'unsafe-hashes' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='
    /// ```
    ///
    /// ```csp passes
    /// script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic: add the handlers by `addEventListener`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#unsafe-hashes-usage>
    "unsafe-hashes", Script, Some(Severity::Info), "hashes allow event handlers on any element"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_keyword(context, report, Keyword::UnsafeHashes, |directive| {
        Finding::new(
            format!(
                "`'unsafe-hashes'` in `{}` allows event handlers by their hash",
                directive.shown_name()
            ),
            "injected markup can carry an allowed handler to a place where it was not meant to run",
            "add handlers by `addEventListener`",
        )
    });
}
