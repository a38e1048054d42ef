//! The policy of a route: what is sent, the draft with its preview, and the revisions with what changed.

mod preview;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::explain::{names, noted};
use super::inspect;
use super::router::{Dashboard, Posted};
use super::routes::Routes;
use super::shell::{Page, Place, at, failure, form_key, link};
use super::view::badge::{self, Tone};
use super::view::icon::{Icon, icon};
use super::view::list::empty;
use super::view::text;
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::desk::{
    DeskError, DraftStart, DraftView, PolicyAudit, PolicyFinding, Preview, RevisionDiff,
};
use crate::policy_text::PolicyText;
use crate::rollout::{RevisionId, RouteKey, RouteStatus};
use crate::store::{BasedOn, DraftEditId, PageRequest, Revision};
use crate::suggest::suggest;
use preview::{Editing, asked_for_later, part, preview};

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
    let work = move |api: &Parts, guest: &Guest| answer(api, guest, &asked, None);
    dashboard.answer(&guest, work).await
}

/// A text that was not saved, because somebody else was quicker.
struct Clash {
    text: PolicyText,
    why: String,
}

fn answer(
    api: &Parts,
    guest: &Guest,
    asked: &Asked,
    clash: Option<Clash>,
) -> Result<Response, Problem> {
    let routes = Routes::of(api, &asked.at)?;
    let key = &routes.chosen;
    let draft = api.desk.draft(key)?;
    let text = PolicyText::parse(&draft.policy)?;
    let status = api.rollouts.status_of(key)?;
    let sent = status.policy.as_ref();
    let audit = sent.map(|sent| api.desk.audit_policy(key, sent));
    let findings = sent.map(|sent| api.desk.findings(key, sent));
    let difference = clash.as_ref();
    let difference = difference.map(|clash| api.desk.diff_texts(key, &text, &clash.text));
    let seen = clash.as_ref();
    let seen = seen.map(|clash| api.desk.preview(key, &clash.text));
    let revisions = api
        .policies
        .revisions(Some(key), &PageRequest::first(REVISIONS))?;
    let view = View {
        preview: seen.transpose()?,
        audit: audit.transpose()?,
        findings: findings.transpose()?.unwrap_or_default(),
        difference: difference.transpose()?,
        clash: clash.as_ref(),
        status,
        revisions: &revisions.items,
        now: api.clock.now(),
        draft: &draft,
        asked,
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
    let status = if clash.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    Ok(page.response_with(guest, status))
}

struct View<'v> {
    status: RouteStatus,
    /// Of a text that was not saved. The draft's is a page of its own.
    preview: Option<Preview>,
    /// Where data can leave under the policy on its way, and what the linter finds in it.
    audit: Option<PolicyAudit>,
    findings: Vec<PolicyFinding>,
    /// A text that was not saved, and what it changes.
    clash: Option<&'v Clash>,
    difference: Option<RevisionDiff>,
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
            (self.changed_meanwhile())
            div #policy-sent data-live { (self.current()) }
            (compared)
            (self.editor())
            @match &self.preview {
                Some(seen) => { (part(&preview(self.shown(), seen, self.key, None))) },
                None => { (asked_for_later(self.key)) },
            }
            div #policy-revisions data-live { (self.list()) }
        }
    }

    /// The text in the editor.
    fn shown(&self) -> &str {
        let clash = self.clash.map(|clash| clash.text.as_str());
        clash.unwrap_or(&self.draft.policy)
    }

    /// Somebody else changed the draft: shown by the script when it happens, and here when it is too late.
    fn changed_meanwhile(&self) -> Markup {
        let edit = self.draft.edit.map(|edit| edit.0.to_string());
        html! {
            div #draft-changed .flash data-tone="warn" role="status" hidden
                data-at=(at(self.key)) data-edit=(edit.unwrap_or_default()) {
                (icon(Icon::Warning)) span {} a href=(link("/policy", self.key)) { "Load it" }
            }
            @if let (Some(clash), Some(difference)) = (self.clash, &self.difference) {
                section.card data-tone="warn" aria-labelledby="clash" role="alert" {
                    h2 #clash { (icon(Icon::Warning)) " Not saved: the draft was changed meanwhile" }
                    p {
                        @if let (Some(who), Some(moment)) = (&self.draft.who, self.draft.at) { "By " (text::foreign(who)) ", " (text::time(moment, self.now)) ". " }
                        @else { "It was dropped. " }
                        "Your text is in the editor below. Save it again to put it in the place of the other, or "
                        a href=(link("/policy", self.key)) { "go on with the other" } "."
                    }
                    h3 { "The draft now" }
                    (noted(&self.draft.policy, &self.draft.notes))
                    h3 { "What yours changes" }
                    (sources_changed(difference))
                    @if !clash.why.is_empty() { p.muted { "Your reason: " (text::foreign(&clash.why)) } }
                }
            }
        }
    }

    fn done(&self) -> Markup {
        let words = match &*self.asked.done {
            "saved" => "The draft is saved.",
            "dropped" => "The draft was dropped.",
            "removed" => {
                "The source was taken out of the draft. The history has it, should it be missed."
            }
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
                        (inspect::noted(policy.as_str(), &policy.notes(), &self.findings))
                        (inspect::findings_list(&self.findings))
                        @if let Some(audit) = &self.audit { (inspect::audit(audit)) }
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
        let rows = (self.shown().len() / 90 + 3).min(12);
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
                    textarea #policy name="policy" rows=(rows) spellcheck="false" readonly[!self.guest.may_change()] required { (self.shown()) }
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
        let found = api.desk.revision(revision)?;
        let diff = match self.asked.with.map(RevisionId) {
            Some(before) => Some(api.desk.diff_revisions(before, revision)?),
            None => None,
        };
        let findings = api.desk.findings(&found.route, &found.text)?;
        let audit = api.desk.audit_policy(&found.route, &found.text)?;
        Ok(html! {
            section.card #compared aria-labelledby="compared-title" {
                h2 #compared-title { "Revision " (revision.0) @if let Some(with) = self.asked.with { " since " (with) } }
                (inspect::noted(found.text.as_str(), &found.notes, &findings))
                @if let Some(diff) = &diff { (difference(diff)) }
                (inspect::findings_list(&findings))
                (inspect::audit(&audit))
            }
        })
    }
}

