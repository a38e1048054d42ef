//! The sections of the configuration that are not about sites.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::reader::{FromValue, Size, Table};
use super::value::HostPattern;

/// A certificate and its key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tls {
    /// The certificate, then those that lead to its issuer.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The address for operators: the API, metrics and the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Admin {
    /// Where it listens. Other than loopback only with TLS, or when
    /// [`is_plain_allowed`](Self::is_plain_allowed).
    pub listen: SocketAddr,
    /// Its certificate.
    pub tls: Option<Tls>,
    /// Whether it may speak plain HTTP on other addresses than loopback.
    pub is_plain_allowed: bool,
    /// Which pages of the dashboard are shown to everybody who can reach the address.
    pub without_login: WithoutLogin,
    /// Names under which it is reached, beside addresses and `localhost`. Requests for other hosts are refused when
    /// it listens on loopback, when pages are shown without a login, and when there is any name here.
    pub hosts: Vec<HostPattern>,
}

/// Which pages of the dashboard need no login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutLogin {
    /// None.
    #[default]
    Nothing,
    /// The page that tries a policy out, which shows nothing that is stored.
    Check,
    /// All pages; changes still need one.
    View,
}

/// How reports are taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collector {
    /// The reserved path below which reports are posted.
    pub path: String,
    /// Whether a post is answered only when it is committed to the database.
    pub is_durable: bool,
    /// The most bytes of reports that wait for the database.
    pub queue_bytes: usize,
    /// The most bytes of a post, as it is received.
    pub max_body: usize,
    /// The most bytes of a compressed post, inflated.
    pub max_inflated: usize,
    /// How often one address may post.
    pub per_address: RateLimit,
    /// How often all addresses together may post.
    pub total: RateLimit,
}

/// So many in a second, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many in a second, over time.
    pub per_second: u32,
    /// How many at once.
    pub burst: u32,
}

/// What is kept of reports, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// Groups and connections that were not seen for so long are dropped.
    pub groups: Duration,
    /// Counts by the hour are dropped after so long.
    pub hours: Duration,
    /// Samples are dropped after so long.
    pub samples: Duration,
    /// The bounds of what is kept.
    pub limits: Limits,
}

/// The bounds of what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most groups of violations of a site.
    pub groups: u32,
    /// The most connections in the inventory of a site.
    pub connections: u32,
    /// The most samples of a group.
    pub samples: u32,
    /// The most pages of a group or a connection.
    pub pages: u32,
    /// The most browsers of a group or a connection.
    pub browsers: u32,
    /// The most bytes of the database file.
    pub database_bytes: u64,
}

/// What is kept of the URLs in reports. User names and passwords never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scrubbing {
    /// Whether queries are kept.
    pub keep_query: bool,
    /// Whether fragments are kept.
    pub keep_fragment: bool,
}

/// Bounds of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProxyLimits {
    /// The most connections of browsers at a time.
    pub max_connections: u32,
    /// The most bytes of a request's headers.
    pub max_headers: usize,
    /// How long a browser may take to send its headers.
    pub header_timeout: Duration,
    /// How long a connection without requests is kept.
    pub idle_timeout: Duration,
    /// How long connecting to the upstream may take.
    pub connect_timeout: Duration,
    /// How long the upstream may take to start its answer.
    pub response_timeout: Duration,
    /// How long running requests may take to end when the server stops.
    pub grace: Duration,
}

impl Tls {
    /// A certificate and its key.
    pub fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self { certificate, key }
    }

    pub(super) fn read(mut table: Table<'_>, base: &Path) -> Self {
        let mut path = |key| {
            let path: Option<PathBuf> = table.value(key);
            if path.is_none() {
                table.complain(
                    key,
                    "expected the path of a PEM file, found none".to_owned(),
                );
            }
            base.join(path.unwrap_or_default())
        };
        let tls = Self {
            certificate: path("cert"),
            key: path("key"),
        };
        table.finish();
        tls
    }
}

impl FromValue for WithoutLogin {
    const EXPECTED: &'static str = "\"nothing\", \"check\" or \"view\"";

    fn from_value(value: &toml::de::DeValue<'_>) -> Option<Self> {
        match value.as_str()? {
            "nothing" => Some(Self::Nothing),
            "check" => Some(Self::Check),
            "view" => Some(Self::View),
            _ => None,
        }
    }
}

impl Default for Admin {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8081),
            tls: None,
            is_plain_allowed: false,
            without_login: WithoutLogin::Nothing,
            hosts: Vec::new(),
        }
    }
}

impl Admin {
    pub(super) fn read(table: Option<Table<'_>>, base: &Path) -> Self {
        let default = Self::default();
        let Some(mut table) = table else {
            return default;
        };
        let listen = table.placed("listen");
        let admin = Self {
            listen: listen
                .as_ref()
                .map_or(default.listen, |placed| placed.value),
            tls: table.table("tls").map(|tls| Tls::read(tls, base)),
            is_plain_allowed: table.value("allow-plain-http").unwrap_or_default(),
            without_login: table.value("without-login").unwrap_or_default(),
            hosts: table.values("hosts").unwrap_or_default(),
        };
        if let Some(placed) = listen.filter(|_| !admin.is_guarded()) {
            let message = format!(
                "expected a loopback address, found {}, where the token would travel in plain HTTP; \
                 add `[admin.tls]`, or `allow-plain-http = true` if something else protects it",
                placed.value
            );
            table.complain_about(&placed, message);
        }
        table.finish();
        admin
    }

    /// Whether the token does not travel in the open.
    pub fn is_guarded(&self) -> bool {
        self.listen.ip().is_loopback() || self.tls.is_some() || self.is_plain_allowed
    }
}

