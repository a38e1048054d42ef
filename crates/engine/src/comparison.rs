//! Two lists of policies: which requests does one allow and the other block?
//!
//! As in [`subsumption_witness`](crate::subsumption_witness), each source is asked for the URLs that others find hardest to admit.
//! Where several policies must allow a request, the sources are first narrowed by each other.

mod address;
mod kind;
mod search;
mod template;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

use url::Url;

pub use kind::RequestKind;

use crate::browser_profile::Rules;
use crate::check::{self, Governance, RESOURCE_HINT_DIRECTIVES};
use crate::compiled::CompiledCspList;
use crate::csp_list::CspList;
use crate::directive::DirectiveName;
use crate::origin::Origin;
use crate::policy::{Directive, Disposition, Policy, Reading};
use crate::request::{Api, Request};
use crate::source_list::SourceList;
use crate::subsumption::Fresh;
use search::Search;

/// One of the two lists that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The first.
    Old,
    /// The second.
    New,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }
}

/// A request that one list allows and the other blocks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Difference {
    /// The request that shows it.
    pub request: Request,
    /// The list that allows it.
    pub allowed_by: Side,
    /// The source of that list which it was made from, as written; `None` where no directive governs the request there.
    pub source: Option<String>,
}

/// What was found for one kind of request.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Differences {
    /// One for each source that admits what the other list blocks, in the order of the sources.
    pub found: Vec<Difference>,
    /// Whether nothing was left out: `false` when several long policies narrow each other in more ways than are tried.
    pub is_exhaustive: bool,
}

/// Two lists of policies for the pages of one origin, under one set of rules.
///
/// Only enforced policies count, and only URLs: requests have no nonces and no hashes.
///
/// ```
/// use connect_src::{Api, BrowserProfile, Comparison, CspList, Disposition, Origin, RequestKind, Side};
/// use url::Url;
///
/// let page = Origin::of(&Url::parse("https://app.example.com/")?);
/// let list = |text: &str| CspList::from_header(text, Disposition::Enforce);
/// let (old, new) = (list("connect-src https://a.test"), list("connect-src https://*.test"));
/// let comparison = Comparison::of(&old, &new, &page, BrowserProfile::Chromium);
/// let differences = comparison.differences(RequestKind::Connect(Api::Fetch));
/// assert_eq!(differences.found.len(), 1);
/// assert_eq!(differences.found[0].allowed_by, Side::New);
/// assert_eq!(differences.found[0].source.as_deref(), Some("https://*.test"));
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Debug)]
pub struct Comparison<'p> {
    sides: [ReadList<'p>; 2],
    self_origin: Origin,
    rules: Rules,
    /// For requests of which only the kind matters.
    any_url: Url,
    /// Names that no source of either list has.
    fresh: OnceCell<Fresh>,
}

impl<'p> Comparison<'p> {
    /// Makes two lists ready to be compared.
    pub fn of(
        old: &'p CspList,
        new: &'p CspList,
        self_origin: &Origin,
        rules: impl Into<Rules>,
    ) -> Self {
        let rules = rules.into();
        Self {
            sides: [old, new].map(|list| ReadList::of(list, self_origin, rules)),
            self_origin: self_origin.clone(),
            rules,
            any_url: any_url(),
            fresh: OnceCell::new(),
        }
    }

    fn governance(&self, kind: RequestKind) -> Governance {
        Governance::of(&kind.request(self.any_url.clone()), self.rules)
    }

    fn fresh(&self) -> &Fresh {
        self.fresh.get_or_init(|| {
            let lists = self.sides.iter().flat_map(ReadList::source_lists);
            Fresh::of(lists, self.rules)
        })
    }

    /// Finds the requests of a kind that one list allows and the other blocks: at least one if there is one.
    pub fn differences(&self, kind: RequestKind) -> Differences {
        let governance = self.governance(kind);
        let sides = self
            .sides
            .each_ref()
            .map(|side| side.conjuncts(governance, self.rules));
        if is_written_alike(&sides) {
            return Differences {
                found: Vec::new(),
                is_exhaustive: true,
            };
        }
        Search::of(self, kind).run(&sides)
    }

    /// Whether two kinds of requests are decided by the same lists in the same way, so that one answer is enough for both.
    pub fn decides_alike(&self, one: RequestKind, other: RequestKind) -> bool {
        one.class() == other.class() && self.governance(one) == self.governance(other)
    }
}

