//! From evidence to a policy.

use std::fmt;

use connect_src::{BrowserProfile, CspList, Disposition};
use serde::Serialize;
use url::Url;

use crate::demand::{self, Compiled, Demand};
use crate::environment::Environment;
use crate::evidence::{Evidence, Sighting, Standing, Tally};
use crate::generalize::{self, Merge};
use crate::policy::Base;
use crate::source;

/// What a suggestion may do. The default makes the smallest policy from nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The policy to extend: one header's value, without commas. All of its sources stay.
    pub base: Option<String>,
    /// Merge hosts into a wildcard where at least so many are seen next to each other; `None` for never.
    pub merge_from: Option<usize>,
    /// Suffixes below which each name has an owner of its own, beside those of the Public Suffix List: no wildcard
    /// covers them.
    pub shared_suffixes: Vec<String>,
    /// Where the policy is for.
    pub environment: Environment,
}

/// A policy, and what speaks for each of its sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct Suggestion {
    /// The policy: one header's value.
    pub policy: String,
    /// The sources of its `connect-src`, in its order. None for `'none'`.
    pub sources: Vec<SuggestedSource>,
    /// Whether `default-src` stood in for `connect-src`, so that its sources were written out.
    pub is_fallback_written_out: bool,
    /// Wildcards that took the place of hosts, with their price.
    pub merged: Vec<Merge>,
    /// Wildcards that could, if that price is worth it.
    pub possible_merges: Vec<Merge>,
    /// Genuine evidence that the policy does not allow in every browser.
    pub unresolved: Vec<Unresolved>,
    /// The places of the evidence that was left out as it asked.
    pub set_aside: Vec<usize>,
    /// Sources of the base policy that have no place in the environment, and so are gone.
    pub removed: Vec<String>,
}

/// A source of a suggested policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SuggestedSource {
    /// The source as the policy has it.
    pub text: String,
    /// Where it comes from.
    pub origin: SourceOrigin,
    /// The places of the evidence that it allows by itself. Empty for a source of the base policy that
    /// nothing used.
    pub evidence: Vec<usize>,
    /// What that evidence comes to.
    pub tally: Tally,
}

/// Where a source comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceOrigin {
    /// The base policy has it.
    Base,
    /// The evidence asks for it.
    Evidence,
    /// It is a wildcard for what the evidence asks for.
    Merge,
    /// Every page needs it in this environment.
    Environment,
}

/// Genuine evidence that the suggested policy does not allow in every browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unresolved {
    /// The places of the evidence.
    pub evidence: Vec<usize>,
    /// Where it goes: an origin, or a scheme with its colon.
    pub target: String,
    /// Why.
    pub why: WhyUnresolved,
}

/// Why evidence is unresolved. Prints as a fragment that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WhyUnresolved {
    /// Nobody knows where it was redirected to.
    RedirectTargetUnknown,
    /// No source names it in these browsers, short of one for the whole scheme.
    NoSource(Vec<String>),
    /// Not `connect-src` alone governs it in these browsers.
    OtherDirective(Vec<String>),
    /// It is on this machine or in a private network, where no visitor's page has business.
    LocalAddress,
}

impl fmt::Display for WhyUnresolved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RedirectTargetUnknown => formatter.write_str(
                "it is redirected to a URL that browsers do not report; find out where it leads, and \
                 allow that",
            ),
            Self::NoSource(browsers) => {
                let browsers = browsers.join(" and ");
                write!(formatter, "no source can name this host in {browsers}; give it a host name")
            }
            Self::OtherDirective(browsers) => {
                let browsers = browsers.join(" and ");
                write!(formatter, "in {browsers} connect-src alone cannot allow it")
            }
            Self::LocalAddress => formatter.write_str(
                "it is on the visitor's own machine or in a private network; a policy for development allows it",
            ),
        }
    }
}

