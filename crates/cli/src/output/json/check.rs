//! Decisions as one JSON object.

use std::io::{self, Write as _};

use connect_src::{
    CheckResult, Disposition, Edit, Explanation, NearestMiss, NoEdit, PolicyExplanation,
    PolicySource, Reason, Relation, Span,
};
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::commands::check::Question;
use crate::commands::check::decision::{Decision, Fix, View};
use crate::input::Provenance;
use crate::output::{Output, Prose};

/// Prints the decisions, one object for all.
pub(crate) fn check(
    question: &Question,
    decisions: &[Decision<'_>],
    out: &mut Output,
) -> io::Result<()> {
    let blocked = decisions
        .iter()
        .filter(|decision| decision.is_blocked())
        .count();
    let report = Report {
        schema_version: SCHEMA_VERSION,
        page: question.page.as_ref().map(ToString::to_string),
        policies: policies(question),
        notes: question
            .policies
            .notes
            .iter()
            .map(Prose::to_plain)
            .collect(),
        decisions: decisions
            .iter()
            .map(|decision| one(question, decision))
            .collect(),
        summary: Summary {
            allowed: decisions.len() - blocked,
            blocked,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Report<'a> {
    schema_version: u32,
    page: Option<String>,
    policies: Vec<JsonPolicy<'a>>,
    notes: Vec<String>,
    decisions: Vec<JsonDecision<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    allowed: usize,
    blocked: usize,
}

#[derive(Serialize)]
struct JsonPolicy<'a> {
    text: &'a str,
    disposition: &'static str,
    source: &'static str,
    place: Option<&'a str>,
    line: Option<usize>,
    notes: Vec<JsonNote>,
}

#[derive(Serialize)]
struct JsonNote {
    start: u32,
    end: u32,
    message: String,
}

#[derive(Serialize)]
struct JsonDecision<'a> {
    api: &'static str,
    url: &'a str,
    redirects: Vec<&'a str>,
    result: &'static str,
    browsers: Vec<JsonView<'a>>,
    standard: Option<&'static str>,
    fixes: Vec<JsonFix<'a>>,
}

#[derive(Serialize)]
struct JsonView<'a> {
    browser: String,
    result: &'static str,
    effective_directive: Option<&'static str>,
    departure: Option<&'static str>,
    policies: Vec<JsonReason<'a>>,
}

#[derive(Serialize)]
struct JsonReason<'a> {
    policy: usize,
    result: &'static str,
    reason: &'static str,
    message: String,
    directive: Option<&'a str>,
    is_fallback: bool,
    redirect_count: usize,
    matched: Option<JsonSource<'a>>,
    nearest_miss: Option<JsonMiss<'a>>,
}

#[derive(Serialize)]
struct JsonSource<'a> {
    text: &'a str,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are fields of JSON: one for each part"
)]
struct JsonMiss<'a> {
    source: JsonSource<'a>,
    relation: &'static str,
    scheme_fits: bool,
    host_fits: bool,
    port_fits: bool,
    path_fits: bool,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    policy: usize,
    edit: Option<JsonEdit<'a>>,
    message: Option<String>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    source: &'a str,
    directive: &'static str,
    start: u32,
    end: u32,
    replacement: &'a str,
    is_exact: bool,
    policy: &'a str,
}

fn policies(question: &Question) -> Vec<JsonPolicy<'_>> {
    let policies = question.policies.list.policies().iter();
    policies
        .zip(&question.policies.provenances)
        .map(|(policy, provenance)| json_policy(policy, provenance))
        .collect()
}

fn json_policy<'a>(policy: &'a connect_src::Policy, provenance: &'a Provenance) -> JsonPolicy<'a> {
    let note = |note: connect_src::ParseNote| JsonNote {
        start: note.span.start,
        end: note.span.end,
        message: note.kind.to_string(),
    };
    JsonPolicy {
        text: policy.text(),
        disposition: match policy.disposition() {
            Disposition::Enforce => "enforce",
            Disposition::Report => "report",
        },
        source: match policy.source() {
            PolicySource::Header => "header",
            PolicySource::Meta => "meta",
        },
        place: provenance.place.as_deref(),
        line: provenance.line,
        notes: policy.notes().into_iter().map(note).collect(),
    }
}

