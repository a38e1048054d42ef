//! What a reader should know about a policy, besides the decision: what was ignored, what is missing, and
//! what is there but should not be.

use connect_src::{
    Directive, DirectiveName, Keyword, ParseNoteKind, PolicyExplanation, SourceExpression,
};

use super::mistakes;
use crate::commands::check::Question;
use crate::commands::check::decision::{Decision, Group};
use crate::output::prose::Piece;
use crate::output::{Prose, code, prose::prose};

/// The notes of all decisions, each once, in the order in which they come up.
pub(super) fn notes(question: &Question, decisions: &[Decision<'_>]) -> Vec<Prose> {
    let mut notes = Notes::default();
    for note in &question.policies.notes {
        notes.add(note.clone());
    }
    for decision in decisions {
        for group in decision.groups() {
            for policy in &group.explanation.policies {
                notes.of_policy(question, &group, policy);
            }
        }
    }
    notes.finish()
}

#[derive(Default)]
struct Notes {
    notes: Vec<Prose>,
    more: usize,
}

impl Notes {
    /// More notes than this are counted instead of shown.
    const MOST: usize = 8;

    fn add(&mut self, note: Prose) {
        if self.notes.contains(&note) {
            return;
        }
        if self.notes.len() < Self::MOST {
            self.notes.push(note);
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self) -> Vec<Prose> {
        if self.more > 0 {
            self.notes
                .push(prose![format!("{} more notes are not shown", self.more)]);
        }
        self.notes
    }

    fn of_policy(
        &mut self,
        question: &Question,
        group: &Group<'_, '_>,
        policy: &PolicyExplanation<'_>,
    ) {
        self.ignored(group, policy);
        self.unrecognised(group, policy);
        if question.page.is_none() && needs_page(policy) {
            self.add(without_page());
        }
        for note in mistakes::notes(policy) {
            self.add(note);
        }
    }

    /// What the parser dropped, where it bears on this connection.
    fn ignored(&mut self, group: &Group<'_, '_>, policy: &PolicyExplanation<'_>) {
        let text = policy.policy.text();
        for note in policy.policy.notes() {
            let found = &text[note.span.range()];
            match note.kind {
                // Told below, by the browser's own grammar.
                ParseNoteKind::UnrecognizedExpression(_) => {}
                ParseNoteKind::NoneWithOthers if is_within(policy.directive, note.span.start) => {
                    self.add(prose![note.kind.to_string()]);
                }
                ParseNoteKind::UnknownDirective => self.unknown_directive(group, policy, found),
                _ if is_about(found, group) => {
                    self.add(prose![code(found), ": ", note.kind.to_string()]);
                }
                _ => {}
            }
        }
    }

    /// An unknown name matters where a directive is missed, or where it is a source with a `;` before it.
    fn unknown_directive(
        &mut self,
        group: &Group<'_, '_>,
        policy: &PolicyExplanation<'_>,
        found: &str,
    ) {
        if is_almost(found, "connect-src") || is_almost(found, "default-src") {
            let meant = if is_almost(found, "connect-src") {
                "connect-src"
            } else {
                "default-src"
            };
            self.add(prose![
                code(found),
                " is no directive and is ignored; is ",
                code(meant),
                " meant?",
            ]);
        } else if looks_like_source(found) {
            self.add(prose![
                code(found),
                " stands where a directive's name is expected, and is ignored; is a ",
                code(";"),
                " before it too many?",
            ]);
        } else if policy.directive.is_none() && group.explanation.effective_directive.is_some() {
            self.add(prose![code(found), " is no directive and is ignored"]);
        }
    }

    /// Sources that match nothing because they cannot be read.
    fn unrecognised(&mut self, group: &Group<'_, '_>, policy: &PolicyExplanation<'_>) {
        for source in &policy.sources {
            let SourceExpression::Unrecognized(error) = source.expression else {
                continue;
            };
            let found = &policy.policy.text()[source.span.range()];
            let is_standard = matches!(
                SourceExpression::parse(found),
                SourceExpression::Unrecognized(_)
            );
            let reader: Piece = if is_standard {
                " matches nothing: ".into()
            } else {
                let names: Vec<_> = group.profiles.iter().map(|one| one.as_str()).collect();
                format!(" matches nothing in {}: ", names.join(" and ")).into()
            };
            self.add(Prose::new([code(found), reader, error.to_string().into()]));
        }
    }
}

/// What is assumed about a page that is not known.
pub(super) fn without_page() -> Prose {
    prose![
        "without --page, ",
        code("'self'"),
        " matches nothing, and sources without a scheme are read as on an ",
        code("https:"),
        " page; give the page's URL",
    ]
}

/// Whether the decision could be another one if the page were known.
fn needs_page(policy: &PolicyExplanation<'_>) -> bool {
    policy.sources.iter().any(|source| match source.expression {
        SourceExpression::Keyword(Keyword::SelfOrigin) => policy.result.is_blocked(),
        SourceExpression::Host(host) => host.scheme.is_none() && !host.is_star(),
        _ => false,
    })
}

fn is_within(directive: Option<Directive<'_>>, offset: u32) -> bool {
    directive.is_some_and(|directive| {
        let span = directive.span();
        (span.start..span.end).contains(&offset)
    })
}

/// Whether a directive of this name could have governed the connection.
fn is_about(name: &str, group: &Group<'_, '_>) -> bool {
    let effective = group.explanation.effective_directive;
    let fallbacks = effective.map(connect_src::fetch_directive_fallback_list);
    let name = DirectiveName::parse(name);
    name.is_some_and(|name| fallbacks.is_some_and(|names| names.contains(&name)))
}

/// Whether a name is a known one with one letter wrong, missing, or too many, or with another end.
fn is_almost(found: &str, name: &str) -> bool {
    let (found, name) = (found.to_ascii_lowercase(), name.as_bytes());
    let found = found.as_bytes();
    if found.len() > name.len() + 4 {
        return false;
    }
    let head = found.iter().zip(name).take_while(|(a, b)| a == b).count();
    let tail = found[head..].iter().rev().zip(name[head..].iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (found, name) = (found.len() - head - tail, name.len() - head - tail);
    found.max(name) <= 2 || (head >= 7 && tail == 0)
}

fn looks_like_source(text: &str) -> bool {
    text.contains("://") || text.starts_with('\'') || text.starts_with("*.") || text.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_directive_is_recognised() {
        for (found, expected) in [
            ("conect-src", true),
            ("connect-source", true),
            ("connectsrc", true),
            ("conenct-src", true),
            ("connect_src", true),
            ("font-src", false),
            ("content-src", false),
            ("frame-options", false),
        ] {
            assert_eq!(is_almost(found, "connect-src"), expected, "{found}");
        }
    }
}
