//! What is known of a host that a source names: who shares it, who receives there, and what naming a tenant is worth.

use connect_src::{HostPart, SourceExpression};
use connect_src_suffix::{Section, public_suffix};

use crate::data::receivers::{Kind, Pin, RECEIVERS, Receiver};

/// What a host-source's host says by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostFacts<'a> {
    /// The host, or the domain that the wildcard is for.
    pub(crate) name: &'a str,
    pub(crate) is_wildcard: bool,
    pub(crate) is_address: bool,
    path: &'a str,
}

/// A receiver that a source leads to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Receiving {
    /// The entry of the list of receivers.
    pub receiver: &'static Receiver,
    /// The wildcard is wider than the receiver and only has it among its hosts.
    pub is_below: bool,
    /// The source names the account, as far as a source can.
    pub is_pinned: bool,
    /// It is its path that names it, which is not compared after a redirect.
    pub is_pinned_by_path: bool,
}

/// What the lists know of a host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostOwners {
    /// The entry of the list of receivers for it.
    pub(crate) receiver: Option<Receiving>,
    /// What the Public Suffix List says of it.
    pub(crate) suffix: SuffixFacts,
}

/// Where the host stands in the Public Suffix List.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SuffixFacts {
    /// Nothing to tell.
    None,
    /// It is a public suffix that a registry runs: `com`, `co.uk`.
    Registry,
    /// It is a suffix below which anyone gets a name of a company: `github.io`.
    Shared,
    /// It is a name below such a suffix: `someone.github.io`.
    Tenant,
}

/// Who receives data where a source leads, if anyone can: the list's most special entry for its host, or, for a wildcard, an
/// entry among its hosts.
///
/// ```
/// use connect_src::SourceExpression;
/// use connect_src_lint::receiving;
///
/// let at = |source| receiving(&SourceExpression::parse(source));
/// assert!(at("https://api.example.com").is_none());
/// assert!(!at("https://storage.googleapis.com").unwrap().is_pinned);
/// assert!(at("https://acme.supabase.co").unwrap().is_pinned);
/// assert!(at("https://*.googleapis.com").unwrap().is_below);
/// ```
pub fn receiving(source: &SourceExpression<'_>) -> Option<Receiving> {
    HostFacts::of(source)?.owners().receiver
}

impl<'a> HostFacts<'a> {
    pub(crate) fn of(expression: &SourceExpression<'a>) -> Option<Self> {
        let SourceExpression::Host(source) = expression else {
            return None;
        };
        let (name, is_wildcard) = match source.host {
            HostPart::Any => return None,
            HostPart::Subdomains(name) => (name, true),
            HostPart::Exact(name) => (name, false),
        };
        Some(Self {
            name,
            is_wildcard,
            is_address: is_ipv4(name),
            path: source.path,
        })
    }

    /// Looks the host up in the lists.
    pub(crate) fn owners(&self) -> HostOwners {
        if self.is_address {
            return HostOwners {
                receiver: None,
                suffix: SuffixFacts::None,
            };
        }
        let lower;
        let name = if self.name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            lower = self.name.to_ascii_lowercase();
            lower.as_str()
        } else {
            self.name
        };
        let suffix = suffix_facts(name);
        HostOwners {
            receiver: self.receiver(name, suffix),
            suffix,
        }
    }

    fn receiver(&self, name: &str, suffix: SuffixFacts) -> Option<Receiving> {
        let mut rest = name;
        loop {
            if let Some(receiver) = entry(rest, self.path) {
                // A name that is a suffix itself is a region's: `nyc3.digitaloceanspaces.com`.
                let by_name = name.len() > rest.len() && suffix != SuffixFacts::Shared;
                let by_path = self.path.len() > receiver.path.len().max(1);
                let is_pinned = match receiver.pin {
                    Pin::None => false,
                    Pin::Subdomain => by_name,
                    Pin::Path => by_path,
                    Pin::Either => by_name || by_path,
                };
                let is_pinned_by_path = is_pinned && (receiver.pin == Pin::Path || !by_name);
                return Some(Receiving {
                    receiver,
                    is_below: false,
                    is_pinned,
                    is_pinned_by_path,
                });
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => break,
            }
        }
        if self.is_wildcard { below(name) } else { None }
    }
}

