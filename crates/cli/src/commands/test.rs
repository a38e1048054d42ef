//! `connect-src test`: does a policy allow what it must, and block what it must?

use connect_src::{BrowserProfile, CheckResult, Origin};

use super::check::decision::{Decision, View};
use super::check::{Question, unknown_origin};
use crate::args::{Test, TestFormat};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::input::policy_tests::{Expectation, PolicyTest, PolicyTests};
use crate::output::{self, Output};

/// The results of one file.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) file: String,
    pub(crate) results: Vec<Outcome>,
}

/// The result of one expectation.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) test: String,
    pub(crate) line: usize,
    /// `WebSocket to wss://a.test/`.
    pub(crate) connection: String,
    pub(crate) expected: CheckResult,
    /// The browsers that decide otherwise, each with the reason.
    pub(crate) failures: Vec<(BrowserProfile, String)>,
}

impl Outcome {
    pub(crate) fn is_passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Ran {
    pub(crate) fn failed(&self) -> usize {
        let results = self.results.iter();
        results.filter(|outcome| !outcome.is_passed()).count()
    }
}

pub(crate) fn run(asked: &Test, out: &mut Output) -> Result<ExitStatus, Error> {
    let read = asked.files.iter().map(PolicyTests::read);
    let files = read.collect::<Result<Vec<_>, Error>>()?;
    let ran: Vec<Ran> = files.into_iter().map(run_file).collect();
    match asked.format {
        TestFormat::Human => output::human::test(&ran, out)?,
        TestFormat::Json => output::json::test(&ran, out)?,
        TestFormat::Junit => output::junit::test(&ran, out)?,
    }
    Ok(if ran.iter().all(|ran| ran.failed() == 0) {
        ExitStatus::Success
    } else {
        ExitStatus::Blocked
    })
}

fn run_file(file: PolicyTests) -> Ran {
    Ran {
        file: file.name,
        results: file.tests.into_iter().flat_map(run_test).collect(),
    }
}

fn run_test(test: PolicyTest) -> Vec<Outcome> {
    let Policies { page, .. } = &test.policies;
    let question = Question {
        origin: page.as_ref().map_or_else(unknown_origin, Origin::of),
        page: page.clone(),
        policies: test.policies,
        profiles: test.profiles,
    };
    let expectations = test.expectations.into_iter();
    expectations
        .map(|expectation| outcome(&question, &test.name, expectation))
        .collect()
}

fn outcome(question: &Question, test: &str, expectation: Expectation) -> Outcome {
    let expected = if expectation.is_allowed {
        CheckResult::Allowed
    } else {
        CheckResult::Blocked
    };
    let decision = Decision::of(question, expectation.target);
    let otherwise = decision
        .views
        .iter()
        .filter(|view| view.explanation.result != expected);
    Outcome {
        test: test.to_owned(),
        line: expectation.line,
        connection: format!("{} to {}", decision.target.api, decision.request.url()),
        expected,
        failures: otherwise
            .map(|view| (view.profile, reason(question, &decision, view)))
            .collect(),
    }
}

/// Why a browser decides as it does.
fn reason(question: &Question, decision: &Decision<'_>, view: &View<'_>) -> String {
    let explanation = &view.explanation;
    let Some(policy) = explanation.deciding_policy() else {
        return "there is no policy".to_owned();
    };
    let case = question.case(&decision.request, explanation, policy);
    case.why().sentence.to_plain()
}
