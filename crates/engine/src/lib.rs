//! What a Content Security Policy does with a connection, exactly as Chromium, Firefox, WebKit and the
//! standard do it, and why.
//!
//! Policies and requests go in, decisions come out. The crate does no I/O, needs no `std`, and has no unsafe code.
//! It agrees with more than 700,000 decisions recorded from real browsers.
//!
//! ```
//! use connect_src::{Api, BrowserProfile, CspList, Disposition, Explanation, Origin, Request, smallest_edit};
//! use url::Url;
//!
//! let policies = CspList::from_header("connect-src 'self' https://api.example.com", Disposition::Enforce);
//! let page = Origin::of(&Url::parse("https://app.example.com/")?);
//! let request = Request::connect(Api::WebSocket, Url::parse("wss://api.example.com/live")?);
//!
//! let result = policies.should_request_be_blocked(&request, &page, BrowserProfile::Chromium);
//! assert!(result.is_blocked());
//!
//! let explanation = Explanation::of(&policies, &request, &page, BrowserProfile::Chromium);
//! let miss = explanation.policies[0].nearest_miss.as_ref().unwrap();
//! assert!(miss.parts.host && !miss.parts.scheme);
//!
//! let edit = smallest_edit(&policies.policies()[0], &request, &page, &[BrowserProfile::Chromium.into()]);
//! assert_eq!(
//!     edit.unwrap().policy,
//!     "connect-src 'self' https://api.example.com wss://api.example.com/live",
//! );
//! # Ok::<(), url::ParseError>(())
//! ```
//!
//! # The way of a decision
//!
//! * [`CspList`] holds the [`Policy`]s of a page. Parsing is total; [`Policy::notes`] tells what was ignored.
//! * [`Request`] says what is fetched and by what. [`Request::connect`] makes the requests that `connect-src` governs.
//! * [`CspList::should_request_be_blocked`] decides under the [`Rules`] of a [`BrowserProfile`].
//! * [`CspList::compile`] makes an index for many decisions: its cost does not grow with the policy.
//! * [`Explanation`] says which source matched, what failed first and what came closest; [`smallest_edit`], what would help.
//! * [`Violation`] is the report that a browser would send.
//! * [`subsumption_witness`] finds what one source list allows and another does not.
//! * [`normalize`] shortens a policy, and decides the same.
//! * [`Comparison`] finds what one list of policies allows and another does not.
//!
//! # Features
//!
//! * `serde`: results serialize; violations give both of their JSON shapes.
#![no_std]

extern crate alloc;

pub mod browser_profile;
mod check;
mod comparison;
mod compiled;
mod csp_list;
mod directive;
mod explain;
pub mod matching;
mod normalize;
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
pub use comparison::{
    Comparison, Difference, Differences, RequestKind, Side, Survey, directive_differences,
};
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
pub use normalize::{Normalized, Shortening, normalize};
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
