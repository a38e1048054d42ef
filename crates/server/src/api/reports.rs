//! Everything that was reported, as one download.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

use super::extract::Params;
use super::groups::GroupParams;
use super::problem::Problem;
use super::state::Api;
use crate::export::{Export, ExportFormat};
use crate::store::Group;

/// How the download is written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportParams {
    /// `json` or `csv`; `json` without it.
    format: Option<ExportFormat>,
}

/// All groups that a query asks for, however many, without pages.
#[utoipa::path(
    get,
    path = "/api/v1/reports",
    tag = "groups",
    params(GroupParams, ExportParams),
    responses(
        (status = OK, content((Vec<Group> = "application/json"), (String = "text/csv"))),
        (status = "4XX", body = Problem),
    ),
)]
pub(super) async fn export(
    State(api): State<Api>,
    Params(params): Params<GroupParams>,
    Params(export): Params<ExportParams>,
) -> Result<Response, Problem> {
    let format = export.format.unwrap_or_default();
    let query = params.query()?;
    let (pieces, stream) = mpsc::channel(WAITING_PIECES);
    let parts = Arc::clone(&api.0);
    tokio::task::spawn_blocking(move || {
        for piece in Export::new(&*parts.reports, query, format) {
            // The client has gone.
            if pieces.blocking_send(piece.map(Bytes::from)).is_err() {
                return;
            }
        }
    });
    let (media_type, name) = match format {
        ExportFormat::Json => ("application/json", "attachment; filename=\"reports.json\""),
        ExportFormat::Csv => (
            "text/csv; charset=utf-8",
            "attachment; filename=\"reports.csv\"",
        ),
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    let body = Body::from_stream(ReceiverStream::new(stream));
    Ok((headers, body).into_response())
}

/// Pieces that wait for a slow client.
const WAITING_PIECES: usize = 2;
