//! The policy of a route: what is sent, the draft with its preview, and the revisions with what changed.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::explain::{names, noted};
use super::router::{Dashboard, Posted};
use super::shell::{Page, Place, at, failure, form_key, link};
use super::situation::Routes;
use super::view::badge::{self, Tone};
use super::view::icon::{Icon, icon};
use super::view::list::empty;
use super::view::text::{self, count};
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::desk::{DraftStart, DraftView, Preview, PreviewRow, RevisionDiff};
use crate::policy_text::PolicyText;
use crate::rollout::{RevisionId, RouteKey, RouteStatus};
use crate::store::{BasedOn, DraftEditId, PageRequest, Revision};
use crate::suggest::suggest;

/// What the address of the page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    at: String,
    /// The revision to look at.
    revision: Option<u32>,
    /// The revision that it is compared with.
    with: Option<u32>,
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
        let draft = api.desk.draft(key)?;
        let text = PolicyText::parse(&draft.policy)?;
        let revisions = api
            .policies
            .revisions(Some(key), &PageRequest::first(REVISIONS))?;
        let view = View {
            status: api.rollouts.status_of(key)?,
            preview: api.desk.preview(key, &text)?,
            revisions: &revisions.items,
            now: api.clock.now(),
            draft: &draft,
            asked: &asked,
            key,
            guest,
        };
        let compared = view.compared(api)?;
        let page = Page {
            title: "Policy",
            place: Some(Place::Policy),
            route: Some(key),
            routes: &routes.all,
            body: view.show(&compared),
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

struct View<'v> {
    status: RouteStatus,
    preview: Preview,
    revisions: &'v [Revision],
    now: Timestamp,
    draft: &'v DraftView,
    asked: &'v Asked,
    key: &'v RouteKey,
    guest: &'v Guest,
}

