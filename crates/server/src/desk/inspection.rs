//! What speaks against a policy: the linter's findings, and where data can leave under it.

use connect_src::{BrowserProfile, CspList, Disposition, Origin, Policy};
use connect_src_lint::audit::{Audit, Cell, Page, Reach, Row};
use connect_src_lint::{Diagnostic, Severity, Subject, lint};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::{Desk, DeskError};
use crate::config::Lint;
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;

/// Something that speaks against a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyFinding {
    /// The rule, such as `any-host-source`.
    pub rule: &'static str,
    /// How much it matters: `info`, `warning` or `error`.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// Where the part starts that it is about, in bytes of the policy's text.
    pub start: usize,
    /// Where it ends; where it starts for something that is missing.
    pub end: usize,
    /// What is there.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub help: String,
}

/// Every channel by which data can leave a page under a policy alone, the weakest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyAudit {
    /// The origin of the page that it was asked for.
    pub page: String,
    /// The channels.
    pub channels: Vec<ChannelView>,
}

/// A channel by which data can leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChannelView {
    /// Its name for programs, such as `fetch`.
    pub channel: &'static str,
    /// What people call it.
    pub words: &'static str,
    /// How far it reaches in the browser where it reaches farthest: `closed`, `self`, `these-hosts`, `anyones-hosts`,
    /// `anywhere` or `not-governable`.
    #[schema(value_type = String)]
    #[serde(serialize_with = "word")]
    pub reach: Reach,
    /// How far in each browser.
    pub browsers: Vec<ChannelReach>,
}

/// How far a channel reaches in one browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChannelReach {
    /// Whose rules: `chromium`, `firefox` or `webkit`.
    #[schema(value_type = String)]
    pub profile: BrowserProfile,
    /// How far.
    #[schema(value_type = String)]
    #[serde(serialize_with = "word")]
    pub reach: Reach,
    /// A URL that gets through; `null` where none does or none is asked.
    pub proof: Option<String>,
    /// The sources that let something through, those that reach farthest first.
    pub sources: Vec<String>,
}

impl Desk {
    /// What the linter, told what `[lint]` of the configuration says, finds in a text for pages of a route.
    pub fn findings(
        &self,
        key: &RouteKey,
        text: &PolicyText,
    ) -> Result<Vec<PolicyFinding>, DeskError> {
        let page = url(&self.page_of(key)?);
        let config = self.rollouts.config();
        Ok(findings(text, page.as_ref(), &config.lint))
    }

    /// Where data can leave pages of a route that have no other policy.
    pub fn audit_policy(
        &self,
        key: &RouteKey,
        text: &PolicyText,
    ) -> Result<PolicyAudit, DeskError> {
        let origin = self.page_of(key)?;
        let list: CspList = [text.policy(Disposition::Enforce)].into_iter().collect();
        let url = url(&origin);
        let page = Page::new(&list);
        let page = url.as_ref().map_or(page, |url| page.at(url));
        let audit = Audit::of(&page, &BrowserProfile::BROWSERS);
        Ok(PolicyAudit {
            page: origin.to_string(),
            channels: audit.rows.iter().map(ChannelView::of).collect(),
        })
    }
}

fn findings(text: &PolicyText, page: Option<&Url>, settings: &Lint) -> Vec<PolicyFinding> {
    // As it is sent: where reports go is added to it.
    let sent = format!("{text}; report-uri /");
    let policies = [Policy::from_header(&sent, Disposition::Enforce)];
    let subject = Subject::new(&policies);
    let subject = page.into_iter().fold(subject, Subject::on_page);
    let length = text.as_str().len();
    let found = lint(&subject, &settings.levels).into_iter();
    let is_about_text = |found: &Diagnostic| {
        let range = found.span.range();
        range.is_empty() || range.start < length
    };
    found
        .filter(|found| is_about_text(found) && !settings.is_suppressed(found, &policies[0]))
        .take(MOST_FINDINGS)
        .map(|found| PolicyFinding::of(found, length))
        .collect()
}

impl PolicyFinding {
    fn of(found: Diagnostic, length: usize) -> Self {
        let range = found.span.range();
        Self {
            rule: found.rule,
            severity: found.severity,
            start: range.start.min(length),
            end: range.end.min(length),
            message: found.message,
            why: found.why.into_owned(),
            help: found.help.into_owned(),
        }
    }

    /// Whether something is missing, rather than there.
    pub fn is_about_what_is_missing(&self) -> bool {
        self.start == self.end
    }
}

impl ChannelView {
    fn of(row: &Row) -> Self {
        Self {
            channel: row.channel.name(),
            words: row.channel.in_words(),
            reach: row.worst(),
            browsers: row.cells.iter().map(ChannelReach::of).collect(),
        }
    }
}

impl ChannelReach {
    fn of(cell: &Cell) -> Self {
        Self {
            profile: cell.profile,
            reach: cell.reach,
            proof: cell.proof.as_ref().map(Url::to_string),
            sources: cell.sources.clone(),
        }
    }
}

fn url(origin: &Origin) -> Option<Url> {
    Url::parse(&origin.to_string()).ok()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives a reference to the field"
)]
fn word<S: serde::Serializer>(reach: &Reach, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(reach.name())
}

/// A policy of 7 KiB may have thousands of them.
const MOST_FINDINGS: usize = 200;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let text = PolicyText::parse(text).unwrap();
        let page = Url::parse("https://app.example/").unwrap();
        let found = findings(&text, Some(&page), &Lint::default()).into_iter();
        found
            .map(|it| (it.rule, text.as_str()[it.start..it.end].to_owned()))
            .collect()
    }

    #[test]
    fn a_finding_is_at_the_source_that_it_is_about() {
        let found = found("connect-src 'self' https:");
        assert!(
            found.contains(&("any-host-source", "https:".to_owned())),
            "{found:?}"
        );
    }

    #[test]
    fn where_reports_go_is_added_when_it_is_sent() {
        let found = found("default-src 'none'; connect-src 'self'");
        let is_reporting = |(rule, _): &&(&str, String)| rule.contains("report");
        assert_eq!(found.iter().find(is_reporting), None, "{found:?}");
    }

    #[test]
    fn levels_and_suppressions_of_the_configuration_hold() {
        let settings = "[lint]\nallow = ['missing-default-src']\ndeny = ['plaintext-source']\n\
             [[lint.suppress]]\nrule = 'any-host-source'\nsource = 'https:'\nreason = 'a browser'";
        let settings = Lint::parse(settings, Path::new("connect-src.toml")).unwrap();
        let text = PolicyText::parse("connect-src https: wss: http://a.test").unwrap();
        let rules = |settings: &Lint| -> Vec<_> {
            let found = findings(&text, None, settings).into_iter();
            found.map(|it| (it.rule, it.severity, it.start)).collect()
        };
        let (before, after) = (rules(&Lint::default()), rules(&settings));
        for (found, is_left) in [
            (("any-host-source", Severity::Error, 12), false),
            (("any-host-source", Severity::Error, 19), true),
            (("missing-default-src", Severity::Warning, 37), false),
            (("plaintext-source", Severity::Warning, 24), false),
        ] {
            assert!(before.contains(&found), "{found:?} in {before:?}");
            assert_eq!(after.contains(&found), is_left, "{found:?} in {after:?}");
        }
        assert!(after.contains(&("plaintext-source", Severity::Error, 24)));
    }

    #[test]
    fn what_is_missing_has_its_place_at_the_end() {
        let found = found("connect-src 'self'");
        assert!(
            found.contains(&("missing-default-src", String::new())),
            "{found:?}"
        );
    }
}
