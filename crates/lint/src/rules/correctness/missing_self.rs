use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `connect-src` without `'self'` beside a `default-src` that has it.
    ///
    /// ## Why it matters
    ///
    /// `connect-src` takes the place of `default-src`; it does not add to it. Naming one host closes all others, the page's own origin
    /// among them, so that requests to the page's own API are blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src https://api.example.com
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
    /// A suggestion adds `'self'`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-fallback-list>
    /// - <https://github.com/sho7650/obsidian-AI-exporter/issues/410>
    "missing-self", Correctness, Some(Severity::Info), "a connect-src that closes the page's own origin, which default-src allows"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in context.deciding() {
        let (Some(connect), Some(default)) = (
            view.directive(DirectiveName::ConnectSrc),
            view.directive(DirectiveName::DefaultSrc),
        ) else {
            continue;
        };
        let is_meant = connect.is_closed() || connect.has_keyword(Keyword::SelfOrigin);
        let is_open = connect.open_source().is_some();
        if is_meant
            || is_open
            || !default.has_keyword(Keyword::SelfOrigin)
            || names_page(context, connect)
        {
            continue;
        }
        let span = connect.directive.name_span();
        let edit = TextEdit::insert(span.end, " 'self'");
        let finding = Finding::new(
            "`connect-src` has no `'self'`, unlike `default-src`",
            "`connect-src` takes the place of `default-src` and adds nothing to it: the page cannot connect to its own origin",
            "add `'self'`, if the page connects to its own origin",
        );
        report.add(view, span, finding.with_fix(Fix::suggestion(vec![edit])));
    }
}

/// Whether the list has the page's host by name.
fn names_page(context: &Context<'_>, connect: &DirectiveView<'_>) -> bool {
    let host = context.subject.page.and_then(url::Url::host_str);
    host.is_some_and(|host| {
        connect
            .sources
            .iter()
            .any(|one| one.facts.is_some_and(|facts| facts.name == host))
    })
}
