//! What a draft would do with what was seen, and what each of its sources is for.

use maud::{Markup, html};

use crate::dashboard::explain::names;
use crate::dashboard::inspect;
use crate::dashboard::shell::{at, form_key, link};
use crate::dashboard::view::badge::{Tone, badge};
use crate::dashboard::view::icon::{Icon, icon};
use crate::dashboard::view::list::empty;
use crate::dashboard::view::text::{self, count, number};
use crate::dashboard::visitor::Guest;
use crate::desk::{Preview, PreviewRow, SourceUse};
use crate::rollout::RouteKey;
use crate::store::DraftEditId;

/// Who may take sources out of the draft, and which edit of it they look at.
#[derive(Clone, Copy)]
pub(super) struct Editing<'e> {
    pub(super) guest: &'e Guest,
    pub(super) edit: DraftEditId,
}

/// The part of a page that is replaced while typing.
pub(super) fn part(shown: &Markup) -> Markup {
    html! { div #preview aria-live="polite" { (shown) } }
}

/// The same part, for which the script asks: it takes longer than all the rest of the page.
pub(super) fn asked_for_later(key: &RouteKey) -> Markup {
    let address = link("/policy/preview", key);
    html! {
        div #preview aria-live="polite" data-load=(address) {
            section.card aria-labelledby="preview-title" {
                h2 #preview-title { "What the draft would do" }
                p.buttons { a.button href=(address) { "Hold it against what was seen " (icon(Icon::Next)) } }
            }
        }
    }
}

/// What a draft would do with what was seen.
pub(super) fn preview(
    policy: &str,
    preview: &Preview,
    key: &RouteKey,
    editing: Option<Editing<'_>>,
) -> Markup {
    html! {
        (inspect::findings(policy, &preview.notes, &preview.findings))
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
        @if preview.connections > 0 { (sources(&preview.sources, key, editing)) }
    }
}

/// What each source is for, so that somebody can take one out.
fn sources(sources: &[SourceUse], key: &RouteKey, editing: Option<Editing<'_>>) -> Markup {
    html! {
        section.card aria-labelledby="sources-title" {
            h2 #sources-title { "What each source is for" }
            p.muted { "Of what was seen. A source that allowed nothing may still be for something rare: for a page that nobody opened yet." }
            table.list {
                thead {
                    tr {
                        th scope="col" { "Source" }
                        th scope="col" { "Allows" }
                        th scope="col" { "Only by it" }
                        th scope="col" { "Reports" }
                        @if editing.is_some() { th scope="col" { span.hidden { "Remove" } } }
                    }
                }
                tbody { @for source in sources { (source_row(source, key, editing)) } }
            }
        }
    }
}

fn source_row(source: &SourceUse, key: &RouteKey, editing: Option<Editing<'_>>) -> Markup {
    let allows = source.allows.connections;
    html! {
        tr {
            th scope="row" {
                code { (text::foreign(&source.source)) }
                @if allows == 0 { " " (badge(Tone::Warn, Icon::Noise, "allows nothing that was seen")) }
                @else if source.alone == 0 { " " (badge(Tone::Info, Icon::Differs, "others allow the same")) }
                @if !source.examples.is_empty() {
                    div.muted { @for (index, example) in source.examples.iter().enumerate() { @if index > 0 { ", " } (text::foreign(example)) } }
                }
            }
            td.amount data-label="Allows" { (number(allows)) }
            td.amount data-label="Only by it" { (number(source.alone)) }
            td.amount data-label="Reports" { (number(source.allows.reports)) }
            @if let Some(editing) = editing {
                td {
                    form method="post" action="/policy/remove" {
                        (form_key(editing.guest))
                        input type="hidden" name="at" value=(at(key));
                        input type="hidden" name="edit" value=(editing.edit.0);
                        input type="hidden" name="source" value=(source.source);
                        button.quiet type="submit" { (icon(Icon::Undo)) "Remove" span.hidden { " " (text::short(&source.source)) } }
                    }
                }
            }
        }
    }
}

fn tile(title: &str, tone: Tone, connections: u64, hosts: u64) -> Markup {
    html! { li data-tone=(tone.as_str()) { strong { (number(connections)) } span { (title) } span.muted { (count(hosts, "host")) } } }
}

fn rows(title: &str, rows: &[PreviewRow]) -> Markup {
    html! {
        @if !rows.is_empty() {
            h3 { (title) }
            ul.plain.previewed {
                @for row in rows {
                    li {
                        a href={ "/connections/" (row.id.0) } { (text::foreign(&row.target)) }
                        @if row.is_new { " " (badge(Tone::Warn, Icon::Warning, "new")) }
                        span.muted { " " (count(row.reports, "report")) " " (names(&row.browsers)) }
                        @if !row.pages.is_empty() { div.muted { "on " @for (index, page) in row.pages.iter().enumerate() { @if index > 0 { ", " } (text::foreign(page)) } } }
                    }
                }
            }
        }
    }
}