/// What changed from one policy to another, in words and in what it means.
fn difference(diff: &RevisionDiff) -> Markup {
    html! {
        (sources_changed(diff))
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

fn sources_changed(diff: &RevisionDiff) -> Markup {
    html! {
        div.columns {
            (changed("Sources that came", Tone::Good, "+", &diff.added))
            (changed("Sources that went", Tone::Bad, "−", &diff.removed))
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
    let work = move |api: &Parts, guest: &Guest| {
        let key = route(api, fields.text("at"))?;
        let text = PolicyText::parse(fields.text("policy"))?;
        let why = fields.text("why").to_owned();
        let change = api.change(&caller, Some(why.clone()));
        let based_on = based_on(fields.text("edit"));
        match api.desk.save_draft(&key, &text, based_on, &change) {
            Ok(_) => Ok(Redirect::to(&(link("/policy", &key) + "&done=saved")).into_response()),
            Err(DeskError::Conflict(_)) => {
                let asked = Asked {
                    at: at(&key),
                    ..Asked::default()
                };
                answer(api, guest, &asked, Some(Clash { text, why }))
            }
            Err(error) => Err(error.into()),
        }
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
                preview(text.as_str(), &seen, &key, None)
            }
            Err(error) => {
                html! { p.error role="alert" { (icon(Icon::Warning)) (text::capital(&error.to_string())) "." } }
            }
        };
        Ok(preview_page(guest, &key, &shown))
    };
    dashboard.answer(&guest, work).await
}

/// The preview of the draft, or of what one would start from.
pub(super) async fn preview_of_draft(
    State(dashboard): State<Dashboard>,
    Visitor(guest): Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let work = move |api: &Parts, guest: &Guest| {
        let key = route(api, &asked.at)?;
        let draft = api.desk.draft(&key)?;
        let seen = api.desk.preview(&key, &PolicyText::parse(&draft.policy)?)?;
        let edit = draft.edit.filter(|_| guest.may_change());
        let editing = edit.map(|edit| Editing { guest, edit });
        let shown = preview(&draft.policy, &seen, &key, editing);
        Ok(preview_page(guest, &key, &shown))
    };
    dashboard.answer(&guest, work).await
}

fn preview_page(guest: &Guest, key: &RouteKey, shown: &Markup) -> Response {
    let page = Page {
        title: "Preview",
        place: Some(Place::Policy),
        route: Some(key),
        routes: &[],
        body: html! {
            header.title { p.crumbs { a href=(link("/policy", key)) { "Policy" } } h1 { "Preview" } }
            (part(shown))
        },
    };
    page.response(guest)
}

/// Drops the draft, takes a source out of it, or writes another from what was seen.
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
    if !matches!(&*action, "suggest" | "drop" | "remove") {
        return failure(&guest, StatusCode::NOT_FOUND, "There is no such step.");
    }
    let work = move |api: &Parts, _: &Guest| {
        let key = route(api, fields.text("at"))?;
        let based_on = based_on(fields.text("edit"));
        let change = |why: &str| api.change(&caller, Some(why.to_owned()));
        let done = match &*action {
            "drop" => {
                let change = change(fields.text("why"));
                api.desk.discard_draft(&key, based_on, &change)?;
                "dropped"
            }
            "remove" => {
                let source = fields.text("source");
                let change = change(&format!("without {source}"));
                api.desk.remove_source(&key, source, based_on, &change)?;
                "removed"
            }
            _ => {
                let text = suggest(&*api.reports, &key, &[])?.policy_text()?;
                let change = change("written from what was seen");
                api.desk.save_draft(&key, &text, based_on, &change)?;
                "suggested"
            }
        };
        Ok(Redirect::to(&format!("{}&done={done}", link("/policy", &key))).into_response())
    };
    dashboard.answer(&guest, work).await
}

const REVISIONS: u32 = 20;
