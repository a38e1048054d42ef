use connect_src::{ExpressionErrorKind, PortPart as Port};

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A text that is no source expression: a character that no host has, an empty label, a wrong port, a query, an unknown keyword.
    ///
    /// ## Why it matters
    ///
    /// Browsers skip it, so it allows nothing.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://api_v1,example.com
    /// ```
    ///
    /// ```csp fires
    /// connect-src https://api.example.com:99999
    /// ```
    ///
    /// ```csp fires
    /// connect-src 'same-origin'
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com:8443
    /// ```
    ///
    /// ## Browsers
    ///
    /// Most are skipped by all. Some read more than the standard says; see
    /// [browser-dependent-source](browser-dependent-source.md).
    ///
    /// ## Fix
    ///
    /// None is automatic.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#framework-directive-source-list>
    "invalid-source", Correctness, Some(Severity::Warning), "a text that is no source expression",
    aliases: ["unknown-keyword"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                match source.expression {
                    SourceExpression::Unrecognized(error) if is_ours(source, error.kind()) => {
                        report.add(view, source.span, unrecognized(source, &error.to_string()));
                    }
                    SourceExpression::Host(HostSource {
                        port: Some(Port::Unmatchable),
                        ..
                    }) => {
                        report.add(
                            view,
                            source.span,
                            unrecognized(source, "no port is greater than 65535"),
                        );
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Whether no other rule tells more about it.
fn is_ours(source: &SourceView<'_>, kind: ExpressionErrorKind) -> bool {
    !super::misplaced_wildcard::is_misplaced(source)
        && !super::placeholder_source::is_placeholder(source.text)
        && super::unquoted_keyword::quoted(source.text).is_none()
        && !matches!(
            kind,
            ExpressionErrorKind::BadNonce | ExpressionErrorKind::BadHash
        )
}

fn unrecognized(source: &SourceView<'_>, error: &str) -> Finding {
    let help = match source.text {
        text if text.starts_with('\'') => "the keywords are listed by `connect-src explain`",
        text if text.contains('[') => "give the server a name, and write that",
        text if text.contains(',') => "sources are divided by spaces; a comma ends the policy",
        _ => "correct it, or remove it: it allows nothing",
    };
    Finding::new(
        format!("`{}` is no source expression: {error}", source.text),
        "browsers skip it, so it allows nothing",
        help,
    )
}
