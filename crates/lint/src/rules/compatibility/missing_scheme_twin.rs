use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// One of `ipc:` and `http://ipc.localhost` without the other, in the policy of a desktop application.
    ///
    /// ## Why it matters
    ///
    /// The webview of a Tauri application calls its own process by `ipc:` on macOS, iOS and Linux, and by `http://ipc.localhost` on Windows
    /// and Android. With one of them missing, the application is broken there, in release builds only.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' ipc:
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' ipc: http://ipc.localhost
    /// ```
    ///
    /// ## Browsers
    ///
    /// The webviews of the platforms: WebKit, and Chromium in `WebView2`.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the other one.
    ///
    /// ## References
    ///
    /// - <https://v2.tauri.app/security/csp/>
    /// - <https://github.com/nesquena/hermes-webui/issues/4040>
    "missing-ipc-twin", Compatibility, Some(Severity::Warning), "ipc: without http://ipc.localhost, or the other way round"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, directive) in context.connect_lists() {
        let scheme = directive.sources.iter().find(|one| {
            matches!(one.expression, SourceExpression::Scheme(scheme) if scheme.eq_ignore_ascii_case("ipc"))
        });
        let host = directive.sources.iter().find(|one| {
            one.facts
                .is_some_and(|facts| facts.name.eq_ignore_ascii_case("ipc.localhost"))
        });
        let (there, twin) = match (scheme, host) {
            (Some(there), None) => (there, "http://ipc.localhost"),
            (None, Some(there)) => (there, "ipc:"),
            _ => continue,
        };
        let edit = TextEdit::insert(there.span.end, format!(" {twin}"));
        let finding = Finding::new(
            format!("`{}` is there, but `{twin}` is not", there.text),
            "an application's webview uses one or the other, by platform",
            format!("add `{twin}`"),
        );
        report.add(
            view,
            there.span,
            finding.with_fix(Fix::suggestion(vec![edit])),
        );
    }
}
