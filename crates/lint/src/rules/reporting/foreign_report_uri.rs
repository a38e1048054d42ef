use connect_src_suffix::registrable_domain;
use url::Url;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `report-uri` on a domain that is not the page's, or without TLS.
    ///
    /// ## Why it matters
    ///
    /// Reports carry the whole policy and the URLs of the page, tokens in their queries included. Whoever receives them reads that; without
    /// TLS, so does everyone on the way.
    ///
    /// ## Examples
    ///
    /// ```csp fires page=https://app.example.com/
    /// connect-src 'self'; report-uri https://collector.example.net/csp
    /// ```
    ///
    /// ```csp fires
    /// connect-src 'self'; report-uri http://reports.example.com/csp
    /// ```
    ///
    /// ```csp passes page=https://app.example.com/
    /// connect-src 'self'; report-uri https://reports.example.com/csp
    /// ```
    ///
    /// ## Browsers
    ///
    /// Firefox strips a blocked URL to its origin only for frames. None of them strips queries.
    ///
    /// ## Fix
    ///
    /// None is automatic: report to a host of yours, and let it take tokens out.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#report-violation>
    /// - <https://github.com/gorhill/uBlock/issues/3260>
    "foreign-report-uri", Reporting, Some(Severity::Warning), "reports go to somebody else's domain, or without TLS"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        let Some(directive) = view.directive(DirectiveName::ReportUri) else {
            continue;
        };
        for word in directive.directive.value().split_ascii_whitespace() {
            let Some(finding) = finding(context, word) else {
                continue;
            };
            let start = word.as_ptr() as usize - view.policy.text().as_ptr() as usize;
            let span = Span {
                start: start as u32,
                end: (start + word.len()) as u32,
            };
            report.add(view, span, finding);
        }
    }
}

fn finding(context: &Context<'_>, word: &str) -> Option<Finding> {
    let url = Url::parse(word).ok()?;
    if url.scheme() == "http"
        && context
            .subject
            .page
            .is_none_or(|page| page.scheme() != "http")
    {
        return Some(Finding::new(
            format!("reports go to `{word}` without TLS"),
            "everyone on the way reads the URLs in them; from an https page browsers block them as mixed content",
            "report to an https URL",
        ));
    }
    let page = registrable_domain(context.subject.page?.host_str()?)?;
    let domain = registrable_domain(url.host_str()?)?;
    (page != domain).then(|| {
        Finding::new(
            format!("reports go to `{domain}`, which is not the page's domain"),
            "reports carry the policy and the URLs of the page, tokens in their queries included",
            "report to a host of yours, or make sure that this one may read them",
        )
        .at_most(Severity::Info)
    })
}
