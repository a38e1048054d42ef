#![doc = include_str!("../README.md")]

pub mod audit;
mod context;
mod data;
mod diagnostic;
#[cfg(test)]
mod example;
mod hosts;
mod levels;
mod missed;
mod registry;
mod response_headers;
mod rule;
mod rules;
mod subject;

pub use data::receivers::{Kind, Pin, Receiver, receivers};
pub use diagnostic::{Applicability, Diagnostic, Fix, Severity, TextEdit};
pub use fix::apply;
pub use hosts::{Receiving, receiving};
pub use levels::{Level, Levels};
pub use registry::{find_rule, rules};
pub use response_headers::{ReportingEndpoint, ResponseHeaders};
pub use rule::{Group, Rule, SECTIONS};
pub use subject::Subject;

mod fix;

use context::{Context, Report};

/// Looks at the policies with every rule that is not off.
///
/// The findings come in the order of the policies and of their text; at one place those that matter most come first.
pub fn lint(subject: &Subject<'_>, levels: &Levels) -> Vec<Diagnostic> {
    let context = Context::new(subject);
    let mut findings = Vec::new();
    for rule in rules() {
        if let Some(severity) = levels.severity(rule) {
            let mut report = Report {
                rule,
                severity,
                findings: &mut findings,
            };
            (rule.check)(&context, &mut report);
        }
    }
    findings.sort_by(|a, b| {
        let place = |one: &Diagnostic| (one.policy, one.span.start);
        place(a)
            .cmp(&place(b))
            .then(b.severity.cmp(&a.severity))
            .then(a.rule.cmp(b.rule))
    });
    findings
}