/// Suggests the smallest policy that allows all genuine evidence in every browser.
///
/// Sources are by origin, since paths are not compared after a redirect and change with every release.
/// Where a WebSocket was seen it has a source of its own, since `https:` sources do not cover `wss:`. No source
/// can be left out; what no source can allow is [unresolved](Suggestion::unresolved).
///
/// ```
/// use connect_src::Api;
/// use connect_src_generate::{Evidence, Options, suggest};
/// use url::Url;
///
/// let hosts = ["a.cdn.example.com", "b.cdn.example.com", "c.cdn.example.com"];
/// let evidence = hosts.map(|host| {
///     let url = Url::parse(&format!("https://{host}/x")).expect("a URL");
///     Evidence::new(Api::Fetch, url)
/// });
/// let mut options = Options::default();
/// options.base = Some("default-src 'self'; img-src *".to_owned());
/// let suggestion = suggest(&evidence, &options);
/// assert_eq!(
///     suggestion.policy,
///     "default-src 'self'; img-src *; \
///      connect-src 'self' https://a.cdn.example.com https://b.cdn.example.com https://c.cdn.example.com",
/// );
/// assert!(suggestion.possible_merges[0].to_string().contains("every host below cdn.example.com"));
///
/// options.merge_from = Some(3);
/// let suggestion = suggest(&evidence, &options);
/// assert!(suggestion.policy.ends_with("connect-src 'self' https://*.cdn.example.com"));
/// ```
pub fn suggest(evidence: &[Evidence], options: &Options) -> Suggestion {
    let draft = Draft::of(evidence, options);
    Suggestion {
        policy: draft.base.with_sources(&draft.sources),
        sources: draft
            .sources
            .iter()
            .map(|text| draft.suggested(text, evidence))
            .collect(),
        is_fallback_written_out: draft.base.is_fallback(),
        unresolved: draft.unresolved(evidence),
        possible_merges: generalize::merges(&draft.added(), 2, &options.shared_suffixes),
        merged: draft.merged,
        removed: draft.removed,
        set_aside: places(evidence, |one| one.standing == Standing::SetAside),
    }
}

/// A policy in the making.
struct Draft {
    base: Base,
    base_sources: Vec<String>,
    demands: Vec<Demand>,
    /// Those of the base, then the added ones.
    sources: Vec<String>,
    merged: Vec<Merge>,
    environment: Environment,
    /// Demands that the environment does not allow.
    unmet: Vec<Demand>,
    removed: Vec<String>,
}

impl Draft {
    fn of(evidence: &[Evidence], options: &Options) -> Self {
        let environment = options.environment;
        let base = Base::new(options.base.as_deref());
        let (base_sources, removed): (Vec<_>, Vec<_>) = base
            .sources()
            .into_iter()
            .partition(|source| environment.has_source(source));
        let (demands, unmet) = Demand::all(evidence)
            .into_iter()
            .partition(|demand| demand.is_own() || environment.has_url(demand.url()));
        let mut draft = Self {
            sources: base_sources.clone(),
            demands,
            merged: Vec::new(),
            base,
            base_sources,
            environment,
            unmet,
            removed,
        };
        let mut added = draft.needed();
        if let Some(least) = options.merge_from {
            draft.merge(&mut added, least, &options.shared_suffixes);
        }
        source::sort(&mut added);
        draft.sources.append(&mut added);
        draft.drop_needless();
        draft.add_those_of_the_environment();
        draft
    }

    fn add_those_of_the_environment(&mut self) {
        for source in self.environment.sources() {
            if !self.sources.iter().any(|known| known == source) {
                self.sources.push((*source).to_owned());
            }
        }
    }

    /// The narrowest source for each demand that the base does not meet.
    fn needed(&self) -> Vec<String> {
        let policies = self.policies(&self.sources);
        let unmet = self
            .demands
            .iter()
            .filter(|demand| !demand.is_allowed(&policies));
        let mut needed: Vec<String> = unmet.filter_map(source::narrowest).collect();
        needed.sort();
        needed.dedup();
        needed
    }

    /// Puts wildcards in the place of hosts.
    fn merge(&mut self, added: &mut Vec<String>, least: usize, shared: &[String]) {
        for merge in generalize::merges(added, least, shared) {
            added.retain(|source| !merge.replaces.contains(source));
            added.push(merge.wildcard.clone());
            self.merged.push(merge);
        }
    }

    /// Leaves out each added source whose demands the others meet too, those of the base first.
    fn drop_needless(&mut self) {
        let coverage: Vec<Vec<usize>> = self.sources.iter().map(|one| self.met_by(one)).collect();
        let mut times_met = vec![0_usize; self.demands.len()];
        coverage
            .iter()
            .flatten()
            .for_each(|demand| times_met[*demand] += 1);
        let mut is_kept = vec![true; self.sources.len()];
        for index in self.base_sources.len()..self.sources.len() {
            let met = &coverage[index];
            if met.iter().all(|demand| times_met[*demand] > 1) {
                is_kept[index] = false;
                for demand in met {
                    times_met[*demand] -= 1;
                }
            }
        }
        let mut is_kept = is_kept.into_iter();
        self.sources.retain(|_| is_kept.next().unwrap_or(true));
    }

