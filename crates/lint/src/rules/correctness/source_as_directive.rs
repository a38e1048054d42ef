use connect_src_suffix::registrable_domain;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A source where a directive's name is expected: after a `;` or a comma that is too many.
    ///
    /// ## Why it matters
    ///
    /// `;` ends a directive, and a comma in a header even ends the policy. The source after it is read as the name of a
    /// directive and ignored, so what it was meant to allow is blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'; https://api.example.com
    /// ```
    ///
    /// ```csp fires
    /// connect-src 'self'
    /// https://api.example.com; img-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// A suggestion removes the `;` where it stands directly before the source.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#parse-serialized-policy>
    /// - <https://w3c.github.io/webappsec-csp/#parse-response-csp>
    "source-as-directive", Correctness, Some(Severity::Error), "a source where a directive's name is expected"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for (index, directive) in view.directives.iter().enumerate() {
            let name = directive.directive.name();
            if directive.name.is_none() && is_source(name) {
                let before = index.checked_sub(1).map(|before| &view.directives[before]);
                report.add(
                    view,
                    directive.directive.name_span(),
                    finding(name, directive, before),
                );
            }
        }
    }
}

/// Whether the name of a directive is rather a source.
pub(super) fn is_source(name: &str) -> bool {
    name.contains("://")
        || name.starts_with('\'')
        || name.starts_with("*.")
        || name == "*"
        || matches!(
            name,
            "https:" | "http:" | "wss:" | "ws:" | "data:" | "blob:"
        )
        || is_host(name)
}

fn is_host(name: &str) -> bool {
    name.contains('.') && registrable_domain(name).is_some()
}

fn finding(
    name: &str,
    directive: &DirectiveView<'_>,
    before: Option<&DirectiveView<'_>>,
) -> Finding {
    let separator = before.map(|before| Span {
        start: before.directive.span().end,
        end: directive.directive.name_span().start,
    });
    let sign = if before.is_some() {
        "the `;`"
    } else {
        "the comma"
    };
    let fix = separator.map(|span| Fix::suggestion(vec![TextEdit::replace(span, " ")]));
    Finding::new(
        format!("`{name}` stands where a directive's name is expected"),
        "it is read as the name of a directive that nobody knows, and ignored: it allows nothing",
        format!("remove {sign} before it, so that it belongs to the list before"),
    )
    .with_fix(fix)
}
