//! Two lists of policies: which requests does one allow and the other block?
//!
//! As in [`subsumption_witness`](crate::subsumption_witness), each source is asked for the URLs that others find hardest to admit.
//! Where several policies must allow a request, the sources are first narrowed by each other.

mod kind;
mod template;

use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

use hashbrown::HashSet;
use url::Url;

pub use kind::RequestKind;

use crate::browser_profile::Rules;
use crate::check::{self, Governance, RESOURCE_HINT_DIRECTIVES};
use crate::compiled::CompiledCspList;
use crate::csp_list::CspList;
use crate::directive::DirectiveName;
use crate::origin::Origin;
use crate::policy::{Directive, Disposition, Policy, Reading};
use crate::request::{Api, Client, Request};
use crate::source_list::SourceList;
use crate::subsumption::Fresh;
use template::{Template, meets};

/// One of the two lists that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The first.
    Old,
    /// The second.
    New,
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
        }
    }

    fn governance(&self, kind: RequestKind) -> Governance {
        Governance::of(&kind.request(self.any_url.clone()), self.rules)
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
        Search::of(self, kind, &sides).run(&sides)
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

/// The search for differences of one kind.
struct Search<'c> {
    comparison: &'c Comparison<'c>,
    kind: RequestKind,
    fresh: Rc<Fresh>,
    /// A URL that both lists allow, for redirects to begin with.
    common: Option<Url>,
    clients: &'static [Client],
    found: Vec<Difference>,
}

impl<'c> Search<'c> {
    fn of(comparison: &'c Comparison<'c>, kind: RequestKind, sides: &[Conjuncts<'_>; 2]) -> Self {
        let lists = sides.iter().flatten().flatten().flatten().copied();
        let is_reread = comparison.sides.iter().any(ReadList::is_reread);
        Self {
            comparison,
            kind,
            fresh: Fresh::of(lists, comparison.rules).into(),
            common: None,
            clients: if is_reread {
                &[Client::Window, Client::Worker]
            } else {
                &[Client::Window]
            },
            found: Vec::new(),
        }
    }

    fn run(mut self, sides: &[Conjuncts<'_>; 2]) -> Differences {
        let mut is_exhaustive = true;
        let mut redirected = Vec::new();
        let mut skipped = Vec::new();
        for (side, other, name) in [(0, 1, Side::Old), (1, 0, Side::New)] {
            let known = words_to_skip(&sides[other], sides);
            // A policy that sandboxes the page may take its origin away.
            let self_origin = self.comparison.sides[side].compiled().self_origin();
            let ways = sides[side].iter();
            let ways: Vec<_> = ways.map(|way| self.templates(way, self_origin)).collect();
            is_exhaustive &= ways.iter().all(|(_, is_whole)| *is_whole);
            for template in ways.into_iter().flat_map(|(templates, _)| templates) {
                if template.source.is_some_and(|text| known.contains(text)) {
                    skipped.push(template);
                } else if !self.is_shown_at_once(&template, name) && !template.path.is_empty() {
                    redirected.push((template, name));
                }
            }
        }
        if self.kind.may_be_redirected() && !redirected.is_empty() {
            self.find_common(&skipped);
            for (template, name) in redirected {
                self.show_after_redirect(&template, name);
            }
        }
        Differences {
            found: self.found,
            is_exhaustive,
        }
    }

    fn templates<'s>(
        &self,
        side: &[Conjunct<'s>],
        self_origin: &'c Origin,
    ) -> (Vec<Template<'s>>, bool)
    where
        'c: 's,
    {
        let rules = &self.comparison.rules;
        let Some((first, others)) = side.split_first() else {
            return (alloc::vec![Template::of_everything(self_origin)], true);
        };
        let templates = |conjunct: &Conjunct<'s>| -> Vec<Template<'s>> {
            let expressions = conjunct.iter().flat_map(|list| {
                let texts = list.texts().map(|(_, text)| text);
                let expressions = list.expressions_as(*rules).map(|(_, one)| one);
                texts.zip(expressions)
            });
            expressions
                .filter_map(|(text, one)| Template::of(text, &one, self_origin))
                .collect()
        };
        let mut narrowed = (templates(first), true);
        for conjunct in others {
            let (met, is_whole) = meets(&narrowed.0, &templates(conjunct));
            narrowed = (met, narrowed.1 && is_whole);
        }
        narrowed
    }

    /// Whether a request for one of the template's URLs shows a difference, which is then kept.
    fn is_shown_at_once(&mut self, template: &Template<'_>, side: Side) -> bool {
        let fresh = self.fresh.clone();
        template.find_url(&fresh, self.kind, self.comparison, |url| {
            self.is_difference(self.kind.request(url), template, side)
        })
    }

    fn show_after_redirect(&mut self, template: &Template<'_>, side: Side) {
        let Some(common) = self.common.clone() else {
            return;
        };
        let anywhere = template.without_path();
        let fresh = self.fresh.clone();
        anywhere.find_url(&fresh, self.kind, self.comparison, |url| {
            let request = self.kind.request(common.clone()).redirected_to(url);
            self.is_difference(request, template, side)
        });
    }

    fn is_difference(&mut self, request: Request, template: &Template<'_>, side: Side) -> bool {
        for client in self.clients {
            let mut request = request.clone();
            request.client = *client;
            match self.decide(&request) {
                [true, true] => {
                    self.common.get_or_insert_with(|| request.url().clone());
                }
                [old, new] if old != new && [old, new][side as usize] => {
                    self.found.push(Difference {
                        request,
                        allowed_by: side,
                        source: template.source.map(String::from),
                    });
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// Whether each side allows it.
    fn decide(&self, request: &Request) -> [bool; 2] {
        let sides = self.comparison.sides.each_ref();
        sides.map(|side| {
            side.compiled()
                .should_request_be_blocked(request)
                .is_allowed()
        })
    }

    fn find_common(&mut self, templates: &[Template<'_>]) {
        for template in templates {
            if self.common.is_some() {
                return;
            }
            let mut common = None;
            template.find_url(&self.fresh, self.kind, self.comparison, |url| {
                let is_common = self.decide(&self.kind.request(url.clone())) == [true, true];
                common = Some(url).filter(|_| is_common);
                is_common
            });
            self.common = common;
        }
    }
}

/// The sources that need not be asked, since the other list has them too. Where several lists must agree, or a keyword
/// silences others by its place, every source is asked.
fn words_to_skip<'s>(other: &Conjuncts<'s>, sides: &[Conjuncts<'s>; 2]) -> HashSet<&'s str> {
    let mut words = HashSet::new();
    let is_plain = |side: &Conjuncts<'_>| side.len() == 1 && side[0].len() <= 1;
    let mut lists = sides.iter().flatten().flatten().flatten();
    let is_silencing = |text: &str| text.to_ascii_lowercase().contains("'strict-dynamic'");
    if sides.iter().all(is_plain)
        && !lists.any(|list| list.texts().any(|(_, text)| is_silencing(text)))
    {
        let lists = other.iter().flatten().flatten();
        words.extend(lists.flat_map(|list| list.texts().map(|(_, text)| text)));
    }
    words
}
