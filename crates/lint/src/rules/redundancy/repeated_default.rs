use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `connect-src` that has the same sources as `default-src`.
    ///
    /// ## Why it matters
    ///
    /// It changes nothing. But it keeps its meaning when somebody opens `default-src` later, which is a reason to leave it.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// A suggestion removes it.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-fallback-list>
    "repeated-default", Redundancy, None, "a connect-src with the same sources as default-src"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        let (Some(connect), Some(default)) = (
            view.directive(DirectiveName::ConnectSrc),
            view.directive(DirectiveName::DefaultSrc),
        ) else {
            continue;
        };
        let texts = |one: &DirectiveView<'_>| {
            let mut texts: Vec<_> = one
                .sources
                .iter()
                .map(|source| source.text.to_ascii_lowercase())
                .collect();
            texts.sort();
            texts
        };
        if connect.sources.len() == default.sources.len() && texts(connect) == texts(default) {
            let span = connect.directive.span();
            let after = &view.policy.text()[span.end as usize..];
            let gap = after
                .bytes()
                .take_while(|byte| matches!(byte, b';' | b' '))
                .count() as u32;
            let edit = TextEdit::remove(Span {
                start: span.start,
                end: span.end + gap,
            });
            let finding = Finding::new(
                "`connect-src` says the same as `default-src`",
                "without it connections are governed by the same sources",
                "leave it, if `default-src` may be opened later; remove it otherwise",
            );
            report.add(view, span, finding.with_fix(Fix::suggestion(vec![edit])));
        }
    }
}
