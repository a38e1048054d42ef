use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `http://` or `ws://` with a host that is not local.
    ///
    /// ## Why it matters
    ///
    /// Whoever is on the way reads and changes what is sent. On an https page browsers block it as mixed content anyway, so that the source
    /// only stands for its https twin.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src http://api.example.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com http://localhost:3000
    /// ```
    ///
    /// ## Browsers
    ///
    /// In all, a source with `http:` also admits `https:`.
    ///
    /// ## Fix
    ///
    /// A suggestion writes `https://` or `wss://`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-schemes>
    /// - <https://w3c.github.io/webappsec-mixed-content/>
    "plaintext-source", Exposure, Some(Severity::Warning), "a source for connections without TLS"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let page = context.subject.page;
    if page.is_some_and(|page| page.scheme() == "http") {
        return;
    }
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                let Some(HostSource {
                    scheme: Some(scheme),
                    ..
                }) = source.host()
                else {
                    continue;
                };
                if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("ws") {
                    continue;
                }
                let is_local = source
                    .facts
                    .is_some_and(|facts| super::local_source::is_local(facts.name));
                let is_misread = super::super::correctness::is_placeholder(source.text);
                if !is_local && !is_misread {
                    report.add(view, source.span, finding(source, scheme));
                }
            }
        }
    }
}

fn finding(source: &SourceView<'_>, scheme: &str) -> Finding {
    let at = source.span.start + scheme.len() as u32;
    let edit = TextEdit::insert(at, "s");
    Finding::new(
        format!("`{}` is without TLS", source.text),
        "whoever is on the way reads and changes what is sent; from an https page browsers block it as mixed content",
        format!("write `{scheme}s://`"),
    )
    .with_fix(Fix::suggestion(vec![edit]))
}
