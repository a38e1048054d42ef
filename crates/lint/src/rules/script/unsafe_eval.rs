use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `'unsafe-eval'` for scripts.
    ///
    /// ## Why it matters
    ///
    /// A text that reaches `eval()`, `new Function()` or `setTimeout("…")` runs.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self' 'unsafe-eval'
    /// ```
    ///
    /// ```csp passes
    /// script-src 'self' 'wasm-unsafe-eval'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic. For WebAssembly `'wasm-unsafe-eval'` is enough.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#can-compile-strings>
    "unsafe-eval", Script, Some(Severity::Warning), "texts may be run as scripts"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_keyword(context, report, Keyword::UnsafeEval, |directive| {
        Finding::new(
            format!(
                "`'unsafe-eval'` in `{}` lets texts run as scripts",
                directive.shown_name()
            ),
            "an attacker's text that reaches `eval()` runs",
            "remove it; for WebAssembly `'wasm-unsafe-eval'` is enough",
        )
    });
}
