//! The page about a rule of the linter.

use axum::extract::{Path, State};
use axum::response::Response;
use connect_src_lint::{Rule, find_rule};
use http::StatusCode;
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Options, Parser};

use super::router::Dashboard;
use super::shell::{Page, Place, failure};
use super::visitor::Guest;

pub(super) async fn page(
    State(_): State<Dashboard>,
    guest: Guest,
    Path(name): Path<String>,
) -> Response {
    if !guest.may_check() {
        return guest.asked_to_log_in();
    }
    let Some(rule) = find_rule(&name) else {
        return failure(&guest, StatusCode::NOT_FOUND, "There is no such rule.");
    };
    let page = Page {
        title: rule.name,
        place: guest.may_view().then_some(Place::Policy),
        route: None,
        routes: &[],
        body: body(rule),
    };
    page.response(&guest)
}

fn body(rule: &Rule) -> Markup {
    html! {
        header.title {
            p.crumbs { "Rules, " (rule.group.as_str()) }
            h1 { (rule.name) }
            p.muted { (super::view::text::capital(rule.summary)) "." }
        }
        section.card.prose { (documentation(rule)) }
    }
}

/// The text is ours, compiled in; nothing of a report or a policy is in it.
fn documentation(rule: &Rule) -> Markup {
    let lines = rule.documentation.lines().map(line);
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut page = String::new();
    pulldown_cmark::html::push_html(&mut page, Parser::new_ext(&text, Options::ENABLE_TABLES));
    PreEscaped(page.replace("<pre>", "<pre class=\"block\" tabindex=\"0\">"))
}

/// A line of a doc comment, which begins with a space. What an example is stands in words before it.
fn line(line: &str) -> String {
    let line = line.strip_prefix(' ').unwrap_or(line);
    let Some(info) = line.strip_prefix("```csp ") else {
        return line.to_owned();
    };
    let mut words = info.split_ascii_whitespace();
    let is_found = words.next() == Some("fires");
    let found = if is_found { "Found" } else { "Not found" };
    let known: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    let known = if known.is_empty() {
        String::new()
    } else {
        format!(" with {}", known.join(", "))
    };
    format!("{found}{known}:\n\n```text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_every_rule_has_all_sections_and_nothing_that_our_policy_forbids() {
        for rule in connect_src_lint::rules() {
            let page = documentation(rule).into_string();
            for section in connect_src_lint::SECTIONS {
                let heading = format!("<h2>{section}</h2>");
                assert!(page.contains(&heading), "{}: {section}: {page}", rule.name);
            }
            for word in ["<script", " style=", "<style", "<iframe", "<img"] {
                assert!(!page.contains(word), "{}: {word}", rule.name);
            }
        }
    }
}
