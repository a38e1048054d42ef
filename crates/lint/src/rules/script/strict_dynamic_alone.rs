use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `'strict-dynamic'` without a nonce or hash.
    ///
    /// ## Why it matters
    ///
    /// It switches hosts and `'self'` off, and no script is left that could load others: all scripts of the page are blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self' 'strict-dynamic'
    /// ```
    ///
    /// ```csp passes
    /// script-src 'strict-dynamic' 'nonce-4AEemGb0xJptoIGFP3NdAw=='
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#strict-dynamic-usage>
    "strict-dynamic-alone", Script, Some(Severity::Error), "'strict-dynamic' without a nonce or hash blocks all scripts"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_script_list(context, |view, directive| {
        let has_trust = directive.sources.iter().any(|one| {
            matches!(
                one.expression,
                SourceExpression::Nonce(_) | SourceExpression::Hash(_)
            ) || super::super::correctness::is_placeholder(one.text)
        });
        for source in directive
            .sources
            .iter()
            .filter(|one| one.is_keyword(Keyword::StrictDynamic))
        {
            if !has_trust {
                let finding = Finding::new(
                    format!(
                        "`'strict-dynamic'` in `{}` has no nonce or hash beside it",
                        directive.shown_name()
                    ),
                    "it switches hosts and `'self'` off, so that no script runs at all",
                    "give the page's own scripts a nonce or a hash",
                );
                report.add(view, source.span, finding);
            }
        }
    });
}
