//! Reads what a request says, and answers with a problem if it cannot be read.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::rollout::RouteKey;
use crate::store::{Cursor, PageRequest};

/// The query of a request.
pub(super) struct Params<T>(pub(super) T);

/// The body of a request, in JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        let Query(value) = query.map_err(|error| Problem::invalid(error.body_text()))?;
        Ok(Self(value))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| {
            let detail = error.body_text();
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
        })?;
        let value = serde_json::from_slice(&bytes);
        let value =
            value.map_err(|error| Problem::invalid(format!("expected other JSON: {error}")))?;
        Ok(Self(value))
    }
}

/// Which part of a long list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParams {
    /// The `next` of the page before.
    after: Option<String>,
    /// The most items, up to 1000; 100 without it.
    limit: Option<u32>,
}

impl PageParams {
    pub(super) fn request(&self) -> Result<PageRequest, Problem> {
        let after = match &self.after {
            Some(text) => Some(Cursor::parse(text)?),
            None => None,
        };
        Ok(PageRequest {
            after,
            limit: self.limit,
        })
    }
}

/// Which route.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RouteParams {
    /// The site's host pattern, as `GET /api/v1/sites` has it.
    site: String,
    /// The route's path; `/` without it.
    route: Option<String>,
}

impl RouteParams {
    pub(super) fn key(&self) -> RouteKey {
        route_key(&self.site, self.route.as_deref())
    }
}

pub(super) fn route_key(site: &str, route: Option<&str>) -> RouteKey {
    RouteKey::new(site, route.unwrap_or("/"))
}
