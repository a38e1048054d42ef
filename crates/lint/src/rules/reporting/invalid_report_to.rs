use url::{Host, Url};

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `report-to` that is not the one name of an endpoint: a URL, several names, nothing; or a name that the response's
    /// `Reporting-Endpoints` does not define, or defines as a URL without TLS.
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
    /// ```csp fires
    /// Reporting-Endpoints: main="https://app.example.com/reports"
    /// connect-src 'self'; report-to csp
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
    let headers = context.subject.headers?;
    if headers.defines(value) == Some(false) {
        return Some(format!("`Reporting-Endpoints` does not define `{value}`"));
    }
    let url = &headers.endpoint(value)?.url;
    (!is_trustworthy(url)).then(|| {
        format!(
            "`Reporting-Endpoints` defines `{value}` as `{url}`, to which browsers send no reports"
        )
    })
}

/// <https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy>
fn is_trustworthy(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || is_loopback
}
