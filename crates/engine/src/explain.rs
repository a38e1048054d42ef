//! Why a connection is allowed or blocked: what matched, what failed first, the nearest miss; and the
//! smallest edit that would allow it.
//!
//! The explanation observes the same functions that decide; it has no rules of its own.

mod edit;
mod nearest_miss;

use alloc::string::String;
use alloc::vec::Vec;

pub use edit::{Edit, NoEdit, smallest_edit};
pub use nearest_miss::{NearestMiss, Relation};

use crate::browser_profile::Rules;
use crate::check::{self, CheckResult, Governance};
use crate::csp_list::CspList;
use crate::directive::{DirectiveName, effective_directive};
use crate::matching::{self, Context, MatchResult, Mismatch, Parts, Target};
use crate::origin::Origin;
use crate::policy::{Directive, Disposition, Policy};
use crate::request::{Hop, Request};
use crate::source_expression::SourceExpression;
use crate::source_list::SourceList;
use crate::span::Span;

/// Why a list of policies allows or blocks a request.
///
/// ```
/// use connect_src::{Api, BrowserProfile, CspList, Disposition, Explanation, Origin, Request};
/// use url::Url;
///
/// let list = CspList::from_header("connect-src 'self' https://api.example.com", Disposition::Enforce);
/// let page = Origin::of(&Url::parse("https://app.example.com/")?);
/// let request = Request::connect(Api::WebSocket, Url::parse("wss://api.example.com/live")?);
///
/// let explanation = Explanation::of(&list, &request, &page, BrowserProfile::Chromium);
/// let policy = &explanation.policies[0];
/// let miss = policy.nearest_miss.as_ref().unwrap();
/// assert_eq!(miss.span.range(), 19..42);
/// assert!(miss.parts.host && !miss.parts.scheme, "the right host, the wrong scheme");
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// What would help against it is [`smallest_edit`]'s to say.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// Whose decision it is.
    pub rules: Rules,
    /// The decision: blocked when an enforced policy is violated.
    pub result: CheckResult,
    /// The directive that governs such requests; `None` when no directive does.
    pub effective_directive: Option<DirectiveName>,
    /// What each policy of the list says, in its order.
    pub policies: Vec<PolicyExplanation<'p>>,
}

impl<'p> Explanation<'p> {
    /// Explains what [`CspList::should_request_be_blocked`] decides.
    pub fn of(
        list: &'p CspList,
        request: &Request,
        self_origin: &Origin,
        rules: impl Into<Rules>,
    ) -> Self {
        let rules = rules.into();
        let self_origin = list.read_self_origin(self_origin, rules);
        let explain = |policy| PolicyExplanation::of(policy, request, self_origin, rules);
        let policies: Vec<_> = list.policies().iter().map(explain).collect();
        Self {
            rules,
            result: CheckResult::allowed_if(!policies.iter().any(PolicyExplanation::blocks)),
            effective_directive: effective_directive(request, rules),
            policies,
        }
    }

    /// The policy that decides: the first enforced one that blocks, or else the first one.
    pub fn deciding_policy(&self) -> Option<&PolicyExplanation<'p>> {
        let mut policies = self.policies.iter();
        let blocking = policies.find(|policy| policy.blocks());
        blocking.or(self.policies.first())
    }
}

/// What one policy says to a request, whatever its disposition.
#[derive(Clone, Debug)]
pub struct PolicyExplanation<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// Whether the request violates it.
    pub result: CheckResult,
    /// Why.
    pub reason: Reason,
    /// The redirect count of the hop that is explained: the first that violates the policy, or the last one.
    pub redirect_count: usize,
    /// The directive that decided.
    pub directive: Option<Directive<'p>>,
    /// Whether the directive only stands in for the effective one.
    pub is_fallback: bool,
    /// What became of each expression of its list.
    pub sources: Vec<SourceExplanation<'p>>,
    /// When blocked: the expression that came closest.
    pub nearest_miss: Option<NearestMiss>,
}

/// Why a policy allows or blocks a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No directive governs such requests.
    NotGoverned,
    /// The policy has neither the effective directive nor one of its fallbacks.
    NoDirective,
    /// The expression with this index in [`PolicyExplanation::sources`] matches.
    Matched(usize),
    /// No expression matches.
    NothingMatched,
    /// The list is empty or is `'none'`.
    ClosedList,
    /// Something other than the URL decided: a nonce, a digest, `'strict-dynamic'`, certificate hashes.
    NotByUrl,
    /// The policy as written allows it, but the browser reads this text instead, or as well, and blocks
    /// it: Firefox prints a policy and parses it again, others divide a `<meta>` at its commas.
    BlockedAsReread(String),
    /// The other way round: only this text counts, and it allows what the written policy blocks.
    AllowedAsReread(String),
}

