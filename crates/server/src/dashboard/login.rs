//! Logging in and out, and the choice of colours.

use axum::extract::{FromRequest as _, Path, Query, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use serde::Deserialize;

use super::router::{Dashboard, Fields, local};
use super::shell::{Page, answer, document, failure};
use super::view::icon::{Icon, icon};
use super::visitor::{Guest, THEME_COOKIE, Theme, is_from_here, set_session};
use crate::api::Problem;
use crate::sessions::Login;
use crate::tokens::Denied;

/// Where to go after the login.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    to: String,
}

pub(super) async fn page(guest: Guest, Query(next): Query<Next>) -> Response {
    if guest.member.is_some() {
        return Redirect::to(local(&next.to).unwrap_or("/")).into_response();
    }
    form(&guest, StatusCode::OK, &next.to, None)
}

fn form(guest: &Guest, status: StatusCode, to: &str, wrong: Option<&str>) -> Response {
    let body = html! {
        section.login {
            h1 { "Log in" }
            p { "With the token that the server printed when it was started for the first time, or one that was made since." }
            form method="post" action="/login" {
                input type="hidden" name="to" value=(local(to).unwrap_or("/"));
                label for="token" { "Token" }
                input #token name="token" type="password" autocomplete="current-password" required autofocus
                    spellcheck="false" placeholder="csrc_…" aria-describedby=[wrong.map(|_| "wrong")]
                    aria-invalid=[wrong.map(|_| "true")];
                @if let Some(wrong) = wrong {
                    p #wrong .error role="alert" { (icon(Icon::Warning)) (wrong) }
                }
                button.primary type="submit" { "Log in" }
            }
            details {
                summary { "I have no token" }
                (no_token())
            }
        }
    };
    let page = Page {
        title: "Log in",
        place: None,
        route: None,
        routes: &[],
        body,
    };
    page.response_with(guest, status)
}

fn no_token() -> Markup {
    html! {
        p { "The first token is printed once, in the terminal or the log of the first start. Whoever can write the server's database makes another, also while the server runs:" }
        pre.block tabindex="0" { "connect-src token new --role change --db connect-src.db" }
    }
}

pub(super) async fn submit(
    State(dashboard): State<Dashboard>,
    guest: Guest,
    request: Request,
) -> Response {
    if !is_from_here(request.headers()) {
        let why = "Another site's page tried to log you in.";
        return failure(&guest, StatusCode::FORBIDDEN, why);
    }
    let Ok(bytes) = Bytes::from_request(request, &dashboard).await else {
        return failure(&guest, StatusCode::PAYLOAD_TOO_LARGE, "That is no token.");
    };
    let fields = Fields::parse(&bytes);
    let token = fields.text("token").trim_ascii().to_owned();
    match check(&dashboard, &guest, token).await {
        Ok(cookie) => with_cookie(fields.next("/").into_response(), &cookie),
        Err((status, why)) => form(&guest, status, fields.text("to"), Some(&why)),
    }
}

/// The cookie of the session that begins, or why none does.
async fn check(
    dashboard: &Dashboard,
    guest: &Guest,
    token: String,
) -> Result<String, (StatusCode, String)> {
    let (address, is_secure) = (guest.address, guest.is_secure);
    let begun = dashboard.api.blocking(move |api| {
        let now = api.clock.now();
        match api.tokens.check(&token, address, now, api.clock.elapsed()) {
            Ok(caller) => {
                let login = Login::of_token(&token, caller).ok_or_else(wrong);
                match login.map(|login| api.sessions.start(login, now)) {
                    Ok(id) => Ok(Ok(set_session(Some(&id?), is_secure))),
                    Err(problem) => Ok(Err(problem)),
                }
            }
            Err(Denied::Wrong) => Ok(Err(wrong())),
            Err(Denied::TooOften) => Ok(Err(too_often())),
            Err(Denied::Store(error)) => Err(error.into()),
        }
    });
    let unavailable = |problem: Problem| (StatusCode::SERVICE_UNAVAILABLE, problem.detail);
    begun.await.map_err(unavailable)?
}

fn wrong() -> (StatusCode, String) {
    let why = "This is no token of this server.".to_owned();
    (StatusCode::UNAUTHORIZED, why)
}

fn too_often() -> (StatusCode, String) {
    let why = "Too many wrong tokens came from your address. Wait a minute.".to_owned();
    (StatusCode::TOO_MANY_REQUESTS, why)
}

/// Logs in whoever has the link, once.
pub(super) async fn enter(
    State(dashboard): State<Dashboard>,
    guest: Guest,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Response {
    if guest.member.is_some() {
        return Redirect::to("/").into_response();
    }
    // Somebody only looks where it leads.
    if headers.contains_key("sec-purpose") || headers.contains_key("purpose") {
        return failure(
            &guest,
            StatusCode::FORBIDDEN,
            "The link has to be followed by hand.",
        );
    }
    let is_secure = guest.is_secure;
    let begun = dashboard.api.blocking(move |api| {
        let now = api.clock.now();
        let login = api.sessions.follow(&link, now);
        let id = login
            .map(|login| api.sessions.start(login, now))
            .transpose()?;
        Ok(id.map(|id| set_session(Some(&id), is_secure)))
    });
    if let Some(cookie) = begun.await.ok().flatten() {
        return with_cookie(forward(guest.theme), &cookie);
    }
    let why = "The link was used already, or is older than 15 minutes. Log in with the token.";
    failure(&guest, StatusCode::UNAUTHORIZED, why)
}

/// A page that goes on to the overview. A redirect would still be part of the way from the page that had the link, and
/// the cookie would not be sent along it.
fn forward(theme: Theme) -> Response {
    let body = html! { main { p { a href="/" { "To the dashboard" } } } };
    let mut response = answer(StatusCode::OK, document("Logged in", theme, &body));
    let refresh = HeaderValue::from_static("0;url=/");
    response
        .headers_mut()
        .insert(HeaderName::from_static("refresh"), refresh);
    response
}

pub(super) async fn leave(
    State(dashboard): State<Dashboard>,
    guest: Guest,
    request: Request,
) -> Response {
    let is_ours = is_from_here(request.headers());
    let bytes = Bytes::from_request(request, &dashboard)
        .await
        .unwrap_or_default();
    let key = Fields::parse(&bytes);
    let Some((id, _)) = guest.member.clone() else {
        return Redirect::to("/login").into_response();
    };
    if !is_ours || !id.is_form_key(key.text("key")) {
        return failure(
            &guest,
            StatusCode::FORBIDDEN,
            "Another page tried to log you out.",
        );
    }
    let ended = dashboard
        .api
        .blocking(move |api| Ok(api.sessions.end(&id)?));
    if let Err(problem) = ended.await {
        return failure(&guest, StatusCode::SERVICE_UNAVAILABLE, &problem.detail);
    }
    let cookie = set_session(None, guest.is_secure);
    with_cookie(Redirect::to("/login").into_response(), &cookie)
}

/// Keeps the choice of colours. It is nothing that another page could do harm with.
pub(super) async fn theme(request: Request) -> Response {
    let bytes = Bytes::from_request(request, &()).await.unwrap_or_default();
    let fields = Fields::parse(&bytes);
    let theme = Theme::parse(fields.text("theme")).as_str();
    let cookie = format!("{THEME_COOKIE}={theme}; Path=/; SameSite=Lax; Max-Age=31536000");
    with_cookie(fields.next("/").into_response(), &cookie)
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
