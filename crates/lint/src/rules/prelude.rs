//! What nearly every rule needs.

pub(super) use connect_src::{
    DirectiveName, HostPart, HostSource, Keyword, ParseNoteKind, PortPart, SourceExpression, Span,
};

pub(super) use crate::context::{Context, DirectiveView, Finding, PolicyView, Report, SourceView};
pub(super) use crate::diagnostic::{Fix, Severity, TextEdit};
pub(super) use crate::rule::declare_rule;
