//! Host-sources by their host: one hash table for exact hosts, one for the suffixes of wildcards.

use alloc::string::String;
use alloc::vec::Vec;
use core::hash::{BuildHasher as _, Hasher as _};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::paths::{self, PathSet, PathStore};
use crate::browser_profile::Rules;
use crate::matching::{Context, SourceScheme, Target, port_part, scheme_part};
use crate::source_expression::{HostPart, HostSource, PortPart};
use crate::span::Span;

/// The host-sources of a list, the lone `*` aside.
#[derive(Debug, Default)]
pub(super) struct HostTable {
    /// Hosts, schemes and paths, one after the other.
    text: String,
    hasher: DefaultHashBuilder,
    entries: Vec<Entry>,
    exact: HashTable<u32>,
    suffixes: HashTable<u32>,
    any: Option<u32>,
    /// Bit n: some suffix has n dots in it (the last bit: that many or more).
    suffix_dots: u64,
    groups: Vec<Group>,
    paths: Vec<Span>,
}

/// All sources of one host-part.
#[derive(Debug)]
struct Entry {
    host: Span,
    groups: Span,
}

/// The sources of one host-part, scheme and port.
#[derive(Debug)]
struct Group {
    port: Option<PortPart>,
    scheme: SchemeKey,
    paths: PathSet,
}

/// The scheme of a source in the order in which groups lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SchemeKey {
    /// That of the page.
    Page,
    /// This one, in [`HostTable::text`].
    Written(Span),
}

impl HostTable {
    pub(super) fn admit(&self, target: &Target<'_>, context: Context<'_>) -> bool {
        let Some(host) = target.host else {
            return false;
        };
        if target.has_normalized_host {
            return self.admit_lower_case(host.as_bytes(), target, context);
        }
        let mut buffer = [0; LONGEST_HOST];
        match buffer.get_mut(..host.len()) {
            Some(buffer) => {
                buffer.copy_from_slice(host.as_bytes());
                buffer.make_ascii_lowercase();
                self.admit_lower_case(buffer, target, context)
            }
            None => self
                .entries_of_long_host(host)
                .any(|index| self.fits(index, target, context)),
        }
    }

    fn admit_lower_case(&self, host: &[u8], target: &Target<'_>, context: Context<'_>) -> bool {
        let fits = |index: u32| self.fits(index, target, context);
        self.find(&self.exact, host).is_some_and(fits)
            || self.any.is_some_and(fits)
            || self.fits_below(host, target, context)
    }

    /// Whether a wildcard above the host fits.
    fn fits_below(&self, host: &[u8], target: &Target<'_>, context: Context<'_>) -> bool {
        if self.suffix_dots == 0 {
            return false;
        }
        let mut dots = dots_in(host);
        for (at, _) in host.iter().enumerate().filter(|(_, byte)| **byte == b'.') {
            dots -= 1;
            if self.suffix_dots & dots_bit(dots) == 0 {
                continue;
            }
            // `*.example.com` wants something before its dot.
            let found = self.find(&self.suffixes, &host[at + 1..]);
            if found.is_some_and(|index| self.fits(index, target, context)) {
                return true;
            }
        }
        false
    }

    fn find(&self, table: &HashTable<u32>, host: &[u8]) -> Option<u32> {
        if table.is_empty() {
            return None;
        }
        let hash = hash(&self.hasher, host);
        table.find(hash, |index| self.host(*index) == host).copied()
    }

    fn host(&self, index: u32) -> &[u8] {
        self.entries[index as usize].host.of(&self.text).as_bytes()
    }

    /// The entries that match a host too long to be put in lower case on the stack.
    fn entries_of_long_host<'a>(&'a self, host: &'a str) -> impl Iterator<Item = u32> + 'a {
        let is_below = |suffix: &[u8]| {
            let dot = host.len().checked_sub(suffix.len() + 1);
            dot.is_some_and(|dot| {
                host.as_bytes()[dot] == b'.'
                    && host.as_bytes()[dot + 1..].eq_ignore_ascii_case(suffix)
            })
        };
        let exact = self.exact.iter().copied();
        let exact = exact.filter(|one| self.host(*one).eq_ignore_ascii_case(host.as_bytes()));
        let below = self
            .suffixes
            .iter()
            .copied()
            .filter(move |one| is_below(self.host(*one)));
        self.any.into_iter().chain(exact).chain(below)
    }

    /// Whether some source of the entry fits the target in scheme, port and path.
    fn fits(&self, entry: u32, target: &Target<'_>, context: Context<'_>) -> bool {
        let groups = &self.groups[self.entries[entry as usize].groups.range()];
        if groups.len() <= FEW {
            return groups
                .iter()
                .any(|group| self.group_fits(group, target, context));
        }
        // Sources fit by no other port than these: none, any, the target's own, and 80 for 443.
        let own = target.effective_port.map(PortPart::Number);
        let ports = [None, Some(PortPart::Any), Some(PortPart::Number(80)), own];
        let distinct = if own == Some(PortPart::Number(80)) {
            &ports[..3]
        } else {
            &ports
        };
        distinct.iter().any(|port| {
            let start = groups.partition_point(|group| group.port < *port);
            let same_port = groups[start..]
                .iter()
                .take_while(|group| group.port == *port);
            same_port
                .into_iter()
                .any(|group| self.group_fits(group, target, context))
        })
    }

