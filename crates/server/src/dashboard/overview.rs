//! Where everything stands, and what to do next.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use connect_src_report::Class;
use maud::{Markup, html};
use serde::Deserialize;

use super::chart::{Bars, share};
use super::router::Dashboard;
use super::routes::Routes;
use super::shell::{Page, Place, form_key, link, name};
use super::view::badge;
use super::view::icon::{Icon, icon};
use super::view::list::{Address, empty};
use super::view::text::{self, count, number};
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::config::Share;
use crate::desk::{NextStep, Standing, hosts};
use crate::rollout::{RouteKey, Stage, StageName};
use crate::store::{Coverage, PageRequest, SeenRow, TimelineQuery, TimelineRow};

/// What the address of the page says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    at: String,
    /// How far the time line goes back.
    #[serde(default)]
    span: Span,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Span {
    #[default]
    Day,
    Week,
}

impl Span {
    /// How many bars it has, and how many hours a bar.
    fn bars(self) -> (i64, i64) {
        match self {
            Self::Day => (24, 1),
            Self::Week => (28, 6),
        }
    }
}

pub(super) async fn page(
    State(dashboard): State<Dashboard>,
    Visitor(guest): Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let public = dashboard.public.clone();
    let work = move |api: &Parts, guest: &Guest| {
        let routes = Routes::of(api, &asked.at)?;
        let standing = api.desk.standing(&routes.chosen)?;
        let overview = Overview {
            observed: (
                api.desk.observed_share(&standing.status),
                api.desk.measured_share(&standing.status)?,
            ),
            standing,
            coverage: api.reports.coverage(&routes.chosen.site)?,
            timeline: Timeline::of(api, &routes.chosen, asked.span)?,
            now: api.clock.now(),
            is_collector_only: api.rollouts.config().is_collector_only(),
            public: &public,
            guest,
            routes: &routes,
        };
        let page = Page {
            title: "Overview",
            place: Some(Place::Overview),
            route: Some(&routes.chosen),
            routes: &routes.all,
            body: overview.show(),
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

struct Overview<'o> {
    standing: Standing,
    coverage: Coverage,
    timeline: Timeline,
    now: Timestamp,
    /// The share of responses that report every connection, as configured, and as counted.
    observed: (Share, Option<Share>),
    is_collector_only: bool,
    public: &'o str,
    guest: &'o Guest,
    routes: &'o Routes,
}

/// Whether a step was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Done,
    Open,
}

/// A step on the way to an enforced policy.
struct Step {
    progress: Progress,
    title: &'static str,
    says: Markup,
    does: Markup,
}

impl Overview<'_> {
    fn show(&self) -> Markup {
        let status = &self.standing.status;
        html! {
            div #page-overview data-live {
                header.title {
                    h1 { "Overview" }
                    p.facts {
                        (badge::stage(status.state.stage.name()))
                        @if status.state.stage.name() == StageName::Enforce {
                            " for " (percent(status.state.stage.share()))
                        }
                        " " (name(&status.key)) ", since " (text::time(status.since, self.now))
                    }
                }
                (self.steps())
                (self.timeline.show(&self.routes.chosen))
                div.columns {
                    (self.hosts())
                    (self.covered())
                }
                @if self.routes.all.len() > 1 { (self.others()) }
            }
        }
    }

    fn key(&self) -> &RouteKey {
        &self.routes.chosen
    }

    fn steps(&self) -> Markup {
        let steps = [
            self.observe(),
            self.draft(),
            self.review(),
            self.trial(),
            self.enforce(),
        ];
        let current = current(&self.standing.next);
        html! {
            section.card aria-labelledby="next" {
                h2 #next { @if current.is_some() { "What to do next" } @else { "Everything is done" } }
                ol.steps {
                    @for (index, step) in steps.iter().enumerate() {
                        @let is_now = Some(index) == current;
                        @let is_done = step.progress == Progress::Done && !is_now;
                        li data-state=(if is_now { "now" } else if is_done { "done" } else { "later" })
                            aria-current=[is_now.then_some("step")] {
                            span.number aria-hidden="true" { @if is_done { (icon(Icon::Allowed)) } @else { (index + 1) } }
                            div {
                                h3 { (step.title) @if is_done { span.hidden { " (done)" } } }
                                p { (step.says) }
                                @if is_now || is_done { (step.does) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn observe(&self) -> Step {
        let findings = &self.standing.findings;
        let is_done = !findings.is_empty();
        let reports: u64 = findings.iter().map(|finding| finding.count).sum();
        let says = if is_done {
            html! { (count(reports, "report")) " of connections to " (count(hosts(findings), "host")) "." }
        } else if self.is_collector_only {
            html! { "Have your server send a policy whose " code { "report-uri" } " is the address of this collector." }
        } else {
            html! { "Open the application and use it as people do. Each connection that a page makes is reported, and nothing is blocked." }
        };
        Step {
            progress: done_if(is_done),
            title: "See what the site connects to",
            says,
            does: html! { @if !is_done { (self.open_the_application()) } },
        }
    }

    fn open_the_application(&self) -> Markup {
        html! {
            @if !self.is_collector_only {
                p.buttons {
                    a.button.primary href=(self.public) target="_blank" rel="noopener noreferrer" { "Open the application " (icon(Icon::Next)) }
                }
            }
        }
    }

    fn draft(&self) -> Step {
        let draft = self.standing.draft.as_ref();
        let is_done = self.standing.has_policy();
        let says = match draft {
            Some(draft) => {
                html! { "There is a draft, from " (text::time(draft.change.at, self.now)) ". " a href=(link("/policy", self.key())) { "Read or edit it" } "." }
            }
            None if is_done => {
                html! { a href=(link("/policy", self.key())) { "The policy" } " is on its way." }
            }
            None => {
                html! { "The smallest policy that allows every connection that was seen. You can change it before anybody gets it." }
            }
        };
        let does = html! {
            @if !is_done {
                (self.button("/policy/suggest", "Write a draft from what was seen"))
            }
        };
        Step {
            progress: done_if(is_done),
            title: "Draft a policy",
            says,
            does,
        }
    }

    fn review(&self) -> Step {
        let open = &self.standing.open;
        let has_policy = self.standing.has_policy();
        let what = if self.standing.draft.is_some() {
            "the draft"
        } else {
            "the policy"
        };
        let says = if let NextStep::SteppedBack { at, from, .. } = &self.standing.next {
            html! { "The rollout stepped back by itself " (text::time(*at, self.now)) ", from " (from) ", because too much was blocked. Look at what it was before it goes on." }
        } else if open.is_empty() && has_policy {
            html! { "Everything that " (what) " blocks was looked at." }
        } else if has_policy {
            let connections = count(open.len() as u64, "connection");
            html! { (connections) " of " (count(hosts(open), "host")) " " @if open.len() == 1 { "is" } @else { "are" } " not in " (what) ": allow each, or keep it blocked." }
        } else {
            html! { "Each connection that it blocks: is that wanted?" }
        };
        let review = link("/violations", self.key()) + "&view=review";
        let does = html! {
            @if !open.is_empty() {
                p.buttons { a.button.primary href=(review) { "Review " (if open.len() == 1 { "it" } else { "them" }) " " (icon(Icon::Next)) } }
            } @else if matches!(self.standing.next, NextStep::SteppedBack { .. }) {
                p.buttons { a.button.primary href=(link("/rollout", self.key())) { "To the rollout " (icon(Icon::Next)) } }
            }
        };
        Step {
            progress: done_if(has_policy && open.is_empty()),
            title: "Review what it would block",
            says,
            does,
        }
    }

    fn trial(&self) -> Step {
        let is_done = self.standing.is_on_its_way();
        let says = if is_done {
            html! { "Every browser knows the policy, and reports what it would block." }
        } else {
            html! { "Browsers get the policy, block nothing, and report what they would block." }
        };
        let does = html! {
            @if !is_done {
                p.buttons { a.button.primary href=(link("/rollout", self.key())) { "Prepare the trial " (icon(Icon::Next)) } }
            }
        };
        Step {
            progress: done_if(is_done),
            title: "Put it on trial",
            says,
            does,
        }
    }

    fn enforce(&self) -> Step {
        let share = self.standing.status.state.stage.share();
        let is_done = self.standing.is_enforced();
        let says = match &self.standing.next {
            _ if is_done => html! { "The policy is enforced for everybody." },
            NextStep::WaitForTrial { .. } => {
                html! { "No page had the policy on trial yet. Load the application anew, and see that nothing is reported that the site needs." }
            }
            NextStep::Enforce { responses, .. } => {
                html! { (count(*responses, "response")) " had the policy on trial, and nothing that it would block is undecided." }
            }
            NextStep::RaiseShare { responses, .. } => {
                html! { "Enforced for " (percent(share)) " of the browsers. " (count(*responses, "response")) " had the policy, and nothing that it blocks is undecided." }
            }
            _ if share > Share::NONE => {
                html! { "Enforced for " (percent(share)) " of the browsers." }
            }
            _ => {
                html! { "For a few browsers first, then for more. It steps back by itself when too much breaks." }
            }
        };
        let blocked = link("/violations", self.key()) + "&view=all&effect=enforce";
        let does = html! {
            @if is_done {
                p.buttons { a.button href=(blocked) { "See what is blocked, and why " (icon(Icon::Next)) } }
            } @else if matches!(self.standing.next, NextStep::WaitForTrial { .. }) {
                (self.open_the_application())
            } @else {
                p.buttons { a.button.primary href=(link("/rollout", self.key())) { "Enforce it " (icon(Icon::Next)) } }
            }
        };
        Step {
            progress: done_if(is_done),
            title: "Enforce it",
            says,
            does,
        }
    }

    /// A step that changes something at once.
    fn button(&self, action: &str, words: &str) -> Markup {
        html! {
            form.buttons method="post" action=(action) {
                (form_key(self.guest))
                input type="hidden" name="at" value=(super::shell::at(self.key()));
                button.primary type="submit" disabled[!self.guest.may_change()] { (words) " " (icon(Icon::Next)) }
            }
        }
    }

    fn hosts(&self) -> Markup {
        let mut hosts: BTreeMap<&str, (u64, i64)> = BTreeMap::new();
        let findings = self.standing.findings.iter();
        for finding in findings.filter(|it| !it.is_observed) {
            let (reports, id) = hosts.entry(&finding.blocked).or_insert((0, finding.id.0));
            *reports += finding.count;
            *id = (*id).max(finding.id.0);
        }
        let mut hosts: Vec<_> = hosts.into_iter().collect();
        hosts.sort_by_key(|(_, (reports, _))| std::cmp::Reverse(*reports));
        let most = hosts.first().map_or(0, |(_, (reports, _))| *reports);
        html! {
            section.card aria-labelledby="hosts" {
                h2 #hosts { "Most blocked" }
                @if hosts.is_empty() {
                    p.muted { "Nothing was blocked, or would have been." }
                } @else {
                    ul.bars {
                        @for (host, (reports, id)) in hosts.iter().take(8) {
                            li {
                                a href={ "/violations/" (id) } { (text::foreign(host)) }
                                span.amount { (number(*reports)) }
                                (share(*reports, most))
                            }
                        }
                    }
                }
            }
        }
    }

    fn covered(&self) -> Markup {
        let coverage = &self.coverage;
        html! {
            section.card aria-labelledby="coverage" {
                h2 #coverage { "Seen so far" }
                @if coverage.pages == 0 {
                    p.muted { "No page has reported yet." }
                } @else {
                    p { (count(coverage.pages, "page")) " in " (count(coverage.browsers, "browser")) "." }
                    @if !self.is_collector_only { p.muted { (self.observed()) } }
                    div.columns {
                        (seen("Pages", &coverage.page_list))
                        (seen("Browsers", &coverage.browser_list))
                    }
                }
            }
        }
    }

    /// How many responses report every connection: what is configured, and what was counted.
    fn observed(&self) -> Markup {
        let (configured, measured) = self.observed;
        html! {
            "Every connection is reported by " (share_of_responses(configured)) " (configured)"
            @if let Some(measured) = measured { "; it was " (measured.percent()) " % of those in the last 24 hours" }
            "."
        }
    }

    fn others(&self) -> Markup {
        let address = Address::new("/");
        html! {
            section.card aria-labelledby="sites" {
                h2 #sites { "All sites" }
                ul.plain {
                    @for key in &self.routes.all {
                        li { a href=(address.with("at", super::shell::at(key))) { (name(key)) } }
                    }
                }
            }
        }
    }
}

fn seen(title: &str, rows: &[SeenRow]) -> Markup {
    html! {
        div {
            h3 { (title) }
            ul.plain {
                @for row in rows.iter().take(5) {
                    li { (text::foreign(&row.name)) " " span.muted { (number(row.count)) } }
                }
            }
        }
    }
}

/// The step that is to be taken next; `None` if there is none.
fn current(next: &NextStep) -> Option<usize> {
    match next {
        NextStep::OpenTheSite { .. } => Some(0),
        NextStep::ReviewConnections {
            has_draft: false, ..
        } => Some(1),
        NextStep::ReviewConnections { .. }
        | NextStep::ReviewViolations { .. }
        | NextStep::SteppedBack { .. } => Some(2),
        NextStep::PutOnTrial { .. } => Some(3),
        NextStep::WaitForTrial { .. } | NextStep::Enforce { .. } | NextStep::RaiseShare { .. } => {
            Some(4)
        }
        NextStep::Done { .. } => None,
    }
}

fn done_if(is_done: bool) -> Progress {
    if is_done {
        Progress::Done
    } else {
        Progress::Open
    }
}

/// A share in words.
pub(super) fn percent(share: Share) -> String {
    match share {
        Share::ALL => "everybody".to_owned(),
        Share::NONE => "nobody".to_owned(),
        share => format!("{} %", share.percent()),
    }
}

fn share_of_responses(share: Share) -> String {
    match share {
        Share::ALL => "all responses".to_owned(),
        Share::NONE => "no response".to_owned(),
        share => format!("{} % of the responses", share.percent()),
    }
}

/// Reports by hour or day, and class.
struct Timeline {
    span: Span,
    labels: Vec<String>,
    /// For each class, as many as there are labels.
    classes: Vec<(&'static str, Vec<u64>)>,
    /// The bar before which a step was taken, and which.
    steps: Vec<(usize, String)>,
}

impl Timeline {
    fn of(api: &Parts, key: &RouteKey, span: Span) -> Result<Self, Problem> {
        let now = api.clock.now();
        let (bars, hours) = span.bars();
        // Bars begin at whole multiples of their length, as the store's do.
        let first = now.hour().div_euclid(hours) * hours - (bars - 1) * hours;
        let rows = api.reports.timeline(&TimelineQuery {
            site: Some(key.site.to_string()),
            route: Some(key.route.to_string()),
            since: Timestamp::from_hour(first),
            until: now,
            hours: u32::try_from(hours).unwrap_or(1),
        })?;
        let bar = |at: Timestamp| usize::try_from((at.hour() - first).div_euclid(hours)).ok();
        let count = usize::try_from(bars).unwrap_or_default();
        let labels = (0..bars).map(|bar| label(Timestamp::from_hour(first + bar * hours), span));
        let steps = api
            .policies
            .transitions(Some(key), &PageRequest::first(20))?;
        let steps = steps
            .items
            .into_iter()
            .filter(|step| step.change.at.hour() >= first);
        Ok(Self {
            span,
            labels: labels.collect(),
            classes: Class::ALL
                .map(|class| (class.as_str(), counts(&rows, class, count, bar)))
                .into(),
            steps: steps
                .filter_map(|step| Some((bar(step.change.at)?, mark(step.to.stage))))
                .collect(),
        })
    }

    fn show(&self, key: &RouteKey) -> Markup {
        let total = |values: &[u64]| values.iter().sum::<u64>();
        let all: u64 = self.classes.iter().map(|(_, values)| total(values)).sum();
        let back = match self.span {
            Span::Day => "24 hours",
            Span::Week => "7 days",
        };
        let title = format!("{} in the last {back}", count(all, "report"));
        html! {
            section.card aria-labelledby="timeline" {
                header.row {
                    h2 #timeline { "Reports by class" }
                    p.segments {
                        a href=(link("/", key)) aria-current=[(self.span == Span::Day).then_some("true")] { "24 hours" }
                        a href={ (link("/", key)) "&span=week" } aria-current=[(self.span == Span::Week).then_some("true")] { "7 days" }
                    }
                }
                @if all == 0 {
                    (empty("No reports yet", &html! { p { "Reports of the last " (back) " are drawn here, by class, as soon as a browser sends one." } }))
                } @else {
                    (self.bars(title).show())
                    ul.legend {
                        @for (index, (class, values)) in self.classes.iter().enumerate() {
                            @if total(values) > 0 {
                                li title=(badge::class_meaning(class)) {
                                    span.swatch data-part=(index + 1) {}
                                    (badge::class_name(class)) " " strong { (number(total(values))) }
                                }
                            }
                        }
                    }
                    (self.table())
                }
            }
        }
    }

    fn bars(&self, title: String) -> Bars {
        let bar = |index: usize| {
            self.classes
                .iter()
                .map(|(_, values)| values[index])
                .collect()
        };
        Bars {
            title,
            labels: self.labels.clone(),
            bars: (0..self.labels.len()).map(bar).collect(),
            marks: self.steps.clone(),
        }
    }

    /// The same as numbers.
    fn table(&self) -> Markup {
        let shown: Vec<_> = self
            .classes
            .iter()
            .filter(|(_, values)| values.iter().any(|it| *it > 0))
            .collect();
        html! {
            details {
                summary { "As a table" }
                div.scroll tabindex="0" role="region" aria-label="Reports by class, as a table" {
                    table.plain {
                        thead { tr { th scope="col" { "From (UTC)" } @for (class, _) in &shown { th scope="col" { (badge::class_name(class)) } } } }
                        tbody {
                            @for (index, label) in self.labels.iter().enumerate() {
                                @if shown.iter().any(|(_, values)| values[index] > 0) {
                                    tr { th scope="row" { (label) } @for (_, values) in &shown { td.amount { (number(values[index])) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A step of the rollout, in two words.
fn mark(stage: Stage) -> String {
    match stage.revision() {
        Some(revision) => format!("{} r{}", stage.name(), revision.0),
        None => stage.name().to_string(),
    }
}

fn counts(
    rows: &[TimelineRow],
    class: Class,
    count: usize,
    bar: impl Fn(Timestamp) -> Option<usize>,
) -> Vec<u64> {
    let mut counts = vec![0; count];
    for row in rows.iter().filter(|row| row.tally == class.as_str()) {
        if let Some(place) = bar(row.start).and_then(|bar| counts.get_mut(bar)) {
            *place += row.count;
        }
    }
    counts
}

fn label(at: Timestamp, span: Span) -> String {
    let text = at.to_string();
    match span {
        Span::Day => text.get(11..16).unwrap_or_default().to_owned(),
        Span::Week => text.get(5..13).unwrap_or_default().replace('T', " ") + "h",
    }
}
