//! Lets in who shows a token, and to change things only who may.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};

use super::problem::Problem;
use super::state::Api;
use crate::proxy::Peer;
use crate::store::TokenRole;
use crate::tokens::{Caller, Denied};

/// Passes a request on with its caller, or answers it.
pub(super) async fn require(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let token = bearer(request.headers()).map(str::to_owned);
    let peer = request.extensions().get::<Peer>();
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.address.ip());
    match caller(&api, token, address).await {
        Ok(caller) if may(&caller, request.method()) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(_) => {
            let detail = "the token may only look; use one with the role `change`";
            Problem::new(StatusCode::FORBIDDEN, "forbidden", detail).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

fn may(caller: &Caller, method: &Method) -> bool {
    caller.role == TokenRole::Change || matches!(*method, Method::GET | Method::HEAD)
}

async fn caller(api: &Api, token: Option<String>, address: IpAddr) -> Result<Caller, Problem> {
    let token = token.ok_or_else(|| {
        let detail = "expected `Authorization: Bearer` and a token, found none";
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    })?;
    api.blocking(move |api| {
        let (now, elapsed) = (api.clock.now(), api.clock.elapsed());
        let checked = api.tokens.check(&token, address, now, elapsed);
        checked.map_err(|denied| match denied {
            Denied::Wrong => {
                let detail =
                    "the token is none of this server's; it was printed at the first start";
                Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
            }
            Denied::TooOften => {
                let detail = "too many wrong tokens; wait a minute";
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-often", detail)
            }
            Denied::Store(error) => error.into(),
        })
    })
    .await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_ascii())
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        // Only a route outside of `require` has none.
        caller.ok_or_else(|| {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "no token was checked",
            )
        })
    }
}
