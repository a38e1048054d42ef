//! The pre-request and post-request checks of the fetch directives.
//!
//! They are written once, over [`Sources`]: what a source list can be asked, be it plain or compiled.

mod integrity;
mod reserialized;

use alloc::vec::Vec;

use url::Url;

use crate::browser_profile::{Quirk, Rules};
use crate::directive::{DirectiveName, effective_directive_for, fetch_directive_fallback_list};
use crate::matching::{Context, Target};
use crate::origin::Origin;
use crate::policy::{Directive, Policy};
use crate::request::{Destination, Hop, Initiator, Mode, ParserMetadata, Request};
use crate::source_expression::{Keyword, SourceExpression};
use crate::source_list::SourceList;

pub(crate) use integrity::{all_digests, normalized_digest};
pub(crate) use reserialized::{Readings, may_be_reread, readings, reserialize, ways};

/// The answer of a check; the standard's "Allowed" and "Blocked".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[must_use]
pub enum CheckResult {
    /// The policy has nothing against it.
    Allowed,
    /// It does.
    Blocked,
}

impl CheckResult {
    /// Whether the answer is "Allowed".
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }

    /// Whether the answer is "Blocked".
    pub fn is_blocked(self) -> bool {
        self == Self::Blocked
    }

    /// The answer as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
        }
    }

    pub(crate) fn allowed_if(is_allowed: bool) -> Self {
        if is_allowed {
            Self::Allowed
        } else {
            Self::Blocked
        }
    }
}

/// What the checks ask of a source list.
pub(crate) trait Sources {
    fn matches_target(&self, target: &Target<'_>, context: Context<'_>) -> bool;
    fn has_nonce(&self, nonce: &str) -> bool;
    /// Whether every digest of the metadata is in the list, and there is one.
    fn has_digests(&self, integrity_metadata: &str) -> bool;
    fn has_keyword(&self, keyword: Keyword) -> bool;
}

/// A [`SourceList`] under some rules.
pub(crate) struct Plain<'p> {
    pub(crate) list: SourceList<'p>,
    pub(crate) rules: Rules,
}

impl Plain<'_> {
    fn any(&self, is_it: impl Fn(SourceExpression<'_>) -> bool) -> bool {
        self.list
            .expressions_as(self.rules)
            .any(|(_, expression)| is_it(expression))
    }
}

impl Sources for Plain<'_> {
    fn matches_target(&self, target: &Target<'_>, context: Context<'_>) -> bool {
        self.list.match_target(target, context).is_match()
    }

    fn has_nonce(&self, nonce: &str) -> bool {
        self.any(|expression| expression == SourceExpression::Nonce(nonce))
    }

    fn has_digests(&self, integrity_metadata: &str) -> bool {
        all_digests(integrity_metadata, |digest| {
            self.any(
                |expression| matches!(expression, SourceExpression::Hash(hash) if digest.is(hash)),
            )
        })
    }

    fn has_keyword(&self, keyword: Keyword) -> bool {
        self.list.has_keyword(keyword, self.rules)
    }
}

/// The check that a fetch directive makes, when its list is `sources`.
///
/// `directive` is the one whose list is asked, `effective` the one that the request is for.
pub(crate) fn fetch_directive_check(
    request: &Request,
    target: &Target<'_>,
    (effective, directive): (DirectiveName, DirectiveName),
    sources: &impl Sources,
    context: Context<'_>,
) -> CheckResult {
    let matches_url = || CheckResult::allowed_if(sources.matches_target(target, context));
    let is_script =
        effective == DirectiveName::ScriptSrcElem || directive == DirectiveName::ScriptSrc;
    match effective {
        _ if is_script => script_check(request, sources, context.rules, matches_url),
        DirectiveName::StyleSrcElem if has_nonce(request, sources) => CheckResult::Allowed,
        DirectiveName::ConnectSrc
            if request.mode == Mode::WebTransport
                && request.has_webtransport_hashes
                && !context.rules.has(Quirk::WebTransportHashesAreIgnored) =>
        {
            let keyword = Keyword::UnsafeWebTransportHashes;
            CheckResult::allowed_if(sources.has_keyword(keyword))
        }
        _ => matches_url(),
    }
}

/// <https://w3c.github.io/webappsec-csp/#script-pre-request>
fn script_check(
    request: &Request,
    sources: &impl Sources,
    rules: Rules,
    matches_url: impl Fn() -> CheckResult,
) -> CheckResult {
    let is_json = request.destination == Destination::Json && rules.has(Quirk::JsonModuleIsScript);
    if !request.destination.is_script_like() && !is_json {
        return CheckResult::Allowed;
    }
    if has_nonce(request, sources) || sources.has_digests(&request.integrity_metadata) {
        return CheckResult::Allowed;
    }
    if sources.has_keyword(Keyword::StrictDynamic) {
        let is_trusted = request.parser_metadata == ParserMetadata::NotParserInserted;
        return CheckResult::allowed_if(is_trusted);
    }
    matches_url()
}

