//! The routes of one configuration in one state, made ready for many requests.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use connect_src::Policy;

use super::client::Client;
use super::counter::Counter;
use super::delivery::{Deliveries, Delivery, Parts, Role, Variant};
use super::health::Sample;
use super::mark::{Mark, MarkKey};
use super::registry::{RolloutError, RouteKey, RouteStatus};
use super::state::{RevisionId, Stage, State};
use crate::config::{Config, Plan, Route, Share, Site};
use crate::policy_text::PolicyText;
use crate::store::{Revision, RolloutStore, StoreError, StoredRoute};

/// The routes of one configuration in one state.
pub(super) struct Table {
    pub(super) config: Arc<Config>,
    pub(super) generation: u64,
    /// Those that are sent.
    pub(super) revisions: HashMap<RevisionId, Arc<Revision>>,
    /// As the sites and routes of the configuration.
    sites: Vec<Vec<Entry>>,
}

/// One route.
pub(super) struct Entry {
    pub(super) key: RouteKey,
    pub(super) plan: Plan,
    pub(super) stored: StoredRoute,
    deliveries: Deliveries,
    counters: HashMap<Mark, Arc<Counter>>,
    policy: Option<PolicyText>,
    baseline: Option<PolicyText>,
}

impl Table {
    /// No route at all.
    pub(super) fn empty() -> Self {
        let mut config = Config::collector_only();
        config.sites.clear();
        Self {
            config: Arc::new(config),
            generation: 0,
            revisions: HashMap::new(),
            sites: Vec::new(),
        }
    }

    /// The routes of a configuration as they are stored. Counts go on.
    pub(super) fn build(
        config: Arc<Config>,
        before: &Self,
        store: &dyn RolloutStore,
        key: &MarkKey,
    ) -> Result<Self, RolloutError> {
        let routes = store.routes()?;
        let stored: HashMap<RouteKey, StoredRoute> =
            routes.into_iter().map(|it| (it.key.clone(), it)).collect();
        let mut builder = Builder {
            before,
            store,
            key,
            path: &config.collector.path,
            revisions: HashMap::new(),
        };
        let mut sites = Vec::new();
        for site in &config.sites {
            sites.push(builder.site(site, &stored)?);
        }
        Ok(Self {
            generation: before.generation + 1,
            revisions: builder.revisions,
            sites,
            config,
        })
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sites.iter().flatten()
    }

    pub(super) fn entry(&self, key: &RouteKey) -> Option<&Entry> {
        self.entries().find(|entry| entry.key == *key)
    }

    /// The route that a request belongs to.
    pub(super) fn find(&self, host: &str, path: &str) -> Option<&Entry> {
        let (site, route) = self.config.place(host, path)?;
        self.sites.get(site)?.get(route)
    }

    pub(super) fn counter(&self, mark: Mark) -> Option<&Arc<Counter>> {
        self.entries().find_map(|entry| entry.counters.get(&mark))
    }
}

struct Builder<'a> {
    before: &'a Table,
    store: &'a dyn RolloutStore,
    key: &'a MarkKey,
    path: &'a str,
    revisions: HashMap<RevisionId, Arc<Revision>>,
}

impl Builder<'_> {
    fn site(
        &mut self,
        site: &Site,
        stored: &HashMap<RouteKey, StoredRoute>,
    ) -> Result<Vec<Entry>, RolloutError> {
        let mut entries = Vec::new();
        for route in &site.routes {
            let key = route_key(site, route);
            let stored = stored.get(&key).ok_or(RolloutError::UnknownRoute)?;
            entries.push(self.entry(stored, route)?);
        }
        Ok(entries)
    }

    fn entry(&mut self, stored: &StoredRoute, route: &Route) -> Result<Entry, RolloutError> {
        let state = stored.state;
        let current = [state.stage.revision(), state.baseline, Some(stored.observe)];
        for id in current.into_iter().flatten() {
            self.load(id)?;
        }
        let text = |id| {
            self.revisions
                .get(&id)
                .map(|revision| revision.text.clone())
        };
        let parts = Parts {
            key: self.key,
            path: self.path,
            reporting: route.plan.reporting,
            merge: route.merge,
            observe: stored.observe,
            text: &text,
        };
        let mut deliveries = Deliveries::new(state, &parts)?;
        let counters = self.counters(&deliveries, &route.plan);
        deliveries.count_with(&counters);
        Ok(Entry {
            key: stored.key.clone(),
            counters,
            deliveries,
            policy: state.stage.revision().and_then(text),
            baseline: state.baseline.and_then(text),
            plan: route.plan.clone(),
            stored: stored.clone(),
        })
    }

    fn counters(&self, deliveries: &Deliveries, plan: &Plan) -> HashMap<Mark, Arc<Counter>> {
        let window = plan.step_back.unwrap_or_default().window;
        let counter = |mark| {
            let known = self.before.counter(mark);
            let known = known.filter(|counter| counter.window() == window);
            known.map_or_else(|| Arc::new(Counter::new(window)), Arc::clone)
        };
        deliveries
            .marks()
            .map(|mark| (mark, counter(mark)))
            .collect()
    }

    fn load(&mut self, id: RevisionId) -> Result<(), StoreError> {
        if self.revisions.contains_key(&id) {
            return Ok(());
        }
        let known = self.before.revisions.get(&id).cloned();
        let revision = match known {
            Some(revision) => Some(revision),
            None => self.store.revision(id)?.map(Arc::new),
        };
        self.revisions
            .extend(revision.map(|revision| (id, revision)));
        Ok(())
    }
}

