use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `<meta http-equiv="Content-Security-Policy-Report-Only">` in the page.
    ///
    /// ## Why it matters
    ///
    /// HTML knows no such element: browsers ignore it. A policy that is tried that way is not tried.
    ///
    /// ## Examples
    ///
    /// ```csp fires report-only-meta
    /// connect-src 'self'
    /// ```
    ///
    /// ```csp passes meta
    /// connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All ignore it; Chromium says so in the console.
    ///
    /// ## Fix
    ///
    /// None is automatic: send the policy in a `Content-Security-Policy-Report-Only` header.
    ///
    /// ## References
    ///
    /// - <https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>
    "report-only-meta", Reporting, Some(Severity::Warning), "a report-only policy in a <meta> element, which browsers ignore"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(view) = context.policies.first() else {
        return;
    };
    if context.subject.has_report_only_meta {
        let finding = Finding::new(
            "the page has a report-only policy in a `<meta>` element beside this one",
            "browsers ignore it: a policy is report-only in a response header or not at all",
            "send it in a `Content-Security-Policy-Report-Only` header",
        );
        report.add(view, Span { start: 0, end: 0 }, finding);
    }
}
