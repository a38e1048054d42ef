//! The inventory: what the site connects to, and what the policies do with it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use connect_src::BrowserProfile;
use connect_src_report::Class;
use maud::{Markup, html};
use serde::Deserialize;

use super::explain;
use super::router::Dashboard;
use super::routes::Routes;
use super::shell::{Page, Place, link};
use super::view::badge;
use super::view::list::{Address, choice, empty, pager, rows_after, search, sorted};
use super::view::text::{self, count, number};
use super::violation::seen;
use super::visitor::{Guest, Visitor};
use crate::api::{Parts, Problem};
use crate::clock::Timestamp;
use crate::desk::{Compared, ConnectionRow, Question, ReportedApi, Verdict, VerdictFilter};
use crate::rollout::RouteKey;
use crate::store::{Connection, ConnectionId, ConnectionQuery, ConnectionSort, Page as Rows};

/// What the address of the page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    at: String,
    #[serde(default)]
    class: String,
    /// A policy and a verdict, such as `draft-blocked`.
    #[serde(default)]
    verdict: String,
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
) -> Response {
    let work = move |api: &Parts, guest: &Guest| {
        let routes = Routes::of(api, &asked.at)?;
        let rows = api.desk.connections(
            &asked.query(&routes.chosen)?,
            asked.filter(),
            &rows_after(&asked.after, ROWS)?,
        )?;
        let body = list(&asked, rows, &routes.chosen, api.clock.now());
        let page = Page {
            title: "Connections",
            place: Some(Place::Connections),
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
        Address::new("/connections")
            .with("at", &*self.at)
            .with("class", &*self.class)
            .with("verdict", &*self.verdict)
            .with("q", &*self.q)
            .with("sort", &*self.sort)
    }

    fn query(&self, key: &RouteKey) -> Result<ConnectionQuery, Problem> {
        let classes = match &*self.class {
            "all" => Vec::new(),
            "" => vec![Class::Genuine, Class::StalePolicy],
            word => vec![Class::parse(word).ok_or_else(|| Problem::not_found("class"))?],
        };
        let contains = self.q.trim_ascii();
        Ok(ConnectionQuery {
            site: Some(key.site.to_string()),
            route: Some(key.route.to_string()),
            classes,
            contains: (!contains.is_empty()).then(|| contains.to_owned()),
            sort: match &*self.sort {
                "last-seen" => ConnectionSort::LastSeen,
                "first-seen" => ConnectionSort::FirstSeen,
                "url" => ConnectionSort::Url,
                _ => ConnectionSort::Count,
            },
            ..ConnectionQuery::default()
        })
    }

    fn filter(&self) -> Option<VerdictFilter> {
        let (policy, verdict) = match &*self.verdict {
            "policy-blocked" => (Compared::Current, Verdict::Blocked),
            "policy-differs" => (Compared::Current, Verdict::Differs),
            "draft-blocked" => (Compared::Draft, Verdict::Blocked),
            "draft-allowed" => (Compared::Draft, Verdict::Allowed),
            _ => return None,
        };
        Some(VerdictFilter { policy, verdict })
    }
}

fn list(asked: &Asked, rows: Rows<ConnectionRow>, key: &RouteKey, now: Timestamp) -> Markup {
    let address = asked.address();
    let next = rows.next.map(|next| next.to_string());
    let shown = (rows.items.len(), rows.total);
    html! {
        div #page-connections data-live {
            header.title { h1 { "Connections" } p.muted { "What pages of the site connect to, as browsers reported it." } }
            (filters(asked, &address))
            @if rows.items.is_empty() {
                (empty("No such connections", &html! {
                    p { "Each connection that a page of the site makes is listed here once a browser has reported it. Open the application while the site is observed." }
                    p.buttons { a.button href=(link("/connections", key)) { "Show all" } a.button href=(link("/", key)) { "Overview" } }
                }))
            } @else {
                (table(&rows.items, asked, &address, now))
                (pager(&address, shown, "connection", next, asked.after.is_empty()))
            }
        }
    }
}

fn filters(asked: &Asked, address: &Address) -> Markup {
    let mut classes = vec![("", "Of the site itself"), ("all", "All classes")];
    classes.extend(Class::ALL.map(|class| (class.as_str(), badge::class_name(class.as_str()))));
    html! {
        form.filters method="get" action="/connections" role="search" {
            (address.hidden(&["q", "class", "verdict"]))
            (search("q", &asked.q, "Part of the URL"))
            (choice("class", "Class", &classes, &asked.class))
            (choice("verdict", "Verdict", &VERDICTS, &asked.verdict))
            button type="submit" { "Filter" }
        }
    }
}

