//! What speaks against a policy, as pages show it: findings at the sources that they concern, and where data can leave.

use connect_src_lint::Severity;
use connect_src_lint::audit::Reach;
use maud::{Markup, html};

use super::explain::{Mark, names, policy_text};
use super::view::badge::{Tone, badge};
use super::view::icon::Icon;
use super::view::text::{self, count};
use crate::desk::{ChannelReach, ChannelView, PolicyAudit, PolicyFinding};
use crate::store::PolicyNote;

/// A section with the policy and all that is said about it; nothing if nothing is.
pub(super) fn findings(policy: &str, notes: &[PolicyNote], findings: &[PolicyFinding]) -> Markup {
    html! {
        @if !notes.is_empty() || !findings.is_empty() {
            section.card aria-labelledby="findings" {
                h2 #findings { "What speaks against it" }
                (noted(policy, notes, findings))
                (findings_list(findings))
            }
        }
    }
}

/// The policy, with what browsers ignore in it and what the linter finds, each at its place.
pub(super) fn noted(policy: &str, notes: &[PolicyNote], findings: &[PolicyFinding]) -> Markup {
    let notes = notes.iter().map(|note| Mark {
        range: note.start..note.end,
        tone: Tone::Warn,
        label: note.message.clone(),
    });
    let findings = findings.iter().filter(|it| !it.is_about_what_is_missing());
    let findings = findings.map(|finding| Mark {
        range: finding.start..finding.end,
        tone: tone(finding.severity),
        label: finding.message.clone(),
    });
    policy_text(policy, &together(notes.chain(findings)))
}

/// Marks of the same part as one, with all of their labels.
fn together(marks: impl Iterator<Item = Mark>) -> Vec<Mark> {
    let mut all: Vec<Mark> = Vec::new();
    for mark in marks {
        match all.iter_mut().find(|it| it.range == mark.range) {
            Some(same) if same.label == mark.label => {}
            Some(same) => same.label = format!("{}; {}", same.label, mark.label),
            None => all.push(mark),
        }
    }
    all
}

/// The findings with what to do. Those about what is missing can be unfolded: a draft that governs connections alone has
/// always some.
pub(super) fn findings_list(findings: &[PolicyFinding]) -> Markup {
    let (missing, there): (Vec<_>, Vec<_>) = findings
        .iter()
        .partition(|finding| finding.is_about_what_is_missing());
    html! {
        @if !there.is_empty() { ul.plain.findings { @for finding in there { (item(finding)) } } }
        @if !missing.is_empty() {
            details {
                summary { (count(missing.len() as u64, "finding")) " about what it leaves open" }
                p.muted { "A policy that the application sends itself holds beside this one, and may close it." }
                ul.plain.findings { @for finding in missing { (item(finding)) } }
            }
        }
    }
}

fn item(finding: &PolicyFinding) -> Markup {
    let (picture, words) = match finding.severity {
        Severity::Error => (Icon::Blocked, "Error"),
        Severity::Warning => (Icon::Warning, "Warning"),
        Severity::Info => (Icon::Info, "Info"),
    };
    html! {
        li {
            p { (badge(tone(finding.severity), picture, words)) " " (text::sentence(&text::capital(&finding.message))) ". " a href={ "/rules/" (finding.rule) } { (finding.rule) } }
            p.muted { (text::sentence(&text::capital(&finding.why))) "." @if !finding.help.is_empty() { " " strong { (text::sentence(&text::capital(&finding.help))) "." } } }
        }
    }
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Info => Tone::Info,
    }
}

/// Where data can leave, the weakest channel first.
pub(super) fn audit(audit: &PolicyAudit) -> Markup {
    let open = audit
        .channels
        .iter()
        .filter(|it| it.reach > Reach::TheseHosts);
    html! {
        details.audit {
            summary { "Where data can leave: " (count(open.count() as u64, "channel")) " of " (audit.channels.len()) " reach beyond named hosts" }
            p.muted { "Under this policy alone, from pages of " (text::foreign(&audit.page)) ". The weakest channel comes first: a page keeps data as well as that one." }
            div.scroll tabindex="0" role="region" aria-label="Channels by which data can leave" {
                table.plain {
                    thead { tr { th scope="col" { "Channel" } th scope="col" { "Reaches" } th scope="col" { "For example" } } }
                    tbody { @for channel in &audit.channels { (row(channel)) } }
                }
            }
        }
    }
}

fn row(channel: &ChannelView) -> Markup {
    let worst = channel.browsers.iter().max_by_key(|it| it.reach);
    let proof = worst.and_then(|it| it.proof.as_deref());
    html! {
        tr {
            th scope="row" { (channel.words) }
            td {
                @if is_alike(&channel.browsers) { (reach(channel.reach)) }
                @else { @for browser in &channel.browsers { div { (reach(browser.reach)) " " span.muted { (names(&[browser.profile])) } } } }
            }
            td { @if let Some(proof) = proof { code { (text::foreign(proof)) } } @else { span.muted { "—" } } }
        }
    }
}

fn is_alike(browsers: &[ChannelReach]) -> bool {
    browsers
        .windows(2)
        .all(|pair| pair[0].reach == pair[1].reach)
}

fn reach(reach: Reach) -> Markup {
    let (tone, picture) = match reach {
        Reach::Closed | Reach::SelfOnly => (Tone::Good, Icon::Allowed),
        Reach::TheseHosts => (Tone::Info, Icon::Policy),
        Reach::AnyonesHosts => (Tone::Warn, Icon::Warning),
        Reach::Anywhere | Reach::NotGovernable => (Tone::Bad, Icon::Next),
    };
    badge(tone, picture, reach.in_words())
}
