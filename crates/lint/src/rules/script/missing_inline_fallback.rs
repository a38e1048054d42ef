use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Nonces or hashes without `'unsafe-inline'`, or `'strict-dynamic'` without `https:`, which browsers before CSP 3 need.
    ///
    /// ## Why it matters
    ///
    /// Newer browsers ignore the fallback, older ones run the page by it instead of breaking it.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'strict-dynamic' 'nonce-4AEemGb0xJptoIGFP3NdAw=='
    /// ```
    ///
    /// ```csp passes
    /// script-src 'strict-dynamic' 'nonce-4AEemGb0xJptoIGFP3NdAw==' 'unsafe-inline' https:
    /// ```
    ///
    /// ## Browsers
    ///
    /// Safari before 15.4 does not know `'strict-dynamic'`.
    ///
    /// ## Fix
    ///
    /// A suggestion adds `https:`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#strict-dynamic-usage>
    "missing-inline-fallback", Script, None, "a strict policy without a fallback for old browsers"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_script_list(context, |view, directive| {
        let is_strict = directive.has_keyword(Keyword::StrictDynamic);
        if is_strict
            && directive.open_source().is_none()
            && directive.sources.iter().all(|one| one.facts.is_none())
        {
            let edit = TextEdit::insert(directive.directive.span().end, " https:");
            let finding = Finding::new(
                format!(
                    "`{}` has no fallback for browsers without `'strict-dynamic'`",
                    directive.shown_name()
                ),
                "they block the scripts that a trusted script loads",
                "add `https:`, which all others ignore",
            );
            report.add(
                view,
                directive.directive.name_span(),
                finding.with_fix(Fix::suggestion(vec![edit])),
            );
        }
    });
}
