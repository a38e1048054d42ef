//! The body of a response on its way to the client.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::meta::MetaScan;
use super::pool::Lease;

/// The body of a response: the upstream's as it comes, unchanged, or a page of ours.
#[derive(Debug)]
pub struct ProxyBody {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Page(Option<Bytes>),
    Upstream(Streamed),
}

#[derive(Debug)]
struct Streamed {
    incoming: Incoming,
    /// The connection that it comes by, unless something else drives that.
    lease: Option<Lease>,
    scan: Option<Box<MetaScan>>,
    /// That the upstream broke off. What came before goes out first.
    broken: Option<hyper::Error>,
}

type Polled = Poll<Option<Result<Frame<Bytes>, hyper::Error>>>;

impl ProxyBody {
    pub(super) fn page(text: impl Into<Bytes>) -> Self {
        let text = text.into();
        Self {
            kind: Kind::Page((!text.is_empty()).then_some(text)),
        }
    }

    pub(super) fn upstream(incoming: Incoming, lease: Option<Lease>) -> Self {
        let mut streamed = Streamed {
            incoming,
            lease,
            scan: None,
            broken: None,
        };
        if streamed.incoming.is_end_stream() {
            streamed.finish();
        }
        Self {
            kind: Kind::Upstream(streamed),
        }
    }

    /// Looks for a policy in `<meta>` as the body passes.
    pub(super) fn scan(&mut self, scan: Box<MetaScan>) {
        if let Kind::Upstream(streamed) = &mut self.kind {
            streamed.scan = Some(scan);
        }
    }
}

impl Body for ProxyBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        match &mut self.get_mut().kind {
            Kind::Page(text) => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
            Kind::Upstream(streamed) => streamed.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Page(text) => text.is_none(),
            Kind::Upstream(streamed) => streamed.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Page(text) => SizeHint::with_exact(text.as_ref().map_or(0, |it| it.len() as u64)),
            Kind::Upstream(streamed) => streamed.incoming.size_hint(),
        }
    }
}

impl Streamed {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Polled {
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let polled = match &mut self.lease {
            Some(lease) => lease.poll_body(&mut self.incoming, context),
            None => Pin::new(&mut self.incoming).poll_frame(context),
        };
        match polled {
            Poll::Ready(Some(Err(error))) => {
                // A server that has nothing to do sends what it has; one that sees an error does not.
                self.broken = Some(error);
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(Some(Ok(ref frame))) => self.look_at(frame),
            Poll::Ready(None) => self.finish(),
            Poll::Pending => {}
        }
        polled
    }

    fn look_at(&mut self, frame: &Frame<Bytes>) {
        if let (Some(scan), Some(data)) = (&mut self.scan, frame.data_ref())
            && scan.feed(data).is_break()
        {
            self.scan = None;
        }
    }

    fn finish(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }
}

impl Drop for Streamed {
    /// A body whose length is known is not polled after its last byte.
    fn drop(&mut self) {
        if self.incoming.is_end_stream() {
            self.finish();
        }
    }
}
