use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A scheme that is spelled almost like a known one: `htps:`, `wws://host`.
    ///
    /// ## Why it matters
    ///
    /// The source matches nothing that was meant.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src htps://api.example.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com ipc:
    /// ```
    ///
    /// ## Browsers
    ///
    /// All accept any scheme without complaint.
    ///
    /// ## Fix
    ///
    /// A suggestion writes the known scheme.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-scheme-part>
    "unknown-scheme", Correctness, Some(Severity::Warning), "a scheme that is spelled almost like a known one"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                let (SourceExpression::Scheme(scheme)
                | SourceExpression::Host(HostSource {
                    scheme: Some(scheme),
                    ..
                })) = source.expression
                else {
                    continue;
                };
                if let Some(meant) = misspelled(scheme) {
                    report.add(view, source.span, finding(source, scheme, meant));
                }
            }
        }
    }
}

/// The scheme that was probably meant.
fn misspelled(scheme: &str) -> Option<&'static str> {
    let is_known = |known: &&str| known.eq_ignore_ascii_case(scheme);
    if KNOWN.iter().any(is_known) {
        return None;
    }
    let scheme = scheme.to_ascii_lowercase();
    let alike = |known: &&&str| {
        known.len() > 2
            && strsim::damerau_levenshtein(&scheme, known) == 1
            && scheme.as_bytes().first() == known.as_bytes().first()
    };
    KNOWN[..6].iter().find(alike).copied()
}

/// The first ones are those that are misspelled.
const KNOWN: [&str; 13] = [
    "https",
    "http",
    "wss",
    "data",
    "blob",
    "filesystem",
    "ws",
    "ftp",
    "file",
    "shttp",
    "ipc",
    "asset",
    "app",
];

fn finding(source: &SourceView<'_>, scheme: &str, meant: &str) -> Finding {
    let fixed = format!("{meant}{}", &source.text[scheme.len()..]);
    Finding::new(
        format!("`{scheme}:` is no scheme that browsers connect with"),
        "the source matches no URL that was meant",
        format!("write `{fixed}`"),
    )
    .with_fix(Fix::suggestion(vec![TextEdit::replace(source.span, fixed)]))
}
