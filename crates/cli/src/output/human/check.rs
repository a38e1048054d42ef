//! Decisions, one block each.

use std::io::{self, Write as _};

use anstyle::Style;
use connect_src::{
    BrowserProfile, CheckResult, Disposition, Edit, Explanation, NoEdit, PolicyExplanation, Request,
};
use connect_src_server::words::{Place, Why};

use super::annotate::{Mark, annotate};
use super::{notes, rows};
use crate::commands::check::Question;
use crate::commands::check::decision::{Decision, Fix, Group, View};
use crate::output::sanitize::{sanitize, shorten};
use crate::output::style::{ALLOWED, BLOCKED, DIM, FIX, NOTE, STRONG};
use crate::output::{Output, Prose, code, prose::prose};

/// More policies than this are counted instead of shown.
const MOST_POLICIES: usize = 4;

/// Prints the decisions, what should be known about the policies, and, for several targets, a count.
pub(crate) fn check(
    question: &Question,
    decisions: &[Decision<'_>],
    out: &mut Output,
) -> io::Result<()> {
    for (index, decision) in decisions.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let mut block = Block {
            question,
            decision,
            out,
        };
        block.write()?;
    }
    let notes = notes::notes(question, decisions);
    if decisions.len() > 1 && !notes.is_empty() {
        writeln!(out)?;
    }
    for note in notes {
        rows::sentence(out, ("note", NOTE), &note, Style::new())?;
    }
    if decisions.len() > 1 {
        count(decisions, out)?;
    }
    Ok(())
}

