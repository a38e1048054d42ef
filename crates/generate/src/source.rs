//! Which sources can stand for a URL, the narrowest first.

use connect_src::{CspList, Disposition, HostPart, HostSource, SourceExpression};
use url::Position;

use crate::demand::Demand;

/// The narrowest source that allows the demand in every browser, if there is one.
pub(crate) fn narrowest(demand: &Demand) -> Option<String> {
    candidates(demand).into_iter().find(|source| {
        let policy = format!("connect-src {source}");
        demand.is_allowed(&CspList::from_header(policy, Disposition::Enforce))
    })
}

fn candidates(demand: &Demand) -> Vec<String> {
    let url = demand.url();
    if !url.has_host() {
        return vec![format!("{}:", url.scheme())];
    }
    let mut candidates = Vec::with_capacity(4);
    if demand.is_own() {
        candidates.push("'self'".to_owned());
    }
    let scheme = url.scheme();
    let host = &url[Position::BeforeHost..Position::AfterHost];
    match (url.port(), url.port_or_known_default()) {
        (Some(port), _) => candidates.push(format!("{scheme}://{host}:{port}")),
        (None, Some(default)) => {
            candidates.push(format!("{scheme}://{host}"));
            // Where browsers disagree on what an omitted port means.
            candidates.push(format!("{scheme}://{host}:{default}"));
        }
        // A scheme without ports, such as an embedded app's: its hosts cannot be told apart everywhere.
        (None, None) => {
            candidates.push(format!("{scheme}://{host}"));
            candidates.push(format!("{scheme}:"));
        }
    }
    candidates
}

/// The host that a source is limited to, if it is.
pub(crate) fn exact_host(source: &str) -> Option<&str> {
    match SourceExpression::parse(source) {
        SourceExpression::Host(HostSource {
            host: HostPart::Exact(host),
            ..
        }) => Some(host),
        _ => None,
    }
}

/// Puts sources into the order in which people read them: `'self'`, hosts, schemes.
pub(crate) fn sort(sources: &mut [String]) {
    sources.sort_by_cached_key(|source| {
        let (scheme, host) = source.split_once("://").unwrap_or(("", source));
        let rank = match source.as_str() {
            "'self'" => 0,
            source if source.ends_with(':') => 2,
            _ => 1,
        };
        (rank, host.to_owned(), scheme.to_owned())
    });
}
