use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A path without `/` at its end, and without a file's ending, in the list that governs connections.
    ///
    /// ## Why it matters
    ///
    /// Such a path matches itself alone: `https://api.example.com/v1` does not match `/v1/items`.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://api.example.com/v1
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com/v1/ https://api.example.com/config.json
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the `/`, which allows everything below the path, and no longer the path itself.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-paths>
    "exact-path", Correctness, Some(Severity::Info), "a path that matches itself alone, though it looks like a folder"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, directive) in context.connect_lists() {
        for source in directive.sources.iter().filter(|one| is_exact(one)) {
            let edit = TextEdit::insert(source.span.end, "/");
            let finding = Finding::new(
                format!(
                    "`{}` matches this one path, and nothing below it",
                    source.text
                ),
                "a path without `/` at its end is compared whole",
                "if everything below is meant, end the path with `/`",
            );
            report.add(
                view,
                source.span,
                finding.with_fix(Fix::suggestion(vec![edit])),
            );
        }
    }
}

fn is_exact(source: &SourceView<'_>) -> bool {
    source.host().is_some_and(|host| {
        let last = host.path.rsplit('/').next().unwrap_or_default();
        !last.is_empty() && !last.contains(['.', '*'])
    })
}
