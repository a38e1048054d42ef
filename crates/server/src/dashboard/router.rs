//! Where the pages are.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts as _, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use bytes::Bytes;
use http::StatusCode;

use super::visitor::{Guest, Visitor, is_from_here};
use super::{
    assets, check, connections, history, host, login, overview, policy, rollout, rule, shell,
    violation, violations,
};
use crate::api::{Api, Parts, Problem, happenings, harden};
use crate::sessions::SessionId;
use crate::tokens::Caller;

/// What the pages' handlers have.
#[derive(Clone)]
pub(crate) struct Dashboard {
    pub(super) api: Api,
    /// Where browsers find the application.
    pub(super) public: Arc<str>,
}

/// Everything under the admin address: the API, and the pages.
pub(crate) fn router(api: Api, public: &str) -> Router {
    let dashboard = Dashboard {
        api,
        public: public.into(),
    };
    let programs = dashboard.api.clone().router();
    let pages = Router::new()
        .route("/", get(overview::page))
        .route("/violations", get(violations::page))
        .route("/violations/{id}", get(violation::page))
        .route("/violations/{id}/{action}", post(violation::act))
        .route("/connections", get(connections::page))
        .route("/connections/{id}", get(connections::one))
        .route("/policy", get(policy::page).post(policy::save))
        .route(
            "/policy/preview",
            get(policy::preview_of_draft).post(policy::preview_of),
        )
        .route("/policy/{action}", post(policy::act))
        .route("/rollout", get(rollout::page))
        .route("/rollout/{step}", post(rollout::step))
        .route("/check", get(check::page))
        .route("/rules/{name}", get(rule::page))
        .route("/history", get(history::page))
        .route("/history/{id}/undo", post(history::undo))
        .route("/login", get(login::page).post(login::submit))
        .route("/logout", post(login::leave))
        .route("/enter/{link}", get(login::enter))
        .route("/theme", post(login::theme))
        .route("/events", get(events))
        .route("/assets/{name}", get(assets::serve))
        .method_not_allowed_fallback(lost)
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .with_state(dashboard.clone());
    let elsewhere = Router::new().fallback(lost).with_state(dashboard.clone());
    let all = programs.merge(pages).merge(elsewhere);
    all.layer(middleware::from_fn_with_state(dashboard, host::require))
}

/// What is neither the API's nor a page.
async fn lost(State(dashboard): State<Dashboard>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return harden(Problem::not_found("resource").into_response()).await;
    }
    let (mut parts, _) = request.into_parts();
    let Ok(guest) = Guest::from_request_parts(&mut parts, &dashboard).await;
    let why = "The address is none of this server's. What you look for may have been dropped because of its age.";
    shell::failure(&guest, StatusCode::NOT_FOUND, why)
}

/// What happens, as it happens, for the script.
async fn events(State(dashboard): State<Dashboard>, _: Visitor) -> Response {
    let mut response = happenings(&dashboard.api).into_response();
    shell::guard(response.headers_mut());
    response
}

impl Dashboard {
    /// Who is logged in with this cookie. Nobody is while the store does not answer.
    pub(super) async fn member(&self, id: String) -> Option<(SessionId, Caller)> {
        let found = self
            .api
            .blocking(move |api| Ok(api.sessions.find(&id, api.clock.now())?));
        found.await.ok().flatten()
    }

    /// Makes an answer of what waits for the store, or says why there is none.
    pub(super) async fn answer(
        &self,
        guest: &Guest,
        work: impl FnOnce(&Parts, &Guest) -> Result<Response, Problem> + Send + 'static,
    ) -> Response {
        let asking = guest.clone();
        let done = self.api.blocking(move |api| work(api, &asking)).await;
        done.unwrap_or_else(|problem| {
            let status = StatusCode::from_u16(problem.status);
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            shell::failure(guest, status, &super::view::text::capital(&problem.detail))
        })
    }
}

/// A form that changes something, from somebody who may.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) guest: Guest,
    pub(super) caller: Caller,
    pub(super) fields: Fields,
}

/// What a form says.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes).into_owned();
        Self(pairs.take(MOST_FIELDS).collect())
    }

    /// The field of this name, or nothing.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// The page of ours to go to next.
    pub(super) fn next(&self, otherwise: &str) -> Redirect {
        Redirect::to(local(self.text("to")).unwrap_or(otherwise))
    }
}

/// A path that stays on this server.
pub(super) fn local(path: &str) -> Option<&str> {
    let is_local = path.starts_with('/') && !path.starts_with("//");
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (is_local && is_plain && path.len() <= MOST_PATH).then_some(path)
}

impl FromRequest<Dashboard> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, dashboard: &Dashboard) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Visitor(guest) = Visitor::from_request_parts(&mut parts, dashboard).await?;
        let refuse = |status, why: &str| shell::failure(&guest, status, why);
        if !is_from_here(&parts.headers) {
            return Err(refuse(
                StatusCode::FORBIDDEN,
                "Another site's page asked for this change.",
            ));
        }
        let bytes = Bytes::from_request(Request::from_parts(parts, body), dashboard).await;
        let Ok(bytes) = bytes else {
            return Err(refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The form is over 64 KiB.",
            ));
        };
        let fields = Fields::parse(&bytes);
        let Some((id, caller)) = guest.member.clone() else {
            return Err(refuse(StatusCode::UNAUTHORIZED, "Changes need a login."));
        };
        if !id.is_form_key(fields.text("key")) {
            let why =
                "The form is of an earlier session. Go back, load the page anew, and try again.";
            return Err(refuse(StatusCode::FORBIDDEN, why));
        }
        if !guest.may_change() {
            let why = "Your token may only look. Log in with one that has the role `change`.";
            return Err(refuse(StatusCode::FORBIDDEN, why));
        }
        Ok(Self {
            guest,
            caller,
            fields,
        })
    }
}

const MOST_BODY_BYTES: usize = 64 << 10;
const MOST_FIELDS: usize = 50;
const MOST_PATH: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_leads_nowhere_else() {
        for path in ["/", "/violations?at=%2A+%2F&sort=count"] {
            assert_eq!(local(path), Some(path));
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\nx",
            "/\t/x",
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
    }
}
