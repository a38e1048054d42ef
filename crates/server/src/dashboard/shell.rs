//! What all pages have in common: head, navigation, and the headers of their answers.

use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use maud::{DOCTYPE, Markup, html};

use super::assets::{ICON, SCRIPT, STYLE};
use super::view::icon::{Icon, icon};
use super::visitor::{Guest, Theme};
use crate::rollout::RouteKey;

/// A page, without what all pages have in common.
pub(super) struct Page<'p> {
    pub(super) title: &'p str,
    /// Where it belongs in the navigation.
    pub(super) place: Option<Place>,
    /// The route that it is about.
    pub(super) route: Option<&'p RouteKey>,
    /// Every route, for the choice among them.
    pub(super) routes: &'p [RouteKey],
    pub(super) body: Markup,
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Overview,
    Violations,
    Connections,
    Policy,
    Rollout,
    Check,
    History,
}

impl Place {
    const ALL: [Self; 7] = [
        Self::Overview,
        Self::Violations,
        Self::Connections,
        Self::Policy,
        Self::Rollout,
        Self::Check,
        Self::History,
    ];

    /// Its name, its path, the key after `g`, and its picture.
    fn entry(self) -> (&'static str, &'static str, &'static str, Icon) {
        match self {
            Self::Overview => ("Overview", "/", "o", Icon::Overview),
            Self::Violations => ("Violations", "/violations", "v", Icon::Blocked),
            Self::Connections => ("Connections", "/connections", "c", Icon::Connections),
            Self::Policy => ("Policy", "/policy", "p", Icon::Policy),
            Self::Rollout => ("Rollout", "/rollout", "r", Icon::Rollout),
            Self::Check => ("Check", "/check", "k", Icon::Check),
            Self::History => ("History", "/history", "h", Icon::History),
        }
    }
}

