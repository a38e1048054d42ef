//! Which route a page is about.

use super::shell::at;
use crate::api::{Parts, Problem};
use crate::rollout::RouteKey;

/// Every route, and the one that a page is about.
pub(super) struct Routes {
    pub(super) all: Vec<RouteKey>,
    pub(super) chosen: RouteKey,
}

impl Routes {
    /// `wanted` is the route that a page is about, as its address says it; the first one where it says none.
    pub(super) fn of(api: &Parts, wanted: &str) -> Result<Self, Problem> {
        let all: Vec<_> = api.rollouts.status().into_iter().map(|it| it.key).collect();
        let chosen = if wanted.is_empty() {
            all.first()
        } else {
            all.iter().find(|key| at(key) == wanted)
        };
        let chosen = chosen.cloned().ok_or_else(|| Problem::not_found("site"))?;
        Ok(Self { all, chosen })
    }
}
