use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A `*` in the path of a source.
    ///
    /// ## Why it matters
    ///
    /// Paths have no wildcards: the source matches only a URL that has the character `*` there. `/api/*` does not match `/api/items`.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://api.example.com/v1/*
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com/v1/
    /// ```
    ///
    /// ## Browsers
    ///
    /// All compare it literally.
    ///
    /// ## Fix
    ///
    /// A suggestion cuts the path after the last `/` before the `*`: a path that ends with `/` stands for everything below.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-paths>
    "literal-star-in-path", Correctness, Some(Severity::Error), "a * in a path, which is no wildcard there"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                if let Some(star) = source.host().and_then(|host| host.path.find('*')) {
                    let path = source.host().map_or("", |host| host.path).len();
                    report.add(
                        view,
                        source.span,
                        finding(source, source.text.len() - path + star),
                    );
                }
            }
        }
    }
}

fn finding(source: &SourceView<'_>, star: usize) -> Finding {
    let folder = source.text[..star]
        .rfind('/')
        .map_or(star, |slash| slash + 1);
    let fixed = &source.text[..folder];
    Finding::new(
        format!("the `*` in the path of `{}` is no wildcard", source.text),
        "it matches only a URL that has this very character in its path",
        format!("write `{fixed}`: a path that ends with `/` stands for everything below it"),
    )
    .with_fix(Fix::suggestion(vec![TextEdit::replace(source.span, fixed)]))
}
