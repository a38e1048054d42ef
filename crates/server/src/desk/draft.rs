//! The policy that somebody works on, one for each route.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Desk, DeskError, current};
use crate::clock::Timestamp;
use crate::events::{DraftEvent, Event};
use crate::policy_text::PolicyText;
use crate::rollout::{RouteKey, RouteStatus};
use crate::store::{BasedOn, Change, Draft, DraftAction, DraftEdit, DraftEditId, PolicyNote};
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
    /// The number of the edit that it is; `null` unless it is saved. Whoever saves another says what it is based on.
    pub edit: Option<DraftEditId>,
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

    /// Saves the draft of a route. Fails if somebody changed it since what this one is based on.
    pub fn save_draft(
        &self,
        key: &RouteKey,
        text: &PolicyText,
        based_on: BasedOn,
        change: &Change,
    ) -> Result<DraftView, DeskError> {
        self.edit_draft(&DraftEdit {
            route: key.clone(),
            text: Some(text.clone()),
            action: DraftAction::Write,
            change: change.clone(),
            based_on,
        })?;
        self.draft(key)
    }

    /// Fails if somebody else was quicker.
    pub(super) fn edit_draft(&self, edit: &DraftEdit) -> Result<(), DeskError> {
        self.status(&edit.route)?;
        let Some(id) = self.policies.edit_draft(edit)? else {
            let message = "the draft was changed meanwhile; look at it and try again";
            return Err(DeskError::Conflict(message.to_owned()));
        };
        let id = edit.text.as_ref().map(|_| id);
        self.tell_of_draft(&edit.route, id, &edit.change);
        Ok(())
    }

    /// Drops the draft of a route. Fails if somebody changed it since what this is based on.
    pub fn discard_draft(
        &self,
        key: &RouteKey,
        based_on: BasedOn,
        change: &Change,
    ) -> Result<(), DeskError> {
        self.edit_draft(&DraftEdit {
            route: key.clone(),
            text: None,
            action: DraftAction::Write,
            change: change.clone(),
            based_on,
        })
    }

    /// Saves the draft of a route without one of its sources. Fails if it has no such source, and if somebody changed
    /// it since what this one is based on.
    pub fn remove_source(
        &self,
        key: &RouteKey,
        source: &str,
        based_on: BasedOn,
        change: &Change,
    ) -> Result<DraftView, DeskError> {
        let draft = self.policies.draft(key)?;
        let draft = draft.ok_or(DeskError::NotFound("draft"))?;
        let text = draft.text.without_source(source);
        let text = text.ok_or(DeskError::NotFound("source in the draft"))?;
        self.save_draft(key, &text, based_on, change)
    }

    pub(super) fn tell_of_draft(&self, key: &RouteKey, edit: Option<DraftEditId>, change: &Change) {
        // Nobody listening is no error.
        let _ = self.events.send(Event::Draft(DraftEvent {
            at: change.at,
            site: key.site.to_string(),
            route: key.route.to_string(),
            edit,
            who: change.who.clone(),
        }));
    }

    /// Puts the draft of a route on trial. What is enforced stays enforced meanwhile.
    pub fn put_on_trial(&self, key: &RouteKey, change: &Change) -> Result<RouteStatus, DeskError> {
        self.status(key)?;
        let draft = self.policies.draft(key)?;
        let draft = draft.ok_or(DeskError::NotFound("draft"))?;
        Ok(self.rollouts.propose(key, &draft.text, change)?)
    }

    /// What is edited: the draft, or else what it would start from; and what an edit of it is based on.
    pub(super) fn working_text(&self, key: &RouteKey) -> Result<(PolicyText, BasedOn), DeskError> {
        let status = self.status(key)?;
        match self.policies.draft(key)? {
            Some(draft) => Ok((draft.text, BasedOn::Edit(draft.edit))),
            None => Ok((self.start_of(&status)?.0, BasedOn::NoDraft)),
        }
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
            edit: Some(draft.edit),
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
            edit: None,
            who: None,
            at: None,
            why: None,
        }
    }
}
