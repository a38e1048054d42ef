//! A post of reports.

use std::time::Duration;

use bytes::Bytes;
use connect_src_report::{OtherReport, Record, Unreadable, parse};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::{Request, StatusCode};
use http_body::Body;
use http_body_util::Full;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::body::{self, Unread};
use super::{Answer, Collector, address, empty};
use crate::config::Config;
use crate::ingest::{Content, Job};
use crate::limits::Exceeded;
use crate::words::sanitize::capped;

impl Collector {
    /// Takes a post in. The answer says only whether it is one of reports, and in a durable collector whether it
    /// is stored.
    pub(super) async fn report<B>(&self, mark: Option<&str>, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let config = self.rollouts.config();
        let (head, body) = request.into_parts();
        let address = address(&config, &head.headers, &head.extensions);
        let address = self.limiter.number(address);
        if let Err(exceeded) = self.check_rate(address, &config) {
            return self.shed(exceeded.as_str(), "unread", 1);
        }
        let bytes = match self.receive(&head.headers, body, &config).await {
            Ok(bytes) => bytes,
            Err(answer) => return answer,
        };
        let content = match self.content(mark, &head.headers, &bytes) {
            Ok(content) => content,
            Err(error) => {
                let status = StatusCode::from_u16(error.status());
                let status = status.unwrap_or(StatusCode::BAD_REQUEST);
                return refused(status, &error.to_string());
            }
        };
        let is_durable = config.collector.is_durable;
        let (answer, committed) = is_durable.then(oneshot::channel).unzip();
        let job = Job {
            at: self.clock.now(),
            mark: mark.and_then(|mark| self.rollouts.read_mark(mark)),
            bytes: JOB_BYTES + size(&content, &bytes),
            content,
            address,
            answer,
        };
        // Nobody reads it any more while the job waits.
        drop(bytes);
        self.take_in(job, committed).await
    }

    /// The whole body, or the answer if there is none to be had.
    async fn receive<B>(
        &self,
        headers: &HeaderMap,
        body: B,
        config: &Config,
    ) -> Result<Bytes, Answer>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mut held = self.receiving.post();
        let read = body::read(headers, body, &config.collector, &mut held);
        match timeout(PATIENCE, read).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(Unread::NoRoom)) => Err(self.shed("receiving", "unread", 1)),
            Ok(Err(unread)) => Err(refused(unread.status(), unread.as_str())),
            Err(_) => Err(empty(StatusCode::REQUEST_TIMEOUT)),
        }
    }

    /// What the post holds, or what became of it when it came before.
    fn content(
        &self,
        mark: Option<&str>,
        headers: &HeaderMap,
        bytes: &[u8],
    ) -> Result<Content, connect_src_report::NotAReport> {
        let media_type = text(headers, CONTENT_TYPE);
        let user_agent = capped(text(headers, USER_AGENT), MOST_USER_AGENT);
        let hash = self.repeats.hash(mark, media_type, user_agent, bytes);
        if let Some(outcomes) = self.repeats.find(hash, self.rollouts.generation()) {
            return Ok(Content::Repeat(outcomes));
        }
        Ok(Content::New {
            parsed: parse(media_type, bytes)?,
            user_agent: user_agent.to_owned(),
            hash,
        })
    }

    async fn take_in(&self, job: Job, committed: Option<Committed>) -> Answer {
        if let Err(refused) = self.queue.push(job) {
            let job = refused.0;
            let answer = self.shed("queue-full", job.worth().as_str(), job.reports());
            return if committed.is_some() {
                try_again()
            } else {
                answer
            };
        }
        let Some(committed) = committed else {
            return empty(StatusCode::NO_CONTENT);
        };
        match timeout(PATIENCE, committed).await {
            Ok(Ok(Ok(()))) => empty(StatusCode::NO_CONTENT),
            Ok(Ok(Err(_)) | Err(_)) | Err(_) => try_again(),
        }
    }

    fn check_rate(&self, address: u64, config: &Config) -> Result<(), Exceeded> {
        let collector = &config.collector;
        let elapsed = self.clock.elapsed();
        self.limiter
            .take(address, collector.per_address, collector.total, elapsed)
    }

    /// Counts what is not kept, and answers as if it were.
    fn shed(&self, reason: &'static str, class: &'static str, count: u64) -> Answer {
        self.sheds.add(reason, class, count);
        empty(StatusCode::NO_CONTENT)
    }
}

type Committed = oneshot::Receiver<Result<(), crate::store::StoreError>>;

impl Exceeded {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address-limit",
            Self::Total => "total-limit",
        }
    }
}

/// Why a post is refused, for whoever tries a collector out. Nothing that was posted is in it.
fn refused(status: StatusCode, reason: &str) -> Answer {
    let mut answer = Answer::new(Full::from(format!("{reason}\n")));
    *answer.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, plain);
    let name = HeaderName::from_static("x-content-type-options");
    answer
        .headers_mut()
        .insert(name, HeaderValue::from_static("nosniff"));
    answer
}

fn try_again() -> Answer {
    let mut answer = empty(StatusCode::SERVICE_UNAVAILABLE);
    let later = HeaderValue::from_static("60");
    answer.headers_mut().insert(RETRY_AFTER, later);
    answer
}

/// About how many bytes it holds: the texts of the records, the entries as they were received, and what the
/// records take beside them, which is the most of it in a post of many small ones.
fn size(content: &Content, bytes: &[u8]) -> usize {
    match content {
        Content::New { parsed, .. } => {
            bytes.len() * 2
                + parsed.records.capacity() * size_of::<Record>()
                + parsed.others.capacity() * size_of::<OtherReport>()
                + parsed.unreadable.capacity() * size_of::<Unreadable>()
        }
        // Shared with the memory of what came before.
        Content::Repeat(_) => 0,
    }
}

impl Unread {
    const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "the body is larger than this collector takes",
            Self::Coding => "expected no coding, or gzip",
            Self::Broken => "the body breaks off, or is not what its coding says",
            Self::NoRoom => "others send so much that there is no room for it",
        }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    let value = headers.get(name).map(HeaderValue::to_str);
    value.and_then(Result::ok).unwrap_or_default()
}

/// How long a post may take to arrive, and then to be stored.
const PATIENCE: Duration = Duration::from_secs(15);
/// The most bytes of a `User-Agent` that are read.
const MOST_USER_AGENT: usize = 512;
/// What a job costs beside its texts, about.
const JOB_BYTES: usize = 512;
