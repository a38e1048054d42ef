use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `report-to` that is not the one name of an endpoint: a URL, several names, nothing.
    ///
    /// ## Why it matters
    ///
    /// No report is sent. Where the browser knows `report-to`, it does not even read `report-uri`.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'; report-to https://reports.example.com/csp
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'; report-uri /csp; report-to csp
    /// ```
    ///
    /// ## Browsers
    ///
    /// All that know `report-to`.
    ///
    /// ## Fix
    ///
    /// None is automatic: define a name in `Reporting-Endpoints: csp="https://…"` and write it here.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-report-to>
    /// - <https://github.com/paragonie/csp-builder/issues/40>
    "invalid-report-to", Reporting, Some(Severity::Error), "a report-to that is not the name of an endpoint"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        let Some(directive) = view.directive(DirectiveName::ReportTo) else {
            continue;
        };
        if let Some(problem) = problem(context, directive.directive.value()) {
            let finding = Finding::new(
                problem,
                "no report is sent, not even to `report-uri`, which browsers with `report-to` do not read",
                "define a name by `Reporting-Endpoints: csp=\"https://…\"`, and write `report-to csp`",
            );
            report.add(view, directive.directive.span(), finding);
        }
    }
}

fn problem(context: &Context<'_>, value: &str) -> Option<String> {
    if value.is_empty() {
        return Some("`report-to` has no name".to_owned());
    }
    if value.contains("://") || value.starts_with('/') {
        return Some(format!(
            "`report-to` wants the name of an endpoint, found the URL `{value}`"
        ));
    }
    if value.split_ascii_whitespace().count() > 1 {
        return Some(format!("`report-to` wants one name, found `{value}`"));
    }
    let is_defined = |names: &[String]| names.iter().any(|name| name == value);
    let is_unknown = context
        .subject
        .reporting_endpoints
        .is_some_and(|names| !is_defined(names));
    is_unknown.then(|| format!("`Reporting-Endpoints` does not define `{value}`"))
}
