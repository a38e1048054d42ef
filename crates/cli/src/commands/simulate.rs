//! `connect-src simulate`: what would a new policy have blocked and allowed of what was recorded?

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::SystemTime;

use connect_src::{Api, BrowserProfile, CompiledCspList, CspList, Origin, Request};
use connect_src_generate::{Evidence, Sighting, Standing};
use url::{Position, Url};

use super::check::unknown_origin;
use crate::args::evidence::Simulate;
use crate::args::{FailOn, Format};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::input::evidence::Gathered;
use crate::output::{self, Output};

/// What the new policy does otherwise.
pub(crate) struct Simulation {
    pub(crate) profiles: Vec<BrowserProfile>,
    pub(crate) gathered: Gathered,
    pub(crate) coverage: Coverage,
    /// For each profile.
    pub(crate) counts: Vec<Counts>,
    /// What is newly blocked, the most frequent first.
    pub(crate) newly_blocked: Vec<Changed>,
    /// What is newly allowed, the most frequent first.
    pub(crate) newly_allowed: Vec<Changed>,
}

/// How much evidence there is.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    /// How often connections were seen.
    pub(crate) connections: u64,
    /// How many of them differ.
    pub(crate) distinct: u64,
    /// How many of those name no page.
    pub(crate) without_page: u64,
    /// Not decided: noise, and redirects to nobody knows where.
    pub(crate) not_decided: u64,
    pub(crate) pages: usize,
    pub(crate) first_seen: Option<SystemTime>,
    pub(crate) last_seen: Option<SystemTime>,
}

/// How often connections were seen that a browser decides in some way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) allowed: u64,
    pub(crate) blocked: u64,
    pub(crate) newly_blocked: u64,
    pub(crate) newly_allowed: u64,
}

/// What of one kind is decided otherwise: an API and an origin.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) api: Api,
    /// The origin, or the scheme with its colon.
    pub(crate) target: String,
    pub(crate) count: u64,
    pub(crate) profiles: Vec<BrowserProfile>,
    /// A URL that shows it.
    pub(crate) witness: Url,
    /// Pages that make it.
    pub(crate) pages: BTreeSet<String>,
}

impl Simulation {
    fn fails(&self, fail_on: FailOn) -> bool {
        let is_blocked = !self.newly_blocked.is_empty();
        let is_allowed = !self.newly_allowed.is_empty();
        match fail_on {
            FailOn::Allowed => is_allowed,
            FailOn::Blocked => is_blocked,
            FailOn::Any => is_allowed || is_blocked,
            // No policy is linted here, so there are no findings.
            FailOn::Never | FailOn::Findings => false,
        }
    }
}

pub(crate) fn run(asked: &Simulate, out: &mut Output) -> Result<ExitStatus, Error> {
    let old = Policies::read(&asked.old, None)?;
    let new = Policies::read(&asked.new, None)?;
    let gathered = Gathered::from(&asked.sources.inputs, asked.sources.context())?;
    let simulation = simulate(&old.list, &new.list, gathered, &asked.profiles);
    match asked.format {
        Format::Human => output::human::simulation(&simulation, out)?,
        Format::Json => output::json::simulation(&simulation, out)?,
    }
    let bad_count = simulation.gathered.bad_count();
    Ok(ExitStatus::of(!simulation.fails(asked.fail_on), bad_count))
}

fn simulate(
    old: &CspList,
    new: &CspList,
    gathered: Gathered,
    profiles: &[BrowserProfile],
) -> Simulation {
    let mut engines = [Engine::new(old, profiles), Engine::new(new, profiles)];
    let mut counts = vec![Counts::default(); profiles.len()];
    let [mut newly_blocked, mut newly_allowed] = [Changes::default(), Changes::default()];
    let decided = gathered.evidence.iter().filter(|one| is_decided(one));
    for one in decided {
        let [before, after] = engines.each_mut().map(|engine| engine.blocked(one));
        for (count, (before, after)) in counts.iter_mut().zip(before.iter().zip(&after)) {
            count.add(*before, *after, one.count);
        }
        newly_blocked.add(one, profiles, |place| after[place] && !before[place]);
        newly_allowed.add(one, profiles, |place| before[place] && !after[place]);
    }
    Simulation {
        coverage: Coverage::of(&gathered.evidence),
        profiles: profiles.to_vec(),
        counts,
        newly_blocked: newly_blocked.sorted(),
        newly_allowed: newly_allowed.sorted(),
        gathered,
    }
}

