use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `'unsafe-inline'` for styles, without a nonce or hash that would switch it off.
    ///
    /// ## Why it matters
    ///
    /// Injected styles read the page by attribute selectors, and send what they find in the URLs of images and fonts, where those may be loaded
    /// from elsewhere.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// style-src 'self' 'unsafe-inline'; img-src *
    /// ```
    ///
    /// ```csp passes
    /// style-src 'self'
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
    /// - <https://w3c.github.io/webappsec-csp/#directive-style-src>
    "unsafe-inline-style", Script, Some(Severity::Info), "every inline style applies"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in context.deciding() {
        let names = [DirectiveName::StyleSrcElem, DirectiveName::StyleSrcAttr];
        let lists: Vec<_> = names
            .iter()
            .filter_map(|name| view.governing(*name))
            .collect();
        for (index, directive) in lists.iter().enumerate() {
            let span = directive.directive.span();
            let is_seen = lists[..index]
                .iter()
                .any(|one| one.directive.span() == span);
            if !is_seen && !super::switches_inline_off(directive) {
                inline(view, directive, report);
            }
        }
    }
}

fn inline(view: &PolicyView<'_>, directive: &DirectiveView<'_>, report: &mut Report<'_>) {
    let sources = directive.sources.iter();
    for source in sources.filter(|one| one.is_keyword(Keyword::UnsafeInline)) {
        let finding = Finding::new(
            format!(
                "`'unsafe-inline'` in `{}` lets every inline style apply",
                directive.shown_name()
            ),
            "injected styles read the page, and send what they find in the URLs of images and fonts",
            "give styles a nonce or a hash, and restrict `img-src` and `font-src`",
        );
        report.add(view, source.span, finding);
    }
}