impl Page<'_> {
    /// The whole document.
    pub(super) fn response(&self, guest: &Guest) -> Response {
        self.response_with(guest, StatusCode::OK)
    }

    pub(super) fn response_with(&self, guest: &Guest, status: StatusCode) -> Response {
        let document = document(
            self.title,
            guest.theme,
            &html! {
                a.skip href="#main" { "Skip to the content" }
                (self.top(guest))
                div.frame {
                    @if guest.may_check() { (self.navigation(guest)) }
                    main #main tabindex="-1" { (self.body) }
                }
                (keys())
            },
        );
        answer(status, document)
    }

    fn top(&self, guest: &Guest) -> Markup {
        html! {
            header.top {
                a.brand href="/" { (icon(Icon::Brand)) span { "connect-src" } }
                (self.route_choice())
                div.tools {
                    @if guest.may_view() {
                        span #live .live data-state="off" hidden { (icon(Icon::Live)) span { "Connecting" } }
                    }
                    button #keys-button .quiet type="button" hidden title="Keys (?)" { (icon(Icon::Keys)) span.wide { "Keys" } }
                    (theme_switch(guest))
                    @if let Some(caller) = guest.caller() {
                        form method="post" action="/logout" {
                            (form_key(guest))
                            button.quiet type="submit" title={ "Log out " (caller.name) } {
                                (icon(Icon::Leave)) span.wide { "Log out" }
                            }
                        }
                    } @else if guest.may_check() {
                        a.button.quiet href="/login" { "Log in" }
                    }
                }
            }
        }
    }

    /// Which route the page is about, where there are several.
    fn route_choice(&self) -> Markup {
        let (Some(chosen), true) = (self.route, self.routes.len() > 1) else {
            return html! {};
        };
        let path = self.place.map_or("/", |place| place.entry().1);
        html! {
            form.routes method="get" action=(path) {
                label { span.hidden { "Site and route" }
                    select name="at" data-submit {
                        @for route in self.routes {
                            option value=(at(route)) selected[route == chosen] { (name(route)) }
                        }
                    }
                }
                button.quiet type="submit" data-scriptless { "Show" }
            }
        }
    }

    fn navigation(&self, guest: &Guest) -> Markup {
        let places = Place::ALL.into_iter();
        let places = places.filter(|place| guest.may_view() || *place == Place::Check);
        html! {
            nav aria-label="Pages" {
                ul {
                    @for place in places {
                        @let (name, path, key, picture) = place.entry();
                        li {
                            a href=(self.in_route(path)) data-go=(key)
                                aria-current=[(self.place == Some(place)).then_some("page")] {
                                (icon(picture)) span { (name) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The same route on another page.
    fn in_route(&self, path: &str) -> String {
        match self.route {
            Some(route) if self.routes.len() > 1 => link(path, route),
            _ => path.to_owned(),
        }
    }
}

/// A page about a route.
pub(super) fn link(path: &str, route: &RouteKey) -> String {
    let at: String = url::form_urlencoded::byte_serialize(at(route).as_bytes()).collect();
    format!("{path}?at={at}")
}

/// A route as one word: the site, a space, the path.
pub(super) fn at(route: &RouteKey) -> String {
    format!("{} {}", route.site, route.route)
}

/// A route for people.
pub(super) fn name(route: &RouteKey) -> String {
    match (&*route.site, &*route.route) {
        ("*", "/") => "every site".to_owned(),
        ("*", path) => format!("every site, below {path}"),
        (site, "/") => site.to_owned(),
        (site, path) => format!("{site}{path}"),
    }
}

/// What a form shows to prove that it is one of ours.
pub(super) fn form_key(guest: &Guest) -> Markup {
    html! { input type="hidden" name="key" value=(guest.form_key()); }
}

fn theme_switch(guest: &Guest) -> Markup {
    let (next, picture, words) = match guest.theme {
        Theme::System => (
            "dark",
            Icon::System,
            "Colours: as the system. Change to dark",
        ),
        Theme::Dark => ("light", Icon::Dark, "Colours: dark. Change to light"),
        Theme::Light => (
            "system",
            Icon::Light,
            "Colours: light. Change to the system's",
        ),
    };
    html! {
        form method="post" action="/theme" {
            input type="hidden" name="to" value=(guest.path);
            button.quiet type="submit" name="theme" value=(next) title=(words) {
                (icon(picture)) span.hidden { (words) }
            }
        }
    }
}

/// The keys, shown by `?`.
fn keys() -> Markup {
    let rows = [
        (
            "g o … g h",
            "go to a page: its letter is in this list's order, o v c p r k h",
        ),
        ("/", "search"),
        ("j  k", "next and previous row"),
        ("Enter", "open the row"),
        ("a", "allow exactly this"),
        ("e", "expected: keep it blocked"),
        ("n", "noise"),
        ("u", "undo"),
        ("?", "this list"),
    ];
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { "Keys" }
            table.plain {
                tbody {
                    @for (key, does) in rows { tr { th scope="row" { kbd { (key) } } td { (does) } } }
                }
            }
            label.switch { input #keys-on type="checkbox" checked; " Use keys of one letter" }
            form method="dialog" { button type="submit" { "Close" } }
        }
    }
}

/// A document with this body.
pub(super) fn document(title: &str, theme: Theme, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=(theme.as_str()) {
            head {
                meta charset="utf-8";
                title { (title) " · connect-src" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(match theme {
                    Theme::System => "light dark",
                    Theme::Light => "light",
                    Theme::Dark => "dark",
                });
                link rel="icon" type="image/svg+xml" href=(ICON.path());
                link rel="stylesheet" href=(STYLE.path());
                script src=(SCRIPT.path()) defer {}
            }
            body { (body) }
        }
    }
}

/// A page that says why something was not done.
pub(super) fn failure(guest: &Guest, status: StatusCode, why: &str) -> Response {
    let title = match status {
        StatusCode::NOT_FOUND => "There is no such page",
        StatusCode::UNAUTHORIZED => "Log in first",
        StatusCode::FORBIDDEN => "Not with this token",
        _ => "This was not done",
    };
    let body = html! {
        section.notice {
            h1 { (title) }
            p { (super::view::text::sentence(why)) }
            p.buttons {
                a.button href="/" { "Overview" }
                @if guest.member.is_none() { a.button.primary href="/login" { "Log in" } }
            }
        }
    };
    let page = Page {
        title,
        place: None,
        route: None,
        routes: &[],
        body,
    };
    page.response_with(guest, status)
}

/// An answer with the headers that every page has.
pub(super) fn answer(status: StatusCode, document: Markup) -> Response {
    let mut response = (status, document.into_string()).into_response();
    let media_type = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    guard(response.headers_mut());
    response
}

/// The headers that every page has.
pub(super) fn guard(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

/// Nothing but our own files, and no text that becomes script or markup.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";
