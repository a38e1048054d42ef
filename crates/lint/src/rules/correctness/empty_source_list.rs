use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A directive without any source.
    ///
    /// ## Why it matters
    ///
    /// An empty list allows nothing, the same as `'none'`. That is often not meant: a variable was empty when the policy was put together.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'none'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All allow nothing.
    ///
    /// ## Fix
    ///
    /// Safe: writes `'none'`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-url-to-source-list>
    /// - <https://github.com/langfuse/langfuse/issues/14613>
    "empty-source-list", Correctness, Some(Severity::Warning), "a directive without any source"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists().filter(|one| one.sources.is_empty()) {
            let span = directive.directive.name_span();
            let name = directive.shown_name();
            let finding = Finding::new(
                format!("`{name}` has no sources, so it allows nothing"),
                "perhaps a variable was empty when the policy was put together",
                "write `'none'` if nothing is to be allowed",
            );
            let edit = TextEdit::insert(span.end, " 'none'");
            report.add(view, span, finding.with_fix(Fix::safe(vec![edit])));
        }
    }
}
