//! Whether the server can do its work, and what its operator should know.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::Parts;
use crate::api::{Readiness, Ready};
use crate::ingest::HealthReporter;
use crate::proxy::MetaPolicy;
use crate::rollout::lock;

/// What the operator should know, found while serving. So many at most, the first ones.
#[derive(Debug, Default)]
pub struct Notices {
    meta: Mutex<BTreeMap<String, MetaPolicy>>,
}

impl Notices {
    /// The policies in `<meta>` that were seen, one for each host.
    pub fn meta_policies(&self) -> Vec<MetaPolicy> {
        lock(&self.meta).values().cloned().collect()
    }

    pub(super) fn add_meta(&self, policy: MetaPolicy) {
        tracing::warn!(
            host = policy.host,
            path = policy.path,
            "a page has a policy in `<meta>`, which no header can loosen; take it out of the page"
        );
        let mut meta = lock(&self.meta);
        if meta.len() < MOST_NOTICES {
            meta.insert(policy.host.clone(), policy);
        }
    }

    pub(super) fn clear(&self) {
        lock(&self.meta).clear();
    }
}

/// Knows how everything is.
pub(super) struct State {
    parts: Arc<Parts>,
    ingest: HealthReporter,
}

impl State {
    pub(super) fn new(parts: Arc<Parts>, ingest: HealthReporter) -> Self {
        Self { parts, ingest }
    }
}

impl Readiness for State {
    fn ready(&self) -> Ready {
        let mut reasons = self.parts.targets.down();
        if let Some(failure) = self.ingest.health().failure {
            reasons.push(format!("reports are not stored: {failure}"));
        }
        if self.ingest.is_nearly_full() {
            reasons.push("the queue of reports is nearly full; some are shed".to_owned());
        }
        Ready::unless(reasons)
    }

    fn meta_policies(&self) -> Vec<MetaPolicy> {
        self.parts.notices.meta_policies()
    }
}

const MOST_NOTICES: usize = 100;
