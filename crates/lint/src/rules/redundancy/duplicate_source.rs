use std::borrow::Cow;

use hashbrown::HashSet;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A source that came before in the same list.
    ///
    /// ## Why it matters
    ///
    /// It does nothing, and makes the header longer.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://api.example.com https://API.example.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// Safe: removes it.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-url-to-source-list>
    "duplicate-source", Redundancy, Some(Severity::Info), "a source that came before in the same list"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            let mut seen = HashSet::new();
            for (index, source) in directive.sources.iter().enumerate() {
                // Beside others, 'none' is another rule's.
                if !source.is_keyword(Keyword::None) && !seen.insert(normal(source)) {
                    report.add(view, source.span, finding(directive, index));
                }
            }
        }
    }
}

/// The text in lower case where case does not matter.
fn normal<'s>(source: &SourceView<'s>) -> Cow<'s, str> {
    let insensitive = match source.expression {
        SourceExpression::Host(host) => source.text.len() - host.path.len(),
        SourceExpression::Keyword(_) | SourceExpression::Scheme(_) => source.text.len(),
        _ => 0,
    };
    let (start, rest) = source.text.split_at(insensitive);
    if start.bytes().any(|byte| byte.is_ascii_uppercase()) {
        format!("{}{rest}", start.to_ascii_lowercase()).into()
    } else {
        source.text.into()
    }
}

fn finding(directive: &DirectiveView<'_>, index: usize) -> Finding {
    let edit = TextEdit::remove(directive.removal(index));
    Finding::new(
        format!(
            "`{}` came before in `{}`",
            directive.sources[index].text,
            directive.shown_name()
        ),
        "it adds nothing",
        "remove it",
    )
    .with_fix(Fix::safe(vec![edit]))
}
