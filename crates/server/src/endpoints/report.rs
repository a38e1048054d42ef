//! A post of reports.

use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use connect_src_report::{Parsed, parse};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::{StatusCode, request};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Collector;
use super::body::{self, Unread};
use crate::ingest::Job;
use crate::limits::Exceeded;

impl Collector {
    /// Takes a post in. The answer says only whether it is one of reports, and in a durable collector whether it
    /// is stored.
    pub(super) async fn report(&self, mark: Option<&str>, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let address = self.address(&head.headers, &head.extensions);
        let address = self.limiter.number(address);
        if let Err(exceeded) = self.check_rate(address) {
            return self.shed(exceeded.as_str(), "unread", 1);
        }
        let config = self.rollouts.config();
        let bytes =
            match timeout(PATIENCE, body::read(&head.headers, body, &config.collector)).await {
                Ok(Ok(bytes)) => bytes,
                Ok(Err(unread)) => return refused(unread.status(), &Reason::Unread(unread)),
                Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
            };
        let media_type = text(&head.headers, CONTENT_TYPE);
        match parse(media_type, &bytes) {
            Ok(parsed) => {
                self.take_in(mark, &head, address, parsed, bytes.len())
                    .await
            }
            Err(error) => {
                let status = StatusCode::from_u16(error.status());
                refused(
                    status.unwrap_or(StatusCode::BAD_REQUEST),
                    &Reason::NotAReport(&error),
                )
            }
        }
    }

    async fn take_in(
        &self,
        mark: Option<&str>,
        head: &request::Parts,
        address: u64,
        parsed: Parsed,
        bytes: usize,
    ) -> Response {
        let is_durable = self.rollouts.config().collector.is_durable;
        let (answer, committed) = oneshot::channel();
        let job = Job {
            at: self.clock.now(),
            mark: mark.and_then(|mark| self.rollouts.read_mark(mark)),
            parsed,
            user_agent: capped(text(&head.headers, USER_AGENT)).to_owned(),
            address,
            answer: is_durable.then_some(answer),
            // The texts of the records, and the entries as they were received.
            bytes: bytes * 2 + JOB_BYTES,
        };
        if let Err(refused) = self.queue.push(job) {
            let job = refused.0;
            let response = self.shed("queue-full", job.worth().as_str(), job.reports());
            return if is_durable { try_again() } else { response };
        }
        if !is_durable {
            return StatusCode::NO_CONTENT.into_response();
        }
        match timeout(PATIENCE, committed).await {
            Ok(Ok(Ok(()))) => StatusCode::NO_CONTENT.into_response(),
            Ok(Ok(Err(_)) | Err(_)) | Err(_) => try_again(),
        }
    }

    fn check_rate(&self, address: u64) -> Result<(), Exceeded> {
        let config = self.rollouts.config();
        let collector = &config.collector;
        let elapsed = self.clock.elapsed();
        self.limiter
            .take(address, collector.per_address, collector.total, elapsed)
    }

    /// Counts what is not kept, and answers as if it were.
    fn shed(&self, reason: &'static str, class: &'static str, count: u64) -> Response {
        self.sheds.add(reason, class, count);
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Exceeded {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address-limit",
            Self::Total => "total-limit",
        }
    }
}

/// Why a post is refused, in words for whoever tries a collector out.
enum Reason<'e> {
    Unread(Unread),
    NotAReport(&'e connect_src_report::NotAReport),
}

fn refused(status: StatusCode, reason: &Reason<'_>) -> Response {
    let text = match reason {
        Reason::Unread(Unread::TooLarge) => {
            "the body is larger than this collector takes\n".to_owned()
        }
        Reason::Unread(Unread::Coding) => "expected no coding, or gzip\n".to_owned(),
        Reason::Unread(Unread::Broken) => {
            "the body breaks off, or is not what its coding says\n".to_owned()
        }
        // Words of ours: what was posted is not in it.
        Reason::NotAReport(error) => format!("{error}\n"),
    };
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    let no_sniff = HeaderValue::from_static("nosniff");
    let headers = [
        (CONTENT_TYPE, plain),
        (HeaderName::from_static("x-content-type-options"), no_sniff),
    ];
    (status, headers, text).into_response()
}

fn try_again() -> Response {
    let later = (RETRY_AFTER, HeaderValue::from_static("60"));
    (StatusCode::SERVICE_UNAVAILABLE, [later]).into_response()
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    let value = headers.get(name).map(HeaderValue::to_str);
    value.and_then(Result::ok).unwrap_or_default()
}

fn capped(user_agent: &str) -> &str {
    &user_agent[..user_agent.floor_char_boundary(512)]
}

/// How long a post may take to arrive, and then to be stored.
const PATIENCE: Duration = Duration::from_secs(15);
/// What a job costs beside its texts, about.
const JOB_BYTES: usize = 512;