    /// The demands that a source meets by itself.
    fn met_by(&self, source: &str) -> Vec<usize> {
        let policies = self.policies(&[source.to_owned()]);
        let host = source::exact_host(source);
        let may_match = |demand: &Demand| {
            host.is_none_or(|host| {
                demand
                    .url()
                    .host_str()
                    .is_some_and(|it| it.eq_ignore_ascii_case(host))
            })
        };
        let demands = self.demands.iter().enumerate();
        let met = demands.filter(|(_, demand)| may_match(demand) && demand.is_allowed(&policies));
        met.map(|(index, _)| index).collect()
    }

    /// The whole policy with these sources, as it would be sent.
    fn policies(&self, sources: &[String]) -> CspList {
        CspList::from_header(self.base.with_sources(sources), Disposition::Enforce)
    }

    fn added(&self) -> Vec<String> {
        self.sources[self.base_sources.len()..].to_vec()
    }

    fn suggested(&self, text: &str, evidence: &[Evidence]) -> SuggestedSource {
        let met = self.met_by(text).into_iter();
        let mut places: Vec<usize> = met
            .flat_map(|demand| self.demands[demand].evidence.iter().copied())
            .collect();
        places.sort_unstable();
        SuggestedSource {
            text: text.to_owned(),
            origin: self.origin_of(text),
            tally: Tally::of(places.iter().map(|place| &evidence[*place])),
            evidence: places,
        }
    }

    fn origin_of(&self, text: &str) -> SourceOrigin {
        if self.base_sources.iter().any(|source| source == text) {
            SourceOrigin::Base
        } else if self.merged.iter().any(|merge| merge.wildcard == text) {
            SourceOrigin::Merge
        } else if self.environment.sources().contains(&text) {
            SourceOrigin::Environment
        } else {
            SourceOrigin::Evidence
        }
    }

    /// Asks the engine about everything once more, under the policy as it would be sent.
    fn unresolved(&self, evidence: &[Evidence]) -> Vec<Unresolved> {
        let policies = Compiled::new(&self.policies(&self.sources), &self.demands);
        let mut unresolved = Vec::new();
        for demand in &self.demands {
            if let Some(why) = why_unresolved(demand, &policies) {
                add(&mut unresolved, demand.url(), why, &demand.evidence);
            }
        }
        for demand in &self.unmet {
            let why = WhyUnresolved::LocalAddress;
            add(&mut unresolved, demand.url(), why, &demand.evidence);
        }
        for place in places(evidence, is_redirected) {
            let why = WhyUnresolved::RedirectTargetUnknown;
            add(&mut unresolved, &evidence[place].url, why, &[place]);
        }
        unresolved
    }
}

fn add(unresolved: &mut Vec<Unresolved>, url: &Url, why: WhyUnresolved, evidence: &[usize]) {
    let target = demand::name(url);
    match unresolved
        .iter_mut()
        .find(|one| one.target == target && one.why == why)
    {
        Some(one) => one.evidence.extend(evidence),
        None => unresolved.push(Unresolved {
            evidence: evidence.to_vec(),
            target,
            why,
        }),
    }
}

/// What keeps the policies from allowing it in every browser, if anything does.
fn why_unresolved(demand: &Demand, policies: &Compiled) -> Option<WhyUnresolved> {
    let blocking = demand.blocking(policies);
    let is_governed = blocking
        .iter()
        .any(|browser| demand.is_governed_in(*browser));
    let names = blocking.iter().map(BrowserProfile::to_string).collect();
    match (blocking.is_empty(), is_governed) {
        (true, _) => None,
        (false, true) => Some(WhyUnresolved::NoSource(names)),
        (false, false) => Some(WhyUnresolved::OtherDirective(names)),
    }
}

fn is_redirected(evidence: &Evidence) -> bool {
    evidence.standing == Standing::Genuine && evidence.sighting == Sighting::RedirectedElsewhere
}

fn places(evidence: &[Evidence], is_it: impl Fn(&Evidence) -> bool) -> Vec<usize> {
    let numbered = evidence.iter().enumerate().filter(|(_, one)| is_it(one));
    numbered.map(|(place, _)| place).collect()
}
