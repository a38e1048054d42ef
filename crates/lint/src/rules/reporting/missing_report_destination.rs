use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A policy with neither `report-to` nor `report-uri`.
    ///
    /// ## Why it matters
    ///
    /// Nobody learns what it blocks. A report-only policy without a destination does nothing at all.
    ///
    /// ## Examples
    ///
    /// ```csp fires report-only
    /// connect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'; report-uri /csp; report-to csp
    /// ```
    ///
    /// ## Browsers
    ///
    /// All print violations to the console, where nobody sees them.
    ///
    /// ## Fix
    ///
    /// None is automatic. `connect-src collect` is a collector.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directives-reporting>
    /// - <https://github.com/ArtemioPadilla/watchboard/issues/138>
    "missing-report-destination", Reporting, Some(Severity::Warning), "a policy whose violations nobody learns of",
    aliases: ["silent-report-only"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let reports = |view: &PolicyView<'_>| {
        view.has(DirectiveName::ReportUri) || view.has(DirectiveName::ReportTo)
    };
    for view in context
        .policies
        .iter()
        .filter(|view| !view.is_enforced() && !view.policy.is_empty())
    {
        if !reports(view) {
            let finding = Finding::new(
                "this report-only policy reports to nobody",
                "it blocks nothing and nobody learns of its violations: it does nothing at all",
                "add `report-uri`, and `report-to` with `Reporting-Endpoints`",
            );
            report.add(view, view.end(), finding);
        }
    }
    // A <meta> element takes no report-uri; what a page of files needs is a header.
    let mut enforced = context.policies.iter().filter(|view| view.is_enforced());
    let header = enforced
        .clone()
        .find(|view| !view.policy.is_empty() && !view.is_meta());
    let Some(view) = header.filter(|_| !enforced.any(reports)) else {
        return;
    };
    let finding = Finding::new(
        "violations of this policy are reported to nobody",
        "what it breaks stays unknown, and so does what it stops",
        "add `report-uri`, and `report-to` with `Reporting-Endpoints`",
    );
    report.add(view, view.end(), finding.at_most(Severity::Info));
}