/// <https://w3c.github.io/webappsec-csp/#match-nonce-to-source-list>
fn has_nonce(request: &Request, sources: &impl Sources) -> bool {
    let nonce = &request.cryptographic_nonce_metadata;
    !nonce.is_empty() && sources.has_nonce(nonce)
}

/// The fetch directives that a resource hint may be allowed by.
///
/// <https://w3c.github.io/webappsec-csp/#does-resource-hint-violate-policy>
pub(crate) const RESOURCE_HINT_DIRECTIVES: [DirectiveName; 14] = [
    DirectiveName::DefaultSrc,
    DirectiveName::ChildSrc,
    DirectiveName::ConnectSrc,
    DirectiveName::FontSrc,
    DirectiveName::FrameSrc,
    DirectiveName::ImgSrc,
    DirectiveName::ManifestSrc,
    DirectiveName::MediaSrc,
    DirectiveName::ObjectSrc,
    DirectiveName::ScriptSrc,
    DirectiveName::ScriptSrcElem,
    DirectiveName::StyleSrc,
    DirectiveName::StyleSrcElem,
    DirectiveName::WorkerSrc,
];

/// Which source lists a request is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Governance {
    /// No directive governs the request.
    None,
    /// The first directive of the fallback list of each of these. All must admit the request.
    Directives(&'static [DirectiveName]),
    /// Any of [`RESOURCE_HINT_DIRECTIVES`], once default-src is there.
    ResourceHint,
}

impl Governance {
    pub(crate) fn of(request: &Request, rules: Rules) -> Self {
        Self::of_all(request.destination, request.initiator, rules)
    }

    /// The same for all requests of a destination and an initiator.
    pub(crate) fn of_all(destination: Destination, initiator: Initiator, rules: Rules) -> Self {
        if initiator == Initiator::Prefetch {
            if rules.has(Quirk::PrefetchAsksTwoDirectives) {
                return Self::Directives(&[DirectiveName::PrefetchSrc, DirectiveName::ConnectSrc]);
            }
            if !rules.has(Quirk::PrefetchAsksDefaultSrc) {
                return Self::ResourceHint;
            }
        }
        // The first of a fallback list is the directive itself.
        let effective = effective_directive_for(destination, initiator, rules);
        match effective.map(fetch_directive_fallback_list) {
            Some([effective, ..]) => Self::Directives(core::slice::from_ref(effective)),
            Some([]) | None => Self::None,
        }
    }
}

/// Does the request, at this hop, violate the policy as it is read?
///
/// <https://w3c.github.io/webappsec-csp/#does-request-violate-policy>
pub(crate) fn violates_reading(
    request: &Request,
    hop: Hop<'_>,
    policy: &Policy,
    context: Context<'_>,
) -> bool {
    let rules = context.rules;
    let target = Target::new(hop.url, request.mode, rules);
    let context = Context {
        is_redirected: hop.redirect_count > 0,
        ..context
    };
    match Governance::of(request, rules) {
        Governance::None => false,
        Governance::Directives(names) => names.iter().any(|effective| {
            let directive = policy.governing_directive(*effective, rules);
            directive.is_some_and(|directive| {
                let list = directive.source_list();
                let names = (*effective, list.directive_name());
                let sources = Plain { list, rules };
                fetch_directive_check(request, &target, names, &sources, context).is_blocked()
            })
        }),
        Governance::ResourceHint => {
            let is_closed = policy.directive(DirectiveName::DefaultSrc, rules).is_some();
            let lists = resource_hint_lists(policy, rules);
            is_closed
                && !lists
                    .iter()
                    .any(|list| list.match_target(&target, context).is_match())
        }
    }
}

fn resource_hint_lists(policy: &Policy, rules: Rules) -> Vec<SourceList<'_>> {
    let names = RESOURCE_HINT_DIRECTIVES.into_iter();
    names
        .filter_map(|name| policy.directive(name, rules))
        .map(Directive::source_list)
        .collect()
}

/// Whether a policy is violated by the request at this hop, under every reading that the browser makes.
pub(crate) fn violates(
    request: &Request,
    hop: Hop<'_>,
    policy: &Policy,
    self_origin: &Origin,
    rules: Rules,
) -> bool {
    let context = Context {
        self_origin,
        is_redirected: false,
        rules,
    };
    readings(policy, request, self_origin, rules)
        .iter()
        .any(|reading| violates_reading(request, hop, reading, context))
}

/// The same for the post-request check, which compares the URL of the response.
///
/// <https://w3c.github.io/webappsec-csp/#should-block-response>
pub(crate) fn response_violates(
    request: &Request,
    response_url: &Url,
    policy: &Policy,
    self_origin: &Origin,
    rules: Rules,
) -> bool {
    // A resource hint has no post-request check of its own.
    request.initiator != Initiator::Prefetch
        && violates(
            request,
            Hop {
                url: response_url,
                redirect_count: request.redirect_count(),
            },
            policy,
            self_origin,
            rules,
        )
}
