//! `JUnit` XML. Findings: a suite for each policy given, a case for each finding. Policy tests: a suite for each file, a case for each
//! expectation.

use std::io::{self, Write as _};

use connect_src_lint::Severity;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::commands::lint::{Found, Linted};
use crate::commands::test::{Outcome, Ran};
use crate::output::Output;
use crate::output::sanitize::sanitize;

/// Prints the report.
pub(crate) fn lint(all: &[Linted], out: &mut Output) -> io::Result<()> {
    let mut report = Report::new("connect-src lint");
    report.add_test_suites(all.iter().map(suite));
    let xml = report.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", xml.trim_end())
}

fn suite(linted: &Linted) -> TestSuite {
    let place = linted.provenances.first().and_then(|one| one.place.clone());
    let mut suite = TestSuite::new(place.as_deref().unwrap_or("policy").to_owned());
    suite.add_test_cases(linted.findings.iter().map(case));
    if linted.findings.is_empty() {
        suite.add_test_case(TestCase::new("clean", TestCaseStatus::success()));
    }
    suite
}

/// What only informs is no failure.
fn case(found: &Found) -> TestCase {
    let diagnostic = &found.diagnostic;
    let message = sanitize(&diagnostic.message).into_owned();
    let mut status = if diagnostic.severity >= Severity::Warning {
        TestCaseStatus::non_success(NonSuccessKind::Failure)
    } else {
        TestCaseStatus::success()
    };
    let text = format!("{}\n{}", diagnostic.why, sanitize(&diagnostic.help));
    if diagnostic.severity >= Severity::Warning {
        status
            .set_message(message.clone())
            .set_type(diagnostic.severity.as_str())
            .set_description(text);
    }
    let mut case = TestCase::new(format!("{}: {message}", diagnostic.rule), status);
    case.set_classname(diagnostic.rule);
    case
}

/// Prints the results of policy tests.
pub(crate) fn test(ran: &[Ran], out: &mut Output) -> io::Result<()> {
    let mut report = Report::new("connect-src test");
    report.add_test_suites(ran.iter().map(|ran| {
        let mut suite = TestSuite::new(ran.file.clone());
        suite.add_test_cases(ran.results.iter().map(outcome));
        suite
    }));
    let xml = report.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", xml.trim_end())
}

fn outcome(outcome: &Outcome) -> TestCase {
    let connection = sanitize(&outcome.connection);
    let expected = outcome.expected.as_str();
    let status = if outcome.is_passed() {
        TestCaseStatus::success()
    } else {
        let why = outcome.failures.iter();
        let why: Vec<_> = why
            .map(|(profile, why)| format!("{profile}: {}", sanitize(why)))
            .collect();
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_message(format!("expected {connection} to be {expected}"))
            .set_description(why.join("\n"));
        status
    };
    let mut case = TestCase::new(format!("{connection} is {expected}"), status);
    case.set_classname(outcome.test.clone());
    case
}
