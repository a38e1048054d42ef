use connect_src::ExpressionErrorKind;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `*` that is not the whole leftmost label: `s3*.example.com`, `a.*.example.com`, `example.*`.
    ///
    /// ## Why it matters
    ///
    /// A wildcard stands only at the beginning, for whole labels. Anywhere else the source is invalid, and browsers skip it:
    /// nothing that was meant is allowed. Even vendors' documentation gets it wrong.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://*.ingest.*.sentry.io
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://*.ingest.us.sentry.io
    /// ```
    ///
    /// ## Browsers
    ///
    /// All skip the source.
    ///
    /// ## Fix
    ///
    /// None is automatic. Name each host, or put the wildcard at the beginning, which allows more.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-host-part>
    /// - <https://github.com/raft-tech/TANF-app/issues/1255>
    "misplaced-wildcard", Correctness, Some(Severity::Error), "a wildcard that is not the leftmost label"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in directive.sources.iter().filter(|one| is_misplaced(one)) {
                report.add(view, source.span, finding(source));
            }
        }
    }
}

pub(super) fn is_misplaced(source: &SourceView<'_>) -> bool {
    let SourceExpression::Unrecognized(error) = source.expression else {
        return false;
    };
    let host = source
        .text
        .split_once("://")
        .map_or(source.text, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let is_about_host = matches!(
        error.kind(),
        ExpressionErrorKind::BadWildcard | ExpressionErrorKind::BadHostCharacter
    );
    is_about_host && host.contains('*') && !host.contains(['{', '}', '$', '<'])
}

fn finding(source: &SourceView<'_>) -> Finding {
    Finding::new(
        format!(
            "`{}` has a wildcard in a place where none can be",
            source.text
        ),
        "browsers skip the source, so it allows nothing",
        "name each host, or write `*.` before the part that all of them share",
    )
}
