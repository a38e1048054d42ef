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
mod receiving;
mod report;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, HeaderValue};
use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;

pub use receiving::Receiving;

use crate::clock::Clock;
use crate::config::Config;
use crate::ingest::{Queue, Repeats, Sheds};
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
    /// What became of posts.
    pub repeats: Arc<Repeats>,
    /// How much is being received.
    pub receiving: Receiving,
    /// Where it says what it shed.
    pub sheds: Arc<Sheds>,
    /// How often somebody posts.
    pub limiter: Limiter,
    /// The time.
    pub clock: Clock,
    /// What operators see.
    pub metrics: Arc<Metrics>,
}

/// What the collector answers with: nothing, or a few words.
pub type Answer = Response<Full<Bytes>>;

impl Collector {
    /// Answers a request. `rest` is what its path has behind the reserved one: nothing, or a mark.
    pub async fn answer<B>(&self, rest: &str, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mark = rest.trim_matches('/');
        let answer = match *request.method() {
            _ if mark.contains('/') => empty(StatusCode::NOT_FOUND),
            Method::POST => {
                self.report(Some(mark).filter(|it| !it.is_empty()), request)
                    .await
            }
            Method::OPTIONS => preflight::answer(),
            _ => method_not_allowed(),
        };
        let status = Status {
            status: answer.status().as_u16(),
        };
        self.metrics.posts.get_or_create(&status).inc();
        preflight::open(answer)
    }
}

/// The address of the client: used for limits, and forgotten.
fn address(config: &Config, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    match extensions.get::<Peer>() {
        Some(peer) => client_address(headers, peer, &config.trusted_proxies),
        // A server that does not say who its clients are has one.
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = status;
    answer
}

fn method_not_allowed() -> Answer {
    let mut answer = empty(StatusCode::METHOD_NOT_ALLOWED);
    let methods = HeaderValue::from_static("POST, OPTIONS");
    answer.headers_mut().insert(ALLOW, methods);
    answer
}
