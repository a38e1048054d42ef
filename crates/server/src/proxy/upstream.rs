//! The application behind us: how it is reached, and whether it answers.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use url::{Host, Url};

use super::pool::{Lease, Live, Pool};
use super::room::{MAX_BUFFER, Room};
use super::stream::{Stream, Wire};
use crate::tls::UpstreamTls;

/// An application that requests are forwarded to, with its idle connections.
#[derive(Debug)]
pub struct Upstream {
    /// For the resolver: an IPv6 address has no brackets here.
    host: String,
    port: u16,
    authority: HeaderValue,
    tls: Option<Encryption>,
    connect_timeout: Duration,
    pool: Arc<Pool>,
    room: Room,
    health: Status,
}

/// What is known of an upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// Nothing was sent yet.
    Unknown,
    /// It answered last time.
    Up,
    /// It did not.
    Down {
        /// Why, in words for operators.
        reason: String,
    },
}

struct Encryption {
    connector: TlsConnector,
    name: ServerName<'static>,
}

#[derive(Debug)]
struct Status {
    /// So that a request that goes well need not take the lock.
    is_up: AtomicBool,
    health: Mutex<Health>,
}

/// Why an upstream cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// The URL is no http or https URL with a host and nothing behind it.
    #[error(
        "expected a URL such as `http://127.0.0.1:3000`, found `{0}`; leave out path and query"
    )]
    Url(Url),
    /// An https URL, but nothing says which certificates to accept.
    #[error("`{0}` needs to know which certificates to accept")]
    NoTls(Url),
}

/// Why a connection could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("cannot connect: {0}")]
    Io(#[from] io::Error),
    #[error("cannot speak HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("no connection within {0:?}")]
    Timeout(Duration),
}

impl Upstream {
    /// The application at this URL, which has no path. An https URL needs to know whose certificates to
    /// accept.
    pub fn new(
        url: &Url,
        tls: Option<&UpstreamTls>,
        connect_timeout: Duration,
    ) -> Result<Self, UpstreamError> {
        let bad_url = || UpstreamError::Url(url.clone());
        let is_plain = matches!(url.scheme(), "http" | "https") && url.path() == "/";
        let host = url.host().filter(|_| is_plain && url.query().is_none());
        let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
        let encryption = match url.scheme() {
            "https" => {
                let tls = tls.ok_or_else(|| UpstreamError::NoTls(url.clone()))?;
                Some(Encryption::new(tls, url).ok_or_else(bad_url)?)
            }
            _ => None,
        };
        Ok(Self {
            host: host.map(unbracketed).ok_or_else(bad_url)?,
            port: url.port_or_known_default().ok_or_else(bad_url)?,
            authority: HeaderValue::from_str(authority).map_err(|_| bad_url())?,
            tls: encryption,
            connect_timeout,
            pool: Arc::new(Pool::default()),
            room: Room::default(),
            health: Status::new(),
        })
    }

    /// What is known of it.
    pub fn health(&self) -> Health {
        self.health.get()
    }

    /// Connects to it, to see whether it is there. The connection is kept for the next request.
    pub async fn probe(&self) -> Health {
        match self.connect().await {
            Ok(lease) => {
                lease.give_back();
                self.health.set(Health::Up);
            }
            Err(error) => self.note_down(&error),
        }
        self.health()
    }

    /// What `Host` it expects if it does not care for ours.
    pub(super) fn authority(&self) -> &HeaderValue {
        &self.authority
    }

    /// An idle connection, if there is one that such a request may take: see [`Pool::take`].
    pub(super) fn idle(&self, is_repeatable: bool) -> Option<Lease> {
        self.pool.take(is_repeatable)
    }

    /// A new connection.
    pub(super) async fn connect(&self) -> Result<Lease, ConnectError> {
        let connected = timeout(self.connect_timeout, self.connect_now()).await;
        let live = connected.map_err(|_| ConnectError::Timeout(self.connect_timeout))??;
        Ok(Lease::new(Box::new(live), &self.pool, None))
    }

    async fn connect_now(&self) -> Result<Live, ConnectError> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await?;
        tcp.set_nodelay(true)?;
        let _ = SockRef::from(&tcp).set_tcp_keepalive(&KEEPALIVE);
        let wire = match &self.tls {
            None => Wire::Tcp(tcp),
            Some(encryption) => {
                let connecting = encryption.connector.connect(encryption.name.clone(), tcp);
                Wire::Tls(Box::new(connecting.await?))
            }
        };
        let mut builder = http1::Builder::new();
        builder.max_headers(MAX_HEADERS).max_buf_size(MAX_BUFFER);
        let stream = TokioIo::new(Stream::new(wire, self.room.part()));
        let (sender, connection) = builder.handshake(stream).await?;
        Ok(Live::new(sender, connection))
    }

    pub(super) fn note_up(&self) {
        if !self.health.is_up.load(Ordering::Relaxed) && self.health.set(Health::Up) {
            tracing::info!(upstream = ?self.authority, "the upstream answers");
        }
    }

    pub(super) fn note_down(&self, error: &dyn std::error::Error) {
        let reason = error.to_string();
        if self.health.set(Health::Down {
            reason: reason.clone(),
        }) {
            tracing::warn!(upstream = ?self.authority, reason = ?reason, "the upstream does not answer");
        }
    }
}

impl Status {
    fn new() -> Self {
        Self {
            is_up: AtomicBool::new(false),
            health: Mutex::new(Health::Unknown),
        }
    }

    fn get(&self) -> Health {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.clone()
    }

    /// Whether it is news that an upstream is up, or down.
    fn set(&self, new: Health) -> bool {
        self.is_up.store(new == Health::Up, Ordering::Relaxed);
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = std::mem::discriminant(&*health) != std::mem::discriminant(&new);
        *health = new;
        is_news
    }
}

impl Encryption {
    fn new(tls: &UpstreamTls, url: &Url) -> Option<Self> {
        let name = ServerName::try_from(unbracketed(url.host()?)).ok()?;
        Some(Self {
            connector: tls.connector(),
            name,
        })
    }
}

impl fmt::Debug for Encryption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Encryption")
            .field(&self.name)
            .finish()
    }
}

fn unbracketed(host: Host<&str>) -> String {
    match host {
        Host::Ipv6(address) => address.to_string(),
        other => other.to_string(),
    }
}

/// The most headers of a response.
const MAX_HEADERS: usize = 256;
/// Finds out about peers that vanished, while nothing is sent.
pub(super) const KEEPALIVE: TcpKeepalive = TcpKeepalive::new().with_time(Duration::from_mins(1));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_path_is_refused() {
        for url in [
            "http://a.example/app",
            "ftp://a.example/",
            "http://a.example/?q",
        ] {
            let url = Url::parse(url).unwrap();
            let error = Upstream::new(&url, None, Duration::from_secs(1)).unwrap_err();
            assert!(matches!(error, UpstreamError::Url(_)), "{url}");
        }
    }

    #[test]
    fn addresses_lose_their_brackets_but_not_in_the_host_header() {
        let url = Url::parse("http://[::1]:3000").unwrap();
        let upstream = Upstream::new(&url, None, Duration::from_secs(1)).unwrap();
        assert_eq!((upstream.host.as_str(), upstream.port), ("::1", 3000));
        assert_eq!(upstream.authority(), "[::1]:3000");
    }
}
