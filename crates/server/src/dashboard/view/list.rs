//! Long lists, a page at a time.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::text::{count, number};
use crate::store::{Cursor, PageRequest, StoreError};
use crate::words::sanitize::sanitize;

/// The rows of a list that follow a place, as an address says it; the first ones where it says none.
pub(in crate::dashboard) fn rows_after(place: &str, rows: u32) -> Result<PageRequest, StoreError> {
    let after = match place {
        "" => None,
        text => Some(Cursor::parse(text)?),
    };
    Ok(PageRequest {
        after,
        limit: Some(rows),
    })
}

/// An address with a query, part by part.
#[derive(Clone, Debug)]
pub(in crate::dashboard) struct Address {
    path: &'static str,
    pairs: Vec<(&'static str, String)>,
}

impl Address {
    pub(in crate::dashboard) fn new(path: &'static str) -> Self {
        let pairs = Vec::new();
        Self { path, pairs }
    }

    /// With this value of a key, in the place of the one it had. Nothing where it is empty.
    pub(in crate::dashboard) fn with(&self, key: &'static str, value: impl Into<String>) -> Self {
        let mut changed = self.clone();
        changed.pairs.retain(|(name, _)| *name != key);
        let value = value.into();
        if !value.is_empty() {
            changed.pairs.push((key, value));
        }
        changed
    }

    /// The parts as hidden fields of a form, but for those that the form asks for.
    pub(in crate::dashboard) fn hidden(&self, but: &[&str]) -> Markup {
        html! {
            @for (name, value) in &self.pairs {
                @if !but.contains(name) { input type="hidden" name=(name) value=(sanitize(value)); }
            }
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.path)?;
        if self.pairs.is_empty() {
            return Ok(());
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.pairs);
        write!(formatter, "?{}", query.finish())
    }
}

/// The heading of a column by which a list can be sorted.
pub(in crate::dashboard) fn sorted(
    address: &Address,
    (word, name): (&'static str, &str),
    now: &str,
    direction: &'static str,
) -> Markup {
    let is_now = word == now;
    html! {
        th scope="col" aria-sort=[is_now.then_some(direction)] {
            a href=(address.with("sort", word).with("after", "")) { (name) @if is_now { span.arrow aria-hidden="true" { @if direction == "ascending" { " ↑" } @else { " ↓" } } } }
        }
    }
}

/// Where in the list this page is, and the way to the others.
pub(in crate::dashboard) fn pager(
    address: &Address,
    (shown, total): (usize, u64),
    unit: &str,
    next: Option<String>,
    is_first: bool,
) -> Markup {
    html! {
        nav.pager aria-label="Pages of the list" {
            span { @if shown as u64 == total { (count(total, unit)) } @else { (number(shown as u64)) " of " (count(total, unit)) } }
            @if !is_first { a.button href=(address.with("after", "")) rel="first" { "First page" } }
            @if let Some(next) = next { a.button href=(address.with("after", next)) rel="next" { "Next page " (icon(Icon::Next)) } }
        }
    }
}

/// A box that says that there is nothing, and what to do.
pub(in crate::dashboard) fn empty(title: &str, body: &Markup) -> Markup {
    html! { div.empty { (icon(Icon::Info)) div { h2 { (title) } (body) } } }
}

/// A field that searches.
pub(in crate::dashboard) fn search(name: &str, value: &str, label: &str) -> Markup {
    html! {
        label.search { span.hidden { (label) } (icon(Icon::Search))
            input type="search" name=(name) value=(super::text::short(value)) placeholder=(label) maxlength="200" data-search;
        }
    }
}

/// A choice among a few words.
pub(in crate::dashboard) fn choice(
    name: &str,
    label: &str,
    options: &[(&str, &str)],
    chosen: &str,
) -> Markup {
    html! {
        label.choice { span { (label) }
            select name=(name) data-submit {
                @for (value, words) in options { option value=(value) selected[*value == chosen] { (words) } }
            }
        }
    }
}
