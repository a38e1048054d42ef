use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// The name of a directive among the sources of another one.
    ///
    /// ## Why it matters
    ///
    /// Without a `;` the name and everything after it are sources of the directive before. The second directive does not exist,
    /// and its sources are allowed in the first one.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self' connect-src https://api.example.com
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All read the name as a host.
    ///
    /// ## Fix
    ///
    /// A suggestion puts the `;` there.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#parse-serialized-policy>
    "missing-semicolon", Correctness, Some(Severity::Error), "a directive's name among the sources of another"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in &view.directives {
            for (index, source) in directive.sources.iter().enumerate() {
                if names_list(source.text) {
                    report.add(view, source.span, finding(directive, index));
                }
            }
        }
    }
}

/// `sandbox` and `webrtc` could be hosts.
fn names_list(text: &str) -> bool {
    let name = text.trim_end_matches(':');
    let is_of_name = |byte: u8| byte.is_ascii_alphabetic() || byte == b'-';
    name.bytes().all(is_of_name) && name.contains('-') && DirectiveName::parse(name).is_some()
}

fn finding(directive: &DirectiveView<'_>, index: usize) -> Finding {
    let source = &directive.sources[index];
    let removal = directive.removal(index);
    let gap = Span {
        start: removal.start,
        end: source.span.start,
    };
    Finding::new(
        format!("`{}` is read as a host in `{}`", source.text, directive.shown_name()),
        "it and what follows belong to the directive before it: there is no such directive, and its sources are allowed elsewhere",
        "put a `;` before it",
    )
    .with_fix(Fix::suggestion(vec![TextEdit::replace(gap, "; ")]))
}
