//! The policy that somebody works on, one for each route.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Desk, DeskError, current};
use crate::clock::Timestamp;
use crate::policy_text::PolicyText;
use crate::rollout::{RouteKey, RouteStatus};
use crate::store::{Change, Draft, PolicyNote};
use crate::suggest::suggest;

/// A draft, or what one would start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DraftView {
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The policy.
    pub policy: String,
    /// What browsers ignore in it, with places in its text.
    pub notes: Vec<PolicyNote>,
    /// Where the text comes from.
    pub start: DraftStart,
    /// Who changed it last; `null` unless it is saved.
    pub who: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The reason that was given.
    pub why: Option<String>,
}

/// Where the text of a draft comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DraftStart {
    /// Somebody saved it.
    Saved,
    /// There is none yet; this is the policy on its way, or the enforced one.
    Current,
    /// There is neither; this is the smallest policy that allows what was seen.
    Suggestion,
}

impl Desk {
    /// The draft of a route, or else what it would start from: the policy on its way or enforced, or else the
    /// suggestion.
    pub fn draft(&self, key: &RouteKey) -> Result<DraftView, DeskError> {
        let status = self.status(key)?;
        if let Some(draft) = self.policies.draft(key)? {
            return Ok(DraftView::saved(key, draft));
        }
        let (text, start) = self.start_of(&status)?;
        Ok(DraftView::unsaved(key, &text, start))
    }

    /// Saves the draft of a route.
    pub fn save_draft(
        &self,
        key: &RouteKey,
        text: &PolicyText,
        change: &Change,
    ) -> Result<DraftView, DeskError> {
        self.status(key)?;
        self.policies.save_draft(key, Some(text), change)?;
        self.draft(key)
    }

    /// Drops the draft of a route.
    pub fn discard_draft(&self, key: &RouteKey, change: &Change) -> Result<(), DeskError> {
        self.status(key)?;
        Ok(self.policies.save_draft(key, None, change)?)
    }

    /// Puts the draft of a route on trial. What is enforced stays enforced meanwhile.
    pub fn put_on_trial(&self, key: &RouteKey, change: &Change) -> Result<RouteStatus, DeskError> {
        self.status(key)?;
        let draft = self.policies.draft(key)?;
        let draft = draft.ok_or(DeskError::NotFound("draft"))?;
        Ok(self.rollouts.propose(key, &draft.text, change)?)
    }

    fn start_of(&self, status: &RouteStatus) -> Result<(PolicyText, DraftStart), DeskError> {
        if let Some(text) = current(status) {
            return Ok((text.clone(), DraftStart::Current));
        }
        let suggestion = suggest(&*self.reports, &status.key, &[])?;
        Ok((suggestion.policy_text()?, DraftStart::Suggestion))
    }
}

impl DraftView {
    fn saved(key: &RouteKey, draft: Draft) -> Self {
        Self {
            who: Some(draft.change.who),
            at: Some(draft.change.at),
            why: Some(draft.change.why),
            ..Self::unsaved(key, &draft.text, DraftStart::Saved)
        }
    }

    fn unsaved(key: &RouteKey, text: &PolicyText, start: DraftStart) -> Self {
        Self {
            site: key.site.to_string(),
            route: key.route.to_string(),
            policy: text.to_string(),
            notes: text.notes(),
            start,
            who: None,
            at: None,
            why: None,
        }
    }
}