fn one<'a>(question: &'a Question, decision: &'a Decision<'_>) -> JsonDecision<'a> {
    let result = if decision.is_blocked() {
        CheckResult::Blocked
    } else {
        CheckResult::Allowed
    };
    JsonDecision {
        api: decision.target.api.name(),
        url: decision.request.url().as_str(),
        redirects: decision
            .target
            .redirects
            .iter()
            .map(url::Url::as_str)
            .collect(),
        result: result.as_str(),
        browsers: decision
            .views
            .iter()
            .map(|one| view(question, decision, one))
            .collect(),
        standard: decision
            .standard
            .as_ref()
            .map(|standard| standard.result.as_str()),
        fixes: decision.fixes.iter().map(fix).collect(),
    }
}

fn view<'a>(
    question: &'a Question,
    decision: &'a Decision<'_>,
    view: &'a View<'_>,
) -> JsonView<'a> {
    let explanation = &view.explanation;
    let policies = 0..explanation.policies.len();
    JsonView {
        browser: view.profile.as_str().to_ascii_lowercase(),
        result: explanation.result.as_str(),
        effective_directive: explanation
            .effective_directive
            .map(connect_src::DirectiveName::as_str),
        departure: view.departure.map(|departure| departure.quirk.name()),
        policies: policies
            .map(|index| reason(question, decision, explanation, index))
            .collect(),
    }
}

fn reason<'a>(
    question: &'a Question,
    decision: &'a Decision<'_>,
    explanation: &'a Explanation<'_>,
    index: usize,
) -> JsonReason<'a> {
    let policy = &explanation.policies[index];
    let case = question.case(&decision.request, explanation, policy);
    JsonReason {
        policy: index,
        result: policy.result.as_str(),
        reason: reason_name(&policy.reason),
        message: case.why().sentence.to_plain(),
        directive: policy.directive.map(connect_src::Directive::name),
        is_fallback: policy.is_fallback,
        redirect_count: policy.redirect_count,
        matched: policy
            .matched_source()
            .map(|source| json_source(policy, source.span)),
        nearest_miss: policy
            .nearest_miss
            .as_ref()
            .map(|miss| json_miss(policy, miss)),
    }
}

fn reason_name(reason: &Reason) -> &'static str {
    match reason {
        Reason::NotGoverned => "not-governed",
        Reason::NoDirective => "no-directive",
        Reason::Matched(_) => "matched",
        Reason::NothingMatched => "nothing-matched",
        Reason::ClosedList => "closed-list",
        Reason::BlockedAsReread(_) => "blocked-as-reread",
        Reason::AllowedAsReread(_) => "allowed-as-reread",
        _ => "not-by-url",
    }
}

fn json_source<'a>(policy: &'a PolicyExplanation<'_>, span: Span) -> JsonSource<'a> {
    JsonSource {
        text: &policy.policy.text()[span.range()],
        start: span.start,
        end: span.end,
    }
}

fn json_miss<'a>(policy: &'a PolicyExplanation<'_>, miss: &NearestMiss) -> JsonMiss<'a> {
    JsonMiss {
        source: json_source(policy, miss.span),
        relation: match miss.relation {
            Relation::Same => "same",
            Relation::WildcardLeavesApexOut => "wildcard-leaves-apex-out",
            Relation::HostIsBelow => "host-is-below",
            Relation::HostIsAbove => "host-is-above",
            Relation::Typo => "typo",
        },
        scheme_fits: miss.parts.scheme,
        host_fits: miss.parts.host,
        port_fits: miss.parts.port,
        path_fits: miss.parts.path,
    }
}

fn fix(fix: &Fix) -> JsonFix<'_> {
    JsonFix {
        policy: fix.policy,
        edit: fix.edit.as_ref().ok().map(json_edit),
        message: fix.edit.as_ref().err().map(NoEdit::to_string),
    }
}

fn json_edit(edit: &Edit) -> JsonEdit<'_> {
    JsonEdit {
        source: &edit.source,
        directive: edit.directive.as_str(),
        start: edit.span.start,
        end: edit.span.end,
        replacement: &edit.replacement,
        is_exact: edit.is_exact,
        policy: &edit.policy,
    }
}
