use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `*`, `https:`, `http:` or `data:` as a source of scripts or objects, or for `base-uri`.
    ///
    /// ## Why it matters
    ///
    /// An injected `<script src>` runs whatever it names. `data:` carries the script in the URL.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self' https:
    /// ```
    ///
    /// ```csp fires
    /// script-src 'self' data:
    /// ```
    ///
    /// ```csp passes
    /// script-src 'strict-dynamic' 'nonce-4AEemGb0xJptoIGFP3Nd' https:
    /// ```
    ///
    /// ## Browsers
    ///
    /// With `'strict-dynamic'` all ignore hosts and schemes.
    ///
    /// ## Fix
    ///
    /// None is automatic: use nonces with `'strict-dynamic'`, or name the hosts.
    ///
    /// ## References
    ///
    /// - <https://web.dev/articles/strict-csp>
    /// - <https://github.com/google/csp-evaluator>
    "any-host-script", Script, Some(Severity::Error), "scripts may come from anywhere"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_script_list(context, |view, directive| {
        if !directive.has_keyword(Keyword::StrictDynamic) {
            wide_sources(view, directive, report);
        }
    });
    for view in context.deciding() {
        for name in [DirectiveName::ObjectSrc, DirectiveName::BaseUri] {
            if let Some(directive) = view.directive(name) {
                wide_sources(view, directive, report);
            }
        }
    }
}

fn wide_sources(view: &PolicyView<'_>, directive: &DirectiveView<'_>, report: &mut Report<'_>) {
    for source in directive.sources.iter().filter(|one| is_wide(one)) {
        let what = match directive.name {
            Some(DirectiveName::BaseUri) => "the page's relative URLs lead anywhere",
            Some(DirectiveName::ObjectSrc) => "objects come from anywhere",
            _ => "scripts come from anywhere",
        };
        let finding = Finding::new(
            format!(
                "`{}` in `{}` lets {what}",
                source.text,
                directive.shown_name()
            ),
            "markup that is injected into the page runs a script of the attacker's",
            "name the hosts; for scripts, better use nonces with `'strict-dynamic'`",
        );
        report.add(view, source.span, finding);
    }
}

/// Whether every host, or a `data:` URL, may be the source. Nothing is loaded by `ws:` and `wss:`.
fn is_wide(source: &SourceView<'_>) -> bool {
    let scheme = source.scheme();
    let is = |known: &str| scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(known));
    is("data") || source.admits_any_host() && !is("ws") && !is("wss")
}
