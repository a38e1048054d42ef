//! Why a policy allows or blocks a connection, as a page shows it.

use std::ops::Range;

use connect_src::{
    BrowserProfile, CspList, Disposition, Edit, Explanation, NoEdit, Policy, PolicyExplanation,
    Request, smallest_edit,
};
use maud::{Markup, html};

use super::view::badge::{Tone, badge};
use super::view::icon::Icon;
use super::view::text;
use crate::desk::Question;
use crate::store::PolicyNote;
use crate::words::{Case, Prose, Why};

/// What browsers that agree say, and why.
struct Answer {
    profiles: Vec<BrowserProfile>,
    is_blocked: bool,
    /// The sentence, and the part of the policy with this number that it is about.
    reasons: Vec<Told>,
}

/// The number of a policy, a sentence about it, and the part that is to blame, with a label.
type Told = (usize, Prose, Option<(Range<usize>, &'static str)>);

/// What each of these browsers does and why; those that agree stand together.
pub(super) fn explanation(
    list: &CspList,
    question: &Question,
    profiles: &[BrowserProfile],
) -> Markup {
    html! {
        div.answers {
            @for answer in answers(list, question, profiles) { (answer.show(list)) }
        }
    }
}

fn answers(list: &CspList, question: &Question, profiles: &[BrowserProfile]) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    for profile in profiles {
        let explained = Explanation::of(list, &question.request, &question.page, *profile);
        let is_blocked = explained.result.is_blocked();
        let told = explained.policies.iter().enumerate();
        let told = told.filter(|(_, policy)| policy.result.is_blocked() == is_blocked);
        let reasons: Vec<_> = told
            .take(MOST_POLICIES)
            .map(|(index, policy)| reason(question, &explained, policy, index))
            .collect();
        let same = answers
            .iter_mut()
            .find(|it| it.is_blocked == is_blocked && it.reasons == reasons);
        match same {
            Some(answer) => answer.profiles.push(*profile),
            None => answers.push(Answer {
                profiles: vec![*profile],
                is_blocked,
                reasons,
            }),
        }
    }
    answers
}

fn reason(
    question: &Question,
    explained: &Explanation<'_>,
    policy: &PolicyExplanation<'_>,
    index: usize,
) -> Told {
    let case = Case {
        origin: &question.page,
        is_page_known: question.is_page_known,
        request: &question.request,
        effective: explained.effective_directive,
        policy,
    };
    let Why { place, sentence } = case.why();
    (index, sentence, place.map(|it| (it.range, it.label)))
}

impl Answer {
    fn show(&self, list: &CspList) -> Markup {
        let (tone, picture, word) = if self.is_blocked {
            (Tone::Bad, Icon::Blocked, "Blocked")
        } else {
            (Tone::Good, Icon::Allowed, "Allowed")
        };
        html! {
            article.answer data-tone=(tone.as_str()) {
                p.who { (badge(tone, picture, word)) " " (names(&self.profiles)) }
                @if self.reasons.is_empty() {
                    p { "No policy is enforced." }
                }
                @for (index, sentence, place) in &self.reasons {
                    p.sentence { (text::prose(sentence)) }
                    @let marks: Vec<_> = place.iter().map(|(range, label)| Mark {
                        range: range.clone(), tone, label: (*label).to_owned(),
                    }).collect();
                    (policy_text(list.policies()[*index].text(), &marks))
                }
            }
        }
    }
}

/// `by the standard`, `in Chromium and Firefox`.
pub(super) fn names(profiles: &[BrowserProfile]) -> String {
    let names: Vec<_> = profiles.iter().map(|profile| profile.as_str()).collect();
    match names.as_slice() {
        ["Standard"] => "by the standard".to_owned(),
        [] => String::new(),
        [one] => format!("in {one}"),
        ["Standard", "Chromium", "Firefox", "WebKit"] => {
            "in Chromium, Firefox and WebKit, and by the standard".to_owned()
        }
        [head @ .., last] => format!("in {} and {last}", head.join(", ")),
    }
}

/// A part of a policy's text that something is said about.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) tone: Tone,
    pub(super) label: String,
}

/// A policy, a directive to a line, with what is said about its parts below them.
pub(super) fn policy_text(policy: &str, marks: &[Mark]) -> Markup {
    let mut marks: Vec<&Mark> = marks
        .iter()
        .filter(|mark| policy.get(mark.range.clone()).is_some())
        .collect();
    marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
    let mut at = 0;
    html! {
        div.policy tabindex="0" {
            @for mark in marks {
                @if mark.range.start >= at {
                    (lines(&policy[at..mark.range.start]))
                    span.marked data-tone=(mark.tone.as_str()) {
                        mark { bdi { (text::short(&policy[mark.range.clone()])) } }
                        span.label { span.hidden { ": " } (text::sentence(&mark.label)) }
                    }
                    ({ at = mark.range.end; html! {} })
                }
            }
            (lines(&policy[at..]))
        }
    }
}

/// A directive to a line, long ones cut at the bounds of a policy's length.
fn lines(part: &str) -> Markup {
    let part: String = part.chars().take(MOST_SHOWN).collect();
    html! {
        @for (index, line) in part.split("; ").enumerate() {
            @if index > 0 { ";" br; }
            bdi { (crate::words::sanitize::sanitize(line)) }
        }
    }
}

/// What browsers ignore in a policy, at the places.
pub(super) fn noted(policy: &str, notes: &[PolicyNote]) -> Markup {
    let marks: Vec<_> = notes
        .iter()
        .map(|note| Mark {
            range: note.start..note.end,
            tone: Tone::Warn,
            label: note.message.clone(),
        })
        .collect();
    policy_text(policy, &marks)
}

/// The smallest change of a policy that every browser needs to allow the connection.
pub(super) fn edit(policy: &Policy, question: &Question) -> Result<Edit, NoEdit> {
    let rules = BrowserProfile::BROWSERS.map(Into::into);
    smallest_edit(policy, &question.request, &question.page, &rules)
}

/// What else the source of an edit admits.
pub(super) fn extent(edit: &Edit, request: &Request) -> &'static str {
    if edit.is_exact {
        "for this URL alone, with any query"
    } else if !request.url().has_host() {
        "for all URLs of this scheme"
    } else if edit.source.ends_with('/') {
        "for everything below this URL"
    } else {
        "for every path of this host"
    }
}

/// A list of one policy, enforced.
pub(super) fn enforced(text: &str) -> CspList {
    [Policy::from_header(text, Disposition::Enforce)]
        .into_iter()
        .collect()
}

const MOST_POLICIES: usize = 8;
/// Characters of a policy; header lines end earlier.
const MOST_SHOWN: usize = 8000;
