//! What tells a finding from others, and which findings are known.

use connect_src::Policy;
use connect_src_lint::Diagnostic;

use super::{Found, Linted};
use crate::commands::baseline::{Known, KnownFinding};

/// The rule, the directive and the text that the finding is about.
pub(super) fn key(finding: &Diagnostic, policy: &Policy) -> String {
    let text = policy.text().get(finding.span.range()).unwrap_or_default();
    let directive = policy.directives().find(|one| {
        let span = one.span();
        span.start <= finding.span.start && finding.span.end <= span.end && !finding.span.is_empty()
    });
    let directive = directive.map_or("", |one| one.name()).to_ascii_lowercase();
    // What is missing has no text; its message names it.
    let text = if text.is_empty() {
        &finding.message
    } else {
        text
    };
    format!("{}\0{directive}\0{text}", finding.rule)
}

/// All findings, as known.
pub(super) fn known(all: &[Linted]) -> Known {
    let finding = |found: &Found| {
        let finding = KnownFinding {
            rule: found.diagnostic.rule.to_owned(),
            message: found.diagnostic.message.clone(),
        };
        (found.fingerprint.clone(), finding)
    };
    Known::of(all.iter().flat_map(|one| &one.findings).map(finding))
}

/// Takes the known findings out.
pub(super) fn keep_back(known: &Known, linted: &mut Linted) {
    let before = linted.findings.len();
    linted
        .findings
        .retain(|found| !known.has(&found.fingerprint));
    linted.kept_back += before - linted.findings.len();
}
