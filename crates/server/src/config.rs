//! `connect-src.toml`: what the server is told, read with the place of every mistake.
//!
//! Everything has a default but the upstream. A relative path is relative to the file that holds it.

mod error;
mod lint;
mod path;
mod reader;
mod section;
mod site;
mod value;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use url::Url;

pub use error::{ConfigError, ConfigErrors};
pub use lint::{Lint, Suppression};
pub use section::{
    Admin, Collector, Limits, ProxyLimits, RateLimit, Retention, Scrubbing, Tls, WithoutLogin,
};
pub use site::{Plan, Reporting, Route, Site, StepBack, StickyBy};
pub use value::{AddressRange, HostPattern, PathPrefix, Share, parse_upstream};

use crate::rollout::RouteKey;
use reader::{Table, Upstream};

/// What the server is told.
///
/// ```
/// use std::path::Path;
/// use connect_src_server::Config;
///
/// let text = "
///     upstream = 'http://127.0.0.1:3000'
///     [[site]]
///     host = 'app.example.com'
///     policy = \"connect-src 'self' https://api.example.com\"
///     stage = 'trial'
/// ";
/// let config = Config::parse(text, Path::new("connect-src.toml")).unwrap();
/// assert_eq!(config.sites[0].routes.len(), 1);
///
/// let errors = Config::parse("upstraem = 'http://a'", Path::new("connect-src.toml")).unwrap_err();
/// assert_eq!(
///     errors.errors()[0].to_string(),
///     "connect-src.toml:1:1: `upstraem`: unknown key at the top; did you mean `upstream`?"
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// Where browsers connect to.
    pub listen: SocketAddr,
    /// The application; `None` for a collector that stands alone.
    pub upstream: Option<Url>,
    /// The certificate that browsers get; without one they connect in plain HTTP.
    pub tls: Option<Tls>,
    /// The database file.
    pub database: PathBuf,
    /// From whom `X-Forwarded-For`, `X-Forwarded-Proto` and `Forwarded` are believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// The address for operators.
    pub admin: Admin,
    /// How reports are taken in.
    pub collector: Collector,
    /// What is kept of them, and for how long.
    pub retention: Retention,
    /// What is taken out of URLs before they are kept.
    pub scrubbing: Scrubbing,
    /// Bounds of the proxy.
    pub proxy: ProxyLimits,
    /// What the linter is told.
    pub lint: Lint,
    /// The sites, the more special host first. Never empty.
    pub sites: Vec<Site>,
}

impl Config {
    /// The most bytes of a configuration file.
    pub const MAX_BYTES: u64 = 1024 * 1024;

    /// The defaults, in front of this application.
    pub fn for_upstream(upstream: Url) -> Self {
        Self {
            upstream: Some(upstream),
            ..Self::collector_only()
        }
    }

    /// The defaults of a collector that stands alone, without an application behind it.
    pub fn collector_only() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            upstream: None,
            tls: None,
            database: PathBuf::from("connect-src.db"),
            trusted_proxies: Vec::new(),
            admin: Admin::default(),
            collector: Collector::default(),
            retention: Retention::default(),
            scrubbing: Scrubbing::default(),
            proxy: ProxyLimits::default(),
            lint: Lint::default(),
            sites: vec![Site::everything(Plan::default())],
        }
    }

    /// Reads a file. Fails with everything that is wrong with it.
    pub fn load(file: &Path) -> Result<Self, ConfigErrors> {
        Self::parse(&reader::text_of(file)?, file)
    }

    /// Reads the text of a file. Fails with everything that is wrong with it.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigErrors> {
        reader::read(text, file, |table| Self::read(table, base(file)))
    }

    fn read(mut table: Table<'_>, base: &Path) -> Self {
        let default = Self::collector_only();
        let plan = Plan::read(table.table("rollout"), &Plan::default());
        let config = Self {
            listen: table.value("listen").unwrap_or(default.listen),
            upstream: table.value("upstream").map(|Upstream(url)| url),
            tls: table.table("tls").map(|tls| Tls::read(tls, base)),
            database: base.join(table.value("database").unwrap_or(default.database)),
            trusted_proxies: table.values("trusted-proxies").unwrap_or_default(),
            admin: Admin::read(table.table("admin"), base),
            collector: Collector::read(table.table("collector")),
            retention: Retention::read(table.table("retention")),
            scrubbing: Scrubbing::read(table.table("scrub")),
            proxy: ProxyLimits::read(table.table("proxy")),
            lint: Lint::read(table.table("lint")),
            sites: Site::read_all(&mut table, &plan),
        };
        table.finish();
        config
    }

    /// Whether there is no application behind us, so that others send the policies.
    pub fn is_collector_only(&self) -> bool {
        self.upstream.is_none() && self.sites.iter().all(|site| site.upstream.is_none())
    }

    /// The site and the route that a request belongs to. `host` is the request's, with or without a
    /// port; `None` if no site is for it.
    pub fn route(&self, host: &str, path: &str) -> Option<(&Site, &Route)> {
        let (site, route) = self.place(host, path)?;
        let site = &self.sites[site];
        Some((site, &site.routes[route]))
    }

    /// How the rollout of a route goes; the default for a route that there is not.
    pub(crate) fn plan(&self, key: &RouteKey) -> Plan {
        let is_site = |site: &&Site| site.host.to_string() == *key.site;
        let mut routes = self.sites.iter().filter(is_site).flat_map(|it| &it.routes);
        let route = routes.find(|route| route.path.as_str() == &*key.route);
        route.map_or_else(Plan::default, |route| route.plan.clone())
    }

    /// The same, by their places in the lists.
    pub(crate) fn place(&self, host: &str, path: &str) -> Option<(usize, usize)> {
        let host = normalized_host(host);
        let site = self.sites.iter().position(|it| it.host.matches(&host))?;
        let path = path::normalized(path);
        let mut routes = self.sites[site].routes.iter();
        let route = routes.position(|it| it.path.matches(&path))?;
        Some((site, route))
    }
}

/// A request's host as sites are compared with it: in lower case, without port and final dot.
pub(crate) fn normalized_host(host: &str) -> String {
    let end = match host.rfind(']') {
        Some(bracket) => bracket + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    host[..end].trim_end_matches('.').to_ascii_lowercase()
}

/// The folder that relative paths are relative to.
fn base(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

#[cfg(test)]
mod tests;
