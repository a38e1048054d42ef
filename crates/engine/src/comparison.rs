//! Two lists of policies: which requests does one allow and the other block?
//!
//! As in [`subsumption_witness`](crate::subsumption_witness), each source is asked for the URLs that others find hardest to admit.
//! Where several policies must allow a request, the sources are first narrowed by each other.

mod address;
mod asked;
mod kind;
mod search;
mod template;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

use hashbrown::HashMap;
use url::Url;

pub use kind::RequestKind;

use crate::browser_profile::Rules;
use crate::check::{self, Governance};
use crate::compiled::CompiledCspList;
use crate::csp_list::CspList;
use crate::directive::DirectiveName;
use crate::origin::Origin;
use crate::policy::{Directive, Disposition, Policy, Reading};
use crate::request::{Api, Request};
use crate::source_list::SourceList;
use crate::subsumption::Fresh;
use address::Address;
use asked::Asked;
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
    any_url: OnceCell<Url>,
    /// URLs that were made: several kinds ask for the same ones.
    urls: RefCell<HashMap<String, Url>>,
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
            any_url: OnceCell::new(),
            urls: RefCell::default(),
            fresh: OnceCell::new(),
        }
    }

    fn any_url(&self) -> &Url {
        let any = || Url::parse("https://page.invalid/").expect("this is a URL");
        self.any_url.get_or_init(any)
    }

    /// The URL of an address; `None` if it has none.
    fn url(&self, address: Address<'_>) -> Option<Url> {
        let text = address.text();
        let mut urls = self.urls.borrow_mut();
        if let Some(url) = urls.get(&text) {
            return Some(url.clone());
        }
        let url = Url::parse(&text).ok()?;
        urls.insert(text, url.clone());
        Some(url)
    }

    fn fresh(&self) -> &Fresh {
        self.fresh.get_or_init(|| {
            let lists = self.sides.iter().flat_map(ReadList::source_lists);
            Fresh::of(lists, self.rules)
        })
    }

    /// Finds the requests of a kind that one list allows and the other blocks: at least one if there is one.
    ///
    /// A [`survey`](Self::survey) of several kinds takes less time.
    pub fn differences(&self, kind: RequestKind) -> Differences {
        let asked = Asked::of(self, kind.governance(self.rules));
        Search::run(self, kind, &asked)
    }

    /// Whether two kinds of requests are decided by the same lists in the same way, so that one answer is enough for both.
    pub fn decides_alike(&self, one: RequestKind, other: RequestKind) -> bool {
        one.class() == other.class() && one.governance(self.rules) == other.governance(self.rules)
    }

    /// Whether one of the lists allows a request.
    pub fn allows(&self, side: Side, request: &Request) -> bool {
        let compiled = self.sides[side as usize].compiled();
        compiled.should_request_be_blocked(request).is_allowed()
    }

    /// Prepares to look for the differences of several kinds: what they have in common is looked at once.
    pub fn survey(&self) -> Survey<'_> {
        Survey {
            comparison: self,
            asked: Vec::new(),
            found: Vec::new(),
        }
    }
}

/// The differences of several kinds of requests, by [`Comparison::survey`].
///
/// ```
/// use connect_src::{BrowserProfile, Comparison, CspList, Disposition, Origin, RequestKind};
///
/// let list = |text: &str| CspList::from_header(text, Disposition::Enforce);
/// let (old, new) = (list("default-src 'none'"), list("default-src 'none'; img-src *"));
/// let comparison = Comparison::of(&old, &new, &Origin::Opaque, BrowserProfile::Firefox);
/// let mut survey = comparison.survey();
/// let has_changed = |kind: &RequestKind| !survey.differences(*kind).found.is_empty();
/// assert_eq!(RequestKind::all().filter(has_changed).count(), 1);
/// ```
#[derive(Debug)]
pub struct Survey<'c> {
    comparison: &'c Comparison<'c>,
    asked: Vec<(Governance, Asked<'c>)>,
    found: Vec<(RequestKind, Differences)>,
}

impl Survey<'_> {
    /// The same as [`Comparison::differences`]; kinds that are decided by the same lists in the same way get the same answer.
    pub fn differences(&mut self, kind: RequestKind) -> &Differences {
        let mut found = self.found.iter();
        let known = found.position(|(other, _)| self.comparison.decides_alike(*other, kind));
        let index = known.unwrap_or_else(|| {
            let asked = self.asked(kind.governance(self.comparison.rules));
            let found = Search::run(self.comparison, kind, &self.asked[asked].1);
            self.found.push((kind, found));
            self.found.len() - 1
        });
        &self.found[index].1
    }

    /// Where the sources that are asked are.
    fn asked(&mut self, governance: Governance) -> usize {
        let known = self
            .asked
            .iter()
            .position(|(other, _)| *other == governance);
        known.unwrap_or_else(|| {
            let asked = Asked::of(self.comparison, governance);
            self.asked.push((governance, asked));
            self.asked.len() - 1
        })
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

    /// Those of the fetch directives that count.
    fn source_lists(&self) -> impl Iterator<Item = SourceList<'_>> {
        let names = DirectiveName::ALL.iter().copied();
        let names = names.filter(|name| name.is_fetch_directive());
        let policies = self.ways.iter().flatten();
        let directives = policies.flat_map(move |policy| {
            names
                .clone()
                .filter_map(|name| policy.directive(name, self.rules))
        });
        directives.map(Directive::source_list)
    }
}
