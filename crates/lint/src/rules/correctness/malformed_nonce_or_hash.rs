use connect_src::{ExpressionErrorKind, HashAlgorithm, HashSource};

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A nonce that is not base64, and a hash whose length is not that of its algorithm.
    ///
    /// ## Why it matters
    ///
    /// It matches no script, so that the script is blocked, or another source has to allow it.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'nonce-a b' 'sha256-abc='
    /// ```
    ///
    /// ```csp passes
    /// script-src 'nonce-4AEemGb0xJptoIGFP3Nd' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='
    /// ```
    ///
    /// ## Browsers
    ///
    /// All skip it, or never find a script that it fits.
    ///
    /// ## Fix
    ///
    /// None is automatic.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-nonce-source>
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-hash-source>
    "malformed-nonce-or-hash", Correctness, Some(Severity::Warning), "a nonce or hash that matches no script"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                if let Some(reason) = reason(source) {
                    let finding = Finding::new(
                        format!("`{}` matches no script: {reason}", source.text),
                        "what it was meant to allow is blocked",
                        "take the value that the browser prints in the console, or that your server generates",
                    );
                    report.add(view, source.span, finding);
                }
            }
        }
    }
}

fn reason(source: &SourceView<'_>) -> Option<String> {
    match source.expression {
        SourceExpression::Unrecognized(error)
            if matches!(
                error.kind(),
                ExpressionErrorKind::BadNonce | ExpressionErrorKind::BadHash
            ) =>
        {
            (!super::placeholder_source::is_placeholder(source.text)).then(|| error.to_string())
        }
        SourceExpression::Hash(hash) => wrong_length(&hash),
        _ => None,
    }
}

fn wrong_length(hash: &HashSource<'_>) -> Option<String> {
    let digits = hash.value.trim_end_matches('=').len();
    let bytes = digits * 3 / 4;
    let expected = match hash.algorithm {
        HashAlgorithm::Sha256 => 32,
        HashAlgorithm::Sha384 => 48,
        HashAlgorithm::Sha512 => 64,
    };
    let name = hash.algorithm.as_str();
    (bytes != expected)
        .then(|| format!("a {name} digest has {expected} bytes, this one has {bytes}"))
}