impl View<'_> {
    fn show(&self, compared: &Markup) -> Markup {
        html! {
            header.title { h1 { "Policy" } p.facts { (badge::stage(self.status.state.stage.name())) } }
            (self.done())
            (self.current())
            (self.editor())
            div #preview aria-live="polite" { (preview(&self.preview, self.key)) }
            (compared)
            (self.list())
        }
    }

    fn done(&self) -> Markup {
        let words = match &*self.asked.done {
            "saved" => "The draft is saved.",
            "dropped" => "The draft was dropped.",
            "suggested" => {
                "This draft allows what was seen, and nothing else. Look at what it blocks, then put it on trial."
            }
            _ => return html! {},
        };
        html! { div.flash role="status" { (icon(Icon::Allowed)) span { (words) } a href=(link("/", self.key)) { "What to do next" } } }
    }

    fn current(&self) -> Markup {
        html! {
            section.card aria-labelledby="current" {
                h2 #current { "Sent to browsers" }
                @match &self.status.policy {
                    Some(policy) => {
                        (noted(policy.as_str(), &policy.notes()))
                    },
                    None => { p.muted { "The site is observed: every connection is reported, none is blocked." } },
                }
                @if let Some(baseline) = &self.status.baseline {
                    h3 { "Still enforced where it is not" }
                    (noted(baseline.as_str(), &baseline.notes()))
                }
            }
        }
    }

    fn editor(&self) -> Markup {
        let from = match self.draft.start {
            DraftStart::Saved => None,
            DraftStart::Current => Some(
                "There is no draft. This is the policy that is sent; save a change of it to have one.",
            ),
            DraftStart::Suggestion => Some(
                "There is no draft. This is the smallest policy that allows what was seen; save it to have one.",
            ),
        };
        let rows = (self.draft.policy.len() / 90 + 3).min(12);
        html! {
            section.card aria-labelledby="draft" {
                h2 #draft { "Draft" }
                @if let Some(from) = from { p.muted { (from) } }
                @else if let (Some(who), Some(moment)) = (&self.draft.who, self.draft.at) {
                    p.muted { "Saved by " (text::foreign(who)) " " (text::time(moment, self.now)) @if let Some(why) = self.draft.why.as_deref().filter(|why| !why.is_empty()) { ": " (text::foreign(why)) } }
                }
                form.fields method="post" action="/policy" data-preview="preview" data-preview-to="/policy/preview" {
                    (form_key(self.guest))
                    input type="hidden" name="at" value=(at(self.key));
                    @if let Some(edit) = self.draft.edit { input type="hidden" name="edit" value=(edit.0); }
                    label for="policy" { "Policy" }
                    textarea #policy name="policy" rows=(rows) spellcheck="false" readonly[!self.guest.may_change()] required { (self.draft.policy) }
                    @if self.guest.may_change() {
                        label.why { "Reason, for the history " input type="text" name="why" maxlength="200" autocomplete="off"; }
                        p.buttons {
                            button.primary type="submit" { "Save the draft" }
                            button type="submit" formaction="/policy/preview" data-scriptless { "Preview" }
                            button type="submit" formaction="/policy/suggest" formnovalidate { "Write it from what was seen" }
                            @if self.draft.start == DraftStart::Saved {
                                button.quiet type="submit" formaction="/policy/drop" formnovalidate { "Drop the draft" }
                                a.button href=(link("/rollout", self.key)) { "Prepare the trial " (icon(Icon::Next)) }
                            }
                        }
                    }
                }
                @if !self.draft.notes.is_empty() { h3 { "What browsers ignore in it" } (noted(&self.draft.policy, &self.draft.notes)) }
            }
        }
    }

    fn list(&self) -> Markup {
        html! {
            section.card aria-labelledby="revisions" {
                h2 #revisions { "Revisions" }
                @if self.revisions.is_empty() {
                    (empty("None yet", &html! { p { "Each policy that goes on trial becomes a revision." } }))
                } @else {
                    ol.plain.revisions {
                        @for (index, revision) in self.revisions.iter().enumerate() {
                            li {
                                a href={ (link("/policy", self.key)) "&revision=" (revision.id.0) "#compared" } { "Revision " (revision.id.0) }
                                @if self.status.state.stage.revision() == Some(revision.id) { " " (badge::badge(Tone::Info, Icon::Rollout, "on its way")) }
                                @if self.status.state.baseline == Some(revision.id) { " " (badge::badge(Tone::Good, Icon::Enforce, "enforced before")) }
                                @if self.status.observe == revision.id { " " (badge::badge(Tone::Plain, Icon::Observe, "observes")) }
                                span.muted { " by " (text::foreign(&revision.change.who)) ", " (text::time(revision.change.at, self.now))
                                    @if !revision.change.why.is_empty() { ": " (text::foreign(&revision.change.why)) } }
                                @if let Some(before) = self.revisions.get(index + 1) {
                                    " " a href={ (link("/policy", self.key)) "&revision=" (revision.id.0) "&with=" (before.id.0) "#compared" } { "What changed since " (before.id.0) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The revision that is asked for, or what changed since another.
    fn compared(&self, api: &Parts) -> Result<Markup, Problem> {
        let Some(revision) = self.asked.revision.map(RevisionId) else {
            return Ok(html! {});
        };
        let found = api.policies.revision(revision)?;
        let found = found.ok_or_else(|| Problem::not_found("revision"))?;
        let diff = match self.asked.with.map(RevisionId) {
            Some(before) => Some(api.desk.diff_revisions(before, revision)?),
            None => None,
        };
        Ok(html! {
            section.card #compared aria-labelledby="compared-title" {
                h2 #compared-title { "Revision " (revision.0) @if let Some(with) = self.asked.with { " since " (with) } }
                (noted(found.text.as_str(), &found.notes))
                @if let Some(diff) = &diff { (difference(diff)) }
            }
        })
    }
}

/// What changed from one policy to another, in words and in what it means.
fn difference(diff: &RevisionDiff) -> Markup {
    html! {
        div.columns {
            (changed("Sources that came", Tone::Good, "+", &diff.added))
            (changed("Sources that went", Tone::Bad, "−", &diff.removed))
        }
        h3 { "What that means" }
        ul.plain {
            @for profile in &diff.profiles {
                @let who = names(&[profile.profile]);
                @if let Some(witness) = &profile.widened { li { (badge::badge(Tone::Warn, Icon::Allowed, "Allows more")) " " (who) ", such as " code { (text::foreign(&witness.url)) } } }
                @if let Some(witness) = &profile.narrowed { li { (badge::badge(Tone::Info, Icon::Blocked, "Blocks more")) " " (who) ", such as " code { (text::foreign(&witness.url)) } } }
                @if profile.widened.is_none() && profile.narrowed.is_none() { li { (badge::badge(Tone::Plain, Icon::Differs, "The same")) " " (who) } }
            }
        }
    }
}

fn changed(title: &str, tone: Tone, sign: &str, sources: &[String]) -> Markup {
    html! {
        div {
            h3 { (title) }
            @if sources.is_empty() { p.muted { "None." } }
            ul.sources data-tone=(tone.as_str()) { @for source in sources { li { span aria-hidden="true" { (sign) " " } code { (text::foreign(source)) } } } }
        }
    }
}

/// What a draft would do with what was seen.
fn preview(preview: &Preview, key: &RouteKey) -> Markup {
    html! {
        section.card aria-labelledby="preview-title" {
            h2 #preview-title { "What the draft would do" }
            @if preview.connections == 0 {
                (empty("Nothing was seen yet", &html! { p { "The preview holds the draft against what the site was seen to connect to. Open the application first." } p.buttons { a.button href=(link("/", key)) { "Overview" } } }))
            } @else {
                ul.tiles {
                    (tile("Allowed", Tone::Good, preview.allowed.connections, preview.allowed.hosts))
                    (tile("Blocked", Tone::Bad, preview.blocked.connections, preview.blocked.hosts))
                    (tile("Newly blocked", Tone::Warn, preview.newly_blocked.connections, preview.newly_blocked.hosts))
                    (tile("Newly allowed", Tone::Info, preview.newly_allowed.connections, preview.newly_allowed.hosts))
                }
                p.muted {
                    "Of " (count(preview.connections, "connection")) " that were seen, compared with "
                    @match preview.compared_with { Some(revision) => { "revision " (revision.0) }, None => { "no policy" } } "."
                    @if preview.not_looked_at > 0 { " " (count(preview.not_looked_at, "connection")) " could not be looked at." }
                }
                (rows("Would be blocked", &preview.blocked_rows))
                (rows("Newly allowed", &preview.newly_allowed_rows))
            }
        }
    }
}

fn tile(title: &str, tone: Tone, connections: u64, hosts: u64) -> Markup {
    html! { li data-tone=(tone.as_str()) { strong { (text::number(connections)) } span { (title) } span.muted { (count(hosts, "host")) } } }
}

fn rows(title: &str, rows: &[PreviewRow]) -> Markup {
    html! {
        @if !rows.is_empty() {
            h3 { (title) }
            ul.plain.previewed {
                @for row in rows {
                    li {
                        a href={ "/connections/" (row.id.0) } { (text::foreign(&row.target)) }
                        @if row.is_new { " " (badge::badge(Tone::Warn, Icon::Warning, "new")) }
                        span.muted { " " (count(row.reports, "report")) " " (names(&row.browsers)) }
                        @if !row.pages.is_empty() { div.muted { "on " @for (index, page) in row.pages.iter().enumerate() { @if index > 0 { ", " } (text::foreign(page)) } } }
                    }
                }
            }
        }
    }
}

/// The draft that somebody had before them when they wrote another.
fn based_on(edit: &str) -> BasedOn {
    match edit.parse().map(DraftEditId) {
        Ok(edit) => BasedOn::Edit(edit),
        Err(_) => BasedOn::NoDraft,
    }
}

/// The route that a form is about.
fn route(api: &Parts, posted: &str) -> Result<RouteKey, Problem> {
    Ok(Routes::of(api, posted)?.chosen)
}

pub(super) async fn save(State(dashboard): State<Dashboard>, posted: Posted) -> Response {
    let Posted {
        guest,
        caller,
        fields,
    } = posted;
    let work = move |api: &Parts, _: &Guest| {
        let key = route(api, fields.text("at"))?;
        let text = PolicyText::parse(fields.text("policy"))?;
        let change = api.change(&caller, Some(fields.text("why").to_owned()));
        api.desk
            .save_draft(&key, &text, based_on(fields.text("edit")), &change)?;
        Ok(Redirect::to(&(link("/policy", &key) + "&done=saved")).into_response())
    };
    dashboard.answer(&guest, work).await
}

/// The preview of a text that is not saved.
pub(super) async fn preview_of(State(dashboard): State<Dashboard>, posted: Posted) -> Response {
    let Posted { guest, fields, .. } = posted;
    let work = move |api: &Parts, guest: &Guest| {
        let key = route(api, fields.text("at"))?;
        let shown = match PolicyText::parse(fields.text("policy")) {
            Ok(text) => {
                let seen = api.desk.preview(&key, &text)?;
                html! {
                    @if !seen.notes.is_empty() { section.card { h2 { "What browsers ignore in it" } (noted(text.as_str(), &seen.notes)) } }
                    (preview(&seen, &key))
                }
            }
            Err(error) => {
                html! { p.error role="alert" { (icon(Icon::Warning)) (text::capital(&error.to_string())) "." } }
            }
        };
        let page = Page {
            title: "Preview",
            place: Some(Place::Policy),
            route: Some(&key),
            routes: &[],
            body: html! { header.title { h1 { "Preview" } } div #preview { (shown) } },
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

/// Drops the draft, or writes another from what was seen.
pub(super) async fn act(
    State(dashboard): State<Dashboard>,
    Path(action): Path<String>,
    posted: Posted,
) -> Response {
    let Posted {
        guest,
        caller,
        fields,
    } = posted;
    if !matches!(&*action, "suggest" | "drop") {
        return failure(&guest, StatusCode::NOT_FOUND, "There is no such step.");
    }
    let work = move |api: &Parts, _: &Guest| {
        let key = route(api, fields.text("at"))?;
        let done = if action == "drop" {
            let change = api.change(&caller, Some(fields.text("why").to_owned()));
            api.desk.discard_draft(&key, &change)?;
            "dropped"
        } else {
            let text = suggest(&*api.reports, &key, &[])?.policy_text()?;
            let change = api.change(&caller, Some("written from what was seen".to_owned()));
            api.desk
                .save_draft(&key, &text, BasedOn::Anything, &change)?;
            "suggested"
        };
        Ok(Redirect::to(&format!("{}&done={done}", link("/policy", &key))).into_response())
    };
    dashboard.answer(&guest, work).await
}

const REVISIONS: u32 = 20;
