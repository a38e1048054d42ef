use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// No `require-trusted-types-for 'script'`.
    ///
    /// ## Why it matters
    ///
    /// With it, texts cannot reach `innerHTML` and other sinks of scripts unless a policy of the page made them safe. It stops most
    /// injections that happen in the page itself.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// script-src 'self'; require-trusted-types-for 'script'
    /// ```
    ///
    /// ## Browsers
    ///
    /// Chromium since 83, Safari since 26; Firefox is on its way.
    ///
    /// ## Fix
    ///
    /// None is automatic: try it report-only first.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/trusted-types/dist/spec/#require-trusted-types-for-csp-directive>
    "missing-trusted-types", Script, None, "texts reach innerHTML and other sinks unchecked"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if let Some(view) = context.lacking(|view| view.has(DirectiveName::RequireTrustedTypesFor)) {
        let finding = Finding::new(
            "Trusted Types are not required",
            "texts reach `innerHTML` and other sinks of scripts unchecked",
            "try `require-trusted-types-for 'script'` in a report-only policy",
        );
        report.add(view, view.end(), finding);
    }
}
