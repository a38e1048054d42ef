use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Named hosts and `'self'` beside `'strict-dynamic'`, which switches them off.
    ///
    /// ## Why it matters
    ///
    /// They allow nothing any more. Whoever adds a host there wonders why its script is blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'strict-dynamic' 'nonce-4AEemGb0xJptoIGFP3NdAw==' https://static.example.com
    /// ```
    ///
    /// ```csp passes
    /// script-src 'strict-dynamic' 'nonce-4AEemGb0xJptoIGFP3NdAw==' https:
    /// ```
    ///
    /// ## Browsers
    ///
    /// All that know `'strict-dynamic'`. For older ones the hosts are a fallback.
    ///
    /// ## Fix
    ///
    /// None is automatic.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#strict-dynamic-usage>
    "ignored-beside-strict-dynamic", Script, Some(Severity::Info), "hosts that 'strict-dynamic' switches off"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_script_list(context, |view, directive| {
        if !directive.has_keyword(Keyword::StrictDynamic) {
            return;
        }
        for source in directive.sources.iter().filter(|one| one.facts.is_some()) {
            let finding = Finding::new(
                format!("`'strict-dynamic'` switches `{}` off", source.text),
                "a script from there runs only with the nonce, or if a trusted script loads it",
                "remove it, unless old browsers need it",
            );
            report.add(view, source.span, finding);
        }
    });
}