/// What became of one source expression.
#[derive(Clone, Debug)]
pub struct SourceExplanation<'p> {
    /// Where it stands in the policy's text.
    pub span: Span,
    /// How the browser reads it.
    pub expression: SourceExpression<'p>,
    /// Whether it matches, or what failed first.
    pub result: MatchResult,
    /// Which of its parts fit; `None` for what is not about URLs.
    pub parts: Option<Parts>,
}

impl<'p> PolicyExplanation<'p> {
    fn of(policy: &'p Policy, request: &Request, self_origin: &Origin, rules: Rules) -> Self {
        let is_violated =
            |hop: &Hop<'_>| check::violates(request, *hop, policy, self_origin, rules);
        let violated = request.hops().find(is_violated);
        let result = CheckResult::allowed_if(violated.is_none());
        let hop = violated.unwrap_or(Hop {
            url: request.current_url(),
            redirect_count: request.redirect_count(),
        });
        let directive = governing_directive(policy, request, rules);
        let context = Context {
            self_origin,
            is_redirected: hop.redirect_count > 0,
            rules,
        };
        let target = Target::new(hop.url, request.mode, rules);
        let sources = match directive {
            Some(directive) => explain_sources(directive.source_list(), &target, context),
            None => Vec::new(),
        };
        Self {
            policy,
            result,
            reason: reason(policy, request, hop, context, &sources, result),
            redirect_count: hop.redirect_count,
            directive,
            is_fallback: directive.and_then(Directive::known_name)
                != effective_directive(request, rules),
            nearest_miss: result
                .is_blocked()
                .then(|| nearest_miss::nearest_miss(&sources, &target, context))
                .flatten(),
            sources,
        }
    }

    /// Whether it is violated and enforced.
    fn blocks(&self) -> bool {
        self.result.is_blocked() && self.policy.disposition() == Disposition::Enforce
    }

    /// The expression that allows the request.
    pub fn matched_source(&self) -> Option<&SourceExplanation<'p>> {
        match self.reason {
            Reason::Matched(index) => self.sources.get(index),
            _ => None,
        }
    }
}

fn governing_directive<'p>(
    policy: &'p Policy,
    request: &Request,
    rules: Rules,
) -> Option<Directive<'p>> {
    match Governance::of(request, rules) {
        Governance::None => None,
        Governance::Directives(names) => names
            .iter()
            .find_map(|name| policy.governing_directive(*name, rules)),
        Governance::ResourceHint => policy.directive(DirectiveName::DefaultSrc, rules),
    }
}

fn explain_sources<'p>(
    list: SourceList<'p>,
    target: &Target<'_>,
    context: Context<'_>,
) -> Vec<SourceExplanation<'p>> {
    let spans = list.texts().map(|(span, _)| span);
    spans
        .zip(list.results(target, context))
        .map(|(span, (expression, result))| SourceExplanation {
            span,
            expression,
            result,
            parts: matching::parts(target, &expression, context).ok(),
        })
        .collect()
}

fn reason(
    policy: &Policy,
    request: &Request,
    hop: Hop<'_>,
    context: Context<'_>,
    sources: &[SourceExplanation<'_>],
    result: CheckResult,
) -> Reason {
    let Context {
        self_origin, rules, ..
    } = context;
    let readings = check::readings(policy, request, self_origin, rules);
    let is_violated = |policy: &Policy| check::violates_reading(request, hop, policy, context);
    let mut others = readings
        .iter()
        .filter(|reading| !core::ptr::eq(&raw const ***reading, policy))
        .peekable();
    let as_written = match others.peek() {
        Some(_) => is_violated(policy),
        None => result.is_blocked(),
    };
    if let Some(other) = others.find(|reading| is_violated(reading) != as_written) {
        let text = String::from(other.text());
        return if as_written {
            Reason::AllowedAsReread(text)
        } else {
            Reason::BlockedAsReread(text)
        };
    }
    if Governance::of(request, rules) == Governance::None {
        return Reason::NotGoverned;
    }
    if governing_directive(policy, request, rules).is_none() {
        return Reason::NoDirective;
    }
    let matched = sources.iter().position(|source| source.result.is_match());
    match (as_written, matched) {
        (false, Some(index)) => Reason::Matched(index),
        (false, None) | (true, Some(_)) => Reason::NotByUrl,
        (true, None) if is_closed(sources) => Reason::ClosedList,
        (true, None) => Reason::NothingMatched,
    }
}

fn is_closed(sources: &[SourceExplanation<'_>]) -> bool {
    let not_for_urls = MatchResult::DoesNotMatch(Mismatch::NotForUrls);
    sources.iter().all(|source| source.result == not_for_urls)
}
