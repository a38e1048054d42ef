use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `'unsafe-inline'` for scripts, without a nonce or hash that would switch it off.
    ///
    /// ## Why it matters
    ///
    /// An injected `<script>` or event handler runs. From there it does all that the page may do.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self' 'unsafe-inline'
    /// ```
    ///
    /// ```csp passes
    /// script-src 'self' 'unsafe-inline' 'nonce-4AEemGb0xJptoIGFP3Nd'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All ignore `'unsafe-inline'` beside a nonce or hash.
    ///
    /// ## Fix
    ///
    /// None is automatic: give scripts nonces or hashes.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#allow-all-inline>
    /// - <https://web.dev/articles/strict-csp>
    "unsafe-inline-script", Script, Some(Severity::Error), "every inline script runs"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_script_list(context, |view, directive| {
        for source in directive
            .sources
            .iter()
            .filter(|one| one.is_keyword(Keyword::UnsafeInline))
        {
            if !super::switches_inline_off(directive) {
                let finding = Finding::new(
                    format!(
                        "`'unsafe-inline'` in `{}` lets every inline script run",
                        directive.shown_name()
                    ),
                    "a script that is injected into the page does all that the page may do",
                    "give scripts a nonce or a hash",
                );
                report.add(view, source.span, finding);
            }
        }
    });
}