impl Default for Collector {
    fn default() -> Self {
        Self {
            path: "/_connect-src".to_owned(),
            is_durable: false,
            queue_bytes: 16 << 20,
            max_body: 256 << 10,
            max_inflated: 1 << 20,
            per_address: RateLimit {
                per_second: 20,
                burst: 200,
            },
            total: RateLimit {
                per_second: 20_000,
                burst: 40_000,
            },
        }
    }
}

impl Collector {
    pub(super) fn read(table: Option<Table<'_>>) -> Self {
        let default = Self::default();
        let Some(mut table) = table else {
            return default;
        };
        let path = table.placed::<super::PathPrefix>("path");
        if let Some(placed) = path.as_ref().filter(|it| it.value.as_str() == "/") {
            let message = "expected a path that the application does not use, found `/`".to_owned();
            table.complain_about(placed, message);
        }
        let mut size = |key, default| table.value(key).map_or(default, |Size(bytes)| bytes);
        let collector = Self {
            queue_bytes: size("queue", default.queue_bytes),
            max_body: size("max-body", default.max_body),
            max_inflated: size("max-inflated", default.max_inflated),
            path: path.map_or(default.path, |placed| placed.value.to_string()),
            is_durable: table.value("durable").unwrap_or_default(),
            per_address: RateLimit::read(table.table("per-address"), default.per_address),
            total: RateLimit::read(table.table("total"), default.total),
        };
        collector.check(&table);
        table.finish();
        collector
    }

    fn check(&self, table: &Table<'_>) {
        let largest = connect_src_report::MAX_BODY_BYTES;
        let bounds = [
            ("max-body", self.max_body),
            ("max-inflated", self.max_inflated),
        ];
        for (key, bytes) in bounds {
            if bytes == 0 || bytes > largest {
                let message = format!("expected 1 B to {largest} B, found {bytes} B");
                table.complain(key, message);
            }
        }
        if self.queue_bytes < self.max_inflated.saturating_mul(4) {
            let message = format!(
                "expected at least four times `max-inflated`, so {} B, found {} B",
                self.max_inflated.saturating_mul(4),
                self.queue_bytes
            );
            table.complain("queue", message);
        }
    }
}

impl RateLimit {
    /// So many in a second, over time, and so many at once.
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst }
    }

    fn read(table: Option<Table<'_>>, default: Self) -> Self {
        let Some(mut table) = table else {
            return default;
        };
        let limit = Self {
            per_second: table.value("per-second").unwrap_or(default.per_second),
            burst: table.value("burst").unwrap_or(default.burst),
        };
        for (key, number) in [("per-second", limit.per_second), ("burst", limit.burst)] {
            if number == 0 {
                table.complain(key, "expected at least 1, found 0".to_owned());
            }
        }
        table.finish();
        limit
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            groups: Duration::from_hours(90 * 24),
            hours: Duration::from_hours(30 * 24),
            samples: Duration::from_hours(14 * 24),
            limits: Limits::default(),
        }
    }
}

impl Retention {
    pub(super) fn read(table: Option<Table<'_>>) -> Self {
        let default = Self::default();
        let Some(mut table) = table else {
            return default;
        };
        let retention = Self {
            groups: table.value("groups").unwrap_or(default.groups),
            hours: table.value("hours").unwrap_or(default.hours),
            samples: table.value("samples").unwrap_or(default.samples),
            limits: Limits::read(&mut table),
        };
        table.finish();
        retention
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            groups: 200_000,
            connections: 50_000,
            samples: 5,
            pages: 50,
            browsers: 20,
            database_bytes: 4 << 30,
        }
    }
}

impl Limits {
    fn read(table: &mut Table<'_>) -> Self {
        let default = Self::default();
        Self {
            groups: table.value("max-groups").unwrap_or(default.groups),
            connections: table
                .value("max-connections")
                .unwrap_or(default.connections),
            samples: table.value("max-samples").unwrap_or(default.samples),
            pages: table.value("max-pages").unwrap_or(default.pages),
            browsers: table.value("max-browsers").unwrap_or(default.browsers),
            database_bytes: table
                .value("max-size")
                .map_or(default.database_bytes, |Size(bytes)| bytes as u64),
        }
    }
}

impl Scrubbing {
    pub(super) fn read(table: Option<Table<'_>>) -> Self {
        let Some(mut table) = table else {
            return Self::default();
        };
        let scrubbing = Self {
            keep_query: table.value("keep-query").unwrap_or_default(),
            keep_fragment: table.value("keep-fragment").unwrap_or_default(),
        };
        table.finish();
        scrubbing
    }
}

impl Default for ProxyLimits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            max_headers: 64 << 10,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            connect_timeout: Duration::from_secs(5),
            response_timeout: Duration::from_mins(1),
            grace: Duration::from_secs(10),
        }
    }
}

impl ProxyLimits {
    pub(super) fn read(table: Option<Table<'_>>) -> Self {
        let default = Self::default();
        let Some(mut table) = table else {
            return default;
        };
        let headers = table.value("max-headers");
        let mut time = |key, default| table.value(key).unwrap_or(default);
        let limits = Self {
            header_timeout: time("header-timeout", default.header_timeout),
            idle_timeout: time("idle-timeout", default.idle_timeout),
            connect_timeout: time("connect-timeout", default.connect_timeout),
            response_timeout: time("response-timeout", default.response_timeout),
            grace: time("grace", default.grace),
            max_headers: headers.map_or(default.max_headers, |Size(bytes)| bytes),
            max_connections: table
                .value("max-connections")
                .unwrap_or(default.max_connections),
        };
        table.finish();
        limits
    }
}