impl Entry {
    /// What a response to this client gets, unless it turns out to be none that a policy governs.
    pub(super) fn deliver(&self, client: Client<'_>, key: &MarkKey) -> Delivery {
        let share = match self.stored.state.stage {
            Stage::Observe => self.plan.observe_share,
            Stage::Trial(_) | Stage::Enforce(..) => self.plan.inventory_share,
        };
        let variant = Variant {
            is_observed: client.is_sampled(share),
            is_in_share: false,
            is_secure: client.is_secure(),
        };
        match self.stored.state.stage {
            Stage::Enforce(revision, share) => {
                let sticky_by = &self.plan.sticky_by;
                let membership = client.membership(share, revision, sticky_by, key);
                let delivery = self.deliveries.of(Variant {
                    is_in_share: membership.is_in_share,
                    ..variant
                });
                Delivery {
                    set_cookie: membership.set_cookie,
                    ..delivery.clone()
                }
            }
            Stage::Observe | Stage::Trial(_) => self.deliveries.of(variant).clone(),
        }
    }

    /// What is counted for the policy on its way.
    pub(super) fn sample(&self, elapsed: Duration) -> Sample {
        match self.stored.state.stage {
            Stage::Observe => Sample::default(),
            Stage::Trial(revision) => self.sample_of(revision, Role::Trial, elapsed),
            Stage::Enforce(revision, _) => self.sample_of(revision, Role::Enforce, elapsed),
        }
    }

    /// The state after an automatic step back, if one is due.
    pub(super) fn stepped_back(&self, elapsed: Duration) -> Option<State> {
        let sample = |revision| self.sample_of(revision, Role::Enforce, elapsed);
        self.stored.state.step_back(&self.plan, sample)
    }

    pub(super) fn status(&self, table: &Table, elapsed: Duration) -> RouteStatus {
        let stage = self.stored.state.stage;
        let next = |share: &Share| *share > stage.share();
        RouteStatus {
            key: self.key.clone(),
            state: self.stored.state,
            since: self.stored.since,
            observe: self.stored.observe,
            policy: text(table, stage.revision()),
            baseline: text(table, self.stored.state.baseline),
            sample: self.sample(elapsed),
            next_share: match stage {
                Stage::Observe => None,
                _ => self.plan.steps.iter().copied().find(next),
            },
        }
    }

    pub(super) fn take_response_counts(&self) -> impl Iterator<Item = (RouteKey, Mark, u64)> {
        let counts = self
            .counters
            .iter()
            .map(|(mark, counter)| (self.key.clone(), *mark, counter.take_responses()));
        counts.filter(|(_, _, count)| *count > 0)
    }

    pub(super) fn is_sent(&self, mark: Mark) -> bool {
        self.counters.contains_key(&mark)
    }

    /// The policy that decides now about what a report with this mark complains of.
    pub(super) fn in_force(&self, mark: Mark) -> Option<Policy> {
        let text = match mark.role {
            Role::Observe => None,
            _ if self.stored.state.baseline == Some(mark.revision) => self.baseline.as_ref(),
            Role::Trial | Role::Enforce => self.policy.as_ref(),
        };
        text.map(|text| text.policy(mark.role.disposition()))
    }

    fn sample_of(&self, revision: RevisionId, role: Role, elapsed: Duration) -> Sample {
        let counter = self.counters.get(&Mark { revision, role });
        counter.map_or(Sample::default(), |counter| counter.sample(elapsed))
    }
}

pub(super) fn route_key(site: &Site, route: &Route) -> RouteKey {
    RouteKey::new(site.host.to_string(), route.path.as_str())
}

fn text(table: &Table, id: Option<RevisionId>) -> Option<PolicyText> {
    let revision = table.revisions.get(&id?)?;
    Some(revision.text.clone())
}
