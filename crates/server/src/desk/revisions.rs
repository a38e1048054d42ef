//! What changed between two policies, as far as connections go.

use std::collections::BTreeSet;

use connect_src::{
    BrowserProfile, DirectiveName, Disposition, Origin, Policy, SourceList, subsumption_witness,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::question::page;
use super::{Desk, DeskError};
use crate::policy_text::PolicyText;
use crate::rollout::{RevisionId, RouteKey};
use crate::store::{ConnectionQuery, PageRequest, Revision};

/// What changed from one policy to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RevisionDiff {
    /// The text before.
    pub before: String,
    /// The text after.
    pub after: String,
    /// The origin of pages that `'self'` stands for in the witnesses.
    pub page: String,
    /// Sources that only the text after has.
    pub added: Vec<String>,
    /// Sources that only the text before has.
    pub removed: Vec<String>,
    /// What that means in each browser.
    pub profiles: Vec<ProfileDiff>,
}

/// What changed in one browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileDiff {
    /// Whose rules: `chromium`, `firefox` or `webkit`.
    #[schema(value_type = String)]
    pub profile: BrowserProfile,
    /// A connection that is newly allowed; `null` if none is.
    pub widened: Option<Witness>,
    /// A connection that is no longer allowed; `null` if none is.
    pub narrowed: Option<Witness>,
}

/// A connection that shows a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Witness {
    /// Where it goes.
    pub url: String,
}

impl Desk {
    /// Compares two revisions of whichever routes.
    pub fn diff_revisions(
        &self,
        before: RevisionId,
        after: RevisionId,
    ) -> Result<RevisionDiff, DeskError> {
        let (before, after) = (self.revision(before)?, self.revision(after)?);
        let page = self.page_of(&after.route)?;
        Ok(diff(&before.text, &after.text, &page))
    }

    /// Compares what is on its way or enforced on a route with a text; without any, the text with one that allows
    /// nothing.
    pub fn diff_with_current(
        &self,
        key: &RouteKey,
        after: &PolicyText,
    ) -> Result<RevisionDiff, DeskError> {
        let status = self.status(key)?;
        let before = super::current(&status).cloned();
        self.diff_texts(key, &before.unwrap_or_else(PolicyText::observe), after)
    }

    /// Compares two texts for pages of a route.
    pub fn diff_texts(
        &self,
        key: &RouteKey,
        before: &PolicyText,
        after: &PolicyText,
    ) -> Result<RevisionDiff, DeskError> {
        Ok(diff(before, after, &self.page_of(key)?))
    }

    /// A revision. Fails if there is none of this number.
    pub fn revision(&self, id: RevisionId) -> Result<Revision, DeskError> {
        let found = self.policies.revision(id)?;
        found.ok_or(DeskError::NotFound("revision"))
    }

    /// The origin of a route's pages: the site's host where there is one, or else that of the most reports.
    pub(super) fn page_of(&self, key: &RouteKey) -> Result<Origin, DeskError> {
        let is_host = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-');
        if key.site.contains('.') && key.site.chars().all(is_host) {
            return Ok(page(&format!("https://{}", key.site)));
        }
        let query = ConnectionQuery {
            site: Some(key.site.to_string()),
            route: Some(key.route.to_string()),
            ..ConnectionQuery::default()
        };
        let found = self.reports.connections(&query, &PageRequest::first(1))?;
        let document = found.items.into_iter().next().map(|it| it.document);
        Ok(document.map_or(Origin::Opaque, |document| page(&document)))
    }
}

/// Compares two texts for pages of an origin.
pub(super) fn diff(before: &PolicyText, after: &PolicyText, page: &Origin) -> RevisionDiff {
    let policies = [before, after].map(|text| text.policy(Disposition::Enforce));
    let [old, new] = &policies;
    let sources = [old, new].map(sources);
    let [had, has] = &sources;
    RevisionDiff {
        before: before.to_string(),
        after: after.to_string(),
        page: page.to_string(),
        added: has.difference(had).cloned().collect(),
        removed: had.difference(has).cloned().collect(),
        profiles: BrowserProfile::BROWSERS
            .map(|profile| ProfileDiff {
                profile,
                widened: witness(old, new, page, profile),
                narrowed: witness(new, old, page, profile),
            })
            .into(),
    }
}

fn sources(policy: &Policy) -> BTreeSet<String> {
    let list = governing(policy, BrowserProfile::Standard);
    let texts = list.map(|list| list.texts().map(|(_, text)| text.to_owned()).collect());
    texts.unwrap_or_default()
}

fn governing(policy: &Policy, profile: BrowserProfile) -> Option<SourceList<'_>> {
    let directive = policy.governing_directive(DirectiveName::ConnectSrc, profile);
    directive.map(connect_src::Directive::source_list)
}

/// What `smaller` allows and `larger` does not.
fn witness(
    larger: &Policy,
    smaller: &Policy,
    page: &Origin,
    profile: BrowserProfile,
) -> Option<Witness> {
    let (larger, smaller) = (governing(larger, profile)?, governing(smaller, profile)?);
    let request = subsumption_witness(larger, smaller, page, profile)?;
    Some(Witness {
        url: request.url().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(before: &str, after: &str) -> RevisionDiff {
        let [before, after] = [before, after].map(|text| PolicyText::parse(text).unwrap());
        diff(&before, &after, &page("https://app.example"))
    }

    #[test]
    fn a_wider_source_has_a_witness_in_one_direction() {
        let diff = compared(
            "connect-src https://api.example.com",
            "connect-src https://*.example.com",
        );
        assert_eq!(diff.added, ["https://*.example.com"]);
        assert_eq!(diff.removed, ["https://api.example.com"]);
        for profile in &diff.profiles {
            assert!(profile.narrowed.is_none(), "{profile:?}");
            let witness = profile.widened.as_ref().unwrap();
            assert!(witness.url.contains(".example.com"), "{witness:?}");
        }
    }

    #[test]
    fn another_spelling_of_the_same_list_differs_in_no_browser() {
        let diff = compared(
            "connect-src 'self' https://a.example https://b.example",
            "default-src https://b.example https://A.example 'self'",
        );
        for profile in &diff.profiles {
            assert_eq!((&profile.widened, &profile.narrowed), (&None, &None));
        }
    }
}
