use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Neither `script-src` nor `default-src`.
    ///
    /// ## Why it matters
    ///
    /// Every script runs. And a script that runs finds a way out for data, whatever `connect-src` says.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-script-src>
    "missing-script-src", Script, Some(Severity::Warning), "no directive governs scripts"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if let Some(view) =
        context.lacking(|view| view.governing(DirectiveName::ScriptSrcElem).is_some())
    {
        let finding = Finding::new(
            "no directive governs scripts: there is neither `script-src` nor `default-src`",
            "every script runs that is injected into the page",
            "add `script-src` with nonces, hashes or `'self'`",
        );
        report.add(view, view.end(), finding);
    }
}
