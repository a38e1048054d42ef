//! The body of a request on its way to the upstream.

use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

/// The body of a request: streamed as it comes, within a limit, and given up when nothing comes any more.
#[derive(Debug)]
pub struct RequestBody {
    kind: Kind,
    bounds: Option<Box<Bounds>>,
}

#[derive(Debug)]
enum Kind {
    Empty,
    Incoming(Incoming),
    Other(axum::body::Body),
}

#[derive(Debug)]
struct Bounds {
    left: u64,
    patience: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    progress: Arc<Progress>,
}

/// When something of a request's body came last.
#[derive(Debug)]
pub(super) struct Progress {
    start: Instant,
    millis: AtomicU64,
}

/// Why a request's body ended early.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// It is longer than allowed.
    TooLong,
    /// Nothing came for too long.
    Stalled,
    /// The client's connection failed.
    Client(Box<dyn std::error::Error + Send + Sync>),
}

impl RequestBody {
    pub(super) const EMPTY: Self = Self {
        kind: Kind::Empty,
        bounds: None,
    };

    fn new(kind: Kind) -> Self {
        Self { kind, bounds: None }
    }

    /// Whether there is nothing to send, so that the request could be sent again.
    pub(super) fn is_empty(&self) -> bool {
        self.is_end_stream()
    }

    /// Sets the bounds; from then on, tells of the body's progress. Does nothing for an empty body.
    pub(super) fn bound(
        &mut self,
        limit: Option<u64>,
        patience: Duration,
    ) -> Option<Arc<Progress>> {
        if self.is_empty() {
            return None;
        }
        let progress = Arc::new(Progress::new());
        self.bounds = Some(Box::new(Bounds {
            left: limit.unwrap_or(u64::MAX),
            patience,
            waiting: None,
            progress: Arc::clone(&progress),
        }));
        Some(progress)
    }
}

impl From<Incoming> for RequestBody {
    fn from(body: Incoming) -> Self {
        Self::new(Kind::Incoming(body))
    }
}

impl From<axum::body::Body> for RequestBody {
    fn from(body: axum::body::Body) -> Self {
        Self::new(Kind::Other(body))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let polled = match &mut this.kind {
            Kind::Empty => return Poll::Ready(None),
            Kind::Incoming(body) => Pin::new(body).poll_frame(context).map_err(client_error),
            Kind::Other(body) => Pin::new(body).poll_frame(context).map_err(client_error),
        };
        match &mut this.bounds {
            None => polled,
            Some(bounds) => bounds.check(polled, context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Incoming(body) => body.is_end_stream(),
            Kind::Other(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Incoming(body) => body.size_hint(),
            Kind::Other(body) => body.size_hint(),
        }
    }
}

impl Bounds {
    fn check(
        &mut self,
        polled: Poll<Option<Result<Frame<Bytes>, BodyError>>>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match polled {
            Poll::Ready(Some(Ok(frame))) => {
                self.waiting = None;
                self.progress.note();
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                match self.left.checked_sub(length) {
                    Some(left) => self.left = left,
                    None => return Poll::Ready(Some(Err(BodyError::TooLong))),
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Pending => {
                let patience = self.patience;
                let waiting = self
                    .waiting
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
                waiting
                    .as_mut()
                    .poll(context)
                    .map(|()| Some(Err(BodyError::Stalled)))
            }
            ended @ Poll::Ready(_) => {
                self.progress.note();
                ended
            }
        }
    }
}

impl Progress {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            millis: AtomicU64::new(0),
        }
    }

    fn note(&self) {
        let millis = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.millis.store(millis, Ordering::Relaxed);
    }

    /// How long ago something came, or the end of it.
    pub(super) fn last(&self) -> Duration {
        let last = Duration::from_millis(self.millis.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(last)
    }
}

fn client_error(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BodyError {
    BodyError::Client(error.into())
}

impl fmt::Display for BodyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => formatter.write_str("the request's body is longer than allowed"),
            Self::Stalled => formatter.write_str("the rest of the request's body did not come"),
            Self::Client(error) => write!(formatter, "the client went away: {error}"),
        }
    }
}

impl std::error::Error for BodyError {}