/// The most special entry of a suffix itself.
fn entry(suffix: &str, path: &str) -> Option<&'static Receiver> {
    let from = RECEIVERS.partition_point(|one| one.suffix < suffix);
    let same = RECEIVERS[from..]
        .iter()
        .take_while(|one| one.suffix == suffix);
    same.filter(|one| one.path.is_empty() || path.is_empty() || path.starts_with(one.path))
        .max_by_key(|one| one.path.len())
}

pub(crate) fn is_ipv4(host: &str) -> bool {
    host.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// An entry among the hosts of a wildcard: `*.googleapis.com` has `storage.googleapis.com`.
fn below(name: &str) -> Option<Receiving> {
    let is_below = |one: &&Receiver| {
        one.suffix
            .strip_suffix(name)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    };
    // Only a few vendors' domains are worth a look at the whole list.
    let receiver = crate::data::receivers::PARENTS
        .binary_search(&name)
        .ok()
        .and_then(|_| {
            RECEIVERS
                .iter()
                .filter(is_below)
                .max_by_key(|one| rank(one.kind))
        })?;
    Some(Receiving {
        receiver,
        is_below: true,
        is_pinned: false,
        is_pinned_by_path: false,
    })
}

/// The worst first.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Storage | Kind::Function | Kind::Tunnel | Kind::Webhook | Kind::Database => 3,
        Kind::KeyedApi => 2,
        Kind::Telemetry => 1,
        Kind::Cdn => 0,
    }
}

fn suffix_facts(name: &str) -> SuffixFacts {
    let Some(suffix) = public_suffix(name) else {
        return SuffixFacts::None;
    };
    let is_suffix = suffix.text.len() == name.len();
    match suffix.section {
        Some(Section::Icann) if is_suffix => SuffixFacts::Registry,
        Some(Section::Private) if is_suffix => SuffixFacts::Shared,
        Some(Section::Private) => SuffixFacts::Tenant,
        // A single label that the list does not know, such as localhost, is no registry's.
        _ => SuffixFacts::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_or_an_endpoint_is_no_account() {
        for (source, pinned, by_path) in [
            ("https://storage.googleapis.com", false, false),
            ("https://storage.googleapis.com/ours/", true, true),
            ("https://ours.storage.googleapis.com", true, false),
            ("https://nyc3.digitaloceanspaces.com", false, false),
            ("https://ours.nyc3.digitaloceanspaces.com", true, false),
            ("https://s3.eu-central-1.wasabisys.com", false, false),
            ("https://ours.s3.eu-central-1.wasabisys.com", true, false),
            ("https://*.us-east-1.elasticbeanstalk.com", false, false),
            ("https://hook.eu2.make.com", false, false),
            ("https://hook.eu2.make.com/0123/", true, true),
            ("https://acme.supabase.co", true, false),
            ("https://ACME.Supabase.co", true, false),
            ("https://o1.ingest.us.sentry.io", true, false),
        ] {
            let found = receiving(&SourceExpression::parse(source)).unwrap();
            let found = (found.is_pinned, found.is_pinned_by_path);
            assert_eq!(found, (pinned, by_path), "{source}");
        }
    }

    #[test]
    fn what_the_public_suffix_list_vouches_for_is_in_its_private_section() {
        let vouched: Vec<_> = RECEIVERS.iter().filter(|one| one.source == "psl").collect();
        assert!(vouched.len() > 50);
        // Some suffixes are wildcards, which have a further label.
        let is_private = |name: &str| {
            let facts = suffix_facts(name);
            matches!(facts, SuffixFacts::Shared | SuffixFacts::Tenant)
        };
        let is_vouched = |name: &str| is_private(name) || is_private(&format!("any.{name}"));
        let others = vouched.iter().map(|one| one.suffix);
        let others: Vec<_> = others.filter(|name| !is_vouched(name)).collect();
        assert_eq!(others, [""; 0]);
    }
}
