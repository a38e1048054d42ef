use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Policies that are all report-only.
    ///
    /// ## Why it matters
    ///
    /// They block nothing. That is right while a policy is tried, and forgotten afterwards.
    ///
    /// ## Examples
    ///
    /// ```csp fires report-only
    /// connect-src 'self'; report-uri /csp
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'; report-uri /csp
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic. `connect-src serve` takes a policy from report-only to enforced, and back if it breaks something.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#cspro-header>
    "never-enforced", Reporting, Some(Severity::Info), "policies that are all report-only, so that nothing is blocked"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if let Some(view) = context.deciding().next().filter(|view| !view.is_enforced()) {
        let finding = Finding::new(
            "no policy is enforced",
            "report-only policies block nothing",
            "enforce the policy when its reports have only noise left",
        );
        report.add(view, Span { start: 0, end: 0 }, finding);
    }
}
