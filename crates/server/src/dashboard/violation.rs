//! One group of violations: what, where, why, and what to do about it.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use connect_src::{BrowserProfile, Edit};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::chart::Bars;
use super::explain;
use super::router::{Dashboard, Posted, local};
use super::shell::{Page, Place, failure, form_key, link};
use super::view::badge;
use super::view::icon::{Icon, icon};
use super::view::list::empty;
use super::view::text::{self, count, number};
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::desk::{GroupView, Question};
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;
use crate::store::{
    AuditId, AuditQuery, Change, Group, GroupDetail, GroupId, Label, PageRequest, SeenRow,
};

pub(super) async fn page(
    State(dashboard): State<Dashboard>,
    Visitor(guest): Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let work = move |api: &Parts, guest: &Guest| {
        let view = id.parse().ok().map(|id| api.desk.group(GroupId(id)));
        let view = view.transpose()?.flatten();
        let view = view.ok_or_else(|| Problem::not_found("violation"))?;
        let group = &view.detail.group;
        let key = RouteKey::new(group.site.as_str(), group.route.as_str());
        let finding = Finding {
            question: Question::of_group(group),
            working: api.desk.draft(&key).ok().map(|draft| draft.policy),
            now: api.clock.now(),
            key: &key,
            view: &view,
            guest,
        };
        let page = Page {
            title: &text::short(&group.blocked),
            place: Some(Place::Violations),
            route: Some(&key),
            routes: &[],
            body: html! { (done.show(guest, &format!("/violations/{}", group.id.0))) (finding.show()) },
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

/// What was just done, as the address of a page says it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
    /// The line of the audit log.
    of: Option<i64>,
}

impl Done {
    /// What was done, with the way back. `here` is the page.
    pub(super) fn show(&self, guest: &Guest, here: &str) -> Markup {
        let words = match &*self.done {
            "allow" if self.of.is_none() => "The draft allows it already.",
            "allow" => "The source was added to the draft.",
            "expected" => "It stays blocked, as expected.",
            "noise" => "It is noise, and is not asked about any more.",
            "clear" => "The decision was taken back.",
            _ => return html! {},
        };
        html! {
            div.flash role="status" {
                (icon(Icon::Allowed)) span { (words) }
                @if let Some(line) = self.of.filter(|_| guest.may_change()) {
                    form method="post" action={ "/history/" (line) "/undo" } {
                        (form_key(guest))
                        input type="hidden" name="to" value=(here);
                        button type="submit" data-key="u" { (icon(Icon::Undo)) "Undo" }
                    }
                }
            }
        }
    }
}

struct Finding<'f> {
    question: Option<Question>,
    /// The policy that an edit is for.
    working: Option<String>,
    now: Timestamp,
    key: &'f RouteKey,
    view: &'f GroupView,
    guest: &'f Guest,
}

impl Finding<'_> {
    fn group(&self) -> &Group {
        &self.view.detail.group
    }

    fn show(&self) -> Markup {
        let group = self.group();
        html! {
            div #page-violation data-live {
                header.title {
                    p.crumbs { a href=(link("/violations", self.key)) { "Violations" } }
                    h1.long { (text::foreign(&group.blocked_url)) }
                    p.facts {
                        (badge::effect(group.role.as_deref(), &group.disposition)) " " (badge::class(&group.class))
                        @if let Some(label) = group.label { " " (badge::label(label)) }
                        " " (count(group.count, "report")) ", last " (text::time(group.last_seen, self.now))
                    }
                }
                (self.why())
                (self.actions())
                div.columns { (self.facts()) (self.hours()) }
                div.columns {
                    (seen("Pages that make it", &self.view.detail.page_list, group.pages))
                    (seen("Browsers that report it", &self.view.detail.browser_list, group.browsers))
                }
                (self.samples())
            }
        }
    }

    fn why(&self) -> Markup {
        let is_observed = self.group().role.as_deref() == Some("observe");
        html! {
            section.card aria-labelledby="why" {
                h2 #why { @if is_observed { "What policies do with it" } @else { "Why" } }
                @match &self.question {
                    None => { p { "What was blocked is no URL, so no source of a policy decides about it." } },
                    Some(question) => { (self.answers(question, is_observed)) },
                }
            }
        }
    }

    fn answers(&self, question: &Question, is_observed: bool) -> Markup {
        let text = |view: &crate::desk::CheckView| {
            let policy = view.profiles.first().and_then(|it| it.policies.first());
            policy.map(|policy| policy.text.clone())
        };
        let reported = self.view.reported.as_ref().and_then(text);
        let reported = reported.filter(|_| !is_observed);
        let current = self.view.current.as_ref().and_then(text);
        let current = current.filter(|text| Some(text) != reported.as_ref());
        let draft = self.view.draft.as_ref().and_then(text);
        let draft =
            draft.filter(|text| Some(text) != reported.as_ref() && Some(text) != current.as_ref());
        let nothing = reported.is_none() && current.is_none() && draft.is_none();
        html! {
            @if is_observed {
                p { "It was reported while everything is observed, and nothing was blocked." }
            }
            @if nothing { p { "There is no draft yet: " a href=(link("/", self.key)) { "write one" } ", and see here what it does." } }
            @for (title, text) in [
                (if self.view.is_policy_ours { "Under the policy that was sent" } else { "Under the policy that the report names" }, reported),
                ("Under the policy now", current),
                ("Under the draft", draft),
            ] {
                @if let Some(text) = text {
                    h3 { (title) }
                    (explain::explanation(&explain::enforced(&text), question, &BrowserProfile::BROWSERS))
                }
            }
        }
    }

    fn actions(&self) -> Markup {
        let edit = self.edit();
        let label = self.group().label;
        html! {
            section.card aria-labelledby="actions" {
                h2 #actions { "What to do" }
                @match (&edit, &self.question) {
                    (Some(Ok(edit)), Some(question)) => {
                        p { "The smallest source that allows it in every browser, " (explain::extent(edit, &question.request)) ":" }
                        (explain::policy_text(&edit.policy, &added(edit)))
                    },
                    (Some(Err(why)), _) => { p { (text::capital(&why.to_string())) "." } },
                    _ => {},
                }
                @if self.guest.may_change() { (self.buttons(matches!(edit, Some(Ok(_))), label)) }
                @else { p.muted { "Log in with a token that may change things to decide about it." } }
            }
        }
    }

    fn buttons(&self, can_allow: bool, label: Option<Label>) -> Markup {
        let act = |action: &str| format!("/violations/{}/{action}", self.group().id.0);
        let here = format!("/violations/{}", self.group().id.0);
        html! {
            form method="post" action=(act("allow")) {
                (form_key(self.guest))
                input type="hidden" name="to" value=(here);
                label.why { "Reason, for the history " input type="text" name="why" maxlength="200" autocomplete="off"; }
                p.buttons {
                    @if can_allow {
                        button.primary type="submit" data-key="a" { (icon(Icon::Allowed)) "Allow exactly this" }
                    }
                    @if label.is_none() {
                        button type="submit" formaction=(act("expected")) data-key="e" { (icon(Icon::Blocked)) "Expected: keep it blocked" }
                        button type="submit" formaction=(act("noise")) data-key="n" { (icon(Icon::Noise)) "It is noise" }
                    } @else {
                        button type="submit" formaction=(act("clear")) data-key="u" { (icon(Icon::Undo)) "Take the decision back" }
                    }
                }
            }
        }
    }

    /// The change of the draft that allows it; nothing where nothing is to be changed.
    fn edit(&self) -> Option<Result<Edit, connect_src::NoEdit>> {
        let text = PolicyText::parse(self.working.as_deref()?).ok()?;
        let policy = text.policy(connect_src::Disposition::Enforce);
        match explain::edit(&policy, self.question.as_ref()?) {
            Err(connect_src::NoEdit::NotNeeded) => None,
            other => Some(other),
        }
    }

    fn facts(&self) -> Markup {
        let group = self.group();
        html! {
            section.card aria-labelledby="facts" {
                h2 #facts { "Facts" }
                dl.facts {
                    (fact("Class", &html! { (badge::class(&group.class)) " " (text::sentence(&text::capital(&group.reason))) ". " span.muted { (badge::class_meaning(&group.class)) } }))
                    (fact("From pages of", &text::whole(&group.origin)))
                    (fact("Directive", &html! { code { (text::foreign(&group.directive)) } }))
                    (fact("Place in the code", &html! {
                        @if let Some(place) = &group.place { (text::whole(place)) } @else { span.muted { "not reported" } }
                    }))
                    (fact("First seen", &text::time(group.first_seen, self.now)))
                    (fact("Last seen", &text::time(group.last_seen, self.now)))
                    (fact("Policy", &html! {
                        @if let Some(revision) = group.revision { a href={ (link("/policy", self.key)) "&revision=" (revision.0) } { "revision " (revision.0) } }
                        @else { span.muted { "none that was sent from here" } }
                    }))
                }
            }
        }
    }

    fn hours(&self) -> Markup {
        let GroupDetail { hours, .. } = &self.view.detail;
        let last = self.now.hour();
        let at = |hour: i64| {
            hours
                .iter()
                .find(|it| it.hour.hour() == hour)
                .map_or(0, |it| it.count)
        };
        let shown = (last - 23)..=last;
        let labels = shown.clone().map(|hour| {
            let text = Timestamp::from_hour(hour).to_string();
            text.get(11..16).unwrap_or_default().to_owned()
        });
        let bars = Bars {
            title: "Reports in the last 24 hours, by hour".to_owned(),
            labels: labels.collect(),
            bars: shown.map(|hour| vec![at(hour)]).collect(),
            marks: Vec::new(),
        };
        html! {
            section.card aria-labelledby="hours" { h2 #hours { "Last 24 hours" } (bars.show()) }
        }
    }

    fn samples(&self) -> Markup {
        let samples = &self.view.detail.samples;
        html! {
            section.card aria-labelledby="samples" {
                h2 #samples { "Reports as they came" }
                @if samples.is_empty() {
                    (empty("None is kept", &html! { p { "Samples are dropped after some days." } }))
                }
                @for sample in samples {
                    details {
                        summary { "Report " (sample.id) ", " (text::time(sample.at, self.now)) }
                        (text::block(&pretty(&sample.raw)))
                    }
                }
            }
        }
    }
}

