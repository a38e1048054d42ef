use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A directive that no standard and no browser defines.
    ///
    /// ## Why it matters
    ///
    /// Browsers skip it without a word. What it was meant to restrict is not restricted, or falls back to `default-src`.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; conect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All ignore it, and say so in the console.
    ///
    /// ## Fix
    ///
    /// A suggestion renames it to the directive that is spelled almost alike, if there is one.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#parse-serialized-policy>
    "unknown-directive", Correctness, Some(Severity::Warning), "a directive that nobody defines"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for note in &view.notes {
            if note.kind == ParseNoteKind::UnknownDirective && !is_other_rules(view.text(note.span))
            {
                report.add(view, note.span, finding(view, note.span));
            }
        }
    }
}

/// Whether another rule tells more about it.
fn is_other_rules(name: &str) -> bool {
    super::removed_directive::is_removed(name) || super::source_as_directive::is_source(name)
}

fn finding(view: &PolicyView<'_>, span: Span) -> Finding {
    let found = view.text(span);
    let meant = nearest(found);
    let help = match meant {
        Some(name) => format!("write `{name}`"),
        None => "remove it, or check the name against the standard".to_owned(),
    };
    Finding::new(
        format!("`{found}` is no directive"),
        "browsers ignore it whole, so nothing that it says holds",
        help,
    )
    .with_fix(meant.map(|name| Fix::suggestion(vec![TextEdit::replace(span, name.as_str())])))
}

/// The directive that is spelled almost alike.
fn nearest(found: &str) -> Option<DirectiveName> {
    const ALIKE: f64 = 0.75;
    let found = found
        .trim_end_matches(':')
        .to_ascii_lowercase()
        .replace('_', "-");
    let likeness =
        |name: &DirectiveName| strsim::normalized_damerau_levenshtein(&found, name.as_str());
    let names = DirectiveName::ALL.iter().copied();
    let best = names.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) >= ALIKE).then_some(best)
}
