use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A nonce of fewer than 22 base64 characters, which is less than 128 bits.
    ///
    /// ## Why it matters
    ///
    /// A nonce must not be guessed, and must be new for each response. The standard asks for 128 bits at least.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'nonce-abc'
    /// ```
    ///
    /// ```csp passes
    /// script-src 'nonce-4AEemGb0xJptoIGFP3NdAw=='
    /// ```
    ///
    /// ## Browsers
    ///
    /// All accept any length.
    ///
    /// ## Fix
    ///
    /// None is automatic: generate 16 random bytes for each response.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#security-nonces>
    "short-nonce", Script, Some(Severity::Warning), "a nonce of less than 128 bits"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    // 16 bytes in base64, without padding.
    const LEAST: usize = 22;
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                let SourceExpression::Nonce(nonce) = source.expression else {
                    continue;
                };
                let digits = nonce.trim_end_matches('=').len();
                if digits < LEAST {
                    let finding = Finding::new(
                        format!("`{}` has {} bits", source.text, digits * 6),
                        "a nonce that can be guessed allows the attacker's script",
                        "generate 16 random bytes for each response",
                    );
                    let most = if digits < 11 {
                        Severity::Warning
                    } else {
                        Severity::Info
                    };
                    report.add(view, source.span, finding.at_most(most));
                }
            }
        }
    }
}