/// Compares what two lists say by a directive that has a source list and governs no fetch, such as form-action.
///
/// ```
/// use connect_src::{BrowserProfile, CspList, DirectiveName, Disposition, Origin, Side, directive_differences};
/// use url::Url;
///
/// let page = Origin::of(&Url::parse("https://app.example.com/")?);
/// let list = |text: &str| CspList::from_header(text, Disposition::Enforce);
/// let (old, new) = (list("form-action 'self'"), list("connect-src 'self'"));
/// let name = DirectiveName::FormAction;
/// let differences = directive_differences(&old, &new, name, &page, BrowserProfile::Firefox);
/// assert_eq!(differences.found[0].allowed_by, Side::New);
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn directive_differences(
    old: &CspList,
    new: &CspList,
    name: DirectiveName,
    self_origin: &Origin,
    rules: impl Into<Rules>,
) -> Differences {
    let rules = rules.into();
    // Such lists match as those of connect-src do.
    let [old, new] = [old, new].map(|list| as_connect_src(list, name, rules));
    let comparison = Comparison::of(&old, &new, self_origin, rules);
    comparison.differences(RequestKind::Connect(Api::SendBeacon))
}

fn any_url() -> Url {
    Url::parse("https://page.invalid/").expect("this is a URL")
}

fn as_connect_src(list: &CspList, name: DirectiveName, rules: Rules) -> CspList {
    let enforced = list.policies().iter();
    let enforced = enforced.filter(|policy| policy.disposition() == Disposition::Enforce);
    let directives = enforced.filter_map(|policy| policy.directive(name, rules));
    directives
        .map(|directive| {
            let text = format!("connect-src {}", directive.value());
            Policy::from_header(text, Disposition::Enforce)
        })
        .collect()
}

/// A list of policies, indexed, and in the ways in which its browser reads it.
#[derive(Debug)]
struct ReadList<'p> {
    list: &'p CspList,
    self_origin: Origin,
    rules: Rules,
    /// Made when a request is decided; lists that are written alike need none.
    compiled: OnceCell<CompiledCspList>,
    ways: Vec<Vec<Reading<'p>>>,
}

/// What one policy says about a request: it must match one of these lists.
type Conjunct<'s> = Vec<SourceList<'s>>;

/// What all policies say; one for each way of reading them.
type Conjuncts<'s> = Vec<Vec<Conjunct<'s>>>;

impl<'p> ReadList<'p> {
    fn of(list: &'p CspList, self_origin: &Origin, rules: Rules) -> Self {
        let enforced = list.policies().iter();
        let enforced: Vec<&Policy> = enforced
            .filter(|policy| policy.disposition() == Disposition::Enforce)
            .collect();
        Self {
            list,
            self_origin: self_origin.clone(),
            rules,
            compiled: OnceCell::new(),
            ways: check::ways(&enforced, self_origin, rules),
        }
    }

    fn compiled(&self) -> &CompiledCspList {
        let compile = || self.list.compile(&self.self_origin, self.rules);
        self.compiled.get_or_init(compile)
    }

    fn is_reread(&self) -> bool {
        self.ways.len() > 1
    }

    fn source_lists(&self) -> impl Iterator<Item = SourceList<'_>> {
        let policies = self.ways.iter().flatten();
        let directives = policies.flat_map(|policy| policy.directives());
        let has_sources = |one: &Directive<'_>| {
            one.known_name()
                .is_some_and(DirectiveName::is_fetch_directive)
        };
        directives.filter(has_sources).map(Directive::source_list)
    }

    fn conjuncts(&self, governance: Governance, rules: Rules) -> Conjuncts<'_> {
        let ways = self.ways.iter();
        ways.map(|way| {
            let policies = way.iter().map(|policy| &**policy);
            policies
                .flat_map(|policy| conjuncts(policy, governance, rules))
                .collect()
        })
        .collect()
    }
}

fn conjuncts(policy: &Policy, governance: Governance, rules: Rules) -> Vec<Conjunct<'_>> {
    match governance {
        Governance::None => Vec::new(),
        Governance::Directives(names) => {
            let directives = names
                .iter()
                .filter_map(|name| policy.governing_directive(*name, rules));
            directives
                .map(|directive| alloc::vec![directive.source_list()])
                .collect()
        }
        Governance::ResourceHint => {
            if policy.directive(DirectiveName::DefaultSrc, rules).is_none() {
                return Vec::new();
            }
            let names = RESOURCE_HINT_DIRECTIVES.into_iter();
            let directives = names.filter_map(|name| policy.directive(name, rules));
            alloc::vec![directives.map(Directive::source_list).collect()]
        }
    }
}

/// Whether both sides have the same sources, in the same order.
fn is_written_alike(sides: &[Conjuncts<'_>; 2]) -> bool {
    let [old, new] = sides;
    let mut pairs = old.iter().flatten().zip(new.iter().flatten());
    let lengths = |side: &Conjuncts<'_>| side.iter().map(Vec::len).collect::<Vec<_>>();
    lengths(old) == lengths(new) && pairs.all(|(old, new)| words(old).eq(words(new)))
}

/// Directives and sources of a conjunct.
fn words<'s>(conjunct: &Conjunct<'s>) -> impl Iterator<Item = (DirectiveName, &'s str)> {
    let texts = |list: &SourceList<'s>| {
        let name = list.directive_name();
        list.texts().map(move |(_, text)| (name, text))
    };
    conjunct.iter().flat_map(texts)
}
