//! Connections to one upstream, kept for the next request.
//!
//! A connection has no task of its own. Whoever waits for a response, or reads its body, drives the
//! connection while doing so; in between it lies in the pool. One request is thus one task, and what a client
//! does not take is not read from the upstream.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Connection, SendRequest};
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use tokio::time::{Instant, sleep};

use super::request_body::RequestBody;
use super::stream::Stream;

pub(super) type Io = TokioIo<Stream>;

/// A connection that nothing has failed on yet.
pub(super) struct Live {
    sender: SendRequest<RequestBody>,
    connection: Connection<Io, RequestBody>,
    is_open: bool,
    since: Instant,
}

/// What moves a connection on.
struct Conduit<'l> {
    connection: &'l mut Connection<Io, RequestBody>,
    is_open: &'l mut bool,
}

/// The idle connections.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    /// The one that was used last is at the back.
    connections: VecDeque<Box<Live>>,
    is_swept: bool,
}

/// A connection that is in use.
pub(super) struct Lease {
    live: Option<Box<Live>>,
    pool: Arc<Pool>,
    /// For how long it lay in the pool; `None` for a new one.
    idle_time: Option<Duration>,
}

impl Live {
    pub(super) fn new(
        sender: SendRequest<RequestBody>,
        connection: Connection<Io, RequestBody>,
    ) -> Self {
        Self {
            sender,
            connection,
            is_open: true,
            since: Instant::now(),
        }
    }

    fn conduit(&mut self) -> Conduit<'_> {
        Conduit {
            connection: &mut self.connection,
            is_open: &mut self.is_open,
        }
    }

    /// Whether it can take a request now. Asked without anyone to wake, so that an idle connection does not
    /// hold on to the task that used it.
    fn is_ready(&mut self) -> bool {
        let context = &mut Context::from_waker(Waker::noop());
        self.conduit().drive(context);
        self.is_open && matches!(self.sender.poll_ready(context), Poll::Ready(Ok(())))
    }
}

impl Conduit<'_> {
    /// Reads and writes what can be.
    fn drive(&mut self, context: &mut Context<'_>) {
        if *self.is_open && Pin::new(&mut *self.connection).poll(context).is_ready() {
            *self.is_open = false;
        }
    }
}

impl Pool {
    /// A connection that can take a request. `is_repeatable` says whether the request could be sent again: if
    /// not, it gets only a connection that was in use just now, since the upstream may be about to close
    /// one that was idle for longer.
    pub(super) fn take(self: &Arc<Self>, is_repeatable: bool) -> Option<Lease> {
        loop {
            let (mut live, idle_time) = {
                let mut idle = self.lock();
                let live = idle.connections.pop_back()?;
                let idle_time = live.since.elapsed();
                if !is_repeatable && idle_time > SURELY_OPEN {
                    idle.connections.push_back(live);
                    return None;
                }
                (live, idle_time)
            };
            if idle_time < KEPT && live.is_ready() {
                return Some(Lease::new(live, self, Some(idle_time)));
            }
        }
    }

    fn put(self: &Arc<Self>, mut live: Box<Live>) {
        live.since = Instant::now();
        let mut idle = self.lock();
        if idle.connections.len() >= MOST_IDLE {
            idle.connections.pop_front();
        }
        idle.connections.push_back(live);
        if !std::mem::replace(&mut idle.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what the upstream has closed and what nobody used for long, until nothing is left.
async fn sweep(pool: Weak<Pool>) {
    loop {
        sleep(SWEPT_EVERY).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut idle = pool.lock();
        idle.connections
            .retain_mut(|live| live.since.elapsed() < KEPT && live.is_ready());
        if idle.connections.is_empty() {
            idle.is_swept = false;
            return;
        }
    }
}

impl Lease {
    pub(super) fn new(live: Box<Live>, pool: &Arc<Pool>, idle_time: Option<Duration>) -> Self {
        Self {
            live: Some(live),
            pool: Arc::clone(pool),
            idle_time,
        }
    }

    /// Whether it was idle for so long that the upstream may be about to close it.
    pub(super) fn is_doubtful(&self) -> bool {
        self.idle_time
            .is_some_and(|idle_time| idle_time > SURELY_OPEN)
    }

    /// Sends a request; what is returned waits for the head of its response.
    pub(super) fn send(
        &mut self,
        request: Request<RequestBody>,
    ) -> Sending<'_, impl Future<Output = hyper::Result<Response<Incoming>>> + use<>> {
        let live = self
            .live
            .as_mut()
            .expect("a lease is given back only once it is over");
        let response = live.sender.send_request(request);
        Sending {
            conduit: live.conduit(),
            is_sent: false,
            response,
        }
    }

    /// Polls a body that comes by this connection, driving the connection as far as it takes.
    pub(super) fn poll_body(
        &mut self,
        body: &mut Incoming,
        context: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let quiet = &mut Context::from_waker(Waker::noop());
        let mut polled = Pin::new(&mut *body).poll_frame(quiet);
        for context in [quiet, context] {
            if polled.is_ready() {
                break;
            }
            if let Some(live) = &mut self.live {
                live.conduit().drive(context);
            }
            polled = Pin::new(&mut *body).poll_frame(&mut Context::from_waker(Waker::noop()));
        }
        polled
    }

    /// Puts the connection into the pool, if it can take another request.
    pub(super) fn give_back(mut self) {
        if let Some(mut live) = self.live.take()
            && live.is_ready()
        {
            self.pool.put(live);
        }
    }

    /// Takes the connection out, to be used for something else.
    pub(super) fn into_parts(mut self) -> (SendRequest<RequestBody>, Connection<Io, RequestBody>) {
        let live = self
            .live
            .take()
            .expect("a lease is given back only once it is over");
        (live.sender, live.connection)
    }
}

pin_project! {
    /// A request that was sent, until the head of its response has come.
    ///
    /// What comes of it comes by driving the connection, right here. So only the connection wakes this task:
    /// were the response to do so too, the task would run once more for nothing.
    pub(super) struct Sending<'l, F> {
        conduit: Conduit<'l>,
        is_sent: bool,
        #[pin]
        response: F,
    }
}

impl<F: Future> Future for Sending<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let quiet = &mut Context::from_waker(Waker::noop());
        if std::mem::replace(this.is_sent, true) {
            this.conduit.drive(quiet);
            if let Poll::Ready(response) = this.response.as_mut().poll(quiet) {
                return Poll::Ready(response);
            }
        }
        this.conduit.drive(context);
        this.response.poll(quiet)
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lease").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pool").finish_non_exhaustive()
    }
}

/// How many idle connections are kept for an upstream.
const MOST_IDLE: usize = 256;
/// For how long they are kept.
const KEPT: Duration = Duration::from_mins(1);
/// No server closes a connection that was in use so short a time ago, unless it stops.
const SURELY_OPEN: Duration = Duration::from_secs(1);
const SWEPT_EVERY: Duration = Duration::from_secs(5);
