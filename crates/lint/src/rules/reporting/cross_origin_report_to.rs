use connect_src::Origin;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `report-to` whose endpoint, by the `Reporting-Endpoints` of the response, is of another origin than the page.
    ///
    /// ## Why it matters
    ///
    /// Browsers send such reports only after a CORS preflight. A collector that does not answer `OPTIONS` gets nothing, and nobody is told.
    ///
    /// ## Examples
    ///
    /// ```csp fires page=https://app.example.com/
    /// Reporting-Endpoints: csp="https://reports.example.com/csp"
    /// connect-src 'self'; report-to csp
    /// ```
    ///
    /// ```csp passes page=https://app.example.com/
    /// Reporting-Endpoints: csp="/reports"
    /// connect-src 'self'; report-to csp
    /// ```
    ///
    /// ## Browsers
    ///
    /// All that know `report-to`.
    ///
    /// ## Fix
    ///
    /// None is automatic: report to the page's own origin, or let the collector answer the preflight, as `connect-src collect` does.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/reporting/#try-delivery>
    /// - <https://github.com/w3c/reporting/issues/41>
    "cross-origin-report-to", Reporting, Some(Severity::Info), "reports that are sent only after a CORS preflight"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let (Some(headers), Some(page)) = (context.subject.headers, context.subject.page) else {
        return;
    };
    for view in &context.policies {
        let Some(directive) = view.directive(DirectiveName::ReportTo) else {
            continue;
        };
        let Some(endpoint) = headers.endpoint(directive.directive.value()) else {
            continue;
        };
        if Origin::of(&endpoint.url) != Origin::of(page) {
            let finding = Finding::new(
                format!(
                    "`{}` leads to `{}`, which is of another origin",
                    endpoint.name, endpoint.url
                ),
                "browsers ask it by a CORS preflight first, and send nothing unless it agrees",
                "let it answer `OPTIONS` with `Access-Control-Allow-Origin` and `Access-Control-Allow-Headers: content-type`",
            );
            report.add(view, directive.directive.span(), finding);
        }
    }
}
