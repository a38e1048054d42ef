//! Refuses requests that are for another host than this one.
//!
//! Whoever owns a name can have it lead here, after a page of theirs was loaded under it. To the browser that page and
//! ours are then one origin ("DNS rebinding"). Where an address is reached only from here, or shows something without
//! a login, that page could read what only we should. No name that others own is in such a request's `Host` unless it
//! is named in the configuration. Addresses need not be: a browser looks none up.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::HOST;
use http::{HeaderValue, StatusCode};
use url::Host;

use super::router::Dashboard;
use super::shell;
use crate::api::{Problem, harden};
use crate::config::{Admin, WithoutLogin, normalized_host};
use crate::words::sanitize::{capped, sanitize};

/// Passes a request on that is for this host.
pub(super) async fn require(
    State(dashboard): State<Dashboard>,
    request: Request,
    next: Next,
) -> Response {
    let config = dashboard.api.0.rollouts.config();
    match asked(&request) {
        Some(host) if !is_answered(&config.admin, &host) => {
            refuse(&host, request.uri().path()).await
        }
        _ => next.run(request).await,
    }
}

/// The host that a request is for, without its port; `None` if it does not say, as no browser does.
fn asked(request: &Request) -> Option<String> {
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    let header = || request.headers().get(HOST).map(HeaderValue::as_bytes);
    let host = match authority {
        Some(authority) => authority.into(),
        None => String::from_utf8_lossy(header()?),
    };
    Some(normalized_host(&host))
}

/// Whether requests for a host are answered. Who listens for other machines, with a login before everything, may be
/// known by any name, unless names are configured.
fn is_answered(admin: &Admin, host: &str) -> bool {
    let is_exposed = admin.without_login == WithoutLogin::View;
    let is_checked = admin.listen.ip().is_loopback() || is_exposed || !admin.hosts.is_empty();
    !is_checked || is_own(host) || admin.hosts.iter().any(|it| it.matches(host))
}

/// Whether nobody else can own the name: an address, or `localhost` and what is below it.
fn is_own(host: &str) -> bool {
    let is_loopback = host == "localhost" || host.ends_with(".localhost");
    is_loopback || matches!(Host::parse(host), Ok(Host::Ipv4(_) | Host::Ipv6(_)))
}

async fn refuse(host: &str, path: &str) -> Response {
    let host = sanitize(host);
    let host = capped(&host, MOST_SHOWN);
    let detail = format!(
        "`{host}` is no name of this server; if it should be, add `hosts = [\"{host}\"]` to `[admin]` in its configuration"
    );
    let status = StatusCode::MISDIRECTED_REQUEST;
    if path.starts_with("/api/") {
        return harden(Problem::new(status, "host", detail).into_response()).await;
    }
    let mut response = (status, detail + "\n").into_response();
    shell::guard(response.headers_mut());
    response
}

const MOST_SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::HostPattern;

    fn admin(listen: &str, without_login: WithoutLogin, hosts: &[&str]) -> Admin {
        let hosts = hosts.iter().map(|host| HostPattern::parse(host).unwrap());
        Admin {
            listen: listen.parse().unwrap(),
            without_login,
            hosts: hosts.collect(),
            ..Admin::default()
        }
    }

    #[test]
    fn on_loopback_only_names_that_nobody_else_can_own_are_answered() {
        let admin = admin("127.0.0.1:8081", WithoutLogin::Nothing, &["dash.example"]);
        for (host, expected) in [
            ("127.0.0.1", true),
            ("[::1]", true),
            ("192.0.2.7", true),
            ("localhost", true),
            ("admin.localhost", true),
            ("dash.example", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("notlocalhost", false),
            ("x.dash.example", false),
            ("", false),
        ] {
            assert_eq!(is_answered(&admin, host), expected, "{host:?}");
        }
    }

    #[test]
    fn elsewhere_names_matter_where_something_is_shown_without_a_login_or_some_are_configured() {
        for (without_login, hosts, expected) in [
            (WithoutLogin::Nothing, &[][..], true),
            (WithoutLogin::Check, &[], true),
            (WithoutLogin::View, &[], false),
            (WithoutLogin::Nothing, &["dash.example"], false),
            (WithoutLogin::View, &["*"], true),
            (WithoutLogin::View, &["*.example"], true),
        ] {
            let admin = admin("0.0.0.0:8081", without_login, hosts);
            assert_eq!(
                is_answered(&admin, "evil.example"),
                expected,
                "{without_login:?} {hosts:?}"
            );
        }
    }
}