fn count(decisions: &[Decision<'_>], out: &mut Output) -> io::Result<()> {
    let blocked = decisions
        .iter()
        .filter(|decision| decision.is_blocked())
        .count();
    let allowed = decisions.len() - blocked;
    writeln!(
        out,
        "\n{STRONG}{allowed} allowed, {blocked} blocked{STRONG:#}"
    )
}

/// What is printed about one decision.
struct Block<'a, 'q> {
    question: &'a Question,
    decision: &'a Decision<'q>,
    out: &'a mut Output,
}

impl Block<'_, '_> {
    fn write(&mut self) -> io::Result<()> {
        self.headline()?;
        writeln!(self.out)?;
        self.page()?;
        let groups = self.decision.groups();
        for group in &groups {
            self.group(group, groups.len() > 1)?;
        }
        for view in &self.decision.views {
            self.departure(view, groups.len() > 1)?;
        }
        for fix in self.decision.fixes.iter().take(MOST_POLICIES) {
            self.fix(fix)?;
        }
        let more = self.decision.fixes.len().saturating_sub(MOST_POLICIES);
        if more > 0 {
            self.dim(&prose![format!("{more} more policies need the same")])?;
        }
        self.standard()
    }

    /// `blocked in Chromium and Firefox, allowed in WebKit: fetch() to https://…`
    fn headline(&mut self) -> io::Result<()> {
        let mut verdicts = Vec::new();
        for (result, style) in [
            (CheckResult::Blocked, BLOCKED),
            (CheckResult::Allowed, ALLOWED),
        ] {
            let profiles = self.decision.profiles_with(result);
            if !profiles.is_empty() {
                let word = result.as_str();
                verdicts.push(format!("{style}{word}{style:#} {}", in_browsers(&profiles)));
            }
        }
        let verdicts = verdicts.join(", ");
        let target = &self.decision.target;
        let url = shown_url(self.decision.request.url().as_str());
        writeln!(
            self.out,
            "{verdicts}: {STRONG}{} to {url}{STRONG:#}",
            target.api
        )
    }

    fn page(&mut self) -> io::Result<()> {
        for redirect in &self.decision.target.redirects {
            let redirect = prose![code(redirect)];
            rows::sentence(self.out, ("redirect", DIM), &redirect, Style::new())?;
        }
        match &self.question.page {
            Some(page) => {
                rows::sentence(self.out, ("page", DIM), &prose![code(page)], Style::new())
            }
            None => Ok(()),
        }
    }

    fn group(&mut self, group: &Group<'_, '_>, is_one_of_many: bool) -> io::Result<()> {
        if is_one_of_many {
            let title = format!("{STRONG}{}{STRONG:#}", in_browsers(&group.profiles));
            rows::lines(self.out, ("", DIM), &[title])?;
        }
        let explanation = group.explanation;
        if explanation.policies.is_empty() {
            let sentence = if self.question.policies.is_of_page {
                prose!["the page delivers no policy, so it may connect to anything."]
            } else if self.question.policies.has_directive {
                prose!["nothing in the policy counts, so it allows everything."]
            } else {
                prose!["the policy is empty, so it allows everything."]
            };
            return rows::sentence(self.out, ("why", DIM), &sentence, Style::new());
        }
        let (shown, quiet) = told(explanation);
        for index in shown.iter().take(MOST_POLICIES) {
            self.policy(explanation, *index)?;
        }
        let more = shown.len().saturating_sub(MOST_POLICIES);
        if more > 0 {
            self.dim(&prose![format!("{more} more policies decide the same")])?;
        }
        if quiet > 0 {
            let allow = if quiet == 1 {
                "1 other policy allows it"
            } else {
                "the other policies allow it"
            };
            self.dim(&prose![allow])?;
        }
        Ok(())
    }

    fn policy(&mut self, explanation: &Explanation<'_>, index: usize) -> io::Result<()> {
        let policy = &explanation.policies[index];
        let case = self
            .question
            .case(&self.decision.request, explanation, policy);
        let Why {
            place,
            mut sentence,
        } = case.why();
        let mark = place.map(|place| mark(place, policy));
        self.provenance(index, policy)?;
        let focus = policy.directive.map(|directive| directive.span().range());
        let focus = focus.filter(|range| range.end <= policy.policy.text().len());
        let lines = annotate(
            policy.policy.text(),
            focus,
            mark.as_ref(),
            rows::width(self.out),
        );
        rows::lines(self.out, ("policy", DIM), &lines)?;
        if policy.policy.disposition() == Disposition::Report && policy.result.is_blocked() {
            sentence.push(
                " This policy is report-only: browsers report the connection and let it pass.",
            );
        }
        rows::sentence(self.out, ("why", DIM), &sentence, Style::new())
    }

    /// Where a policy came from, if there is anything to tell.
    fn provenance(&mut self, index: usize, policy: &PolicyExplanation<'_>) -> io::Result<()> {
        let count = self.question.policies.provenances.len();
        let name = self.question.policies.provenances[index].name();
        let is_report_only = policy.policy.disposition() == Disposition::Report;
        if count == 1 && name.is_none() && !is_report_only {
            return Ok(());
        }
        let mut words = Prose::default();
        if count > 1 {
            words.push(format!("policy {} of {count}", index + 1));
        }
        if is_report_only {
            words.push(if words.is_empty() {
                "report-only"
            } else {
                ", report-only"
            });
        }
        if let Some(name) = name {
            let separator = if words.is_empty() { "" } else { ": " };
            words.push(format!("{separator}{name}"));
        }
        self.dim_as("from", &words)
    }

    /// Why a browser decides otherwise than the standard, where browsers decide differently.
    fn departure(&mut self, view: &View<'_>, is_split: bool) -> io::Result<()> {
        let Some(departure) = view.departure.filter(|_| is_split) else {
            return Ok(());
        };
        let sentence = prose!["departs from the standard. "]
            .append(Prose::of_markup(departure.does))
            .append(more_about(departure.quirk.name()));
        rows::sentence(self.out, (view.profile.as_str(), DIM), &sentence, DIM)
    }

    fn fix(&mut self, fix: &Fix) -> io::Result<()> {
        match &fix.edit {
            Ok(edit) => self.edit(edit, fix.policy),
            Err(NoEdit::NotNeeded) => Ok(()),
            Err(reason) => {
                let sentence = prose![reason.to_string(), "."];
                rows::sentence(self.out, ("fix", FIX), &sentence, Style::new())
            }
        }
    }

    fn edit(&mut self, edit: &Edit, index: usize) -> io::Result<()> {
        let mut sentence = prose![
            "add ",
            code(&edit.source),
            " to ",
            code(edit.directive.as_str())
        ];
        if self.question.policies.list.policies().len() > 1 {
            sentence.push(format!(" of policy {}", index + 1));
        }
        sentence.push(extent(edit, &self.decision.request));
        rows::sentence(self.out, ("fix", FIX), &sentence, Style::new())?;
        let start = edit.span.range().start;
        let added = edit.replacement.as_str();
        let inner = added.trim_matches([' ', ';']);
        let start = start + added.find(inner).unwrap_or(0);
        let mark = Mark {
            range: start..start + inner.len(),
            label: String::new(),
            line: '+',
            style: FIX,
        };
        let focus = directive_around(&edit.policy, start);
        let lines = annotate(
            &edit.policy,
            Some(focus),
            Some(&mark),
            rows::width(self.out),
        );
        rows::lines(self.out, ("", FIX), &lines)
    }

    /// That the standard's text alone would decide otherwise, where all browsers agree.
    fn standard(&mut self) -> io::Result<()> {
        let Some(standard) = &self.decision.standard else {
            return Ok(());
        };
        let departs = |view: &View<'_>| view.explanation.result != standard.result;
        if !self.decision.views.iter().all(departs) {
            return Ok(());
        }
        let would = match standard.result {
            CheckResult::Allowed => "would allow it",
            CheckResult::Blocked => "would block it",
        };
        let sentence = match self.decision.views.iter().find_map(|view| view.departure) {
            Some(departure) => prose![would, ". "]
                .append(Prose::of_markup(departure.quirk.standard()))
                .append(more_about(departure.quirk.name())),
            None => prose![would, "."],
        };
        self.dim_as("standard", &sentence)
    }

    fn dim(&mut self, prose: &Prose) -> io::Result<()> {
        self.dim_as("", prose)
    }

    fn dim_as(&mut self, label: &str, prose: &Prose) -> io::Result<()> {
        rows::sentence(self.out, (label, DIM), prose, DIM)
    }
}

fn mark(Place { range, label }: Place, policy: &PolicyExplanation<'_>) -> Mark {
    Mark {
        range,
        label: label.to_owned(),
        line: '^',
        style: match (policy.result, &policy.nearest_miss) {
            (CheckResult::Allowed, _) => ALLOWED,
            (CheckResult::Blocked, Some(_)) => NOTE,
            (CheckResult::Blocked, None) => BLOCKED,
        },
    }
}

/// The policies to tell about, and how many others there are.
///
/// When blocked, those that block, or that report it; when allowed, all that are enforced too.
fn told(explanation: &Explanation<'_>) -> (Vec<usize>, usize) {
    let policies = explanation.policies.iter().enumerate();
    let is_told = |policy: &PolicyExplanation<'_>| {
        let is_enforced = policy.policy.disposition() == Disposition::Enforce;
        policy.result.is_blocked() || (is_enforced && explanation.result.is_allowed())
    };
    let (shown, quiet): (Vec<_>, Vec<_>) = policies.partition(|(_, policy)| is_told(policy));
    if shown.is_empty() {
        return (quiet.into_iter().map(|(index, _)| index).collect(), 0);
    }
    (
        shown.into_iter().map(|(index, _)| index).collect(),
        quiet.len(),
    )
}

