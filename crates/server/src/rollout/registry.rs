//! All routes: their states, what each response gets, and every way to change them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use connect_src::Policy;
use tokio::sync::broadcast;

use super::client::Client;
use super::delivery::Delivery;
use super::health::Sample;
use super::mark::{Mark, MarkKey};
use super::state::{Advance, Refusal, RevisionId, Stage, State};
use super::table::{Entry, Table};
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, Share};
use crate::events::Event;
use crate::policy_text::PolicyText;
use crate::store::{
    Change, NewRevision, Revision, RolloutStore, StoreError, StoredRoute, Transition,
    TransitionCause,
};

/// A site and a route, by the texts of their patterns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RouteKey {
    /// The site's host pattern.
    pub site: Arc<str>,
    /// The route's path.
    pub route: Arc<str>,
}

/// The rollouts of all routes. Clones share them.
#[derive(Clone)]
pub struct Rollouts(Arc<Shared>);

struct Shared {
    store: Arc<dyn RolloutStore>,
    key: MarkKey,
    clock: Clock,
    events: broadcast::Sender<Event>,
    table: RwLock<Arc<Table>>,
    /// Held over every change, so that none is lost.
    changing: Mutex<()>,
}

/// Where a route stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RouteStatus {
    /// Which route.
    pub key: RouteKey,
    /// Its state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// The revision that reports every connection.
    pub observe: RevisionId,
    /// The policy that is on its way.
    pub policy: Option<PolicyText>,
    /// The policy that was enforced before.
    pub baseline: Option<PolicyText>,
    /// What is counted for the policy on its way: of enforced responses if there are any, and else of
    /// those that only report.
    pub sample: Sample,
    /// The share that [`Rollouts::advance`] would go to.
    pub next_share: Option<Share>,
}

/// Why a rollout was not changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum RolloutError {
    /// The configuration has no such route.
    UnknownRoute,
    /// The step is not to be taken.
    Refused(Refusal),
    /// The store did not keep it.
    Store(StoreError),
    /// The policy cannot be sent.
    Policy(connect_src_tower::Error),
}

impl Rollouts {
    /// Takes the states from the store, and applies what is new in the configuration.
    pub fn start(
        config: Arc<Config>,
        store: Arc<dyn RolloutStore>,
        clock: Clock,
        events: broadcast::Sender<Event>,
    ) -> Result<Self, RolloutError> {
        let shared = Shared {
            key: store.mark_key()?,
            store,
            clock,
            events,
            table: RwLock::new(Arc::new(Table::empty())),
            changing: Mutex::new(()),
        };
        let rollouts = Self(Arc::new(shared));
        rollouts.reload(config)?;
        Ok(rollouts)
    }

    /// Takes another configuration. On an error the old one stays.
    pub fn reload(&self, config: Arc<Config>) -> Result<(), RolloutError> {
        let _changing = self.changing();
        super::configure::apply(self, &config)?;
        self.rebuild(config)
    }

