//! What is known about the marks of reports: which policy was sent with them, and what is in force now.

use std::collections::HashMap;
use std::sync::Arc;

use connect_src::{BrowserProfile, CspList, DirectiveName};
use connect_src_report::{Record, SentPolicy};
use connect_src_tower::Merge;

use crate::config::{Config, HostPattern};
use crate::rollout::{Mark, Rollouts, RouteKey};
use crate::store::StoreError;

/// What is known about the marks that came lately.
#[derive(Default)]
pub(super) struct Marks {
    known: HashMap<Mark, Option<Arc<Known>>>,
}

/// What is known about a mark.
pub(super) struct Known {
    pub(super) key: RouteKey,
    pub(super) host: HostPattern,
    pub(super) sent: Vec<SentPolicy>,
    pub(super) in_force: Option<CspList>,
    /// Whether what browsers got is what we know: not where it was merged into the upstream's policies.
    pub(super) is_verbatim: bool,
}

impl Marks {
    /// What is known about a mark; `None` for one that was never sent. Fails if the store cannot say what was.
    pub(super) fn of(
        &mut self,
        mark: Mark,
        rollouts: &Rollouts,
        config: &Config,
    ) -> Result<Option<Arc<Known>>, StoreError> {
        if let Some(known) = self.known.get(&mark) {
            return Ok(known.clone());
        }
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        let known = Known::look_up(mark, rollouts, config)?.map(Arc::new);
        self.known.insert(mark, known.clone());
        Ok(known)
    }

    /// It changes with the rollouts.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }
}

impl Known {
    fn look_up(
        mark: Mark,
        rollouts: &Rollouts,
        config: &Config,
    ) -> Result<Option<Self>, StoreError> {
        let Some(revision) = rollouts.revision(mark.revision)? else {
            return Ok(None);
        };
        let key = revision.route.clone();
        let mut sent = SentPolicy::new(revision.text.as_str(), mark.role.disposition());
        if let Some(until) = rollouts.sent_until(&key, mark) {
            sent = sent.until(until.to_system_time());
        }
        let in_force = rollouts.in_force(&key, mark);
        let mut sites = config.sites.iter();
        let site = sites.find(|it| it.host.to_string() == *key.site);
        let mut routes = site.map_or(&[][..], |site| &site.routes).iter();
        let route = routes.find(|it| it.path.as_str() == &*key.route);
        Ok(Some(Self {
            host: site.map_or(HostPattern::Any, |site| site.host.clone()),
            sent: vec![sent],
            in_force: in_force.map(|policy| [policy].into_iter().collect()),
            is_verbatim: route.is_none_or(|route| route.merge != Merge::Extend),
            key,
        }))
    }

    /// Whether what was blocked is for our policy to decide. Where the application's policy got our sources,
    /// reports come about all of its directives.
    pub(super) fn decides(&self, record: &Record) -> bool {
        let name = record.effective_directive.as_deref();
        let Some(directive) = name.and_then(DirectiveName::parse) else {
            return true;
        };
        let mut sent = self.sent.iter().flat_map(|sent| sent.policies().policies());
        self.is_verbatim
            || sent.any(|policy| {
                let governing = policy.governing_directive(directive, BrowserProfile::Standard);
                governing.is_some()
            })
    }
}

/// What is known about so many marks is remembered.
const MOST_KNOWN: usize = 256;