/// `in Chromium, Firefox and WebKit`; `by the standard`.
pub(crate) fn in_browsers(profiles: &[BrowserProfile]) -> String {
    let names: Vec<_> = profiles.iter().map(|profile| profile.as_str()).collect();
    match names.as_slice() {
        ["Standard"] => "by the standard".to_owned(),
        [head @ .., last] if !head.is_empty() => format!("in {} and {last}", head.join(", ")),
        _ => format!("in {}", names.join(" ")),
    }
}

/// What else a fix admits.
fn extent(edit: &Edit, request: &Request) -> &'static str {
    let url = request.url();
    if edit.is_exact && url.query().is_some() {
        ", for this URL with any query:"
    } else if edit.is_exact {
        ", for this URL alone:"
    } else if !url.has_host() {
        ", for all URLs of this scheme:"
    } else if edit.source.ends_with('/') {
        ", for all that is below this URL:"
    } else {
        ", for every path of this host:"
    }
}

fn more_about(term: &str) -> Prose {
    prose![format!(" (connect-src explain {term})")]
}

/// The directive in which a byte stands.
fn directive_around(policy: &str, at: usize) -> std::ops::Range<usize> {
    let start = policy[..at].rfind(';').map_or(0, |semicolon| semicolon + 1);
    let end = policy[at..]
        .find(';')
        .map_or(policy.len(), |semicolon| at + semicolon);
    start..end
}

fn shown_url(url: &str) -> String {
    const LONGEST: usize = 300;
    shorten(&sanitize(url), LONGEST).into_owned()
}
