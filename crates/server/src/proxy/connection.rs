//! When a connection is given up: one [`Watch`] for each, and one timer that seldom fires.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

use crate::config::ProxyLimits;

/// What a connection is doing, and since when.
#[derive(Debug)]
pub(super) struct Watch {
    start: Instant,
    /// Requests whose responses are not through.
    running: AtomicU32,
    /// Whether the head of a request has begun to come.
    is_in_head: AtomicBool,
    /// Whether requests may come beside each other, as in HTTP/2; then bytes do not tell that one comes.
    is_multiplexed: AtomicBool,
    /// Since when the head comes, or nothing does; milliseconds after the start.
    since: AtomicU64,
    /// Since when the client takes nothing of what there is for it; 0 if it does.
    blocked: AtomicU64,
}

/// Why a connection is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expired {
    /// No request came for long; this is how connections end.
    Idle,
    /// The head of a request did not come in time, or the client takes nothing any more.
    Stuck,
}

impl Watch {
    /// The first request is expected at once.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            running: AtomicU32::new(0),
            is_in_head: AtomicBool::new(true),
            is_multiplexed: AtomicBool::new(false),
            since: AtomicU64::new(0),
            blocked: AtomicU64::new(0),
        })
    }

    /// A request has come; it runs until the guard is dropped.
    pub(super) fn begin(self: &Arc<Self>, is_multiplexed: bool) -> Running {
        self.running.fetch_add(1, Relaxed);
        self.is_in_head.store(false, Relaxed);
        if is_multiplexed {
            self.is_multiplexed.store(true, Relaxed);
        }
        Running(Arc::clone(self))
    }

    /// Ends when the connection is to be given up.
    pub(super) async fn expired(&self, limits: &ProxyLimits) -> Expired {
        loop {
            let now = Instant::now();
            match self.deadline(limits) {
                Some((deadline, why)) if deadline <= now => return why,
                Some((deadline, _)) => sleep_until(deadline.min(now + limits.header_timeout)).await,
                None => sleep_until(now + limits.header_timeout).await,
            }
        }
    }

    fn deadline(&self, limits: &ProxyLimits) -> Option<(Instant, Expired)> {
        let at = |millis, timeout| self.start + Duration::from_millis(millis) + timeout;
        let blocked = self.blocked.load(Relaxed);
        if blocked != 0 {
            return Some((at(blocked, limits.idle_timeout), Expired::Stuck));
        }
        if self.running.load(Relaxed) > 0 {
            return None;
        }
        let since = self.since.load(Relaxed);
        Some(if self.is_in_head.load(Relaxed) {
            (at(since, limits.header_timeout), Expired::Stuck)
        } else {
            (at(since, limits.idle_timeout), Expired::Idle)
        })
    }

    fn note_read(&self) {
        let is_beginning = !self.is_in_head.load(Relaxed)
            && self.running.load(Relaxed) == 0
            && !self.is_multiplexed.load(Relaxed);
        if is_beginning {
            self.since.store(self.millis(), Relaxed);
            self.is_in_head.store(true, Relaxed);
        }
    }

    fn note_write<T>(&self, written: &Poll<T>) {
        let is_blocked = self.blocked.load(Relaxed) != 0;
        match written {
            Poll::Pending if !is_blocked => self.blocked.store(self.millis().max(1), Relaxed),
            Poll::Ready(_) if is_blocked => self.blocked.store(0, Relaxed),
            _ => {}
        }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A request that runs.
#[derive(Debug)]
pub(super) struct Running(Arc<Watch>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.since.store(self.0.millis(), Relaxed);
        self.0.running.fetch_sub(1, Relaxed);
    }
}

/// A body that keeps its request running until it is through.
#[derive(Debug)]
pub(super) struct Tracked<B> {
    body: B,
    _running: Running,
}

impl<B> Tracked<B> {
    pub(super) fn new(body: B, running: Running) -> Self {
        Self {
            body,
            _running: running,
        }
    }
}

impl<B: Body + Unpin> Body for Tracked<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The stream of a connection that is watched.
#[derive(Debug)]
pub(super) struct Watched<T> {
    stream: T,
    watch: Arc<Watch>,
}

impl<T> Watched<T> {
    pub(super) fn new(stream: T, watch: Arc<Watch>) -> Self {
        Self { stream, watch }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            this.watch.note_read();
        }
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.watch.note_write(&written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.watch.note_write(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
