use connect_src::{CspList, Explanation, Request};
use hashbrown::HashSet;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A source for connections that no connection of the inventory needs.
    ///
    /// ## Why it matters
    ///
    /// Vendors move, features go. What stays in the policy is a way out for data that nobody watches.
    ///
    /// ## Examples
    ///
    /// ```csp fires connects=https://api.example.com/items
    /// connect-src https://api.example.com https://old.example.net
    /// ```
    ///
    /// ```csp passes connects=https://api.example.com/items
    /// connect-src https://api.example.com
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
    /// - <https://github.com/DataDog/documentation/issues/12746>
    "unused-source", Redundancy, Some(Severity::Info), "a source that no connection of the inventory needs",
    aliases: ["stale-source"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(inventory) = context.subject.inventory else {
        return;
    };
    for (view, directive) in context.connect_lists() {
        let used = used(context, view, inventory);
        for (index, source) in directive.sources.iter().enumerate() {
            if can_be_used(source) && !used.contains(&source.span) && directive.sources.len() > 1 {
                let edit = TextEdit::remove(directive.removal(index));
                let finding = Finding::new(
                    format!("no connection needs `{}`", source.text),
                    "none of the connections that were given goes there",
                    "remove it, if what was given is all that the page does",
                );
                report.add(
                    view,
                    source.span,
                    finding.with_fix(Fix::suggestion(vec![edit])),
                );
            }
        }
    }
}

fn can_be_used(source: &SourceView<'_>) -> bool {
    matches!(
        source.expression,
        SourceExpression::Host(_)
            | SourceExpression::Scheme(_)
            | SourceExpression::Keyword(Keyword::SelfOrigin)
    )
}

/// Where the sources stand that allow a connection by themselves, in any of the browsers.
fn used(context: &Context<'_>, view: &PolicyView<'_>, inventory: &[Request]) -> HashSet<Span> {
    let list: CspList = [view.policy.clone()].into_iter().collect();
    let mut used = HashSet::new();
    for request in inventory {
        for rules in &context.subject.browsers {
            let explanation = Explanation::of(&list, request, &context.subject.origin, *rules);
            let sources = explanation
                .policies
                .iter()
                .flat_map(|policy| &policy.sources);
            used.extend(
                sources
                    .filter(|one| one.result.is_match())
                    .map(|one| one.span),
            );
        }
    }
    used
}
