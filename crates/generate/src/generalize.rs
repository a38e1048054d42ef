//! When several hosts may become one wildcard, and what that costs.

use std::collections::BTreeMap;
use std::fmt;

use connect_src_suffix::{is_registrable_domain, registrable_domain};
use serde::Serialize;

/// Several sources that one wildcard could stand for, with the price.
///
/// Prints the price in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Merge {
    /// The wildcard, such as `https://*.cdn.example`.
    pub wildcard: String,
    /// The sources that it would replace.
    pub replaces: Vec<String>,
    /// Whether the registrable domain itself is opened (`*.example.com`), and not a part of it.
    pub is_whole_domain: bool,
}

impl fmt::Display for Merge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let below = self
            .wildcard
            .split_once("*.")
            .map_or("", |(_, domain)| domain);
        let count = self.replaces.len();
        write!(
            formatter,
            "{} allows every host below {below}, present and future, instead of the {count} that were seen",
            self.wildcard
        )?;
        if self.is_whole_domain {
            formatter.write_str("; whoever gets any name in that domain can receive data")?;
        }
        Ok(())
    }
}

/// The merges that are possible: at least `least` sources of one scheme and port, next to each other below
/// one domain that somebody owns.
///
/// A name below one of the `shared` suffixes is somebody else's than the name beside it, so no wildcard covers
/// such a suffix, or a part of it.
pub(crate) fn merges(sources: &[String], least: usize, shared: &[String]) -> Vec<Merge> {
    let mut by_wildcard: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources {
        if let Some(wildcard) = wildcard(source)
            && !covers_strangers(domain_of(&wildcard), shared)
        {
            by_wildcard
                .entry(wildcard)
                .or_default()
                .push(source.clone());
        }
    }
    by_wildcard
        .into_iter()
        .filter(|(_, replaces)| replaces.len() >= least.max(2))
        .map(|(wildcard, replaces)| Merge {
            is_whole_domain: is_registrable_domain(domain_of(&wildcard)),
            wildcard,
            replaces,
        })
        .collect()
}

/// The wildcard for the host's parent, unless that is a public suffix or above one.
fn wildcard(source: &str) -> Option<String> {
    let (scheme, rest) = source.split_once("://")?;
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, format!(":{port}")),
        None => (rest, String::new()),
    };
    let (label, parent) = host.split_once('.')?;
    let is_owned = registrable_domain(parent).is_some() && !is_address(host);
    (is_owned && label != "*").then(|| format!("{scheme}://*.{parent}{port}"))
}

/// Whether names of several owners lie below the domain.
fn covers_strangers(domain: &str, shared: &[String]) -> bool {
    let is_covered = |suffix: &String| {
        suffix.eq_ignore_ascii_case(domain)
            || suffix
                .len()
                .checked_sub(domain.len() + 1)
                .is_some_and(|dot| {
                    suffix.as_bytes()[dot] == b'.'
                        && suffix.as_bytes()[dot + 1..].eq_ignore_ascii_case(domain.as_bytes())
                })
    };
    shared.iter().any(is_covered)
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn domain_of(wildcard: &str) -> &str {
    let rest = wildcard.split_once("*.").map_or("", |(_, rest)| rest);
    rest.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_never_covers_a_public_suffix() {
        for (source, expected) in [
            (
                "https://a.cdn.example.com",
                Some("https://*.cdn.example.com"),
            ),
            (
                "https://a.example.com:8443",
                Some("https://*.example.com:8443"),
            ),
            ("wss://a.example.co.uk", Some("wss://*.example.co.uk")),
            ("https://example.com", None),
            ("https://example.co.uk", None),
            ("https://user.github.io", None),
            ("https://bucket.s3.amazonaws.com", None),
            ("https://d111.cloudfront.net", None),
            ("https://a.user.github.io", Some("https://*.user.github.io")),
            ("https://127.0.0.1", None),
            ("https://10.0.0.1:8080", None),
            ("https://localhost", None),
            ("https://*.example.com", None),
            ("'self'", None),
            ("data:", None),
        ] {
            assert_eq!(wildcard(source).as_deref(), expected, "{source}");
        }
    }

    #[test]
    fn sources_merge_only_where_scheme_port_and_parent_agree() {
        let sources = [
            "https://a.x.example.com",
            "https://b.x.example.com",
            "wss://a.x.example.com",
            "https://c.x.example.com:8443",
            "https://d.y.example.com",
        ]
        .map(str::to_owned);
        let found = merges(&sources, 2, &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].wildcard, "https://*.x.example.com");
        assert_eq!(found[0].replaces, sources[..2]);
        assert!(!found[0].is_whole_domain);
        assert!(merges(&sources, 3, &[]).is_empty());
    }

    #[test]
    fn no_wildcard_covers_the_tenants_of_a_shared_suffix() {
        let sources = ["https://a.shared.example", "https://b.shared.example"].map(str::to_owned);
        for (suffix, is_merged) in [
            ("other.example", true),
            ("notshared.example", true),
            ("shared.example", false),
            ("Eu.Shared.example", false),
            ("example", true),
        ] {
            let found = merges(&sources, 2, &[suffix.to_owned()]);
            assert_eq!(!found.is_empty(), is_merged, "{suffix}");
        }
    }

    #[test]
    fn the_price_is_in_words() {
        let sources = ["https://a.example.com", "https://b.example.com"].map(str::to_owned);
        assert_eq!(
            merges(&sources, 2, &[])[0].to_string(),
            "https://*.example.com allows every host below example.com, present and future, instead of the \
             2 that were seen; whoever gets any name in that domain can receive data"
        );
    }
}
