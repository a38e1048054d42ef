//! Services of others that sites connect to, by the hosts that their documentation names.

use std::sync::LazyLock;

use connect_src::{Api, BrowserProfile, CspList, DirectiveName, Origin, Request};
use serde::{Deserialize, Serialize};
use url::Url;

/// Known services. `data/vendors.json` has them, each with its source and date.
#[derive(Debug)]
pub struct VendorList {
    vendors: Vec<Vendor>,
    /// Each with the place of its vendor.
    patterns: Vec<(HostPattern, usize)>,
}

/// A service of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
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
    /// Sources that it once needed.
    #[serde(default)]
    pub dropped: Vec<Dropped>,
}

/// A source that a service once needed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// The source.
    pub source: String,
    /// Why it is needed no more.
    pub why: String,
}

/// Where a policy and the documentation of a service differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drift<'v> {
    /// Sources of the service that the policy does not allow in every browser.
    pub missing: Vec<&'v str>,
    /// Sources of the policy that the service needs no more.
    pub dropped: Vec<&'v Dropped>,
}

impl Drift<'_> {
    /// Whether policy and documentation agree.
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.dropped.is_empty()
    }
}

impl Vendor {
    /// Holds a policy against what the service needs.
    ///
    /// Where a part of a host is a name of one's own, any host in its place will do.
    ///
    /// ```
    /// use connect_src::{CspList, Disposition};
    /// use connect_src_generate::VendorList;
    ///
    /// let stripe = VendorList::builtin().find("stripe.js")[0];
    /// let policy = |text: &str| CspList::from_header(text, Disposition::Enforce);
    /// assert_eq!(
    ///     stripe.drift(&policy("connect-src https://api.stripe.com")).missing,
    ///     ["https://maps.googleapis.com"],
    /// );
    /// assert!(stripe.drift(&policy("connect-src https:")).is_none());
    /// ```
    pub fn drift(&self, policies: &CspList) -> Drift<'_> {
        let sources = sources_of(policies);
        let is_missing = |source: &&String| match HostPattern::of(source) {
            Some(pattern) if source.contains('{') => {
                let mut hosts = sources.iter().filter_map(|one| host_of(one));
                !hosts.any(|host| pattern.matches(&host)) && !is_allowed(source, policies)
            }
            _ => !is_allowed(source, policies),
        };
        let is_named = |dropped: &&Dropped| {
            let mut sources = sources.iter();
            sources.any(|source| source.eq_ignore_ascii_case(&dropped.source))
        };
        Drift {
            missing: self
                .connect_src
                .iter()
                .filter(is_missing)
                .map(|one| &**one)
                .collect(),
            dropped: self.dropped.iter().filter(is_named).collect(),
        }
    }
}

/// The sources that govern connections, of all policies.
fn sources_of(policies: &CspList) -> Vec<String> {
    let policies = policies.policies().iter();
    let directives = policies.filter_map(|policy| {
        policy.governing_directive(DirectiveName::ConnectSrc, BrowserProfile::Standard)
    });
    let texts = directives.flat_map(|directive| directive.source_list().texts());
    texts.map(|(_, text)| text.to_owned()).collect()
}

/// A host that the source allows.
fn host_of(source: &str) -> Option<String> {
    let (_, host) = source.split_once("://").unwrap_or(("", source));
    let host = host.split(['/', ':']).next().unwrap_or_default();
    host.contains('.').then(|| host.replacen("*.", "any.", 1))
}

/// Whether a URL that the source stands for is allowed in every browser.
fn is_allowed(source: &str, policies: &CspList) -> bool {
    let mut text = source.replace("://*.", "://any.");
    while let (Some(start), Some(end)) = (text.find('{'), text.find('}')) {
        if end < start {
            return false;
        }
        text.replace_range(start..=end, "any");
    }
    let Ok(url) = Url::parse(&text) else {
        return false;
    };
    let request = Request::connect(Api::implied_by(&url), url);
    BrowserProfile::BROWSERS.into_iter().all(|browser| {
        let result = policies.should_request_be_blocked(&request, &Origin::Opaque, browser);
        result.is_allowed()
    })
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

    /// The services whose names have this part, in any ASCII case; the one alone whose name it is.
    pub fn find(&self, part: &str) -> Vec<&Vendor> {
        let vendors = self.vendors.iter();
        let is_it = |vendor: &&Vendor| vendor.service.eq_ignore_ascii_case(part);
        if let Some(vendor) = vendors.clone().find(is_it) {
            return vec![vendor];
        }
        let part = part.to_ascii_lowercase();
        let has_part = |vendor: &&Vendor| vendor.service.to_ascii_lowercase().contains(&part);
        vendors.filter(has_part).collect()
    }

    /// The services that a policy names a host of.
    pub fn named_by(&self, policies: &CspList) -> Vec<&Vendor> {
        let sources = sources_of(policies);
        let hosts: Vec<String> = sources
            .iter()
            .filter_map(|source| host_of(source))
            .collect();
        let names: Vec<&str> = hosts.iter().flat_map(|host| self.names_at(host)).collect();
        let is_named = |vendor: &&Vendor| names.contains(&&*vendor.service);
        self.vendors.iter().filter(is_named).collect()
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
    fn a_policy_misses_what_the_documentation_lists_and_names_what_it_dropped() {
        let policy = |text: &str| CspList::from_header(text, connect_src::Disposition::Enforce);
        let list = VendorList::builtin();
        for (name, text, missing, dropped) in [
            ("Sentry (SaaS)", "connect-src https://*.sentry.io", 0, 0),
            (
                "Sentry (SaaS)",
                "connect-src https://o1.ingest.sentry.io",
                1,
                0,
            ),
            (
                "Supabase",
                "connect-src https://abc.supabase.co wss://abc.supabase.co",
                0,
                0,
            ),
            ("Supabase", "default-src 'self'", 2, 0),
            (
                "Mixpanel",
                "connect-src https: https://api.mixpanel.com",
                0,
                1,
            ),
            ("Auth0 SPA SDK", "connect-src https://t.eu.auth0.com", 0, 0),
        ] {
            let drift = list.find(name)[0].drift(&policy(text));
            assert_eq!(
                (drift.missing.len(), drift.dropped.len()),
                (missing, dropped),
                "{text}: {drift:?}"
            );
        }
    }

    #[test]
    fn a_policy_names_services_by_their_hosts() {
        let text = "connect-src 'self' https://*.sentry.io https://api.stripe.com/v1 data:";
        let policy = CspList::from_header(text, connect_src::Disposition::Enforce);
        let found = VendorList::builtin().named_by(&policy);
        let names: Vec<_> = found.iter().map(|vendor| &*vendor.service).collect();
        assert!(names.contains(&"Stripe.js / Elements"), "{names:?}");
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
