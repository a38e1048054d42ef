//! Services of others that sites connect to, by the hosts that their documentation names.

use std::sync::LazyLock;

use serde::Deserialize;

/// Known services. `data/vendors.json` has them, each with its source and date.
#[derive(Debug)]
pub struct VendorList {
    vendors: Vec<Vendor>,
    /// Each with the place of its vendor.
    patterns: Vec<(HostPattern, usize)>,
}

/// A service of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// Its name.
    pub service: String,
    /// The sources for `connect-src` that it needs; a part in braces stands for a name of one's own.
    pub connect_src: Vec<String>,
    /// Where that is written.
    pub source: String,
    /// What kind of source that is.
    pub kind: String,
    /// When it was looked up, as `2026-11-22`.
    pub date: String,
}

#[derive(Debug, PartialEq, Eq)]
enum HostPattern {
    Exact(String),
    /// Everything below this host.
    Below(String),
}

impl VendorList {
    /// The list that is compiled in.
    pub fn builtin() -> &'static Self {
        static LIST: LazyLock<VendorList> = LazyLock::new(|| {
            let text = include_str!("../data/vendors.json");
            let vendors = serde_json::from_str(text);
            VendorList::of(vendors.expect("a test reads the file that is compiled in"))
        });
        &LIST
    }

    fn of(vendors: Vec<Vendor>) -> Self {
        let mut patterns = Vec::new();
        for (place, vendor) in vendors.iter().enumerate() {
            for source in &vendor.connect_src {
                let found = HostPattern::of(source).map(|pattern| (pattern, place));
                patterns.extend(found.filter(|found| !patterns.contains(found)));
            }
        }
        Self { vendors, patterns }
    }

    /// All services.
    pub fn vendors(&self) -> &[Vendor] {
        &self.vendors
    }

    /// The services that are known to be at a host, with or without a port; those that name it most exactly. Several
    /// services may share a host.
    ///
    /// ```
    /// use connect_src_generate::VendorList;
    ///
    /// let vendors = VendorList::builtin();
    /// assert_eq!(vendors.names_at("o1.ingest.sentry.io"), ["Zendesk Web Widget (messaging)"]);
    /// assert_eq!(vendors.names_at("api.stripe.com:443"), ["Stripe.js / Elements"]);
    /// assert!(vendors.names_at("example.com").is_empty());
    /// ```
    pub fn names_at(&self, host: &str) -> Vec<&str> {
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let matching = self.patterns.iter().filter(|(it, _)| it.matches(host));
        let exactness = matching.clone().map(|(it, _)| it.exactness()).max();
        let best = matching.filter(|(it, _)| Some(it.exactness()) == exactness);
        best.map(|(_, place)| self.vendors[*place].service.as_str())
            .collect()
    }
}

impl HostPattern {
    /// The hosts of a source. Nothing is known beyond a part in braces.
    fn of(source: &str) -> Option<Self> {
        let (_, host) = source.split_once("://")?;
        if let Some((_, rest)) = host.rsplit_once('}') {
            let (_, rest) = rest.split_once('.')?;
            return Some(Self::Below(rest.to_ascii_lowercase()));
        }
        let host = host.to_ascii_lowercase();
        Some(match host.strip_prefix("*.") {
            Some(rest) => Self::Below(rest.to_owned()),
            None => Self::Exact(host),
        })
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(exact) => exact.eq_ignore_ascii_case(host),
            Self::Below(rest) => host.len().checked_sub(rest.len() + 1).is_some_and(|dot| {
                host.as_bytes()[dot] == b'.'
                    && host.as_bytes()[dot + 1..].eq_ignore_ascii_case(rest.as_bytes())
            }),
        }
    }

    /// An exact host names it more exactly than any pattern, and a longer pattern more than a shorter one.
    fn exactness(&self) -> (bool, usize) {
        match self {
            Self::Exact(host) => (true, host.len()),
            Self::Below(rest) => (false, rest.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_hosts_a_source_and_a_date() {
        let list = VendorList::builtin();
        assert!(list.vendors().len() > 30);
        for vendor in list.vendors() {
            assert!(!vendor.connect_src.is_empty(), "{vendor:?}");
            for source in &vendor.connect_src {
                assert!(HostPattern::of(source).is_some(), "{source}");
            }
            assert!(
                !vendor.source.is_empty() && vendor.date.len() == 10,
                "{vendor:?}"
            );
        }
    }

    #[test]
    fn the_most_exact_name_wins_and_others_match_nothing() {
        let list = VendorList::builtin();
        let table: [(&str, &[&str]); 7] = [
            ("abc.supabase.co", &["Supabase"]),
            ("t.eu.auth0.com", &["Auth0 SPA SDK"]),
            ("O1.SENTRY.io", &["Sentry (SaaS)"]),
            ("sentry.io", &[]),
            ("evilsentry.io", &[]),
            ("www.googletagmanager.com", &["Google Tag Manager"]),
            ("é", &[]),
        ];
        for (host, expected) in table {
            assert_eq!(list.names_at(host), expected, "{host}");
        }
    }
}
