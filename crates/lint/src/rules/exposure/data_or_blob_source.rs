use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `data:` or `blob:` in the list that governs connections.
    ///
    /// ## Why it matters
    ///
    /// Libraries fetch such URLs, for WebAssembly or images that they made themselves. No data leaves by it. But what is read so
    /// is vouched for by no server.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' data: blob:
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike; `*` does not stand for them.
    ///
    /// ## Fix
    ///
    /// None is automatic. It may stay if a library needs it. Never add it to `script-src` for that.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-url-to-source-expression>
    /// - <https://github.com/coder/ghostty-web/issues/196>
    "data-or-blob-source", Exposure, Some(Severity::Info), "data: or blob: among the sources for connections"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        let SourceExpression::Scheme(scheme) = source.expression else {
            continue;
        };
        let why = if scheme.eq_ignore_ascii_case("data") {
            "the content stands in the URL itself, whoever wrote it; no data leaves by it"
        } else if scheme.eq_ignore_ascii_case("blob") {
            "the content was made by any script of the page; no data leaves by it"
        } else {
            continue;
        };
        let finding = Finding::new(
            format!(
                "`{}` lets scripts read content that no server vouches for",
                source.text
            ),
            why,
            "keep it if a library needs it, and nowhere but here",
        );
        report.add(view, source.span, finding);
    }
}