/// JSON with a line for each field; as it is where it is none.
fn pretty(raw: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(raw);
    let pretty = value.and_then(|value| serde_json::to_string_pretty(&value));
    pretty.unwrap_or_else(|_| raw.to_owned())
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

pub(super) fn seen(title: &str, rows: &[SeenRow], total: u64) -> Markup {
    html! {
        section.card {
            h2 { (title) }
            ul.plain {
                @for row in rows.iter().take(MOST_SEEN) { li { (text::whole(&row.name)) " " span.muted { (number(row.count)) } } }
            }
            @if total > rows.len().min(MOST_SEEN) as u64 { p.muted { (count(total, "of them")) " are known." } }
        }
    }
}

/// What an edit adds, in the text that it leads to.
fn added(edit: &Edit) -> Vec<explain::Mark> {
    let start = edit.span.range().start;
    let inner = edit.replacement.trim_matches([' ', ';']);
    let start = start + edit.replacement.find(inner).unwrap_or(0);
    vec![explain::Mark {
        range: start..start + inner.len(),
        tone: badge::Tone::Good,
        label: "added".to_owned(),
    }]
}

/// Decides about a group.
pub(super) async fn act(
    State(dashboard): State<Dashboard>,
    Path((id, action)): Path<(String, String)>,
    posted: Posted,
) -> Response {
    let Posted {
        guest,
        caller,
        fields,
    } = posted;
    let Some(action) = Action::parse(&action) else {
        return failure(&guest, StatusCode::NOT_FOUND, "There is no such decision.");
    };
    let work = move |api: &Parts, _: &Guest| {
        let id = id
            .parse()
            .map(GroupId)
            .map_err(|_| Problem::not_found("violation"))?;
        let why = fields.text("why").trim_ascii();
        let change = api.change(&caller, (!why.is_empty()).then(|| why.to_owned()));
        match action {
            Action::Allow => drop(api.desk.allow_exactly(id, &change)?),
            Action::Label(label) => api.desk.mark(id, label, &change)?,
        }
        let to = local(fields.text("to")).unwrap_or("/violations?view=review");
        let line = line_of(api, action, &change)?;
        Ok(Redirect::to(&told(to, action, line)).into_response())
    };
    dashboard.answer(&guest, work).await
}

/// What can be decided about a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Allow,
    Label(Option<Label>),
}

