//! Takes in connections and serves them: HTTP/1.1 and HTTP/2, with TLS or without.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Version, header};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower_service::Service;

use super::connection::{Expired, Tracked, Watch, Watched};
use super::forwarded::Peer;
use super::upstream::KEEPALIVE;
use crate::config::ProxyLimits;
use crate::tls::ServerTls;

/// What a listener needs beside its service.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Listening {
    /// The bounds of connections.
    pub limits: ProxyLimits,
    /// Our certificate; plain HTTP without it.
    pub tls: Option<ServerTls>,
}

impl Listening {
    /// Plain HTTP with these bounds.
    pub fn new(limits: ProxyLimits) -> Self {
        Self { limits, tls: None }
    }

    /// The same with TLS.
    pub fn with_tls(mut self, tls: Option<ServerTls>) -> Self {
        self.tls = tls;
        self
    }
}

/// Serves connections until `stop` is ready; then takes in no more, and returns when the running requests are
/// through, or when the grace is over.
///
/// Each request carries its [`Peer`] as an extension.
pub async fn listen<S, B>(
    listener: TcpListener,
    service: S,
    listening: Listening,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let most = listening.limits.max_connections.max(1);
    let free = Arc::new(Semaphore::new(most as usize));
    let (stopping, stopped) = watch::channel(());
    let grace = listening.limits.grace;
    let server = Arc::new(Server {
        builder: builder(&listening.limits),
        service,
        listening,
    });
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &free) => accepted,
            () = stop.as_mut() => break,
        };
        match accepted {
            Ok((stream, address, permit)) => {
                let server = Arc::clone(&server);
                tokio::spawn(server.connection(stream, address, permit, stopped.clone()));
            }
            Err(error) => {
                // Such as too many open files: it passes when others end.
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop((listener, stopping));
    let _ = timeout(grace, free.acquire_many(most)).await;
}

/// One of the places for connections. A tunnel holds on to it when its connection is no connection of HTTP
/// any more.
#[derive(Clone, Debug)]
pub(super) struct Permit {
    _permit: Arc<OwnedSemaphorePermit>,
}

async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, Permit)> {
    let permit = Arc::clone(free).acquire_owned().await;
    let permit = permit.map_err(io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    let permit = Permit {
        _permit: Arc::new(permit),
    };
    Ok((stream, address, permit))
}

struct Server<S> {
    builder: Builder<TokioExecutor>,
    service: S,
    listening: Listening,
}

fn builder(limits: &ProxyLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // [`Watch`] has the timeouts, at a lower cost for each request.
        .header_read_timeout(None)
        .max_headers(MAX_HEADERS)
        .max_buf_size(limits.max_headers.max(MIN_BUFFER));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits.max_headers).unwrap_or(u32::MAX))
        .max_concurrent_streams(MAX_STREAMS)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}

impl<S, B> Server<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        address: SocketAddr,
        permit: Permit,
        stopped: watch::Receiver<()>,
    ) {
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_tcp_keepalive(&KEEPALIVE);
        let limit = self.listening.limits.header_timeout;
        match &self.listening.tls {
            None => {
                let peer = Peer::new(address, false);
                self.serve(stream, peer, permit, stopped).await;
            }
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout(limit, tls.acceptor().accept(stream)).await {
                    let peer = Peer::new(address, true);
                    self.serve(stream, peer, permit, stopped).await;
                }
            }
        }
    }

    async fn serve(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        peer: Peer,
        permit: Permit,
        mut stopped: watch::Receiver<()>,
    ) {
        let watch = Watch::new();
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(&watch)));
        let service = service_fn(|request| self.answer(request, &peer, &watch, &permit));
        let connection = self.builder.serve_connection_with_upgrades(stream, service);
        let mut connection = pin!(connection);
        let mut expired = pin!(watch.expired(&self.listening.limits));
        let mut stop = pin!(stopped.changed());
        let mut is_ending = false;
        loop {
            tokio::select! {
                biased;
                _ = connection.as_mut() => return,
                why = expired.as_mut() => match why {
                    Expired::Idle if !is_ending => {
                        is_ending = true;
                        connection.as_mut().graceful_shutdown();
                        expired.set(watch.expired(&self.listening.limits));
                    }
                    _ => return,
                },
                _ = stop.as_mut(), if !is_ending => {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }

    fn answer(
        &self,
        mut request: Request<Incoming>,
        peer: &Peer,
        watch: &Arc<Watch>,
        permit: &Permit,
    ) -> impl Future<Output = Result<Response<Tracked<B>>, Infallible>> + Send + use<S, B> {
        let running = watch.begin(request.version() == Version::HTTP_2);
        let mut service = self.service.clone();
        request.extensions_mut().insert(peer.clone());
        if request.headers().contains_key(header::UPGRADE) {
            request.extensions_mut().insert(permit.clone());
        }
        let ready = service.poll_ready(&mut Context::from_waker(Waker::noop()));
        let response = match ready {
            Poll::Ready(Ok(())) => Started::Now(service.call(request)),
            Poll::Ready(Err(never)) => match never {},
            Poll::Pending => Started::Later(Box::pin(async move {
                poll_fn(|context| service.poll_ready(context)).await?;
                service.call(request).await
            })),
        };
        async move {
            let response = match response {
                Started::Now(response) => response.await?,
                Started::Later(response) => response.await?,
            };
            Ok(response.map(|body| Tracked::new(body, running)))
        }
    }
}

/// A service's answer. Services are ready at once, but for those that say that they are not; their request is
/// kept in a box of its own, so that the others' futures are small.
enum Started<F, R> {
    Now(F),
    Later(Pin<Box<dyn Future<Output = Result<R, Infallible>> + Send>>),
}

/// The most headers of a request.
const MAX_HEADERS: usize = 128;
/// The least that hyper wants to hold of a connection.
const MIN_BUFFER: usize = 8 * 1024;
/// The most requests beside each other on one connection of HTTP/2.
const MAX_STREAMS: u32 = 200;
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
