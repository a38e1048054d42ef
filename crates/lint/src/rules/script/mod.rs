//! What scripts and styles may run.

pub(super) mod any_host_script;
pub(super) mod bypassable_script_host;
pub(super) mod host_list_scripts;
pub(super) mod ignored_beside_strict_dynamic;
pub(super) mod missing_inline_fallback;
pub(super) mod missing_object_src;
pub(super) mod missing_script_src;
pub(super) mod missing_trusted_types;
pub(super) mod short_nonce;
pub(super) mod strict_dynamic_alone;
pub(super) mod unsafe_eval;
pub(super) mod unsafe_hashes;
pub(super) mod unsafe_inline_script;
pub(super) mod unsafe_inline_style;

use super::prelude::*;

/// Calls for each directive that decides about scripts, in the deciding policies.
fn each_script_list<'c, 'a>(
    context: &'c Context<'a>,
    mut check: impl FnMut(&'c PolicyView<'a>, &'c DirectiveView<'a>),
) {
    for view in context.deciding() {
        let mut seen = Vec::new();
        for name in [DirectiveName::ScriptSrcElem, DirectiveName::ScriptSrcAttr] {
            if let Some(directive) = view.governing(name) {
                let span = directive.directive.name_span();
                if !seen.contains(&span) {
                    seen.push(span);
                    check(view, directive);
                }
            }
        }
    }
}

/// A finding for each place of a keyword in those lists.
fn each_keyword(
    context: &Context<'_>,
    report: &mut Report<'_>,
    keyword: Keyword,
    finding: impl Fn(&DirectiveView<'_>) -> Finding,
) {
    each_script_list(context, |view, directive| {
        for source in directive
            .sources
            .iter()
            .filter(|one| one.is_keyword(keyword))
        {
            report.add(view, source.span, finding(directive));
        }
    });
}

/// Whether a nonce, a hash or `'strict-dynamic'` makes browsers ignore `'unsafe-inline'`.
///
/// <https://w3c.github.io/webappsec-csp/#allow-all-inline>
fn switches_inline_off(directive: &DirectiveView<'_>) -> bool {
    directive.sources.iter().any(|one| {
        matches!(
            one.expression,
            SourceExpression::Nonce(_)
                | SourceExpression::Hash(_)
                | SourceExpression::Keyword(Keyword::StrictDynamic)
        ) || one.text.starts_with("'nonce-")
    })
}
