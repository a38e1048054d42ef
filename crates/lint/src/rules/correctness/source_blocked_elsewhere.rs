use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A source for connections that another enforced policy of the page blocks.
    ///
    /// ## Why it matters
    ///
    /// Policies add up to their intersection: a request must be allowed by each of them. Neither the header, nor the last one, wins. A source
    /// that one of them lacks is blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://api.example.com
    /// connect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// frame-ancestors 'none'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic: send one policy, or add the source to each.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#multiple-policies>
    /// - <https://github.com/deco-cx/deco/issues/1235>
    "source-blocked-elsewhere", Correctness, Some(Severity::Warning), "a source that another policy of the page blocks"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, directive) in context.connect_lists() {
        for source in directive.sources.iter().filter(|one| one.facts.is_some()) {
            if !context.is_open_elsewhere(view, &source.expression) {
                let finding = Finding::new(
                    format!(
                        "`{}` is allowed here, but another policy of the page blocks it",
                        source.text
                    ),
                    "a request must be allowed by each policy: they add up to their intersection",
                    "send one policy, or add the source to each",
                );
                report.add(view, source.span, finding);
            }
        }
    }
}
