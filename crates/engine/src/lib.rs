//! What a Content Security Policy does with a connection, in real browsers, and why.
#![no_std]

extern crate alloc;

pub mod browser_profile;
mod check;
mod compiled;
mod csp_list;
mod directive;
mod explain;
pub mod matching;
mod origin;
mod policy;
mod request;
mod source_expression;
mod source_list;
mod span;
mod subsumption;
mod violation;

pub use browser_profile::{BrowserProfile, Departure, Quirk, Rules};
pub use check::CheckResult;
pub use compiled::CompiledCspList;
pub use csp_list::{CspList, ViolatedPolicy};
pub use directive::{
    DirectiveName, effective_directive, fetch_directive_fallback_list,
    should_fetch_directive_execute,
};
pub use explain::{
    Edit, Explanation, NearestMiss, NoEdit, PolicyExplanation, Reason, Relation, SourceExplanation,
    smallest_edit,
};
pub use matching::{MatchResult, Mismatch};
pub use origin::{Origin, TupleOrigin};
pub use policy::{Directive, Disposition, ParseNote, ParseNoteKind, Policy, PolicySource};
pub use request::{Api, Client, Destination, Hop, Initiator, Mode, ParserMetadata, Request};
pub use source_expression::{
    ExpressionError, ExpressionErrorKind, HashAlgorithm, HashSource, HostPart, HostSource, Keyword,
    PortPart, SourceExpression,
};
pub use source_list::SourceList;
pub use span::Span;
pub use subsumption::{subsumes, subsumption_witness};
pub use violation::{Violation, strip_url_for_use_in_reports};
