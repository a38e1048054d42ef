use std::fmt;
use std::fmt::Write as _;

use connect_src::{BrowserProfile, DirectiveName, Disposition, RequestKind, effective_directive};

use super::channel::By;
use super::{Audit, Channel, Level, Page, Reach, Row};

/// A change of a page's headers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// Add a directive to the policy.
    AddDirective {
        /// With its value.
        text: String,
    },
    /// Take a source out of a directive.
    RemoveSource {
        /// Where it stands.
        directive: String,
        /// As written.
        source: String,
    },
    /// Send `Connection-Allowlist`.
    SendAllowlist {
        /// The header's value.
        value: String,
    },
}

impl fmt::Display for Edit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddDirective { text } => write!(formatter, "add `{text}`"),
            Self::RemoveSource { directive, source } => {
                write!(formatter, "take `{source}` out of `{directive}`")
            }
            Self::SendAllowlist { value } => {
                write!(
                    formatter,
                    "send `Connection-Allowlist: {value}`, which Chromium enforces"
                )
            }
        }
    }
}

pub(super) fn edits(audit: &Audit, page: &Page<'_>, level: Level) -> Vec<Edit> {
    let open = audit
        .rows
        .iter()
        .filter(|row| row.channel.level() <= level && row.worst() > Reach::TheseHosts);
    let mut edits: Vec<Edit> = Vec::new();
    for edit in open.flat_map(|row| edits_of(row, page, level)) {
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    edits
}

fn edits_of(row: &Row, page: &Page<'_>, level: Level) -> Vec<Edit> {
    let governing = match row.channel.governed_by() {
        By::Request(kind) => governing(page, kind),
        By::Directive(name) => directive(page, name),
        _ => {
            return vec![Edit::SendAllowlist {
                value: allowlist(page),
            }];
        }
    };
    let Some(directive) = governing else {
        return vec![Edit::AddDirective {
            text: missing(row.channel, level),
        }];
    };
    let open = row
        .cells
        .iter()
        .filter(|cell| cell.reach > Reach::TheseHosts);
    let sources = open.flat_map(|cell| &cell.open_sources);
    let remove = |source: &String| Edit::RemoveSource {
        directive: directive.clone(),
        source: source.clone(),
    };
    sources.map(remove).collect()
}

/// The directive that decides, in the first policy that has one.
fn governing(page: &Page<'_>, kind: RequestKind) -> Option<String> {
    let profile = BrowserProfile::Chromium;
    let url = url::Url::parse("https://page.invalid/").ok()?;
    let effective = effective_directive(&kind.request(url), profile)?;
    let mut policies = enforced(page);
    policies.find_map(|policy| {
        Some(
            policy
                .governing_directive(effective, profile)?
                .name()
                .to_owned(),
        )
    })
}

fn directive(page: &Page<'_>, name: DirectiveName) -> Option<String> {
    let mut policies = enforced(page);
    policies.find_map(|policy| {
        Some(
            policy
                .directive(name, BrowserProfile::Chromium)?
                .name()
                .to_owned(),
        )
    })
}

fn enforced<'p>(page: &Page<'p>) -> impl Iterator<Item = &'p connect_src::Policy> {
    let policies = page.list.policies().iter();
    policies.filter(|policy| policy.disposition() == Disposition::Enforce)
}

/// One default-src closes all fetches; where only connections matter, connect-src changes less.
fn missing(channel: Channel, level: Level) -> String {
    match channel.governed_by() {
        By::Directive(name) => format!("{name} 'self'"),
        _ if level == Level::Connect => "connect-src 'self'".to_owned(),
        _ => "default-src 'self'".to_owned(),
    }
}

/// The page itself and the https hosts that its policies name.
fn allowlist(page: &Page<'_>) -> String {
    let mut value = String::from("(response-origin");
    let lists = enforced(page).flat_map(connect_src::Policy::directives);
    let lists = lists.filter(|one| {
        one.known_name()
            .is_some_and(DirectiveName::is_fetch_directive)
    });
    let mut origins: Vec<String> = Vec::new();
    for (_, text) in lists.flat_map(|one| one.source_list().texts().collect::<Vec<_>>()) {
        let Ok(url) = url::Url::parse(text) else {
            continue;
        };
        let is_plain = url.scheme() == "https"
            && text.bytes().all(|byte| {
                byte.is_ascii_graphic() && !b"\"\\(){}:?+".contains(&byte) || byte == b':'
            });
        let origin = url.origin().ascii_serialization();
        if is_plain
            && url
                .host_str()
                .is_some_and(|host| !host.starts_with('*') || host.len() > 2)
            && !origins.contains(&origin)
        {
            origins.push(origin);
        }
    }
    for origin in origins {
        let _ = write!(value, " \"{origin}\"");
    }
    value.push(')');
    value
}
