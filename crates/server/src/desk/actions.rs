//! What is done about a group of violations. Each of it is in the audit log, and can be taken back.

use connect_src::{BrowserProfile, Disposition, Edit, NoEdit, Rules, smallest_edit};
use serde::Serialize;
use utoipa::ToSchema;

use super::draft::DraftView;
use super::group::profiles;
use super::question::Question;
use super::{Desk, DeskError};
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;
use crate::store::{AuditId, BasedOn, Change, DraftAction, DraftEdit, GroupId, Label, Undone};

/// What allowing a group did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Allowed {
    /// The draft afterwards.
    pub draft: DraftView,
    /// The source that was added; `null` if the draft allows it as it is.
    pub source: Option<String>,
    /// Whether nothing but what was blocked is allowed now.
    pub is_exact: bool,
}

impl Desk {
    /// Adds the smallest source to the draft of the group's route that allows what was blocked, in every browser;
    /// where no source does that, in the browsers that reported it.
    pub fn allow_exactly(&self, id: GroupId, change: &Change) -> Result<Allowed, DeskError> {
        let detail = self.reports.group(id)?;
        let detail = detail.ok_or(DeskError::NotFound("group"))?;
        let key = RouteKey::new(detail.group.site.as_str(), detail.group.route.as_str());
        let (text, based_on) = self.working_text(&key)?;
        let question = Question::of_group(&detail.group).ok_or_else(|| {
            let message = "what was blocked is no URL, so no source of `connect-src` allows it";
            DeskError::Conflict(message.to_owned())
        })?;
        let (text, action, is_exact) = match edit(&text, &question, &profiles(&detail)) {
            Ok(edit) => {
                let text = PolicyText::parse(&edit.policy)?;
                let source = edit.source;
                let action = DraftAction::Allow { group: id, source };
                (text, action, edit.is_exact)
            }
            // What a draft would start from may allow it already; then it is saved as it is.
            Err(NoEdit::NotNeeded) if based_on == BasedOn::NoDraft => {
                (text, DraftAction::Write, false)
            }
            Err(NoEdit::NotNeeded) => {
                return Ok(Allowed {
                    draft: self.draft(&key)?,
                    source: None,
                    is_exact: false,
                });
            }
            Err(reason) => return Err(DeskError::Conflict(reason.to_string())),
        };
        let source = match &action {
            DraftAction::Allow { source, .. } => Some(source.clone()),
            DraftAction::Write => None,
        };
        self.edit_draft(&DraftEdit {
            route: key.clone(),
            text: Some(text),
            action,
            change: change.clone(),
            based_on,
        })?;
        Ok(Allowed {
            draft: self.draft(&key)?,
            source,
            is_exact,
        })
    }

    /// Says that a group is as expected, or noise; `None` takes it back.
    pub fn mark(
        &self,
        id: GroupId,
        label: Option<Label>,
        change: &Change,
    ) -> Result<(), DeskError> {
        if self.reports.label_group(id, label, change)? {
            Ok(())
        } else {
            Err(DeskError::NotFound("group"))
        }
    }

    /// Takes back what a line of the audit log tells of. Gives the line that says so.
    pub fn undo(&self, id: AuditId, change: &Change) -> Result<AuditId, DeskError> {
        let conflict = |message: &str| Err(DeskError::Conflict(message.to_owned()));
        match self.policies.undo(id, change)? {
            Undone::Done { by, draft } => {
                if let Some(key) = draft {
                    let edit = self.policies.draft(&key)?.map(|draft| draft.edit);
                    self.tell_of_draft(&key, edit, change);
                }
                Ok(by)
            }
            Undone::Unknown => Err(DeskError::NotFound("line of the audit log")),
            Undone::Already(_) => conflict("it was taken back before"),
            Undone::Changed => conflict("it was changed again since; change it by hand"),
            Undone::NotUndoable => {
                conflict("only edits of drafts and labels of groups can be taken back")
            }
        }
    }
}

fn edit(text: &PolicyText, question: &Question, seen: &[BrowserProfile]) -> Result<Edit, NoEdit> {
    let policy = text.policy(Disposition::Enforce);
    let for_profiles = |profiles: &[BrowserProfile]| {
        let rules: Vec<Rules> = profiles.iter().map(|profile| (*profile).into()).collect();
        smallest_edit(&policy, &question.request, &question.page, &rules)
    };
    match for_profiles(&BrowserProfile::BROWSERS) {
        Err(NoEdit::NoSourceForHost | NoEdit::NotByUrl) if !seen.is_empty() => for_profiles(seen),
        found => found,
    }
}
