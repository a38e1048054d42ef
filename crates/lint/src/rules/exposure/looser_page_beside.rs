use connect_src::{Api, Comparison, CspList, RequestKind, Side};

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Another page of the same origin that may connect to where this one may not.
    ///
    /// ## Why it matters
    ///
    /// A script frames or opens that page, which is of its own origin, and lets it do the connecting. An error page without a policy is
    /// enough: a policy protects an origin as well as its loosest page.
    ///
    /// ## Examples
    ///
    /// ```csp fires beside=img-src
    /// default-src 'self'
    /// ```
    ///
    /// ```csp passes beside=default-src
    /// default-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike. Decided for the first of the browsers that are asked for.
    ///
    /// ## Fix
    ///
    /// None is automatic: send the policy with every response of the origin, errors and files included.
    ///
    /// ## References
    ///
    /// - <https://github.com/w3c/webappsec/issues/656>
    /// - <https://github.com/WICG/connection-allowlists/issues/15>
    "looser-page-beside", Exposure, Some(Severity::Warning), "a page of the same origin that may connect to where this one may not"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let subject = context.subject;
    let (Some(browser), Some(view)) = (
        subject.browsers.first(),
        context.deciding().find(|view| view.is_enforced()),
    ) else {
        return;
    };
    if subject.siblings.is_empty() {
        return;
    }
    let own: CspList = subject.policies.iter().cloned().collect();
    let span = view
        .governing(DirectiveName::ConnectSrc)
        .map_or(view.end(), |one| one.directive.name_span());
    for sibling in subject.siblings {
        let comparison = Comparison::of(&own, sibling, &subject.origin, *browser);
        let differences = comparison.differences(RequestKind::Connect(Api::Fetch));
        let mut looser = differences.found.into_iter();
        if let Some(one) = looser.find(|one| one.allowed_by == Side::New) {
            report.add(view, span, finding(one.request.current_url()));
        }
    }
}

fn finding(url: &url::Url) -> Finding {
    Finding::new(
        format!("another page of the origin may connect to `{url}`, and this one may not"),
        "a script opens or frames that page, which is of its own origin, and connects from there",
        "send the same policy with every response of the origin",
    )
}
