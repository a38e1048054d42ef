use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `self`, `none`, `unsafe-inline`, `nonce-…`, `sha256-…` without single quotes, or in other quotes.
    ///
    /// ## Why it matters
    ///
    /// Without quotes the word is the name of a host. `connect-src self` allows the host `self` and blocks the page's own origin;
    /// `connect-src none` does not close the list.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src self
    /// ```
    ///
    /// ```csp fires
    /// script-src 'self' "unsafe-inline"
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All read a host; Chromium and Firefox say so in the console.
    ///
    /// ## Fix
    ///
    /// A suggestion puts the quotes.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-keyword-source>
    /// - <https://github.com/supabase/supabase/issues/13242>
    "unquoted-keyword", Correctness, Some(Severity::Error), "a keyword, nonce or hash without its single quotes"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                if let Some(quoted) = quoted(source.text) {
                    report.add(view, source.span, finding(source, directive, quoted));
                }
            }
        }
    }
}

/// The keyword, nonce or hash that the text would be with quotes.
pub(crate) fn quoted(text: &str) -> Option<String> {
    if text.len() > 2 && text.starts_with('\'') && text.ends_with('\'') {
        return None;
    }
    let inner = text.trim_matches(|end: char| matches!(end, '\'' | '"' | '`'));
    let quoted = format!("'{inner}'");
    let is_meant = matches!(
        SourceExpression::parse(&quoted),
        SourceExpression::Keyword(_) | SourceExpression::Nonce(_) | SourceExpression::Hash(_)
    );
    is_meant.then_some(quoted)
}

fn finding(source: &SourceView<'_>, directive: &DirectiveView<'_>, quoted: String) -> Finding {
    Finding::new(
        format!(
            "`{}` is no keyword in `{}`",
            source.text,
            directive.shown_name()
        ),
        "only single quotes make a keyword; without them it is the name of a host",
        format!("write `{quoted}`"),
    )
    .with_fix(Fix::suggestion(vec![TextEdit::replace(
        source.span,
        quoted,
    )]))
}
