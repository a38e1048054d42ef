use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `report-to` without `report-uri`.
    ///
    /// ## Why it matters
    ///
    /// Older browsers know only `report-uri`, and newer ones prefer `report-to`. With both, all of them report.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'; report-to csp
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'; report-uri /csp; report-to csp
    /// ```
    ///
    /// ## Browsers
    ///
    /// Firefox knows `report-to` since 130, and not in every configuration.
    ///
    /// ## Fix
    ///
    /// None is automatic: add `report-uri` with the URL of the same collector.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-report-uri>
    /// - <https://github.com/mdn/content/issues/35331>
    "report-to-alone", Reporting, Some(Severity::Info), "report-to without report-uri, which older browsers need"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        let Some(directive) = view.directive(DirectiveName::ReportTo) else {
            continue;
        };
        if !view.has(DirectiveName::ReportUri) {
            let finding = Finding::new(
                "`report-to` stands alone",
                "browsers that know only `report-uri` send nothing",
                "add `report-uri` with the URL of the same collector",
            );
            report.add(view, directive.directive.span(), finding);
        }
    }
}
