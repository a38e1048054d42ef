//! The rollout of a route: where it stands, what each step would do, and the steps that were taken.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::overview::percent;
use super::router::{Dashboard, Posted};
use super::routes::Routes;
use super::shell::{Page, Place, at, failure, form_key, link};
use super::view::badge::{self, Tone};
use super::view::icon::{Icon, icon};
use super::view::list::empty;
use super::view::text::{self, count, number};
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::config::{Plan, Share};
use crate::desk::{Standing, hosts};
use crate::rollout::{RouteKey, Stage, StageName, State as RouteState};
use crate::store::{PageRequest, Transition, TransitionCause};

/// What the address of the page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    at: String,
    #[serde(default)]
    done: String,
}

pub(super) async fn page(
    State(dashboard): State<Dashboard>,
    Visitor(guest): Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let work = move |api: &Parts, guest: &Guest| {
        let routes = Routes::of(api, &asked.at)?;
        let key = &routes.chosen;
        let steps = api
            .policies
            .transitions(Some(key), &PageRequest::first(STEPS))?;
        let view = View {
            standing: api.desk.standing(key)?,
            plan: api.rollouts.config().plan(key),
            steps: &steps.items,
            now: api.clock.now(),
            asked: &asked,
            key,
            guest,
        };
        let page = Page {
            title: "Rollout",
            place: Some(Place::Rollout),
            route: Some(key),
            routes: &routes.all,
            body: view.show(),
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

struct View<'v> {
    standing: Standing,
    plan: Plan,
    steps: &'v [Transition],
    now: Timestamp,
    asked: &'v Asked,
    key: &'v RouteKey,
    guest: &'v Guest,
}

impl View<'_> {
    fn state(&self) -> RouteState {
        self.standing.status.state
    }

    fn show(&self) -> Markup {
        let status = &self.standing.status;
        html! {
            (self.done())
            div #page-rollout data-live {
                header.title {
                    h1 { "Rollout" }
                    p.facts { (super::shell::name(self.key)) ": " (stage_words(self.state())) ", since " (text::time(status.since, self.now)) }
                }
                (self.track())
                @if self.state().is_held {
                    p.notice-line data-tone="warn" { (icon(Icon::Warning)) "It stepped back by itself because of too many genuine violations, and waits until their rate has recovered." }
                }
                (self.health())
                @if self.guest.may_change() { div.columns { (self.forward()) (self.backward()) } }
                @else { p.muted { "Log in with a token that may change things to take steps." } }
                (self.history())
            }
        }
    }

    fn done(&self) -> Markup {
        let words = match &*self.asked.done {
            "trial" => {
                "The policy is on trial. Load the application anew: browsers now report what it would block."
            }
            "advance" => "Enforced. Load the application anew to see it at work.",
            "back" => "One step back was taken.",
            _ => return html! {},
        };
        html! { div.flash role="status" { (icon(Icon::Allowed)) span { (words) } a href=(link("/", self.key)) { "What to do next" } } }
    }

    /// The stages, with the one where the route is.
    fn track(&self) -> Markup {
        let now = self.state().stage.name();
        let stages = [
            (
                StageName::Observe,
                "Observe",
                "Everything is reported, nothing blocked",
            ),
            (
                StageName::Trial,
                "Trial",
                "What would be blocked is reported",
            ),
            (StageName::Enforce, "Enforce", "Blocked for a growing share"),
        ];
        html! {
            ol.track {
                @for (stage, title, says) in stages {
                    li aria-current=[(stage == now).then_some("step")] {
                        strong { (title) @if stage == now && now == StageName::Enforce { " " (percent(self.state().stage.share())) } }
                        span { (says) }
                    }
                }
            }
        }
    }

    fn health(&self) -> Markup {
        let sample = self.standing.status.sample;
        if self.state().stage == Stage::Observe {
            return html! {};
        }
        html! {
            section.card aria-labelledby="health" {
                h2 #health { "How it goes" }
                ul.tiles {
                    li { strong { (number(sample.responses)) } span { "responses with it" } }
                    li { strong { (number(sample.genuine)) } span { "genuine violations" } }
                    li { strong { (rate(sample.rate())) } span { "violations for each 100 responses" } }
                }
                @match self.plan.step_back {
                    Some(limits) => { p.muted {
                        "In the last " (text::duration(limits.window)) ". Over " (limits.rate.percent()) " of them, from " (count(u64::from(limits.minimum), "response")) " on, enforcing steps back to the trial by itself."
                    } },
                    None => { p.muted { "It never steps back by itself; the configuration says so." } },
                }
            }
        }
    }

    /// The next step, and what it does.
    fn forward(&self) -> Markup {
        let is_new = !self.standing.is_draft_under_way();
        let share = self.state().stage.share();
        html! {
            section.card aria-labelledby="forward" {
                h2 #forward { "Next step" }
                @if is_new { (self.propose()) }
                @else if self.state().stage == Stage::Observe { (self.no_policy()) }
                @else if share == Share::ALL { p { "The policy is enforced for everybody. There is nothing further: write another draft to change it." } }
                @else { (self.advance(share)) }
            }
        }
    }

    fn no_policy(&self) -> Markup {
        html! {
            p { "There is no draft to put on trial." }
            form.buttons method="post" action="/policy/suggest" {
                (self.fields())
                button.primary type="submit" { "Write a draft from what was seen " (icon(Icon::Next)) }
                a.button href=(link("/policy", self.key)) { "Write one by hand" }
            }
        }
    }

    fn fields(&self) -> Markup {
        html! { (form_key(self.guest)) input type="hidden" name="at" value=(at(self.key)); }
    }

    fn propose(&self) -> Markup {
        let open = self.standing.open.len() as u64;
        html! {
            p { strong { "Put the draft on trial." } " What would happen:" }
            ul.says {
                li { "Every response carries the draft, report-only: nothing is blocked by it." }
                @if self.state().baseline.is_some() || self.state().stage.share() == Share::ALL { li { "What is enforced now stays enforced." } }
                @if open > 0 { li { (count(open, "connection")) " of " (count(hosts(&self.standing.open), "host")) " would be reported as blocked that nobody has looked at. " a href={ (link("/violations", self.key)) "&view=review" } { "Review first" } } }
                @else { li { "Everything that it would block was looked at." } }
                li { "One click takes it back." }
            }
            form method="post" action="/rollout/trial" {
                (self.fields())
                label.why { "Reason, for the history " input type="text" name="why" maxlength="200" autocomplete="off"; }
                p.buttons { button.primary type="submit" { (icon(Icon::Trial)) "Start the trial" } }
            }
        }
    }

    fn advance(&self, from: Share) -> Markup {
        let next = self.standing.status.next_share.unwrap_or(Share::ALL);
        let mut shares: Vec<_> = self
            .plan
            .steps
            .iter()
            .copied()
            .filter(|share| *share > from)
            .collect();
        if !shares.contains(&Share::ALL) {
            shares.push(Share::ALL);
        }
        let open = &self.standing.open;
        html! {
            p { strong { "Enforce it for " (percent(next)) "." } " What would happen:" }
            ul.says {
                li { @if next == Share::ALL { "Every browser blocks" } @else { (percent(next)) " of the browsers block" } " what the policy does not allow" @if next != Share::ALL { "; the others only report it" } "." }
                @if open.is_empty() { li { "Nothing that it blocks is undecided." } }
                @else { li { (count(open.len() as u64, "connection")) " would break that nobody has looked at: " a href={ (link("/violations", self.key)) "&view=review" } { "review them first" } "." } }
                @if self.plan.step_back.is_some() { li { "When too much breaks, it goes back to the trial by itself." } }
            }
            form method="post" action="/rollout/advance" {
                (self.fields())
                @if shares.len() > 1 {
                    label { "For " select name="share" { @for share in &shares { option value=(share.percent()) selected[*share == next] { (percent(*share)) } } } }
                } @else { input type="hidden" name="share" value=(next.percent()); }
                label.why { "Reason, for the history " input type="text" name="why" maxlength="200" autocomplete="off"; }
                label.switch { input type="checkbox" name="force" value="yes"; " Even if the figures speak against it" }
                p.buttons { button.primary type="submit" { (icon(Icon::Enforce)) "Enforce it" } }
            }
        }
    }

    fn backward(&self) -> Markup {
        let Ok(to) = self.state().back() else {
            return html! {};
        };
        html! {
            section.card aria-labelledby="backward" {
                h2 #backward { "Step back" }
                p { "To: " (stage_words(to)) ". " (back_means(to)) }
                form method="post" action="/rollout/back" {
                    (self.fields())
                    label.why { "Reason, for the history " input type="text" name="why" maxlength="200" autocomplete="off"; }
                    p.buttons { button.danger type="submit" { (icon(Icon::Undo)) "Step back" } }
                }
            }
        }
    }

    fn history(&self) -> Markup {
        html! {
            section.card aria-labelledby="steps" {
                h2 #steps { "Steps that were taken" }
                @if self.steps.is_empty() { (empty("None yet", &html! { p { "The site is observed since the server was started." } })) }
                ol.plain.timeline {
                    @for step in self.steps {
                        li {
                            (stage_words(step.from)) " → " (stage_words(step.to)) " " (cause(step.cause))
                            div.muted { "by " (text::foreign(&step.change.who)) ", " (text::time(step.change.at, self.now)) @if !step.change.why.is_empty() { ": " (text::foreign(&step.change.why)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What going back there means.
fn back_means(to: RouteState) -> &'static str {
    match to.stage {
        Stage::Observe => {
            "Every connection is reported again, and the policy is not sent any more."
        }
        Stage::Trial(_) => "Nothing is blocked by the policy any more; it only reports.",
        Stage::Enforce(..) => "The policy that was enforced before is sent alone again.",
    }
}

fn rate(rate: f64) -> String {
    format!("{:.2}", rate * 100.0)
}

fn stage_words(state: RouteState) -> Markup {
    html! {
        (badge::stage(state.stage.name()))
        @if let Stage::Enforce(_, share) = state.stage { " for " (percent(share)) }
        @if let Some(revision) = state.stage.revision() { span.muted { " r" (revision.0) } }
    }
}

fn cause(cause: TransitionCause) -> Markup {
    match cause {
        TransitionCause::StepBack => badge::badge(Tone::Bad, Icon::Undo, "by itself"),
        TransitionCause::Force => badge::badge(Tone::Warn, Icon::Warning, "forced"),
        TransitionCause::Configure => badge::badge(Tone::Plain, Icon::Policy, "configuration"),
        _ => html! {},
    }
}

/// Takes a step.
pub(super) async fn step(
    State(dashboard): State<Dashboard>,
    Path(step): Path<String>,
    posted: Posted,
) -> Response {
    let Posted {
        guest,
        caller,
        fields,
    } = posted;
    if !matches!(&*step, "trial" | "advance" | "back") {
        return failure(&guest, StatusCode::NOT_FOUND, "There is no such step.");
    }
    let work = move |api: &Parts, _: &Guest| {
        let key = Routes::of(api, fields.text("at"))?.chosen;
        let change = api.change(&caller, Some(fields.text("why").to_owned()));
        match &*step {
            "trial" => drop(api.desk.put_on_trial(&key, &change)?),
            "back" => drop(api.rollouts.back(&key, &change)?),
            _ => {
                let share = share(fields.text("share"))?;
                let is_forced = fields.text("force") == "yes";
                drop(api.rollouts.advance(&key, share, is_forced, &change)?);
            }
        }
        Ok(Redirect::to(&format!("{}&done={step}", link("/rollout", &key))).into_response())
    };
    dashboard.answer(&guest, work).await
}

/// The share that a form says; `None` for the next one of the plan.
fn share(text: &str) -> Result<Option<Share>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let share = text.parse().ok().and_then(Share::from_percent);
    let share = share.ok_or_else(|| Problem::invalid("expected a share from 0 to 100"))?;
    Ok(Some(share))
}

const STEPS: u32 = 30;