fn is_decided(evidence: &Evidence) -> bool {
    evidence.standing == Standing::Genuine && evidence.sighting != Sighting::RedirectedElsewhere
}

/// A policy, compiled once for each origin of pages.
struct Engine<'p> {
    list: &'p CspList,
    profiles: &'p [BrowserProfile],
    compiled: HashMap<Option<String>, Vec<CompiledCspList>>,
}

impl<'p> Engine<'p> {
    fn new(list: &'p CspList, profiles: &'p [BrowserProfile]) -> Self {
        Self {
            list,
            profiles,
            compiled: HashMap::new(),
        }
    }

    /// Whether each browser blocks it.
    fn blocked(&mut self, evidence: &Evidence) -> Vec<bool> {
        let request = Request::connect(evidence.api, evidence.url.clone());
        let page = evidence.pages.first();
        let key = page.map(|page| Origin::of(page).to_string());
        if self.compiled.len() >= MOST_ORIGINS && !self.compiled.contains_key(&key) {
            self.compiled.clear();
        }
        let compiled = self.compiled.entry(key).or_insert_with(|| {
            let origin = page.map_or_else(unknown_origin, Origin::of);
            let profiles = self.profiles.iter();
            profiles
                .map(|profile| self.list.compile(&origin, *profile))
                .collect()
        });
        let compiled = compiled.iter();
        compiled
            .map(|list| list.should_request_be_blocked(&request).is_blocked())
            .collect()
    }
}

/// A long policy is large when it is compiled, so those of more origins are forgotten.
const MOST_ORIGINS: usize = 200;

impl Counts {
    fn add(&mut self, before: bool, after: bool, count: u64) {
        let sums = [
            (&mut self.allowed, !after),
            (&mut self.blocked, after),
            (&mut self.newly_blocked, after && !before),
            (&mut self.newly_allowed, before && !after),
        ];
        for (sum, _) in sums.into_iter().filter(|(_, holds)| *holds) {
            *sum = sum.saturating_add(count);
        }
    }
}

#[derive(Default)]
struct Changes(BTreeMap<(Api, String), Changed>);

impl Changes {
    fn add(
        &mut self,
        evidence: &Evidence,
        profiles: &[BrowserProfile],
        is_changed: impl Fn(usize) -> bool,
    ) {
        let profiles = profiles.iter().enumerate();
        let profiles = profiles.filter(|(place, _)| is_changed(*place));
        let profiles: Vec<BrowserProfile> = profiles.map(|(_, profile)| *profile).collect();
        if profiles.is_empty() {
            return;
        }
        let target = target(&evidence.url);
        let changed = self
            .0
            .entry((evidence.api, target.clone()))
            .or_insert_with(|| Changed {
                api: evidence.api,
                target,
                count: 0,
                profiles: Vec::new(),
                witness: evidence.url.clone(),
                pages: BTreeSet::new(),
            });
        changed.count = changed.count.saturating_add(evidence.count);
        for profile in profiles {
            if !changed.profiles.contains(&profile) {
                changed.profiles.push(profile);
            }
        }
        let room = MOST_PAGES.saturating_sub(changed.pages.len());
        changed
            .pages
            .extend(evidence.pages.iter().take(room).map(Url::to_string));
    }

    fn sorted(self) -> Vec<Changed> {
        let mut changed: Vec<Changed> = self.0.into_values().collect();
        changed.sort_by_key(|one| std::cmp::Reverse(one.count));
        changed
    }
}

const MOST_PAGES: usize = 5;

fn target(url: &Url) -> String {
    if url.has_host() {
        url[..Position::BeforePath].to_owned()
    } else {
        format!("{}:", url.scheme())
    }
}

impl Coverage {
    fn of(evidence: &[Evidence]) -> Self {
        let mut coverage = Self::default();
        let mut pages: BTreeSet<&str> = BTreeSet::new();
        for one in evidence {
            coverage.connections = coverage.connections.saturating_add(one.count);
            coverage.distinct += 1;
            coverage.without_page += u64::from(one.pages.is_empty());
            coverage.not_decided += u64::from(!is_decided(one));
            pages.extend(one.pages.iter().map(Url::as_str));
            let firsts = [coverage.first_seen, one.first_seen];
            coverage.first_seen = firsts.into_iter().flatten().min();
            coverage.last_seen = coverage.last_seen.max(one.last_seen);
        }
        coverage.pages = pages.len();
        coverage
    }
}
