//! One group of violations, with why it was blocked.

use connect_src::BrowserProfile;
use serde::Serialize;
use utoipa::ToSchema;

use super::check::{CheckView, explain, explain_text};
use super::question::Question;
use super::{Desk, DeskError};
use crate::browser;
use crate::rollout::RouteKey;
use crate::store::{GroupDetail, GroupId};

/// A group with everything that is known of it, and the engine's reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroupView {
    /// The group, with its pages, browsers, hours and samples.
    #[serde(flatten)]
    pub detail: GroupDetail,
    /// Why the policy blocks it that it was reported for; `null` if that is not known, or what was blocked is no URL.
    pub reported: Option<CheckView>,
    /// Whether the policy is the one that we sent; else it is what the report says.
    pub is_policy_ours: bool,
    /// What the policy does that is on its way, or else the enforced one.
    pub current: Option<CheckView>,
    /// What the draft does with it.
    pub draft: Option<CheckView>,
    /// The browsers' profiles that reported it.
    #[schema(value_type = Vec<String>)]
    pub profiles: Vec<BrowserProfile>,
}

impl Desk {
    /// One group; `None` if there is none of this number.
    pub fn group(&self, id: GroupId) -> Result<Option<GroupView>, DeskError> {
        let Some(detail) = self.reports.group(id)? else {
            return Ok(None);
        };
        let question = Question::of_group(&detail.group);
        let key = RouteKey::new(detail.group.site.as_str(), detail.group.route.as_str());
        let status = self.status(&key).ok();
        let current = status.as_ref().and_then(super::current).cloned();
        let draft = self.policies.draft(&key)?.map(|draft| draft.text);
        let ours = match detail.group.revision {
            Some(revision) => self.rollouts.revision(revision)?,
            None => None,
        };
        let ours = ours.map(|revision| revision.text.to_string());
        let is_policy_ours = ours.is_some();
        let reported = ours.or_else(|| detail.policy.clone());
        let ask = |text| Some(explain_text(&text, question.as_ref()?));
        Ok(Some(GroupView {
            is_policy_ours,
            reported: reported.and_then(|text| Some(reported_view(&text, question.as_ref()?))),
            current: current.and_then(ask),
            draft: draft.and_then(ask),
            profiles: profiles(&detail),
            detail,
        }))
    }
}

/// The profiles that a group's browsers follow.
pub(super) fn profiles(detail: &GroupDetail) -> Vec<BrowserProfile> {
    let names = detail.browser_list.iter().map(|seen| &seen.name);
    let mut profiles: Vec<_> = names.filter_map(|name| browser::profile(name)).collect();
    profiles.sort_unstable();
    profiles.dedup();
    profiles
}

fn reported_view(text: &str, question: &Question) -> CheckView {
    let list = connect_src::CspList::from_header(text, connect_src::Disposition::Enforce);
    explain(&list, question, &BrowserProfile::BROWSERS)
}
