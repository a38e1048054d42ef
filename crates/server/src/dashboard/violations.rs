//! Violations, in groups of the same finding.

use axum::extract::{Query, State};
use axum::response::Response;
use connect_src_report::Class;
use maud::{Markup, html};
use serde::Deserialize;

use super::router::Dashboard;
use super::routes::Routes;
use super::shell::{Page, Place, form_key, link};
use super::view::badge;
use super::view::icon::{Icon, icon};
use super::view::list::{Address, choice, empty, pager, rows_after, search, sorted};
use super::view::text::{self, count, number};
use super::violation::Done;
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::desk::{Standing, hosts};
use crate::rollout::RouteKey;
use crate::store::{Finding, Group, GroupId, GroupQuery, GroupSort, Label, Page as Rows};

/// What the address of the page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    at: String,
    /// `review` for what nobody has decided about, or else everything.
    #[serde(default)]
    view: String,
    #[serde(default)]
    class: String,
    /// `enforce` or `report`.
    #[serde(default)]
    effect: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    after: String,
}

pub(super) async fn page(
    State(dashboard): State<Dashboard>,
    Visitor(guest): Visitor,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Response {
    let work = move |api: &Parts, guest: &Guest| {
        let routes = Routes::of(api, &asked.at)?;
        let list = List {
            now: api.clock.now(),
            key: &routes.chosen,
            address: asked.address(),
            asked: &asked,
            done: &done,
            guest,
        };
        let body = if asked.view == "review" {
            list.review(&api.desk.standing(&routes.chosen)?)
        } else {
            list.all(api.reports.groups(
                &asked.query(&routes.chosen)?,
                &rows_after(&asked.after, ROWS)?,
            )?)
        };
        let page = Page {
            title: "Violations",
            place: Some(Place::Violations),
            route: Some(&routes.chosen),
            routes: &routes.all,
            body,
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

impl Asked {
    fn address(&self) -> Address {
        Address::new("/violations")
            .with("at", &*self.at)
            .with("view", &*self.view)
            .with("class", &*self.class)
            .with("effect", &*self.effect)
            .with("label", &*self.label)
            .with("q", &*self.q)
            .with("sort", &*self.sort)
    }

    fn query(&self, key: &RouteKey) -> Result<GroupQuery, Problem> {
        let class = match &*self.class {
            "" | "all" => None,
            word => Some(Class::parse(word).ok_or_else(|| Problem::not_found("class"))?),
        };
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(GroupQuery {
            site: Some(key.site.to_string()),
            route: Some(key.route.to_string()),
            classes: class.into_iter().collect(),
            disposition: text(&self.effect),
            blocked: text(self.q.trim_ascii()),
            label: Label::parse(&self.label),
            sort: self.sort(),
            ..GroupQuery::default()
        })
    }

    fn sort(&self) -> GroupSort {
        match &*self.sort {
            "last-seen" => GroupSort::LastSeen,
            "first-seen" => GroupSort::FirstSeen,
            "blocked" => GroupSort::Blocked,
            _ => GroupSort::Count,
        }
    }
}

struct List<'l> {
    now: Timestamp,
    key: &'l RouteKey,
    address: Address,
    asked: &'l Asked,
    done: &'l Done,
    guest: &'l Guest,
}

impl List<'_> {
    fn review(&self, standing: &Standing) -> Markup {
        let open = &standing.open;
        let what = if standing.draft.is_some() {
            "the draft"
        } else {
            "the policy"
        };
        html! {
            (self.done.show(self.guest, &self.address.to_string()))
            div #page-violations data-live {
                (self.title("Review"))
                @if open.is_empty() {
                    (self.nothing_open(standing))
                } @else {
                    p.lead {
                        (count(open.len() as u64, "connection")) " of " (count(hosts(open), "host")) " "
                        @if open.len() == 1 { "is" } @else { "are" } " not in " (what)
                        ". Does the site need it? Allow exactly that. Should it not happen? Keep it blocked."
                    }
                    ul.decisions {
                        @for finding in open.iter().take(ROWS as usize) { (self.decision(finding)) }
                    }
                    @if open.len() > ROWS as usize { p.muted { "The others follow when these are decided." } }
                }
            }
        }
    }

    fn nothing_open(&self, standing: &Standing) -> Markup {
        let (title, words) = if standing.findings.is_empty() {
            (
                "Nothing was reported yet",
                "Open the application and use it as people do.",
            )
        } else if !standing.has_policy() {
            (
                "There is no policy yet",
                "Write a draft first; what it blocks is then reviewed here.",
            )
        } else {
            (
                "Everything is decided",
                "What the policy blocks was looked at. Go on with the rollout.",
            )
        };
        empty(
            title,
            &html! {
                p { (words) }
                p.buttons {
                    a.button.primary href=(link("/rollout", self.key)) { "To the rollout " (icon(Icon::Next)) }
                    a.button href=(link("/", self.key)) { "Overview" }
                }
            },
        )
    }

    /// One connection to decide about.
    fn decision(&self, finding: &Finding) -> Markup {
        html! {
            li.card data-row {
                div {
                    h2 { a href={ "/violations/" (finding.id.0) } { (text::foreign(&finding.blocked_url)) } }
                    p.facts {
                        "from " (text::foreign(&finding.origin)) ", "
                        (count(finding.count, "report")) " on " (count(finding.pages, "page")) ", last " (text::time(finding.last_seen, self.now))
                    }
                }
                (self.quick(finding.id))
            }
        }
    }

    fn quick(&self, id: GroupId) -> Markup {
        let act = |action: &str| format!("/violations/{}/{action}", id.0);
        html! {
            @if self.guest.may_change() {
                form.buttons method="post" action=(act("allow")) {
                    (form_key(self.guest))
                    input type="hidden" name="to" value={ (link("/violations", self.key)) "&view=review" };
                    button type="submit" { (icon(Icon::Allowed)) "Allow exactly this" }
                    button type="submit" formaction=(act("expected")) { (icon(Icon::Blocked)) "Keep it blocked" }
                    button.quiet type="submit" formaction=(act("noise")) { (icon(Icon::Noise)) "Noise" }
                    a.button.quiet href={ "/violations/" (id.0) } { "Why?" }
                }
            }
        }
    }

    fn all(&self, rows: Rows<Group>) -> Markup {
        html! {
            (self.done.show(self.guest, &self.address.to_string()))
            div #page-violations data-live {
                (self.title("Violations"))
                (self.filters())
                @if rows.items.is_empty() {
                    (empty("No such violations", &html! {
                        p { "While a site is observed, every connection is reported, and shown here as connected. Once a policy is on trial or enforced, what it blocks comes to the top." }
                        p.buttons { a.button href=(link("/violations", self.key)) { "Show all" } a.button href=(link("/", self.key)) { "Overview" } }
                    }))
                } @else {
                    (self.table(&rows.items))
                    (pager(&self.address, (rows.items.len(), rows.total), "group", rows.next.map(|next| next.to_string()), self.asked.after.is_empty()))
                }
            }
        }
    }

    fn title(&self, title: &str) -> Markup {
        let is_review = self.asked.view == "review";
        let all = Address::new("/violations").with("at", &*self.asked.at);
        html! {
            header.title {
                h1 { (title) }
                p.segments {
                    a href=(all.with("view", "review")) aria-current=[is_review.then_some("true")] { "To review" }
                    a href=(all) aria-current=[(!is_review).then_some("true")] { "All" }
                }
            }
        }
    }

    fn filters(&self) -> Markup {
        let mut classes = vec![("", "All classes")];
        classes.extend(Class::ALL.map(|class| (class.as_str(), badge::class_name(class.as_str()))));
        html! {
            form.filters method="get" action="/violations" role="search" {
                (self.address.hidden(&["q", "class", "effect", "label"]))
                (search("q", &self.asked.q, "Blocked host"))
                (choice("class", "Class", &classes, &self.asked.class))
                (choice("effect", "Effect", &[("", "Any"), ("enforce", "Blocked"), ("report", "Only reported")], &self.asked.effect))
                (choice("label", "Decision", &[("", "Any"), ("expected", "Expected"), ("noise", "Noise")], &self.asked.label))
                button type="submit" { "Filter" }
            }
        }
    }

    fn table(&self, groups: &[Group]) -> Markup {
        let now = if self.asked.sort.is_empty() {
            "count"
        } else {
            &self.asked.sort
        };
        html! {
            table.list {
                thead {
                    tr {
                        (sorted(&self.address, ("blocked", "Connection"), now, "ascending"))
                        th scope="col" { "What happened" }
                        th scope="col" { "Class" }
                        (sorted(&self.address, ("count", "Reports"), now, "descending"))
                        (sorted(&self.address, ("last-seen", "Last seen"), now, "descending"))
                    }
                }
                tbody { @for group in groups { (self.row(group)) } }
            }
        }
    }

    fn row(&self, group: &Group) -> Markup {
        html! {
            tr data-row {
                th scope="row" {
                    a href={ "/violations/" (group.id.0) } { (text::foreign(&group.blocked)) }
                    div.muted { (text::foreign(&group.directive)) " · from " (text::foreign(&group.origin)) }
                }
                td data-label="What happened" { (badge::effect(group.role.as_deref(), &group.disposition)) @if let Some(label) = group.label { " " (badge::label(label)) } }
                td data-label="Class" { (badge::class(&group.class)) }
                td.amount data-label="Reports" { (number(group.count)) }
                td data-label="Last seen" { (text::time(group.last_seen, self.now)) }
            }
        }
    }
}

/// Groups of a page.
const ROWS: u32 = 50;
