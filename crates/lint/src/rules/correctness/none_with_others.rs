use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `'none'` beside other expressions.
    ///
    /// ## Why it matters
    ///
    /// `'none'` counts only alone. Beside anything else it is ignored, and the list is as open as its other expressions are.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'none' https://api.example.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'none'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All ignore it, and say so in the console.
    ///
    /// ## Fix
    ///
    /// Safe: removes `'none'`, since it has no effect.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-url-to-source-list>
    "none-with-others", Correctness, Some(Severity::Warning), "'none' beside other expressions, where it has no effect"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists().filter(|one| one.sources.len() > 1) {
            for (index, source) in directive.sources.iter().enumerate() {
                if source.is_keyword(Keyword::None) {
                    report.add(view, source.span, finding(directive, index));
                }
            }
        }
    }
}

fn finding(directive: &DirectiveView<'_>, index: usize) -> Finding {
    // If nothing else is left, an empty list says the same as 'none', but less clearly.
    let is_other = |one: &SourceView<'_>| !one.is_keyword(Keyword::None);
    let has_other = directive.sources.iter().any(is_other);
    let is_needed = !has_other && index == 0;
    let edit = TextEdit::remove(directive.removal(index));
    Finding::new(
        format!(
            "`'none'` has no effect in `{}`, because it is not alone",
            directive.shown_name()
        ),
        "the list allows what its other expressions allow",
        "remove `'none'`, or remove the others if nothing is to be allowed",
    )
    .with_fix((!is_needed).then(|| Fix::safe(vec![edit])))
}