    /// The configuration that holds now.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.table().config)
    }

    /// What the response to a request gets; `None` if no site is for the host. [`count`](Self::count) it when
    /// the response turns out to be one that a policy governs.
    pub fn deliver(&self, host: &str, path: &str, client: Client<'_>) -> Option<Delivery> {
        let table = self.table();
        let entry = table.find(host, path)?;
        Some(entry.deliver(client, &self.0.key))
    }

    /// A response goes out with this.
    pub fn count(&self, delivery: &Delivery) {
        delivery.count(self.0.clock.elapsed());
    }

    /// The route that a page belongs to; `None` if no site is for its host.
    pub fn route_of(&self, host: &str, path: &str) -> Option<RouteKey> {
        self.table().find(host, path).map(|entry| entry.key.clone())
    }

    /// The mark of a report URL; `None` unless we made it.
    pub fn read_mark(&self, text: &str) -> Option<Mark> {
        self.0.key.read(text)
    }

    /// A revision; `None` if there is none of this number.
    pub fn revision(&self, id: RevisionId) -> Result<Option<Arc<Revision>>, StoreError> {
        if let Some(revision) = self.table().revisions.get(&id) {
            return Ok(Some(Arc::clone(revision)));
        }
        Ok(self.0.store.revision(id)?.map(Arc::new))
    }

    /// So many genuine violations were reported for a mark, from an address of which a keyed hash is given.
    pub fn count_genuine(&self, mark: Mark, count: u64, address: u64) {
        let elapsed = self.0.clock.elapsed();
        if let Some(counter) = self.table().counter(mark) {
            counter.count_genuine(count, address, elapsed);
        }
    }

    /// How many responses were sent with each mark since this was last asked.
    pub fn take_response_counts(&self) -> Vec<(RouteKey, Mark, u64)> {
        let table = self.table();
        let counts = table.entries().flat_map(Entry::take_response_counts);
        counts.collect()
    }

    /// Where every route stands.
    pub fn status(&self) -> Vec<RouteStatus> {
        let table = self.table();
        let elapsed = self.0.clock.elapsed();
        let entries = table.entries();
        entries.map(|entry| entry.status(&table, elapsed)).collect()
    }

    /// Where one route stands.
    pub fn status_of(&self, key: &RouteKey) -> Result<RouteStatus, RolloutError> {
        let table = self.table();
        let entry = table.entry(key).ok_or(RolloutError::UnknownRoute)?;
        Ok(entry.status(&table, self.0.clock.elapsed()))
    }

    /// Puts a policy on trial.
    pub fn propose(
        &self,
        key: &RouteKey,
        text: &PolicyText,
        change: &Change,
    ) -> Result<RouteStatus, RolloutError> {
        self.change(key, TransitionCause::Propose, change, |entry, rollouts| {
            rollouts.proposed(&entry.stored, text, change)
        })
    }

    /// Goes one step forward: from observing to a trial of the route's draft, from the trial to the first
    /// share, from share to share. `is_forced` goes although the figures speak against it.
    pub fn advance(
        &self,
        key: &RouteKey,
        share: Option<Share>,
        is_forced: bool,
        change: &Change,
    ) -> Result<RouteStatus, RolloutError> {
        let cause = if is_forced {
            TransitionCause::Force
        } else {
            TransitionCause::Advance
        };
        let elapsed = self.0.clock.elapsed();
        self.change(key, cause, change, |entry, rollouts| {
            let state = entry.stored.state;
            if state.stage == Stage::Observe {
                let draft = rollouts.0.store.draft(key)?;
                let draft = draft.ok_or(Refusal::NothingProposed)?;
                return rollouts.proposed(&entry.stored, &draft.text, change);
            }
            let advance = Advance {
                share,
                sample: entry.sample(elapsed),
                is_forced,
            };
            Ok(state.advance(advance, &entry.plan)?)
        })
    }

    /// Goes one stage back.
    pub fn back(&self, key: &RouteKey, change: &Change) -> Result<RouteStatus, RolloutError> {
        self.change(key, TransitionCause::Back, change, |entry, _| {
            Ok(entry.stored.state.back()?)
        })
    }

    /// Steps back wherever too many genuine violations come. Says which routes did.
    pub fn step_back(&self) -> Result<Vec<RouteKey>, RolloutError> {
        let elapsed = self.0.clock.elapsed();
        let table = self.table();
        let is_due = |entry: &&Entry| entry.stepped_back(elapsed).is_some();
        let due: Vec<RouteKey> = table
            .entries()
            .filter(is_due)
            .map(|it| it.key.clone())
            .collect();
        for key in &due {
            let why = "too many genuine violations";
            let change = Change::by_itself(self.0.clock.now(), why);
            self.change(key, TransitionCause::StepBack, &change, |entry, _| {
                Ok(entry.stepped_back(elapsed).unwrap_or(entry.stored.state))
            })?;
        }
        Ok(due)
    }

    /// The state in which a policy is on trial, as a new revision unless it is the one on its way.
    pub(super) fn proposed(
        &self,
        stored: &StoredRoute,
        text: &PolicyText,
        change: &Change,
    ) -> Result<State, RolloutError> {
        let on_its_way = match stored.state.stage.revision() {
            Some(id) => self.revision(id)?,
            None => None,
        };
        if let Some(same) = on_its_way.filter(|revision| revision.text == *text) {
            return Ok(stored.state.propose(same.id)?);
        }
        let id = self.add_revision(&stored.key, text, change)?;
        Ok(stored.state.propose(id)?)
    }

    pub(super) fn add_revision(
        &self,
        key: &RouteKey,
        text: &PolicyText,
        change: &Change,
    ) -> Result<RevisionId, StoreError> {
        self.0.store.add_revision(&NewRevision {
            route: key.clone(),
            text: text.clone(),
            notes: text.notes(),
            change: change.clone(),
        })
    }

    pub(super) fn store(&self) -> &dyn RolloutStore {
        &*self.0.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(super) fn announce(&self, transition: &Transition) {
        tracing::info!(
            site = &*transition.route.site,
            route = &*transition.route.route,
            from = %transition.from.stage,
            to = %transition.to.stage,
            cause = transition.cause.as_str(),
            who = transition.change.who,
            "rollout changed"
        );
        // Nobody listening is no error.
        let _ = self.0.events.send(Event::of_transition(transition));
    }

    fn change(
        &self,
        key: &RouteKey,
        cause: TransitionCause,
        change: &Change,
        step: impl FnOnce(&Entry, &Self) -> Result<State, RolloutError>,
    ) -> Result<RouteStatus, RolloutError> {
        let _changing = self.changing();
        let table = self.table();
        let entry = table.entry(key).ok_or(RolloutError::UnknownRoute)?;
        let transition = Transition {
            route: key.clone(),
            from: entry.stored.state,
            to: step(entry, self)?,
            cause,
            change: change.clone(),
        };
        let stored = StoredRoute {
            state: transition.to,
            since: change.at,
            ..entry.stored.clone()
        };
        self.0.store.save_route(&stored, Some(&transition))?;
        self.rebuild(Arc::clone(&table.config))?;
        self.announce(&transition);
        self.status_of(key)
    }

    /// Makes everything ready anew, from what is stored.
    fn rebuild(&self, config: Arc<Config>) -> Result<(), RolloutError> {
        let table = Table::build(config, &self.table(), &*self.0.store, &self.0.key)?;
        *self.0.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
        Ok(())
    }

    fn table(&self) -> Arc<Table> {
        let table = self.0.table.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&table)
    }

    /// Counts up with every change.
    pub(crate) fn generation(&self) -> u64 {
        self.table().generation
    }

    /// The policy that a page of the route is served with now, for a report about this mark.
    pub(crate) fn in_force(&self, key: &RouteKey, mark: Mark) -> Option<Policy> {
        self.table().entry(key)?.in_force(mark)
    }

    /// Until when a mark was sent; `None` while it is.
    pub(crate) fn sent_until(&self, key: &RouteKey, mark: Mark) -> Option<Timestamp> {
        let table = self.table();
        let entry = table.entry(key)?;
        (!entry.is_sent(mark)).then_some(entry.stored.since)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        lock(&self.0.changing)
    }
}

impl RouteKey {
    /// The route of these patterns.
    pub fn new(site: impl Into<Arc<str>>, route: impl Into<Arc<str>>) -> Self {
        Self {
            site: site.into(),
            route: route.into(),
        }
    }
}

impl fmt::Display for RouteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.site, self.route)
    }
}

impl fmt::Debug for Rollouts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Rollouts")
    }
}

impl fmt::Display for RolloutError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRoute => formatter.write_str(
                "expected a site and a route of the configuration, found others; ask for the status to see \
                 which there are",
            ),
            Self::Refused(refusal) => refusal.fmt(formatter),
            Self::Store(error) => error.fmt(formatter),
            Self::Policy(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for RolloutError {}

impl From<Refusal> for RolloutError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for RolloutError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<connect_src_tower::Error> for RolloutError {
    fn from(error: connect_src_tower::Error) -> Self {
        Self::Policy(error)
    }
}

/// A panic elsewhere leaves counts that are still counts.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
