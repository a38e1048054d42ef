//! Which application each site has.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use url::Url;

use super::error::ServeError;
use super::readiness::Notices;
use crate::config::{Config, ProxyLimits};
use crate::proxy::{ForwardOptions, Health, MetaWatch, Target, Upstream};
use crate::tls::UpstreamTls;

/// The targets of the sites. They change with the configuration.
pub(super) struct Targets {
    current: RwLock<Arc<Current>>,
    meta: MetaWatch,
}

/// The targets of one configuration.
pub(super) struct Current {
    config: Config,
    /// As the configuration's sites.
    targets: Vec<Option<Arc<Target>>>,
}

impl Targets {
    pub(super) fn new(config: &Config, notices: &Arc<Notices>) -> Result<Self, ServeError> {
        let notices = Arc::clone(notices);
        let meta = MetaWatch::new(move |policy| notices.add_meta(policy));
        let empty = Current {
            config: config.clone(),
            targets: Vec::new(),
        };
        let targets = Self {
            current: RwLock::new(Arc::new(empty)),
            meta,
        };
        let current = targets.prepare(config)?;
        targets.replace(current);
        Ok(targets)
    }

    /// The targets of another configuration. What stays the same keeps its connections.
    pub(super) fn prepare(&self, config: &Config) -> Result<Current, ServeError> {
        let before = self.current();
        let options = options(config);
        let mut upstreams: HashMap<Url, Arc<Upstream>> = HashMap::new();
        if before.config.proxy == config.proxy {
            upstreams.extend(before.upstreams());
        }
        let mut targets = Vec::new();
        for site in &config.sites {
            let url = site.upstream.as_ref().or(config.upstream.as_ref());
            let Some(url) = url else {
                targets.push(None);
                continue;
            };
            let upstream = match upstreams.get(url) {
                Some(upstream) => Arc::clone(upstream),
                None => Arc::new(upstream(url, &config.proxy)?),
            };
            upstreams.insert(url.clone(), Arc::clone(&upstream));
            let mut target = Target::new(upstream, Arc::clone(&options));
            target.meta = Some(self.meta.clone());
            targets.push(Some(Arc::new(target)));
        }
        Ok(Current {
            config: config.clone(),
            targets,
        })
    }

    pub(super) fn replace(&self, current: Current) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        self.meta.reset();
    }

    /// The target of the site that a host belongs to.
    pub(super) fn find(&self, host: &str) -> Option<Arc<Target>> {
        let current = self.current();
        let (site, _) = current.config.place(host, "/")?;
        current.targets.get(site)?.clone()
    }

    /// Looks whether the applications are there, unless that is known from requests.
    pub(super) async fn probe(&self) {
        for (_, upstream) in self.current().upstreams() {
            if upstream.health() != Health::Up {
                upstream.probe().await;
            }
        }
    }

    /// The applications that do not answer, and why.
    pub(super) fn down(&self) -> Vec<String> {
        let current = self.current();
        let upstreams: HashMap<Url, Arc<Upstream>> = current.upstreams().collect();
        let down = upstreams
            .iter()
            .filter_map(|(url, upstream)| match upstream.health() {
                Health::Down { reason } => Some(format!(
                    "the application at {url} does not answer: {reason}"
                )),
                _ => None,
            });
        down.collect()
    }

    fn current(&self) -> Arc<Current> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

impl Current {
    fn upstreams(&self) -> impl Iterator<Item = (Url, Arc<Upstream>)> {
        let pairs = self.config.sites.iter().zip(&self.targets);
        pairs.filter_map(|(site, target)| {
            let url = site.upstream.as_ref().or(self.config.upstream.as_ref())?;
            let target = target.as_ref()?;
            Some((url.clone(), Arc::clone(&target.upstream)))
        })
    }
}

fn upstream(url: &Url, limits: &ProxyLimits) -> Result<Upstream, ServeError> {
    let tls = match url.scheme() {
        "https" => Some(UpstreamTls::system()?),
        _ => None,
    };
    Ok(Upstream::new(url, tls.as_ref(), limits.connect_timeout)?)
}

fn options(config: &Config) -> Arc<ForwardOptions> {
    Arc::new(ForwardOptions::new(
        &config.proxy,
        config.trusted_proxies.clone(),
    ))
}
