use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Neither `object-src` nor `default-src`, in a policy that restricts scripts.
    ///
    /// ## Why it matters
    ///
    /// `<object>` and `<embed>` load documents, and carry data away in their URLs.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// script-src 'self'; object-src 'none'
    /// ```
    ///
    /// ## Browsers
    ///
    /// Plugins are gone from all of them; what is left are documents and PDF.
    ///
    /// ## Fix
    ///
    /// A suggestion adds `object-src 'none'`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-object-src>
    "missing-object-src", Script, Some(Severity::Warning), "no directive governs <object> and <embed>"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let has_scripts =
        |view: &PolicyView<'_>| view.governing(DirectiveName::ScriptSrcElem).is_some();
    if !context.deciding().any(has_scripts) {
        return;
    }
    if let Some(view) = context.lacking(|view| view.governing(DirectiveName::ObjectSrc).is_some()) {
        let edit = TextEdit::insert(view.end().start, "; object-src 'none'");
        let finding = Finding::new(
            "no directive governs `<object>` and `<embed>`",
            "injected ones load any document, and carry data away in their URL",
            "add `object-src 'none'`",
        );
        report.add(
            view,
            view.end(),
            finding.with_fix(Fix::suggestion(vec![edit])),
        );
    }
}
