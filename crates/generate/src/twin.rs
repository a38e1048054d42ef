//! The twin of a policy: `Connection-Allowlist`, from the same evidence.

use std::collections::{BTreeMap, BTreeSet};

use connection_allowlist::{Allowlist, Connection, Disposition, Endpoint, serialize};
use serde::Serialize;
use url::{Position, Url};

use crate::demand::{self, Demand};
use crate::environment::Environment;
use crate::evidence::Evidence;
use crate::generalize::Merge;

/// A `Connection-Allowlist` that allows what a policy's evidence asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct Twin {
    /// The header's value.
    pub value: String,
    /// Where the evidence goes that the header does not let through: origins.
    pub not_allowed: Vec<String>,
}

/// Writes the twin. `merged` are the wildcards of the policy: they stand here too.
///
/// The header governs everything that a page loads, and not only what `connect-src` does: scripts, images and
/// frames of other origins have to be added to it, or it blocks them. It blocks redirects.
///
/// ```
/// use connect_src::Api;
/// use connect_src_generate::{Environment, Evidence, twin};
/// use url::Url;
///
/// let page = Url::parse("https://app.example/cart")?;
/// let evidence = [
///     Evidence::new(Api::Fetch, Url::parse("https://app.example/items")?).on(page.clone()),
///     Evidence::new(Api::WebSocket, Url::parse("wss://live.example/feed")?).on(page),
/// ];
/// let twin = twin(&evidence, &[], Environment::Any);
/// assert_eq!(twin.value, r#"(response-origin "https://live.example")"#);
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn twin(evidence: &[Evidence], merged: &[Merge], environment: Environment) -> Twin {
    let demands: Vec<Demand> = Demand::all(evidence)
        .into_iter()
        .filter(|demand| demand.is_own() || environment.has_url(demand.url()))
        .collect();
    let mut endpoints: BTreeSet<Endpoint> = BTreeSet::new();
    for demand in demands.iter().filter(|demand| is_remote(demand.url())) {
        endpoints.insert(endpoint(demand, merged));
    }
    let endpoints: Vec<Endpoint> = endpoints.into_iter().collect();
    // A URL's origin is ASCII, so there is no pattern that cannot be written.
    let value = serialize(&endpoints, None).unwrap_or_else(|_| "()".to_owned());
    Twin {
        not_allowed: not_allowed(&value, &demands),
        value,
    }
}

/// What the list does not look at is allowed without it.
fn is_remote(url: &Url) -> bool {
    url.has_host()
}

fn endpoint(demand: &Demand, merged: &[Merge]) -> Endpoint {
    let origin = fetched_origin(demand.url());
    let is_same = |page: &connect_src::Origin| page.to_string() == origin;
    if !demand.origins.is_empty() && demand.origins.iter().all(is_same) {
        return Endpoint::ResponseOrigin;
    }
    let wildcard = merged.iter().find(|merge| {
        let replaced = merge.replaces.iter();
        replaced
            .map(|source| fetched(source))
            .any(|source| source == origin)
    });
    Endpoint::Pattern(wildcard.map_or(origin, |merge| fetched(&merge.wildcard)))
}

fn fetched_origin(url: &Url) -> String {
    fetched(&url[..Position::BeforePath])
}

/// A WebSocket is fetched as http or https, and so it is compared.
fn fetched(source: &str) -> String {
    match source.split_once("://") {
        Some(("ws", rest)) => format!("http://{rest}"),
        Some(("wss", rest)) => format!("https://{rest}"),
        _ => source.to_owned(),
    }
}

/// Asks the header, as it would be sent with each page.
fn not_allowed(value: &str, demands: &[Demand]) -> Vec<String> {
    let mut lists = Lists {
        value,
        parsed: BTreeMap::new(),
    };
    let mut not_allowed: Vec<String> = Vec::new();
    for demand in demands {
        let target = demand::name(demand.url());
        if !not_allowed.contains(&target) && !lists.allow(demand) {
            not_allowed.push(target);
        }
    }
    not_allowed
}

/// A header, as it is read on each page.
struct Lists<'v> {
    value: &'v str,
    parsed: BTreeMap<String, Option<Allowlist>>,
}

impl Lists<'_> {
    fn allow(&mut self, demand: &Demand) -> bool {
        let mut pages: Vec<String> = demand.origins.iter().map(ToString::to_string).collect();
        if pages.is_empty() {
            pages.push("https://page.invalid".to_owned());
        }
        pages.iter().all(|page| {
            let list = self.on(page);
            list.is_none_or(|list| list.decide(&Connection::to(demand.url())).is_allowed())
        })
    }

    fn on(&mut self, page: &str) -> Option<&Allowlist> {
        let value = self.value;
        let parsed = self.parsed.entry(page.to_owned()).or_insert_with(|| {
            let page = Url::parse(page).ok()?;
            Allowlist::parse(value, &page, Disposition::Enforce).allowlist
        });
        parsed.as_ref()
    }
}
