//! What the policy must allow: the evidence, without what it says twice.

use std::collections::BTreeMap;

use connect_src::{
    Api, BrowserProfile, CompiledCspList, CspList, DirectiveName, Origin, Request,
    effective_directive,
};
use url::{Position, Url};

use crate::evidence::{Evidence, Sighting, Standing};

/// One connection that must be allowed, from every page that makes it.
#[derive(Debug)]
pub(crate) struct Demand {
    /// The request, without what no policy looks at.
    request: Request,
    pub(crate) origins: Vec<Origin>,
    /// The places of its evidence.
    pub(crate) evidence: Vec<usize>,
}

impl Demand {
    /// The demands of the evidence, in the order of their URLs.
    pub(crate) fn all(evidence: &[Evidence]) -> Vec<Self> {
        let mut demands: BTreeMap<(String, bool), Self> = BTreeMap::new();
        for (index, one) in evidence.iter().enumerate() {
            let Some(url) = demanded(one) else { continue };
            let request = Request::connect(one.api, url);
            let is_transport = one.api == Api::WebTransport;
            let key = (request.url().as_str().to_owned(), is_transport);
            let demand = demands.entry(key).or_insert_with(|| Self::of(request));
            demand.add(index, one);
        }
        demands.into_values().collect()
    }

    fn of(request: Request) -> Self {
        Self {
            request,
            origins: Vec::new(),
            evidence: Vec::new(),
        }
    }

    fn add(&mut self, index: usize, evidence: &Evidence) {
        self.evidence.push(index);
        for page in &evidence.pages {
            let origin = Origin::of(page);
            if !self.origins.contains(&origin) {
                self.origins.push(origin);
            }
        }
    }

    pub(crate) fn url(&self) -> &Url {
        self.request.url()
    }

    /// Whether `'self'` may stand for it: the host is that of every page that connects.
    pub(crate) fn is_own(&self) -> bool {
        let is_own = |origin: &Origin| {
            origin
                .as_tuple()
                .is_some_and(|origin| Some(origin.host()) == self.url().host_str())
        };
        !self.origins.is_empty() && self.origins.iter().all(is_own)
    }

    /// Whether `connect-src` is what governs it in this browser.
    pub(crate) fn is_governed_in(&self, browser: BrowserProfile) -> bool {
        effective_directive(&self.request, browser) == Some(DirectiveName::ConnectSrc)
    }

    /// Whether every browser allows it under the policies, on every page and from workers too.
    pub(crate) fn is_allowed(&self, policies: &CspList) -> bool {
        let requests = self.requests();
        BrowserProfile::BROWSERS.into_iter().all(|browser| {
            self.origins().iter().all(|origin| {
                let mut requests = requests.iter();
                requests.all(|request| {
                    policies
                        .violated_policies(request, origin, browser)
                        .next()
                        .is_none()
                })
            })
        })
    }

    /// The browsers that block it, on some page or from a worker.
    pub(crate) fn blocking(&self, policies: &Compiled) -> Vec<BrowserProfile> {
        let requests = self.requests();
        let is_blocking = |browser: &BrowserProfile| {
            let origins = self.origins().iter();
            let mut lists = origins.filter_map(|origin| policies.list(origin, *browser));
            lists.any(|list| {
                requests
                    .iter()
                    .any(|request| list.should_request_be_blocked(request).is_blocked())
            })
        };
        BrowserProfile::BROWSERS
            .into_iter()
            .filter(is_blocking)
            .collect()
    }

    /// The origins of its pages; where none is known, one that no source stands for.
    fn origins(&self) -> &[Origin] {
        const UNKNOWN: &[Origin] = &[Origin::Opaque];
        if self.origins.is_empty() {
            UNKNOWN
        } else {
            &self.origins
        }
    }

    fn requests(&self) -> [Request; 2] {
        [self.request.clone(), self.request.clone().from_worker()]
    }
}

/// A long list of policies, made ready for every page of the demands.
pub(crate) struct Compiled {
    lists: Vec<CompiledCspList>,
}

impl Compiled {
    pub(crate) fn new(policies: &CspList, demands: &[Demand]) -> Self {
        let mut origins: Vec<&Origin> = Vec::new();
        for origin in demands.iter().flat_map(Demand::origins) {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        let browsers =
            |origin| BrowserProfile::BROWSERS.map(|browser| policies.compile(origin, browser));
        Self {
            lists: origins.into_iter().flat_map(browsers).collect(),
        }
    }

    fn list(&self, origin: &Origin, browser: BrowserProfile) -> Option<&CompiledCspList> {
        let is_it = |list: &&CompiledCspList| {
            list.rules().profile() == browser && list.self_origin() == origin
        };
        self.lists.iter().find(is_it)
    }
}

/// The URL that must be allowed, without what no policy looks at.
fn demanded(evidence: &Evidence) -> Option<Url> {
    let url = match (evidence.standing, evidence.sighting) {
        (Standing::SetAside, _) | (_, Sighting::RedirectedElsewhere) => return None,
        (Standing::Genuine, _) => &evidence.url,
    };
    if !url.has_host() {
        return Url::parse(&format!("{}:any-path-of-it", url.scheme())).ok();
    }
    let mut url = url.clone();
    if evidence.sighting == Sighting::OriginOnly {
        url.set_path("/any-path-of-it"); // no sensible policy names it
    }
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs that have neither.
    let _: Result<(), ()> = url.set_username("");
    let _: Result<(), ()> = url.set_password(None);
    Some(url)
}

/// How a URL is named where people read it.
pub(crate) fn name(url: &Url) -> String {
    if url.has_host() {
        format!(
            "{}://{}",
            url.scheme(),
            &url[Position::BeforeHost..Position::AfterPort]
        )
    } else {
        format!("{}:", url.scheme())
    }
}
