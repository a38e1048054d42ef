//! Errors, as problem details.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::DeskError;
use crate::policy_text::PolicyTextError;
use crate::rollout::RolloutError;
use crate::store::{StoreError, StoreErrorKind};

/// What went wrong, for programs (`code`) and for people (`detail`).
///
/// <https://www.rfc-editor.org/rfc/rfc9457>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`; the code says which problem it is.
    #[serde(rename = "type")]
    pub problem_type: &'static str,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// One of a few words that do not change.
    pub code: &'static str,
    /// What was expected, what was found, and what to do.
    pub detail: String,
}

impl Problem {
    /// A problem with this status and code.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            problem_type: "about:blank",
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code,
            detail: detail.into(),
        }
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", detail)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        let detail = format!("there is no such {what}");
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let media_type = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(CONTENT_TYPE, media_type)], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = match error.kind() {
            StoreErrorKind::Invalid => StatusCode::BAD_REQUEST,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        let code = match error.kind() {
            StoreErrorKind::Invalid => "invalid",
            _ => "store",
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<RolloutError> for Problem {
    fn from(error: RolloutError) -> Self {
        let detail = error.to_string();
        match error {
            RolloutError::UnknownRoute => Self::new(StatusCode::NOT_FOUND, "unknown-route", detail),
            RolloutError::Refused(_) => Self::new(StatusCode::CONFLICT, "refused", detail),
            RolloutError::Store(error) => error.into(),
            RolloutError::Policy(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "policy", detail)
            }
        }
    }
}

impl From<PolicyTextError> for Problem {
    fn from(error: PolicyTextError) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "policy",
            error.to_string(),
        )
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NotFound(what) => Self::not_found(what),
            DeskError::Policy(error) => error.into(),
            DeskError::Conflict(detail) => Self::new(StatusCode::CONFLICT, "conflict", detail),
            DeskError::Rollout(error) => error.into(),
            DeskError::Store(error) => error.into(),
        }
    }
}
