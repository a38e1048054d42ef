//! Who asks for a page, and what they may.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{COOKIE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};

use super::router::Dashboard;
use super::shell;
use crate::config::WithoutLogin;
use crate::proxy::Peer;
use crate::sessions::{self, LIFETIME, SessionId};
use crate::store::TokenRole;
use crate::tokens::Caller;

/// Somebody who looks at pages, logged in or not.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) theme: Theme,
    /// The session, and who it is.
    pub(super) member: Option<(SessionId, Caller)>,
    /// What is shown without a login.
    pub(super) without_login: WithoutLogin,
    /// The address without its host.
    pub(super) path: String,
    pub(super) is_secure: bool,
    pub(super) address: IpAddr,
}

/// Somebody who may look at everything.
#[derive(Clone, Debug)]
pub(super) struct Visitor(pub(super) Guest);

/// Light, dark, or as the system is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

impl Guest {
    /// Whether they may change things.
    pub(super) fn may_change(&self) -> bool {
        let member = self.member.as_ref();
        member.is_some_and(|(_, caller)| caller.role == TokenRole::Change)
    }

    /// Whether they may look at everything.
    pub(super) fn may_view(&self) -> bool {
        self.member.is_some() || self.without_login == WithoutLogin::View
    }

    pub(super) fn may_check(&self) -> bool {
        self.may_view() || self.without_login == WithoutLogin::Check
    }

    /// To the login, and from there to the page that was asked for.
    pub(super) fn asked_to_log_in(&self) -> Response {
        let to: String = url::form_urlencoded::byte_serialize(self.path.as_bytes()).collect();
        Redirect::to(&format!("/login?to={to}")).into_response()
    }

    pub(super) fn form_key(&self) -> String {
        let member = self.member.as_ref();
        member.map_or_else(String::new, |(id, _)| id.form_key())
    }

    pub(super) fn caller(&self) -> Option<&Caller> {
        self.member.as_ref().map(|(_, caller)| caller)
    }
}

impl FromRequestParts<Dashboard> for Guest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        dashboard: &Dashboard,
    ) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>();
        let path = parts.uri.path_and_query();
        let is_secure = peer.is_some_and(|peer| peer.is_secure);
        let id = cookie(&parts.headers, session_cookie(is_secure));
        let member = match id.map(str::to_owned) {
            Some(id) => dashboard.member(id).await,
            None => None,
        };
        Ok(Self {
            theme: Theme::parse(cookie(&parts.headers, THEME_COOKIE).unwrap_or_default()),
            member,
            without_login: dashboard.api.0.rollouts.config().admin.without_login,
            path: path.map_or("/", |path| path.as_str()).to_owned(),
            is_secure,
            address: peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.address.ip()),
        })
    }
}

impl FromRequestParts<Dashboard> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        dashboard: &Dashboard,
    ) -> Result<Self, Response> {
        let Ok(guest) = Guest::from_request_parts(parts, dashboard).await;
        if guest.may_view() {
            return Ok(Self(guest));
        }
        if parts.method != Method::GET {
            let why = "Your session is over. Log in again; nothing was changed.";
            return Err(shell::failure(&guest, StatusCode::UNAUTHORIZED, why));
        }
        Err(guest.asked_to_log_in())
    }
}

/// Whether a request that changes something comes from a page of ours, as far as the browser says. Pages on other ports
/// of the same host are other origins, but the same site: a cookie's `SameSite` does not keep them out.
pub(super) fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str().ok())
    };
    if let Some(site) = text(http::HeaderName::from_static("sec-fetch-site")) {
        return site == Some("same-origin");
    }
    let (Some(origin), Some(host)) = (text(ORIGIN), text(HOST)) else {
        // No browser that leaves out both can be told from a program.
        return headers.get(ORIGIN).is_none();
    };
    let origin = origin.and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, authority)| Some(authority) == host)
}

/// The value of a cookie.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim_ascii().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// The line that gives a browser its session, or takes it away.
pub(super) fn set_session(id: Option<&SessionId>, is_secure: bool) -> String {
    let name = session_cookie(is_secure);
    let secure = if is_secure { "; Secure" } else { "" };
    let (value, age) = match id {
        Some(id) => (id.as_str(), LIFETIME),
        None => ("", Duration::ZERO),
    };
    let age = age.as_secs();
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}")
}

/// With TLS, browsers hold a name with this prefix to its promise.
fn session_cookie(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-connect-src-session"
    } else {
        sessions::COOKIE
    }
}

pub(super) const THEME_COOKIE: &str = "connect-src-theme";

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let lines = lines.iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, http::HeaderValue::from_static(value))
        });
        lines.collect()
    }

    #[test]
    fn only_pages_of_ours_change_things() {
        let host = ("host", "127.0.0.1:8081");
        for (line, expected) in [
            (("sec-fetch-site", "same-origin"), true),
            (("sec-fetch-site", "same-site"), false),
            (("sec-fetch-site", "cross-site"), false),
            (("sec-fetch-site", "none"), false),
            (("origin", "http://127.0.0.1:8081"), true),
            (("origin", "http://127.0.0.1:8080"), false),
            (("origin", "null"), false),
            (("accept", "*/*"), true),
        ] {
            assert_eq!(is_from_here(&headers(&[host, line])), expected, "{line:?}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers(&[("cookie", "a=1; connect-src-theme=dark;b=2")]);
        assert_eq!(cookie(&headers, THEME_COOKIE), Some("dark"));
        assert_eq!(cookie(&headers, "b"), Some("2"));
        assert_eq!(cookie(&headers, "theme"), None);
    }

    #[test]
    fn a_session_is_for_no_script_and_no_other_site() {
        let line = set_session(None, true);
        assert!(line.starts_with("__Host-connect-src-session=; Path=/; HttpOnly; SameSite=Strict"));
        assert!(line.ends_with("Max-Age=0; Secure"), "{line}");
    }
}
