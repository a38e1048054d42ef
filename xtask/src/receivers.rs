//! `crates/lint/src/data/receivers.rs`: hosts where anyone can receive data, from `receivers.toml` beside it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use toml::Table;

const LIST: &str = include_str!("../../crates/lint/src/data/receivers.toml");

/// The Rust table.
pub(crate) fn table() -> String {
    let mut receivers = entries(LIST).unwrap_or_else(|error| panic!("receivers.toml: {error}"));
    receivers.sort();
    let mut text = String::from(HEAD);
    for one in &receivers {
        let Receiver {
            suffix,
            path,
            kind,
            pin,
            source,
        } = one;
        let _ = writeln!(
            text,
            "    receiver({suffix:?}, {path:?}, Kind::{kind}, Pin::{pin}, {source:?}),"
        );
    }
    text.push_str("];\n\n/// Domains that have a receiver below them, sorted.\n#[rustfmt::skip]\npub(crate) static PARENTS: &[&str] = &[\n");
    for parent in parents(&receivers) {
        let _ = writeln!(text, "    {parent:?},");
    }
    text.push_str("];\n");
    text
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Receiver {
    suffix: String,
    path: String,
    kind: &'static str,
    pin: &'static str,
    source: String,
}

fn entries(text: &str) -> Result<Vec<Receiver>, String> {
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.to_string())?;
    let mut receivers = Vec::new();
    for (kind, pins) in &table {
        for (pin, entries) in pins.as_table().ok_or("expected a table for each kind")? {
            for entry in entries.as_array().ok_or("expected an array for each pin")? {
                receivers.push(receiver(kind, pin, entry)?);
            }
        }
    }
    Ok(receivers)
}

fn receiver(kind: &str, pin: &str, entry: &toml::Value) -> Result<Receiver, String> {
    let text = |index: usize| {
        let found = entry.get(index).and_then(toml::Value::as_str);
        found.ok_or_else(|| format!("expected [host, source], found {entry:?}"))
    };
    let place = text(0)?;
    let (suffix, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    Ok(Receiver {
        suffix: suffix.to_owned(),
        path: path.to_owned(),
        kind: one_of(KINDS, kind)?,
        pin: one_of(PINS, pin)?,
        source: text(1)?.to_owned(),
    })
}

/// The variant for a name.
fn one_of(names: &[(&str, &'static str)], name: &str) -> Result<&'static str, String> {
    let found = names.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, variant)| *variant)
        .ok_or_else(|| format!("`{name}` is not known here"))
}

/// Every domain above a receiver, down to two labels.
fn parents(receivers: &[Receiver]) -> BTreeSet<&str> {
    let mut parents = BTreeSet::new();
    for one in receivers {
        let mut rest = one.suffix.as_str();
        while let Some((_, parent)) = rest.split_once('.').filter(|(_, it)| it.contains('.')) {
            parents.insert(parent);
            rest = parent;
        }
    }
    parents
}

const KINDS: &[(&str, &str)] = &[
    ("storage", "Storage"),
    ("function", "Function"),
    ("tunnel", "Tunnel"),
    ("database", "Database"),
    ("webhook", "Webhook"),
    ("telemetry", "Telemetry"),
    ("keyed-api", "KeyedApi"),
    ("cdn", "Cdn"),
];

const PINS: &[(&str, &str)] = &[
    ("none", "None"),
    ("subdomain", "Subdomain"),
    ("path", "Path"),
    ("either", "Either"),
];

const HEAD: &str = "\
//! Hosts where anyone can receive data. Made from `receivers.toml` by `cargo xtask generate`; change that file.

/// A host, or a suffix of hosts, where whoever opens an account receives data.
#[derive(Debug)]
#[non_exhaustive]
pub struct Receiver {
    /// The host, and every host below it.
    pub suffix: &'static str,
    /// It matters below this path only; empty for all paths.
    pub path: &'static str,
    /// What is received there.
    pub kind: Kind,
    /// How a policy can name one account.
    pub pin: Pin,
    /// `psl` for the private section of the Public Suffix List, or a page.
    pub source: &'static str,
}

/// What is received at a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Object storage.
    Storage,
    /// Hosting of sites and functions.
    Function,
    /// Tunnels to machines without an address.
    Tunnel,
    /// Databases that pages write to.
    Database,
    /// Webhooks.
    Webhook,
    /// Collectors of telemetry.
    Telemetry,
    /// APIs that take any customer's key.
    KeyedApi,
    /// Files and packages that anyone publishes.
    Cdn,
}

/// How a policy can name one account at a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pin {
    /// Not at all.
    None,
    /// By a name below the host.
    Subdomain,
    /// By the path.
    Path,
    /// By a name below the host, or by the path.
    Either,
}

/// Every host where anyone can receive data, sorted by suffix.
pub fn receivers() -> &'static [Receiver] {
    RECEIVERS
}

const fn receiver(
    suffix: &'static str,
    path: &'static str,
    kind: Kind,
    pin: Pin,
    source: &'static str,
) -> Receiver {
    Receiver {
        suffix,
        path,
        kind,
        pin,
        source,
    }
}

/// Every receiver, sorted by suffix.
#[rustfmt::skip]
pub(crate) static RECEIVERS: &[Receiver] = &[
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_a_path_where_only_that_matters() {
        let entries = entries("[webhook]\npath = [[\"a.test/hooks\", \"psl\"]]").unwrap();
        assert_eq!(
            (entries[0].suffix.as_str(), entries[0].path.as_str()),
            ("a.test", "/hooks")
        );
    }

    #[test]
    fn an_unknown_kind_is_an_error() {
        assert!(entries("[webhok]\npath = [[\"a.test\", \"psl\"]]").is_err());
    }
}