impl Action {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "allow" => Some(Self::Allow),
            "clear" => Some(Self::Label(None)),
            word => Label::parse(word).map(|label| Self::Label(Some(label))),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Label(None) => "clear",
            Self::Label(Some(label)) => label.as_str(),
        }
    }
}

/// The line of the audit log that tells of it; nothing if nothing was changed.
fn line_of(api: &Parts, action: Action, change: &Change) -> Result<Option<AuditId>, Problem> {
    let query = AuditQuery {
        action: Some(match action {
            Action::Allow => "allow".to_owned(),
            Action::Label(_) => "label-group".to_owned(),
        }),
        target: None,
    };
    let lines = api.policies.audit_log(&query, &PageRequest::first(10))?;
    let line = lines
        .items
        .into_iter()
        .find(|line| line.entry.change == *change);
    Ok(line.map(|line| line.id))
}

/// The page to go back to, which says what was done.
fn told(to: &str, action: Action, line: Option<AuditId>) -> String {
    let path = to.split('#').next().unwrap_or(to);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let kept = url::form_urlencoded::parse(query.as_bytes());
    pairs.extend_pairs(kept.filter(|(name, _)| name != "done" && name != "of"));
    pairs.append_pair("done", action.word());
    if let Some(line) = line {
        pairs.append_pair("of", &line.0.to_string());
    }
    format!("{path}?{}", pairs.finish())
}

const MOST_SEEN: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_to_go_back_to_says_what_was_done_once() {
        let to = told(
            "/violations?view=review&done=noise&of=3#x",
            Action::Allow,
            Some(AuditId(7)),
        );
        assert_eq!(to, "/violations?view=review&done=allow&of=7");
        assert_eq!(told("/", Action::Label(None), None), "/?done=clear");
    }
}
