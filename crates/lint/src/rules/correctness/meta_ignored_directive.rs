use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `report-uri`, `frame-ancestors` or `sandbox` in a `<meta>` element.
    ///
    /// ## Why it matters
    ///
    /// Browsers ignore these there: no report is sent, anyone may frame the page, nothing is sandboxed.
    ///
    /// ## Examples
    ///
    /// ```csp fires meta
    /// connect-src 'self'; report-uri /csp
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'; report-uri /csp
    /// ```
    ///
    /// ## Browsers
    ///
    /// All ignore them, and say so in the console.
    ///
    /// ## Fix
    ///
    /// None is automatic: send the directive in a response header.
    ///
    /// ## References
    ///
    /// - <https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>
    "meta-ignored-directive", Correctness, Some(Severity::Warning), "a directive that does not count in a <meta> element"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for note in &view.notes {
            if let ParseNoteKind::NotInMeta(name) = note.kind {
                let finding = Finding::new(
                    format!("`{name}` is ignored in a `<meta>` element"),
                    "it counts only in a response header",
                    "send the policy, or this directive, in a `Content-Security-Policy` header",
                );
                report.add(view, note.span, finding);
            }
        }
    }
}
