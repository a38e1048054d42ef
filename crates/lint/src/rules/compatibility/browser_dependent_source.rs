use connect_src::BrowserProfile;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A source that some of the browsers read, and others skip.
    ///
    /// ## Why it matters
    ///
    /// The page works in one browser and is broken in another, or allows in one what it blocks in another.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://api.example.com?key=1
    /// ```
    ///
    /// ```csp fires
    /// connect-src https://api.example.com./
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// How each of them departs is listed in [How browsers depart from the standard](../browsers.md).
    ///
    /// ## Fix
    ///
    /// None is automatic: write it as the standard says.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#framework-directive-source-list>
    "browser-dependent-source", Compatibility, Some(Severity::Warning), "a source that some browsers read and others skip"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, directive) in context.connect_lists() {
        let Some(name) = directive.name else { continue };
        for source in directive.sources.iter().filter(|one| is_unusual(one)) {
            let reads = |rules: connect_src::Rules| {
                let read = SourceExpression::parse_as(source.text, name, rules);
                !matches!(read, SourceExpression::Unrecognized(_))
            };
            let browsers = context.subject.browsers.iter();
            let (read, skip): (Vec<_>, Vec<_>) = browsers.partition(|rules| reads(**rules));
            if !read.is_empty() && !skip.is_empty() {
                report.add(
                    view,
                    source.span,
                    finding(source, &names(&read), &names(&skip)),
                );
            }
        }
    }
}

/// Whether browsers could disagree: most sources are plain, and need no second look.
fn is_unusual(source: &SourceView<'_>) -> bool {
    match source.expression {
        SourceExpression::Unrecognized(_) => true,
        SourceExpression::Host(host) => {
            source.text.len() > 512
                || host.host == HostPart::Any
                || source.text.contains(['%', '?'])
                || source.facts.is_some_and(|facts| facts.name.ends_with('.'))
                || !host
                    .path
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
        }
        SourceExpression::Keyword(keyword) => keyword == Keyword::UnsafeWebTransportHashes,
        _ => false,
    }
}

fn names(rules: &[&connect_src::Rules]) -> String {
    let names: Vec<_> = rules
        .iter()
        .map(|one| BrowserProfile::as_str(one.profile()))
        .collect();
    names.join(" and ")
}

fn finding(source: &SourceView<'_>, read: &str, skip: &str) -> Finding {
    Finding::new(
        format!("{read} reads `{}`, {skip} skips it", source.text),
        "what the source allows in one browser is blocked in another",
        "write it as the standard says, so that all read the same",
    )
}