fn table(rows: &[ConnectionRow], asked: &Asked, address: &Address, now: Timestamp) -> Markup {
    let sort = if asked.sort.is_empty() {
        "count"
    } else {
        &asked.sort
    };
    html! {
        table.list {
            thead {
                tr {
                    (sorted(address, ("url", "Connection"), sort, "ascending"))
                    th scope="col" { "Policy" }
                    th scope="col" { "Draft" }
                    th scope="col" { "Pages" }
                    th scope="col" { "Browsers" }
                    (sorted(address, ("count", "Reports"), sort, "descending"))
                    (sorted(address, ("first-seen", "First seen"), sort, "descending"))
                    (sorted(address, ("last-seen", "Last seen"), sort, "descending"))
                }
            }
            tbody {
                @for row in rows {
                    @let it = &row.connection;
                    tr data-row {
                        th scope="row" {
                            a href={ "/connections/" (it.id.0) } { (text::foreign(&url(it))) }
                            div.muted {
                                "from " (text::foreign(&it.document))
                                @if row.api == ReportedApi::Websocket { " · WebSocket" }
                                @if !row.vendors.is_empty() { " · " (row.vendors.join(", ")) }
                                @if it.class != "genuine" { " · " (badge::class_name(&it.class)) }
                            }
                        }
                        td data-label="Policy" { (badge::verdict(row.verdicts.current)) }
                        td data-label="Draft" { (badge::verdict(row.verdicts.draft)) }
                        td.amount data-label="Pages" { (number(it.pages)) }
                        td.amount data-label="Browsers" { (number(it.browsers)) }
                        td.amount data-label="Reports" { (number(it.count)) }
                        td data-label="First seen" { (text::time(it.first_seen, now)) }
                        td data-label="Last seen" { (text::time(it.last_seen, now)) }
                    }
                }
            }
        }
    }
}

/// The URL as far as it is told apart.
fn url(connection: &Connection) -> String {
    let path = connection.path.as_deref().unwrap_or(" (further paths)");
    format!("{}{path}", connection.origin)
}

pub(super) async fn one(
    State(dashboard): State<Dashboard>,
    Visitor(guest): Visitor,
    Path(id): Path<String>,
) -> Response {
    let work = move |api: &Parts, guest: &Guest| {
        let view = id
            .parse()
            .ok()
            .map(|id| api.desk.connection(ConnectionId(id)));
        let view = view.transpose()?.flatten();
        let view = view.ok_or_else(|| Problem::not_found("connection"))?;
        let it = &view.detail.connection;
        let key = RouteKey::new(it.site.as_str(), it.route.as_str());
        let target = format!("{}{}", it.origin, it.path.as_deref().unwrap_or_default());
        let question = Question::of(&it.document, &target);
        let status = api.rollouts.status_of(&key).ok();
        let current = status.and_then(|it| it.policy.or(it.baseline));
        let draft = api.policies.draft(&key)?.map(|draft| draft.text);
        let draft = draft.filter(|draft| Some(draft) != current.as_ref());
        let now = api.clock.now();
        let body = html! {
            div #page-connection data-live {
                header.title {
                    p.crumbs { a href=(link("/connections", &key)) { "Connections" } }
                    h1.long { (text::foreign(&url(it))) }
                    p.facts {
                        (badge::class(&it.class)) " from " (text::foreign(&it.document)) ", " (count(it.count, "report"))
                        ", first " (text::time(it.first_seen, now)) ", last " (text::time(it.last_seen, now))
                        @if !view.vendors.is_empty() { ", known as " (view.vendors.join(", ")) }
                    }
                }
                section.card {
                    h2 { "What policies do with it" }
                    @match &question {
                        None => { p { "It is no URL, so no source of a policy decides about it." } },
                        Some(_) if current.is_none() && draft.is_none() => {
                            p { "There is neither a policy nor a draft, so nothing is blocked." }
                        },
                        Some(question) => {
                            @for (title, text) in [("Under the policy now", &current), ("Under the draft", &draft)] {
                                @if let Some(text) = text {
                                    h3 { (title) }
                                    (explain::explanation(&explain::enforced(text.as_str()), question, &BrowserProfile::BROWSERS))
                                }
                            }
                        },
                    }
                    p.buttons { a.button href=(Address::new("/violations").with("at", super::shell::at(&key)).with("q", it.origin.as_str())) { "Its violations" } }
                }
                div.columns {
                    (seen("Pages that make it", &view.detail.page_list, it.pages))
                    (seen("Browsers that report it", &view.detail.browser_list, it.browsers))
                }
            }
        };
        let page = Page {
            title: &text::short(&it.origin),
            place: Some(Place::Connections),
            route: Some(&key),
            routes: &[],
            body,
        };
        Ok(page.response(guest))
    };
    dashboard.answer(&guest, work).await
}

const VERDICTS: [(&str, &str); 5] = [
    ("", "Any"),
    ("policy-blocked", "Blocked by the policy"),
    ("policy-differs", "Browsers differ"),
    ("draft-blocked", "Blocked by the draft"),
    ("draft-allowed", "Allowed by the draft"),
];
const ROWS: u32 = 50;
