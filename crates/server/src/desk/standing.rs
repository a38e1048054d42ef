//! Where a route stands, and what is undecided there.

use std::collections::HashSet;

use super::question::{Engine, Question};
use super::verdict::Verdict;
use super::{Desk, DeskError};
use crate::config::Share;
use crate::desk::NextStep;
use crate::policy_text::PolicyText;
use crate::rollout::{RouteKey, RouteStatus, Stage};
use crate::store::{Draft, Finding};

/// Where a route stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its stage, and the policies that are sent.
    pub status: RouteStatus,
    /// The policy that somebody works on.
    pub draft: Option<Draft>,
    /// Groups of genuine violations, the most reports first. Not more than 20,000.
    pub findings: Vec<Finding>,
    /// Of them, one for each connection that nobody has decided about, and that the draft, or else the policy on its
    /// way, blocks in some browser; what is blocked without either.
    pub open: Vec<Finding>,
    /// What to do next.
    pub next: NextStep,
}

impl Desk {
    /// Where a route stands.
    pub fn standing(&self, key: &RouteKey) -> Result<Standing, DeskError> {
        self.standing_of(self.status(key)?)
    }

    pub(super) fn standing_of(&self, status: RouteStatus) -> Result<Standing, DeskError> {
        let draft = self.policies.draft(&status.key)?;
        let findings = self.reports.findings(&status.key, MOST_FINDINGS)?;
        let judged = draft.as_ref().map(|draft| &draft.text);
        let judged = judged.or(status.policy.as_ref());
        let mut standing = Standing {
            open: judged.map_or_else(Vec::new, |text| open(&findings, text)),
            status,
            draft,
            findings,
            // Nothing is known yet.
            next: NextStep::OpenTheSite { responses: 0 },
        };
        standing.next = self.next_step(&standing)?;
        Ok(standing)
    }
}

impl Standing {
    /// Whether there is something to hold connections against.
    pub fn has_policy(&self) -> bool {
        self.draft.is_some() || self.status.policy.is_some()
    }

    /// Whether the draft is on its way already, or there is none.
    pub fn is_draft_under_way(&self) -> bool {
        let draft = self.draft.as_ref().map(|draft| &draft.text);
        draft.is_none_or(|draft| self.status.policy.as_ref() == Some(draft))
    }

    /// Whether browsers get what was decided last, at least to report it.
    pub fn is_on_its_way(&self) -> bool {
        self.status.state.stage != Stage::Observe && self.is_draft_under_way()
    }

    /// Whether every browser blocks by what was decided last.
    pub fn is_enforced(&self) -> bool {
        self.status.state.stage.share() == Share::ALL && self.is_draft_under_way()
    }
}

/// How many hosts the findings have together, whatever the scheme.
pub fn hosts(findings: &[Finding]) -> u64 {
    let hosts = findings.iter().map(|it| super::preview::host(&it.blocked));
    hosts.collect::<HashSet<_>>().len() as u64
}

/// How many connections the findings are about: one may be in several groups.
pub(super) fn connections(findings: &[Finding]) -> u64 {
    findings
        .iter()
        .map(connection)
        .collect::<HashSet<_>>()
        .len() as u64
}

/// What the policy blocks, and nobody has said anything about. What was said about one group holds for all with the
/// same page and target.
fn open(findings: &[Finding], text: &PolicyText) -> Vec<Finding> {
    let labelled = findings.iter().filter(|it| it.is_labelled);
    let decided: HashSet<_> = labelled.map(pair).collect();
    let mut engine = Engine::new(text);
    let mut seen = HashSet::new();
    let mut open = Vec::new();
    for finding in findings {
        let is_undecided = !decided.contains(&pair(finding));
        if is_undecided && seen.insert(connection(finding)) && is_blocked(&mut engine, finding) {
            open.push(finding.clone());
        }
    }
    open
}

fn pair(finding: &Finding) -> (&str, &str) {
    (&finding.origin, &finding.blocked)
}

fn connection(finding: &Finding) -> (&str, &str, &str) {
    (&finding.origin, &finding.blocked, &finding.blocked_url)
}

/// Whether some browser blocks it; what is no URL is not blocked by a source list.
fn is_blocked(engine: &mut Engine, finding: &Finding) -> bool {
    let question = Question::reported(&finding.origin, &finding.blocked, &finding.blocked_url);
    question.is_some_and(|question| {
        Verdict::of(engine.blocked_in(&finding.origin, &question)) != Verdict::Allowed
    })
}

/// Groups beyond are not looked at; those with the most reports come first.
const MOST_FINDINGS: u32 = 20_000;
