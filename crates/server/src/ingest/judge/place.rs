//! Where a report belongs.

use std::sync::Arc;

use connect_src::Origin;
use connect_src_report::GroupKey;
use url::Url;

use super::marks::Known;
use crate::config::HostPattern;
use crate::ingest::text::path;
use crate::rollout::{Mark, Rollouts, RouteKey};
use crate::store::{ConnectionIdent, GroupIdent};

/// Where a report belongs.
pub(super) struct Place {
    pub(super) key: RouteKey,
    pub(super) mark: Option<Mark>,
    pub(super) known: Option<Arc<Known>>,
}

impl Place {
    /// The route of a mark.
    pub(super) fn of_mark(mark: Option<Mark>, known: &Arc<Known>) -> Self {
        Self {
            key: known.key.clone(),
            mark,
            known: Some(Arc::clone(known)),
        }
    }

    /// The route that a document belongs to.
    pub(super) fn of_document(document: Option<&Url>, rollouts: &Rollouts) -> Self {
        let host = document.and_then(Url::host_str).unwrap_or_default();
        let path = document.map_or("/", Url::path);
        let key = rollouts.route_of(host, path);
        Self {
            key: key.unwrap_or_else(|| RouteKey::new(NO_SITE, "/")),
            mark: None,
            known: None,
        }
    }

    pub(super) fn group(&self, key: GroupKey) -> GroupIdent {
        GroupIdent {
            site: Arc::clone(&self.key.site),
            route: Arc::clone(&self.key.route),
            mark: self.mark,
            key,
        }
    }

    pub(super) fn connection(&self, key: &GroupKey, blocked_url: &str) -> ConnectionIdent {
        ConnectionIdent {
            site: Arc::clone(&self.key.site),
            route: Arc::clone(&self.key.route),
            document: key.site.clone(),
            class: key.class,
            origin: key.blocked.clone(),
            path: path(blocked_url, &key.blocked),
        }
    }

    /// The origins that are the site's: the document's, if it is on one of the site's hosts; else the site's own,
    /// so that a document elsewhere is seen to be none of ours.
    pub(super) fn first_party(&self, document: Option<&Url>) -> Vec<Origin> {
        let Some(known) = &self.known else {
            return Vec::new();
        };
        let name = document.and_then(Url::host_str).unwrap_or_default();
        match (document, &known.host) {
            (Some(document), host) if host.matches(name) => vec![Origin::of(document)],
            (_, HostPattern::Exact(_)) => {
                let origin = |scheme| Url::parse(&format!("{scheme}://{}", self.key.site));
                let urls = ["https", "http"].map(origin).into_iter().flatten();
                urls.map(|url| Origin::of(&url)).collect()
            }
            (_, HostPattern::Below(_) | HostPattern::Any) => Vec::new(),
        }
    }
}

/// Reports of documents that belong to no site.
const NO_SITE: &str = "(none)";
