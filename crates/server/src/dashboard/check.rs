//! Try a policy out: what it does with a connection, by the standard and in three browsers.

use axum::extract::{Query, State};
use axum::response::Response;
use connect_src::{BrowserProfile, CspList, Disposition};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use url::Url;

use super::explain;
use super::router::Dashboard;
use super::shell::{Page, Place, failure};
use super::view::badge::Tone;
use super::view::icon::{Icon, icon};
use super::view::list::empty;
use super::view::text;
use super::visitor::Guest;
use crate::desk::Question;
use crate::words::sanitize::sanitize;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    policy: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    url: String,
}

pub(super) async fn page(
    State(_): State<Dashboard>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Response {
    if !guest.may_check() {
        return guest.asked_to_log_in();
    }
    if asked.policy.len() + asked.page.len() + asked.url.len() > MOST_BYTES {
        let why = "Expected a policy and two URLs of at most 16 KiB together.";
        return failure(&guest, StatusCode::PAYLOAD_TOO_LARGE, why);
    }
    let body = html! {
        header.title { h1 { "Check" } p.muted { "What a policy does with a connection, and why. Nothing is stored." } }
        (form(&asked))
        div #result aria-live="polite" { (result(&asked)) }
    };
    let page = Page {
        title: "Check",
        place: Some(Place::Check),
        route: None,
        routes: &[],
        body,
    };
    page.response(&guest)
}

fn form(asked: &Asked) -> Markup {
    html! {
        form.card.fields method="get" action="/check" data-preview="result" {
            label for="policy" { "Policy" }
            textarea #policy name="policy" rows="3" spellcheck="false" required placeholder="connect-src 'self' https://api.example.com" {
                (sanitize(&asked.policy))
            }
            div.columns {
                div { label for="page" { "Page" } input #page type="text" inputmode="url" name="page" value=(sanitize(&asked.page)) placeholder="https://app.example.com/"; }
                div { label for="url" { "Connects to" } input #url type="text" inputmode="url" name="url" value=(sanitize(&asked.url)) required placeholder="wss://api.example.com/live"; }
            }
            p.buttons { button.primary type="submit" { (icon(Icon::Check)) "Check" } }
        }
    }
}

fn result(asked: &Asked) -> Markup {
    if asked.policy.is_empty() && asked.url.is_empty() {
        return empty(
            "Ask about a connection",
            &html! {
                p { "Paste a policy as a header has it, the page's URL, and the URL that the page connects to. " a href="/check?policy=connect-src+%27self%27+https%3A%2F%2Fapi.example.com&page=https%3A%2F%2Fapp.example.com%2F&url=wss%3A%2F%2Fapi.example.com%2Flive" { "Show me an example" } "." }
            },
        );
    }
    let page = match asked.page.trim_ascii() {
        "" => None,
        text => match Url::parse(text) {
            Ok(page) => Some(page),
            Err(error) => return wrong("page", &error.to_string()),
        },
    };
    let url = match Url::parse(asked.url.trim_ascii()) {
        Ok(url) => url,
        Err(error) => return wrong("connection", &error.to_string()),
    };
    let list = CspList::from_header(&asked.policy, Disposition::Enforce);
    let question = Question::asked(page.as_ref(), url, None);
    decided(&list, &question)
}

fn wrong(what: &str, error: &str) -> Markup {
    html! { p.error role="alert" { (icon(Icon::Warning)) "The URL of the " (what) " cannot be read: " (error) ". Give it whole, such as " code { "https://app.example.com/" } "." } }
}

fn decided(list: &CspList, question: &Question) -> Markup {
    let blocking = list.policies().iter().find_map(|policy| {
        let edit = explain::edit(policy, question);
        (!matches!(edit, Err(connect_src::NoEdit::NotNeeded))).then_some(edit)
    });
    html! {
        ul.tiles.profiles aria-label="Verdicts" {
            @for profile in BrowserProfile::ALL {
                @let result = list.should_request_be_blocked(&question.request, &question.page, profile);
                @let (tone, picture, word) = if result.is_blocked() { (Tone::Bad, Icon::Blocked, "Blocked") } else { (Tone::Good, Icon::Allowed, "Allowed") };
                li data-tone=(tone.as_str()) { span { (profile.as_str()) } strong { (icon(picture)) " " (word) } }
            }
        }
        div.verdicts { (explain::explanation(list, question, &BrowserProfile::ALL)) }
        @if !question.is_page_known {
            p.muted { "Without a page, " code { "'self'" } " matches nothing, and sources without a scheme are read as on an " code { "https:" } " page." }
        }
        @match blocking {
            Some(Ok(edit)) => section.card {
                h2 { "Smallest change" }
                p { "Add " code { (text::foreign(&edit.source)) } " to " code { (edit.directive.as_str()) } ", " (explain::extent(&edit, &question.request)) ":" }
                (explain::policy_text(&edit.policy, &[]))
            },
            Some(Err(why)) => p { (text::capital(&why.to_string())) "." },
            None => {},
        }
        (notes(list))
    }
}

/// What browsers ignore in the policies.
fn notes(list: &CspList) -> Markup {
    let noted = list.policies().iter().take(8);
    let noted: Vec<_> = noted.filter(|policy| !policy.notes().is_empty()).collect();
    html! {
        @if !noted.is_empty() {
            section.card {
                h2 { "What browsers ignore in it" }
                @for policy in noted {
                    @let marks: Vec<_> = policy.notes().iter().take(50).map(|note| explain::Mark {
                        range: note.span.range(),
                        tone: Tone::Warn,
                        label: note.kind.to_string(),
                    }).collect();
                    (explain::policy_text(policy.text(), &marks))
                }
            }
        }
    }
}

const MOST_BYTES: usize = 16 << 10;
