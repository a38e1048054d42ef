//! What is known of a host that a source names: who shares it, who receives there, and what naming a tenant is worth.

use connect_src::{HostPart, HostSource, SourceExpression};
use connect_src_suffix::{Section, public_suffix};

use crate::data::receivers::{Kind, Pin, RECEIVERS, Receiver};

/// What is known of a host-source's host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostFacts<'a> {
    /// The host, or the domain that the wildcard is for.
    pub(crate) name: &'a str,
    pub(crate) is_wildcard: bool,
    /// The entry of the list of receivers for it.
    pub(crate) receiver: Option<Receiving>,
    /// What the Public Suffix List says of it.
    pub(crate) suffix: SuffixFacts,
    pub(crate) is_address: bool,
}

/// A receiver that a source leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receiving {
    pub(crate) receiver: &'static Receiver,
    /// The wildcard is wider than the receiver and only has it among its hosts.
    pub(crate) is_below: bool,
    /// The source names the tenant, as far as a source can.
    pub(crate) is_pinned: bool,
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
        let is_address = is_ipv4(name);
        Some(Self {
            name,
            is_wildcard,
            receiver: if is_address {
                None
            } else {
                receiving(source, name, is_wildcard)
            },
            suffix: if is_address {
                SuffixFacts::None
            } else {
                suffix_facts(name)
            },
            is_address,
        })
    }
}

pub(crate) fn is_ipv4(host: &str) -> bool {
    host.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// The list's most special entry for the host, or, for a wildcard, an entry among its hosts.
fn receiving(source: &HostSource<'_>, name: &str, is_wildcard: bool) -> Option<Receiving> {
    let lower;
    let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        lower = name.to_ascii_lowercase();
        lower.as_str()
    } else {
        name
    };
    let at = |suffix: &str, path: &str| {
        let from = RECEIVERS.partition_point(|one| one.suffix < suffix);
        let same = RECEIVERS[from..]
            .iter()
            .take_while(|one| one.suffix == suffix);
        same.filter(|one| one.path.is_empty() || path.is_empty() || path.starts_with(one.path))
            .max_by_key(|one| one.path.len())
    };
    let mut rest = name;
    loop {
        if let Some(receiver) = at(rest, source.path) {
            let is_tenant = name.len() > rest.len();
            let is_pinned = match receiver.pin {
                Pin::None => false,
                Pin::Subdomain => is_tenant && (!is_wildcard || tenant_is_named(name, rest)),
                Pin::Path => source.path.len() > receiver.path.len().max(1),
            };
            return Some(Receiving {
                receiver,
                is_below: false,
                is_pinned,
            });
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => break,
        }
    }
    if is_wildcard { below(name) } else { None }
}

/// Whether a wildcard's own labels name the tenant: `*.acme.supabase.co`.
fn tenant_is_named(name: &str, suffix: &str) -> bool {
    name.len() > suffix.len()
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
