use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A policy that restricts something, but has no `base-uri`.
    ///
    /// ## Why it matters
    ///
    /// `default-src` does not stand for `base-uri`. An injected `<base href>` turns every relative URL of the page: forms, links, and scripts
    /// with a nonce are taken from, or sent to, another server where the other directives allow it.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; script-src 'nonce-4AEemGb0xJptoIGFP3Nd'
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; script-src 'nonce-4AEemGb0xJptoIGFP3Nd'; base-uri 'none'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// A suggestion adds `base-uri 'self'`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-base-uri>
    /// - <https://github.com/google/csp-evaluator>
    "missing-base-uri", Exposure, Some(Severity::Warning), "an injected <base> may turn every relative URL"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let has_nonces = context.deciding().any(|view| {
        view.governing(DirectiveName::ScriptSrcElem)
            .is_some_and(|scripts| {
                scripts.has_keyword(Keyword::StrictDynamic)
                    || scripts
                        .sources
                        .iter()
                        .any(|one| matches!(one.expression, SourceExpression::Nonce(_)))
            })
    });
    let most = if has_nonces {
        Severity::Warning
    } else {
        Severity::Info
    };
    check_missing(context, report, DirectiveName::BaseUri, || {
        Finding::new(
            "there is no `base-uri`, and `default-src` does not stand for it",
            "an injected `<base>` turns the relative URLs of forms, links and scripts to another server",
            "add `base-uri 'self'`, or `'none'` where the page has no `<base>`",
        )
        .at_most(most)
    });
}

/// A finding at the end of the policy, where no deciding policy has the directive although one restricts something.
pub(super) fn check_missing(
    context: &Context<'_>,
    report: &mut Report<'_>,
    name: DirectiveName,
    finding: impl Fn() -> Finding,
) {
    let restricts = |view: &PolicyView<'_>| {
        view.governing(DirectiveName::ConnectSrc)
            .or_else(|| view.governing(DirectiveName::ScriptSrcElem))
            .is_some_and(|one| one.open_source().is_none())
    };
    let is_sandboxed = |view: &PolicyView<'_>| view.has(DirectiveName::Sandbox);
    if !context.deciding().any(restricts) || context.deciding().any(is_sandboxed) {
        return;
    }
    if let Some(view) = context.lacking(|view| view.has(name)) {
        let edit = TextEdit::insert(view.end().start, format!("; {name} 'self'"));
        report.add(
            view,
            view.end(),
            finding().with_fix(Fix::suggestion(vec![edit])),
        );
    }
}
