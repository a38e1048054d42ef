//! What a parser ignored, and where.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use hashbrown::HashSet;

use super::{Directive, Policy};
use crate::directive::DirectiveName;
use crate::source_expression::{ExpressionError, Keyword, SourceExpression};
use crate::span::Span;

/// Something in a policy that the standard ignores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseNote {
    /// Where it stands in [`Policy::text`].
    pub span: Span,
    /// What it is.
    pub kind: ParseNoteKind,
}

/// Why a part of a policy is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseNoteKind {
    /// A directive has a character outside ASCII and is dropped whole.
    NonAsciiDirective,
    /// A directive has a control character: browsers drop it whole, the standard keeps it.
    ControlCharacterInDirective,
    /// A directive of this name came earlier; only the first counts.
    DuplicateDirective,
    /// Nobody defines a directive of this name.
    UnknownDirective,
    /// The directive is not allowed in `<meta>`.
    NotInMeta(DirectiveName),
    /// `'none'` among other expressions has no effect.
    NoneWithOthers,
    /// A source expression that matches nothing, because it does not fit the grammar.
    UnrecognizedExpression(ExpressionError),
}

impl fmt::Display for ParseNoteKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonAsciiDirective => formatter.write_str(
                "the directive has a character outside ASCII and is ignored whole; write hosts in Punycode and paths percent-encoded",
            ),
            Self::ControlCharacterInDirective => formatter.write_str(
                "the directive has a control character; browsers ignore it whole",
            ),
            Self::DuplicateDirective => {
                formatter.write_str("a directive of this name came earlier; this one is ignored")
            }
            Self::UnknownDirective => formatter.write_str("no such directive; it is ignored"),
            Self::NotInMeta(name) => {
                write!(formatter, "{name} is ignored in a <meta> element; send it in a header")
            }
            Self::NoneWithOthers => formatter.write_str(
                "'none' has no effect beside other expressions; remove it, or remove the others",
            ),
            Self::UnrecognizedExpression(error) => {
                write!(formatter, "not a source expression, so it matches nothing: {error}")
            }
        }
    }
}

pub(super) fn notes(policy: &Policy) -> Vec<ParseNote> {
    find(policy, expression_notes)
}

pub(super) fn directive_notes(policy: &Policy) -> Vec<ParseNote> {
    find(policy, |_, _| {})
}

/// The notes about directives, with what is to be said of each of the others.
fn find(policy: &Policy, look_into: impl Fn(Directive<'_>, &mut Vec<ParseNote>)) -> Vec<ParseNote> {
    let mut notes = Vec::new();
    let mut names = HashSet::new();
    for directive in policy.directives() {
        match directive_note(directive, &mut names) {
            Some(kind) => notes.push(ParseNote {
                span: directive.name_span(),
                kind,
            }),
            None => look_into(directive, &mut notes),
        }
    }
    notes
}

/// Why the directive is ignored, if it is.
fn directive_note(directive: Directive<'_>, names: &mut HashSet<String>) -> Option<ParseNoteKind> {
    if !directive.is_ascii() {
        return Some(ParseNoteKind::NonAsciiDirective);
    }
    if !names.insert(directive.name().to_ascii_lowercase()) {
        return Some(ParseNoteKind::DuplicateDirective);
    }
    if directive.tokens.has_control {
        return Some(ParseNoteKind::ControlCharacterInDirective);
    }
    match directive.known_name() {
        None => Some(ParseNoteKind::UnknownDirective),
        Some(name) if !directive.is_delivered() => Some(ParseNoteKind::NotInMeta(name)),
        Some(_) => None,
    }
}

fn expression_notes(directive: Directive<'_>, notes: &mut Vec<ParseNote>) {
    if !directive
        .known_name()
        .is_some_and(DirectiveName::has_source_list)
    {
        return;
    }
    let list = directive.source_list();
    for (span, expression) in list.expressions() {
        let kind = match expression {
            SourceExpression::Unrecognized(error) => ParseNoteKind::UnrecognizedExpression(error),
            SourceExpression::Keyword(Keyword::None) if list.len() > 1 => {
                ParseNoteKind::NoneWithOthers
            }
            _ => continue,
        };
        notes.push(ParseNote { span, kind });
    }
}
