//! Applies edits to a policy's text.

use crate::diagnostic::{Applicability, Diagnostic, TextEdit};

/// The policy's text after all fixes of its findings that do not stand in each other's way, and how many there were.
///
/// With `Applicability::Safe` only fixes that change no decision; with `Suggestion` all of them. One pass: fixes may
/// uncover others, so a caller repeats it until the count is 0.
pub fn apply(
    text: &str,
    policy: usize,
    findings: &[Diagnostic],
    most: Applicability,
) -> (String, usize) {
    let fixes = findings
        .iter()
        .filter(|finding| finding.policy == policy)
        .filter_map(|finding| finding.fix.as_ref())
        .filter(|fix| {
            most == Applicability::Suggestion || fix.applicability == Applicability::Safe
        });
    let mut chosen: Vec<&TextEdit> = Vec::new();
    let mut count = 0;
    for fix in fixes {
        let is_free = |edit: &TextEdit| chosen.iter().all(|other| !touches(edit, other));
        if fix.edits.iter().all(is_free) {
            chosen.extend(&fix.edits);
            count += 1;
        }
    }
    chosen.sort_by_key(|edit| edit.span);
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for edit in chosen {
        let range = edit.span.range();
        changed.push_str(&text[at..range.start]);
        changed.push_str(&edit.replacement);
        at = range.end;
    }
    changed.push_str(&text[at..]);
    (changed, count)
}

/// Whether two edits overlap, or put text at the same place.
fn touches(a: &TextEdit, b: &TextEdit) -> bool {
    a.span.start <= b.span.end && b.span.start <= a.span.end
}
