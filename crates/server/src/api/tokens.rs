//! Tokens for others.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::Body;
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::store::{StoredToken, TokenRole};
use crate::tokens::Caller;

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenBody {
    /// The part of it that is no secret.
    id: String,
    /// Whose it is.
    name: String,
    /// What it allows.
    role: TokenRole,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// Whose it is: what the audit log will say. At most 64 printable characters of ASCII.
    name: String,
    /// What it allows.
    role: TokenRole,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeToken {
    /// The token. It is not to be had again.
    token: String,
}

/// Every token, without its secret.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "tokens",
    responses((status = OK, body = Vec<TokenBody>), (status = "4XX", body = Problem)),
)]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Vec<TokenBody>>, Problem> {
    api.blocking(|api| {
        let tokens = api.policies.tokens()?;
        Ok(Json(tokens.into_iter().map(TokenBody::of).collect()))
    })
    .await
}

/// Makes a token.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    tag = "tokens",
    request_body = NewToken,
    responses((status = CREATED, body = MadeToken), (status = "4XX", body = Problem)),
)]
pub(super) async fn make(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    api.blocking(move |api| {
        let change = api.change(&caller, None);
        let token = api.tokens.make(&new.name, new.role, &change)?;
        Ok((StatusCode::CREATED, Json(MadeToken { token })))
    })
    .await
}

/// Removes a token. It is refused from then on.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{id}",
    tag = "tokens",
    params(("id" = String, Path, description = "The part of it that is no secret")),
    responses((status = NO_CONTENT), (status = "4XX", body = Problem)),
)]
pub(super) async fn remove(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.blocking(move |api| {
        let change = api.change(&caller, None);
        if api.tokens.remove(&id, &change)? {
            Ok(StatusCode::NO_CONTENT)
        } else {
            Err(Problem::not_found("token"))
        }
    })
    .await
}

impl TokenBody {
    fn of(token: StoredToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            role: token.role,
            created: token.created,
        }
    }
}
