use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A keyword, nonce or hash in a list that does not listen to it, such as `'unsafe-inline'` in `connect-src`.
    ///
    /// ## Why it matters
    ///
    /// It does nothing there. Whoever reads the policy believes that it is weaker, or that something is allowed.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' 'unsafe-inline'
    /// ```
    ///
    /// ```csp passes
    /// script-src 'self' 'unsafe-inline'; connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All ignore it. Chromium and Firefox say so in the console for some.
    ///
    /// ## Fix
    ///
    /// Safe: removes it. Where it is alone in its list, `'none'` takes its place.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directives-fetch>
    "keyword-without-effect", Correctness, Some(Severity::Warning), "a keyword, nonce or hash that does nothing in its list"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            let Some(name) = directive.name else { continue };
            for (index, source) in directive.sources.iter().enumerate() {
                if is_idle(name, &source.expression) {
                    report.add(view, source.span, finding(directive, index));
                }
            }
        }
    }
}

/// Whether no browser listens to the expression in this list. What stands in `default-src` also counts for scripts and styles.
pub(super) fn is_idle(name: DirectiveName, expression: &SourceExpression<'_>) -> bool {
    use DirectiveName as D;
    let is_style = matches!(name, D::StyleSrc | D::StyleSrcElem | D::StyleSrcAttr);
    let is_script = matches!(name, D::ScriptSrc | D::ScriptSrcElem | D::ScriptSrcAttr);
    // Workers fall back to script-src, and listen to nonces and 'strict-dynamic' themselves.
    if is_script
        || matches!(
            name,
            D::DefaultSrc | D::WorkerSrc | D::ChildSrc | D::NavigateTo
        )
    {
        return false;
    }
    match expression {
        SourceExpression::Keyword(keyword) => match keyword {
            Keyword::None | Keyword::SelfOrigin => false,
            Keyword::UnsafeWebTransportHashes => name != D::ConnectSrc,
            Keyword::StrictDynamic => true,
            _ => !is_style,
        },
        SourceExpression::Nonce(_) | SourceExpression::Hash(_) => !is_style,
        _ => false,
    }
}

fn finding(directive: &DirectiveView<'_>, index: usize) -> Finding {
    let source = &directive.sources[index];
    let name = directive.shown_name();
    let edit = directive.without(index);
    // WebKit's 'strict-dynamic' silences other sources in some lists; only a person can say what was meant.
    let is_safe = !source.is_keyword(Keyword::StrictDynamic);
    let fix = if is_safe {
        Fix::safe(vec![edit])
    } else {
        Fix::suggestion(vec![edit])
    };
    Finding::new(
        format!("`{}` does nothing in `{name}`", source.text),
        "it is about what scripts or styles may run, not about where a URL may lead",
        "remove it",
    )
    .with_fix(fix)
}