    fn group_fits(&self, group: &Group, target: &Target<'_>, context: Context<'_>) -> bool {
        let scheme = match group.scheme {
            SchemeKey::Written(span) => SourceScheme {
                scheme: span.of(&self.text),
                is_written: true,
            },
            SchemeKey::Page => match context.self_origin.as_tuple() {
                Some(origin) => SourceScheme {
                    scheme: origin.scheme(),
                    is_written: false,
                },
                None => return false,
            },
        };
        let store = PathStore {
            text: &self.text,
            spans: &self.paths,
        };
        scheme_part(scheme.scheme, target.scheme, context.rules)
            && port_part(group.port, scheme, target, context.rules)
            && group.paths.admit(target.path, store, context)
    }
}

/// Collects the host-sources of a list.
pub(super) struct HostTableBuilder {
    table: HostTable,
    rows: Vec<Row>,
    schemes: Vec<Span>,
}

/// One source.
struct Row {
    entry: u32,
    port: Option<PortPart>,
    scheme: SchemeKey,
    path: Span,
}

impl HostTableBuilder {
    pub(super) fn with_capacity(sources: usize) -> Self {
        Self {
            table: HostTable::default(),
            rows: Vec::with_capacity(sources),
            schemes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, source: &HostSource<'_>) {
        if source.port == Some(PortPart::Unmatchable) {
            return;
        }
        let entry = self.entry(source.host);
        let scheme = match source.scheme {
            Some(scheme) => SchemeKey::Written(self.scheme(scheme)),
            None => SchemeKey::Page,
        };
        let path = self.push_text(source.path);
        self.rows.push(Row {
            entry,
            port: source.port,
            scheme,
            path,
        });
    }

    /// The entry of a host-part, new or known.
    fn entry(&mut self, host: HostPart<'_>) -> u32 {
        match host {
            HostPart::Any => self.any_entry(),
            HostPart::Exact(name) => self.named_entry(name, false),
            HostPart::Subdomains(suffix) => self.named_entry(suffix, true),
        }
    }

    fn any_entry(&mut self) -> u32 {
        if let Some(index) = self.table.any {
            return index;
        }
        let index = self.push_entry("");
        self.table.any = Some(index);
        index
    }

    fn named_entry(&mut self, name: &str, is_suffix: bool) -> u32 {
        let index = self.push_entry(name);
        let HostTable {
            text,
            hasher,
            entries,
            exact,
            suffixes,
            suffix_dots,
            ..
        } = &mut self.table;
        let name_of = |index: u32| entries[index as usize].host.of(text).as_bytes();
        let name = name_of(index);
        if is_suffix {
            *suffix_dots |= dots_bit(dots_in(name));
        }
        let table = if is_suffix { suffixes } else { exact };
        let entry = table.entry(
            hash(hasher, name),
            |known| name_of(*known) == name,
            |known| hash(hasher, name_of(*known)),
        );
        let found = *entry.or_insert(index).get();
        if found != index {
            self.pop_entry();
        }
        found
    }

    /// Takes back the last entry.
    fn pop_entry(&mut self) {
        if let Some(unused) = self.table.entries.pop() {
            self.table.text.truncate(unused.host.range().start);
        }
    }

    fn push_entry(&mut self, name: &str) -> u32 {
        let host = self.push_text(name);
        self.table.text[host.range()].make_ascii_lowercase();
        self.table.entries.push(Entry {
            host,
            groups: Span::new(0, 0),
        });
        self.table.entries.len() as u32 - 1
    }

    /// The scheme in lower case, stored once.
    fn scheme(&mut self, scheme: &str) -> Span {
        let text = &self.table.text;
        let known = self
            .schemes
            .iter()
            .find(|one| one.of(text).eq_ignore_ascii_case(scheme));
        if let Some(known) = known {
            return *known;
        }
        let span = self.push_text(scheme);
        self.table.text[span.range()].make_ascii_lowercase();
        if self.schemes.len() < FEW {
            self.schemes.push(span);
        }
        span
    }

    fn push_text(&mut self, text: &str) -> Span {
        let start = self.table.text.len();
        self.table.text.push_str(text);
        Span::new(start, self.table.text.len())
    }

    pub(super) fn finish(mut self, rules: Rules) -> HostTable {
        let table = &mut self.table;
        let text = &table.text;
        self.rows.sort_unstable_by(|a, b| {
            let key = |row: &Row| (row.entry, row.port, row.scheme);
            let by_path = || paths::compare(a.path.of(text), b.path.of(text), rules);
            key(a).cmp(&key(b)).then_with(by_path)
        });
        for rows in self.rows.chunk_by(|a, b| a.entry == b.entry) {
            let first = table.groups.len();
            for same in rows.chunk_by(|a, b| (a.port, a.scheme) == (b.port, b.scheme)) {
                let spans: Vec<_> = same.iter().map(|row| row.path).collect();
                table.groups.push(Group {
                    port: same[0].port,
                    scheme: same[0].scheme,
                    paths: PathSet::of(text, &spans, &mut table.paths, rules),
                });
            }
            let groups = Span::new(first, table.groups.len());
            table.entries[rows[0].entry as usize].groups = groups;
        }
        table.text.shrink_to_fit();
        self.table
    }
}

fn hash(hasher: &DefaultHashBuilder, host: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(host);
    hasher.finish()
}

fn dots_in(host: &[u8]) -> usize {
    host.iter().map(|byte| usize::from(*byte == b'.')).sum()
}

const fn dots_bit(dots: usize) -> u64 {
    1 << if dots < 63 { dots } else { 63 }
}

/// Up to so many, looking at each is faster than searching.
const FEW: usize = 8;

/// No host of DNS is longer.
const LONGEST_HOST: usize = 256;
