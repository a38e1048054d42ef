//! Applies what is new in the configuration to the stored states.
//!
//! What the configuration says is applied once, and again when it says something else. So a restart does
//! not undo a step that was taken by hand, nor one that was taken back because of violations.

use std::collections::HashMap;

use super::registry::{RolloutError, Rollouts, RouteKey};
use super::state::{Stage, StageName, State};
use super::table::route_key;
use crate::config::{Config, Route, Share};
use crate::policy_text::PolicyText;
use crate::store::{Change, StoreError, StoredRoute, Transition, TransitionCause};

/// Applies what is new, route by route.
pub(super) fn apply(rollouts: &Rollouts, config: &Config) -> Result<(), RolloutError> {
    let routes = rollouts.store().routes()?;
    let mut stored: HashMap<RouteKey, StoredRoute> =
        routes.into_iter().map(|it| (it.key.clone(), it)).collect();
    for site in &config.sites {
        for route in &site.routes {
            let key = route_key(site, route);
            let stored = match stored.remove(&key) {
                Some(stored) => stored,
                None => create(rollouts, &key)?,
            };
            apply_route(rollouts, stored, route)?;
        }
    }
    Ok(())
}

fn create(rollouts: &Rollouts, key: &RouteKey) -> Result<StoredRoute, StoreError> {
    let change = change(rollouts, "the route is new");
    let stored = StoredRoute {
        observe: rollouts.add_revision(key, &PolicyText::observe(), &change)?,
        key: key.clone(),
        state: State::new(),
        since: change.at,
        configured: None,
    };
    rollouts.store().save_route(&stored, None)?;
    Ok(stored)
}

fn apply_route(
    rollouts: &Rollouts,
    stored: StoredRoute,
    route: &Route,
) -> Result<(), RolloutError> {
    let configured = configured(route);
    if stored.configured == configured {
        return Ok(());
    }
    let change = change(rollouts, "the configuration changed");
    let state = configured_state(rollouts, &stored, route, &change)?;
    if let (Some(text), None) = (&route.policy, route.stage) {
        let store = rollouts.store();
        store.save_draft(&stored.key, Some(text), &change)?;
    }
    let transition = (state != stored.state).then(|| Transition {
        route: stored.key.clone(),
        from: stored.state,
        to: state,
        cause: TransitionCause::Configure,
        change: change.clone(),
    });
    let stored = StoredRoute {
        state,
        since: transition.as_ref().map_or(stored.since, |it| it.change.at),
        configured,
        ..stored
    };
    rollouts.store().save_route(&stored, transition.as_ref())?;
    if let Some(transition) = &transition {
        rollouts.announce(transition);
    }
    Ok(())
}

/// The state that the configuration asks for.
fn configured_state(
    rollouts: &Rollouts,
    stored: &StoredRoute,
    route: &Route,
    change: &Change,
) -> Result<State, RolloutError> {
    let on_trial = || match &route.policy {
        Some(text) => match rollouts.proposed(stored, text, change) {
            Err(RolloutError::Refused(_)) => Ok(stored.state),
            other => other,
        },
        None => Ok(stored.state),
    };
    match route.stage {
        None => Ok(stored.state),
        Some(StageName::Observe) => Ok(State::new()),
        Some(StageName::Trial) => Ok(on_trial()?.set_share(Share::NONE)),
        Some(StageName::Enforce) => Ok(on_trial()?.set_share(route.share.unwrap_or(Share::ALL))),
    }
}

/// What the configuration says about a route, in a form to compare with; `None` if it says nothing.
fn configured(route: &Route) -> Option<String> {
    let stage = route.stage.map_or("", StageName::as_str);
    let policy = route.policy.as_ref().map_or("", PolicyText::as_str);
    let share = route
        .share
        .map_or_else(String::new, |share| share.to_string());
    let text = [stage, &share, policy].join("\n");
    (text.len() > 2).then_some(text)
}

fn change(rollouts: &Rollouts, why: &str) -> Change {
    Change {
        who: "config".to_owned(),
        at: rollouts.now(),
        why: why.to_owned(),
    }
}

impl State {
    /// The policy on its way, enforced for this share; on trial for none.
    fn set_share(self, share: Share) -> Self {
        let stage = match self.stage.revision() {
            None => Stage::Observe,
            Some(revision) if share == Share::NONE => Stage::Trial(revision),
            Some(revision) => Stage::Enforce(revision, share),
        };
        Self {
            stage,
            is_held: false,
            ..self
        }
    }
}
