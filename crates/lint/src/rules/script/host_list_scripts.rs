use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Scripts that are allowed by host, without nonces, hashes or `'strict-dynamic'`.
    ///
    /// ## Why it matters
    ///
    /// Lists of hosts can mostly be got round, and grow. Nonces with `'strict-dynamic'` say which scripts are trusted, wherever they lie.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self' https://static.example.com
    /// ```
    ///
    /// ```csp passes
    /// script-src 'strict-dynamic' 'nonce-4AEemGb0xJptoIGFP3NdAw=='
    /// ```
    ///
    /// ## Browsers
    ///
    /// All know nonces and `'strict-dynamic'`.
    ///
    /// ## Fix
    ///
    /// None is automatic.
    ///
    /// ## References
    ///
    /// - <https://web.dev/articles/strict-csp>
    "host-list-scripts", Script, None, "scripts are allowed by host instead of by nonce or hash"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_script_list(context, |view, directive| {
        let is_by_host = directive.sources.iter().any(|one| one.facts.is_some());
        let is_by_trust = directive.sources.iter().any(|one| {
            matches!(
                one.expression,
                SourceExpression::Nonce(_) | SourceExpression::Hash(_)
            )
        });
        if is_by_host && !is_by_trust {
            let finding = Finding::new(
                format!("`{}` trusts hosts, not scripts", directive.shown_name()),
                "most lists of hosts have one by which an injected script runs",
                "use nonces with `'strict-dynamic'`",
            );
            report.add(view, directive.directive.name_span(), finding);
        }
    });
}
