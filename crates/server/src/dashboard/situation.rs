//! Where a route stands, and what is to be done next.

use std::collections::{BTreeSet, HashSet};

use connect_src::{BrowserProfile, CspList, Disposition};
use connect_src_report::Class;

use super::explain::Question;
use super::shell::at;
use crate::api::{Parts, Problem};
use crate::desk::Verdict;
use crate::policy_text::PolicyText;
use crate::rollout::{RouteKey, RouteStatus};
use crate::store::{Draft, Group, GroupQuery, PageRequest, StoreError};

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

/// Where a route stands.
pub(super) struct Situation {
    pub(super) status: RouteStatus,
    pub(super) draft: Option<Draft>,
    /// Genuine groups; those with the most reports.
    pub(super) groups: Vec<Group>,
    /// Of them, what nobody has decided about, and the draft, or else the policy on its way, blocks.
    pub(super) open: Vec<Group>,
}

impl Situation {
    pub(super) fn of(api: &Parts, key: &RouteKey) -> Result<Self, Problem> {
        let status = api.rollouts.status_of(key)?;
        let draft = api.policies.draft(key)?;
        let groups = genuine(api, key)?;
        let judged = draft.as_ref().map(|draft| &draft.text);
        let judged = judged.or(status.policy.as_ref());
        let open = judged.map_or_else(Vec::new, |text| open(&groups, text));
        Ok(Self {
            status,
            draft,
            groups,
            open,
        })
    }

    /// Whether the draft is on its way already, or there is none.
    pub(super) fn is_draft_under_way(&self) -> bool {
        let draft = self.draft.as_ref().map(|draft| &draft.text);
        draft.is_none_or(|draft| self.status.policy.as_ref() == Some(draft))
    }

    /// What the site connects to.
    pub(super) fn hosts(&self) -> u64 {
        hosts(&self.groups)
    }

    pub(super) fn open_hosts(&self) -> u64 {
        hosts(&self.open)
    }
}

/// How many hosts the groups have together, whatever the scheme.
fn hosts(groups: &[Group]) -> u64 {
    let host = |group: &Group| match group.blocked.split_once("://") {
        Some((_, host)) => host.to_owned(),
        None => group.blocked.clone(),
    };
    let hosts: BTreeSet<String> = groups.iter().map(host).collect();
    hosts.len() as u64
}

fn genuine(api: &Parts, key: &RouteKey) -> Result<Vec<Group>, StoreError> {
    let query = GroupQuery {
        site: Some(key.site.to_string()),
        route: Some(key.route.to_string()),
        classes: vec![Class::Genuine],
        directive: Some("connect-src".to_owned()),
        ..GroupQuery::default()
    };
    let page = api
        .reports
        .groups(&query, &PageRequest::first(PageRequest::MOST))?;
    Ok(page.items)
}

/// What the policy blocks, and nobody has said anything about. What was said about one group holds for all with the
/// same page and target.
fn open(groups: &[Group], text: &PolicyText) -> Vec<Group> {
    let pair = |group: &Group| (group.origin.clone(), group.blocked.clone());
    let decided = groups.iter().filter(|group| group.label.is_some());
    let decided: HashSet<_> = decided.map(pair).collect();
    let list: CspList = [text.policy(Disposition::Enforce)].into_iter().collect();
    let mut seen = HashSet::new();
    let is_open = |group: &&Group| {
        !decided.contains(&pair(group))
            && matches!(
                verdict(&list, group),
                Some(Verdict::Blocked | Verdict::Differs)
            )
            && seen.insert((pair(group), group.blocked_url.clone()))
    };
    groups.iter().filter(is_open).cloned().collect()
}

/// What a policy does with what a group is about; `None` for what is no URL.
pub(super) fn verdict(list: &CspList, group: &Group) -> Option<Verdict> {
    let question = Question::of_group(group)?;
    let browsers = BrowserProfile::BROWSERS;
    let blocks = |profile: &&BrowserProfile| {
        let result = list.should_request_be_blocked(&question.request, &question.origin, **profile);
        result.is_blocked()
    };
    Some(match browsers.iter().filter(blocks).count() {
        0 => Verdict::Allowed,
        count if count == browsers.len() => Verdict::Blocked,
        _ => Verdict::Differs,
    })
}
