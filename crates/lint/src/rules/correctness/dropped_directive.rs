use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A directive with a character outside ASCII, or with a control character.
    ///
    /// ## Why it matters
    ///
    /// A character outside ASCII makes browsers drop the whole directive, not only the source. A curly quote around `‘self’`, pasted from
    /// a document, is enough.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src ‘self’
    /// ```
    ///
    /// ```csp fires
    /// connect-src https://bücher.example
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://xn--bcher-kva.example
    /// ```
    ///
    /// ## Browsers
    ///
    /// All drop a directive with a character outside ASCII. Of control characters the standard says nothing; browsers drop the directive.
    ///
    /// ## Fix
    ///
    /// None is automatic. Write hosts in Punycode, paths percent-encoded, and plain quotes.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#parse-serialized-policy>
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-host-char>
    "dropped-directive", Correctness, Some(Severity::Error), "a directive that browsers drop for one of its characters",
    aliases: ["non-ascii-directive"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for note in &view.notes {
            let finding = match note.kind {
                ParseNoteKind::NonAsciiDirective => non_ascii(view, note.span),
                ParseNoteKind::ControlCharacterInDirective => control(view.text(note.span)),
                _ => continue,
            };
            report.add(view, note.span, finding);
        }
    }
}

fn non_ascii(view: &PolicyView<'_>, span: Span) -> Finding {
    let directive = view
        .directives
        .iter()
        .find(|one| one.directive.name_span() == span);
    let text = directive.map_or("", |one| view.text(one.directive.span()));
    let character = text
        .chars()
        .find(|character| !character.is_ascii())
        .unwrap_or('?');
    let help = match character {
        '‘' | '’' | '“' | '”' => "write plain quotes: `'self'`",
        _ => "write hosts in Punycode (`xn--…`) and paths percent-encoded",
    };
    let name = view.text(span);
    let name = if name.is_ascii() {
        name
    } else {
        "this directive"
    };
    Finding::new(
        format!("`{name}` is dropped whole, because it has the character `{character}`"),
        "browsers ignore a directive with any character outside ASCII, so that nothing in it holds",
        help,
    )
}

fn control(name: &str) -> Finding {
    Finding::new(
        format!("`{name}` has a control character"),
        "browsers drop the whole directive, so that nothing in it holds",
        "remove the character",
    )
}
