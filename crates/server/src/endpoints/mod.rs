//! Where browsers post their reports: below one reserved path, the same on every host.
//!
//! | request | answer |
//! |---|---|
//! | `POST {path}/{mark}`, `POST {path}` | 204 for whatever is a report, shed or not |
//! | | 413 over the cap, 415 for another media type or coding, 400 for what is no JSON |
//! | `OPTIONS` | 204, and what a preflight asks for |
//! | any other method | 405 |
//!
//! A browser takes any other answer to a report for a failure, sends it again, and after a few of them sends
//! none at all for minutes. So nothing about what a report says, and no limit, is answered with an error. Only
//! a durable collector answers 503 where the store does not take a report, because its 204 means that it did.

mod body;
mod preflight;
mod report;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::header::{ALLOW, HeaderValue};
use http::{Extensions, HeaderMap, Method, StatusCode};

use crate::clock::Clock;
use crate::ingest::{Queue, Sheds};
use crate::limits::Limiter;
use crate::metrics::{Metrics, Status};
use crate::proxy::{Peer, client_address};
use crate::rollout::Rollouts;

/// Takes reports in, and gives them to the queue.
#[derive(Debug)]
pub struct Collector {
    /// What marks and limits are known from.
    pub rollouts: Rollouts,
    /// Where reports wait.
    pub queue: Arc<Queue>,
    /// Where it says what it shed.
    pub sheds: Arc<Sheds>,
    /// How often somebody posts.
    pub limiter: Limiter,
    /// The time.
    pub clock: Clock,
    /// What operators see.
    pub metrics: Arc<Metrics>,
}

impl Collector {
    /// Answers below this path, which is `collector.path` of the configuration.
    pub fn router(self: Arc<Self>, path: &str) -> Router {
        let with_mark = any(
            |State(collector): State<Arc<Self>>, Path(mark): Path<String>, request: Request| async move {
                collector.answer(Some(mark), request).await
            },
        );
        let without_mark = any(
            |State(collector): State<Arc<Self>>, request: Request| async move {
                collector.answer(None, request).await
            },
        );
        Router::new()
            .route(&format!("{path}/{{mark}}"), with_mark)
            .route(&format!("{path}/"), without_mark.clone())
            .route(path, without_mark)
            .with_state(self)
    }

    async fn answer(&self, mark: Option<String>, request: Request) -> Response {
        let response = match *request.method() {
            Method::POST => self.report(mark.as_deref(), request).await,
            Method::OPTIONS => preflight::answer(),
            _ => method_not_allowed(),
        };
        let status = Status {
            status: response.status().as_u16(),
        };
        self.metrics.posts.get_or_create(&status).inc();
        preflight::open(response)
    }

    /// The address of the client: used for limits, and forgotten.
    fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
        match extensions.get::<Peer>() {
            Some(peer) => {
                let config = self.rollouts.config();
                client_address(headers, peer, &config.trusted_proxies)
            }
            // A server that does not say who its clients are has one.
            None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        }
    }
}

fn method_not_allowed() -> Response {
    let allow = (ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    (StatusCode::METHOD_NOT_ALLOWED, [allow]).into_response()
}
