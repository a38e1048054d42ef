use crate::context::is_network_scheme;
use crate::missed::Cause;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A connection of the inventory that the policy blocks, for a reason that no other rule names.
    ///
    /// ## Why it matters
    ///
    /// The page is broken there, and mostly nobody notices: telemetry, payments or images are simply missing.
    ///
    /// ## Examples
    ///
    /// ```csp fires connects=https://ad.doubleclick.net/x
    /// connect-src 'self' https://*.g.doubleclick.net
    /// ```
    ///
    /// ```csp passes connects=https://stats.g.doubleclick.net/x
    /// connect-src 'self' https://*.g.doubleclick.net
    /// ```
    ///
    /// ## Browsers
    ///
    /// Decided for the first of the browsers that are asked for.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the origin of the connection to the list.
    ///
    /// ## References
    ///
    /// - <https://github.com/kestra-io/docs/issues/5159>
    "blocked-connection", Correctness, Some(Severity::Error), "a connection of the page that the policy blocks"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    check_cause(context, report, Cause::Other, |url, _| {
        Finding::new(
            format!("the page connects to `{url}`, which the policy blocks"),
            "what needs the connection is broken, mostly without a word",
            "add its origin, or stop connecting there",
        )
    });
}

/// A finding for each connection that is blocked for this cause. The finding is made of the URL and the closest source.
pub(super) fn check_cause(
    context: &Context<'_>,
    report: &mut Report<'_>,
    cause: Cause,
    finding: impl Fn(&url::Url, &str) -> Finding,
) {
    for missed in context.missed().iter().filter(|one| one.cause == cause) {
        let Some(view) = context.policies.get(missed.policy) else {
            continue;
        };
        let url = missed.request.current_url();
        let fix = view
            .directives
            .iter()
            .find(|one| one.counts && contains(one.directive.span(), missed.span))
            .filter(|one| one.name.is_some_and(DirectiveName::has_source_list) && !one.is_closed())
            .map(|one| {
                let source = format!(" {}", narrowest(url));
                Fix::suggestion(vec![TextEdit::insert(one.directive.span().end, source)])
            });
        report.add(
            view,
            missed.span,
            finding(url, view.text(missed.span)).with_fix(fix),
        );
    }
}

/// The origin of the URL, or its scheme where that leads to no host.
fn narrowest(url: &url::Url) -> String {
    if is_network_scheme(url.scheme()) {
        connect_src::Origin::of(url).to_string()
    } else {
        format!("{}:", url.scheme())
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
