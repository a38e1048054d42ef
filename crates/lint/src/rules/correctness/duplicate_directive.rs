use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A directive that came before in the same policy.
    ///
    /// ## Why it matters
    ///
    /// Only the first one counts. Sources that were added to the second one are blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'; connect-src https://api.example.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All take the first and say so in the console.
    ///
    /// ## Fix
    ///
    /// A suggestion puts the sources of the second one into the first; that allows more than before. Or remove the second one, which
    /// changes nothing.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#parse-serialized-policy>
    "duplicate-directive", Correctness, Some(Severity::Warning), "a directive that came before; only the first counts"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for note in &view.notes {
            if note.kind == ParseNoteKind::DuplicateDirective {
                report.add(view, note.span, finding(view, note.span));
            }
        }
    }
}

fn finding(view: &PolicyView<'_>, span: Span) -> Finding {
    let name = view.text(span);
    Finding::new(
        format!("`{name}` came before, so this one is ignored"),
        "only the first directive of a name counts: what this one allows is blocked",
        "merge the two into one, or remove this one",
    )
    .with_fix(merged(view, span))
}

/// Takes the second away and adds what it has to the first.
fn merged(view: &PolicyView<'_>, span: Span) -> Option<Fix> {
    let at = view
        .directives
        .iter()
        .position(|one| one.directive.name_span() == span)?;
    let second = &view.directives[at];
    let first = view.directives[..at].iter().find(|one| {
        one.directive
            .name()
            .eq_ignore_ascii_case(second.directive.name())
    })?;
    if second.name.is_none_or(|name| !name.has_source_list()) {
        return None;
    }
    let has = |text: &str| first.sources.iter().any(|one| one.text == text);
    let is_none = |text: &str| text.eq_ignore_ascii_case("'none'");
    let sources = second.sources.iter().map(|one| one.text);
    let mut added = String::new();
    for text in sources.filter(|text| !has(text) && !is_none(text)) {
        added.push(' ');
        added.push_str(text);
    }
    let from = view.directives[at - 1].directive.span().end;
    let removed = Span {
        start: from,
        end: second.directive.span().end,
    };
    let end = first.directive.span().end;
    if from == end {
        return Some(Fix::suggestion(vec![TextEdit::replace(removed, added)]));
    }
    Some(Fix::suggestion(vec![
        TextEdit::insert(end, added),
        TextEdit::remove(removed),
    ]))
}
