//! What a policy does with a connection, as far as the code tells where it goes.

use connect_src::{BrowserProfile, HostPart, PolicyExplanation, SourceExpression};
use connect_src_scan::{Connection, Part};
use url::Url;

use super::page_or_unknown;
use crate::commands::check::Question;
use crate::commands::check::decision::Decision;
use crate::input::target;

/// What becomes of a connection.
#[derive(Debug)]
pub(crate) enum Verdict<'q> {
    /// No policy was asked.
    NotAsked,
    /// The policy decides it.
    Decided {
        decision: Box<Decision<'q>>,
        /// Whether the connection goes to the page's own origin, and nobody said which one that is.
        is_of_unknown_page: bool,
    },
    /// It cannot be told.
    Untold(Untold),
}

/// Why it cannot be told what becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Untold {
    /// The code does not tell the host.
    Host,
    /// The code does not tell the path, and the policy names one.
    Path,
    /// It goes to the page's own origin, the policy names hosts, and nobody said which one is the page's.
    Page,
    /// The URL cannot be read.
    Url,
}

impl Untold {
    /// As a sentence without a full stop.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Host => "the code does not tell to which host it goes",
            Self::Path => {
                "the host is in the policy with a path, and the code does not tell the path"
            }
            Self::Page => {
                "it goes to the page's own host, which the policy may list by name; give the page with --page"
            }
            Self::Url => "its URL cannot be read",
        }
    }
}

impl<'q> Verdict<'q> {
    pub(super) fn of(question: &'q Question, connection: &Connection) -> Self {
        let target = &connection.target;
        let page = page_or_unknown(question);
        if !target.host_known() {
            let verdict = page.and_then(|page| Self::of_any_host(question, connection, &page));
            return verdict.unwrap_or(Self::Untold(Untold::Host));
        }
        let Some((page, url)) = page.and_then(|page| {
            let url = target.witness(&page)?;
            Some((page, url))
        }) else {
            return Self::Untold(Untold::Url);
        };
        let is_of_unknown_page = question.page.is_none() && is_same_host(&page, &url);
        let decide = |url: Url| decided(question, connection, url);
        let mut decision = decide(url.clone());
        if decision.is_blocked() {
            if is_of_unknown_page && names_hosts(&decision) {
                return Self::Untold(Untold::Page);
            }
            if target.has_hole() && misses_by_path(&decision) {
                return Self::Untold(Untold::Path);
            }
            if target.has_hole() {
                decision.fixes = decide(folder(&url)).fixes;
            }
        }
        Self::Decided {
            decision: Box::new(decision),
            is_of_unknown_page,
        }
    }

    /// The verdict on a connection whose host the code does not tell, if it is the same for every host: those that the
    /// policy names, the page's and others.
    fn of_any_host(question: &'q Question, connection: &Connection, page: &Url) -> Option<Self> {
        let decide = |words: &str| {
            let url = connection.target.filled(page, words)?;
            Some(decided(question, connection, url))
        };
        let mut words: Vec<String> = ANY_HOST.iter().map(|&words| words.to_owned()).collect();
        words.extend(page.host_str().map(str::to_owned));
        let first = words.iter().find_map(|words| decide(words))?;
        words.extend(hosts_named(&first));
        let all = words.iter().flat_map(|words| {
            let rest = connection.target.parts.first();
            let is_whole = matches!(rest, Some(Part::Hole(_)));
            let whole = SCHEMES.iter().filter(move |_| is_whole);
            let whole = whole.map(move |scheme| format!("{scheme}{words}/"));
            [words.clone(), format!("{words}/")]
                .into_iter()
                .chain(whole)
        });
        let is_blocked = first.is_blocked();
        let is_same = all
            .filter_map(|words| decide(&words))
            .all(|decision| decision.is_blocked() == is_blocked);
        is_same.then(|| Self::Decided {
            decision: Box::new(first),
            is_of_unknown_page: false,
        })
    }

    /// One word for programs.
    pub(crate) fn name(&self) -> Option<&'static str> {
        match self {
            Self::NotAsked => None,
            Self::Decided { decision, .. } if decision.is_blocked() => Some("blocked"),
            Self::Decided { .. } => Some("allowed"),
            Self::Untold(_) => Some("cannot-be-told"),
        }
    }

    /// The name of the finding, for formats that have rules.
    pub(crate) fn rule(&self) -> &'static str {
        match self.name() {
            Some("blocked") => "connection-blocked",
            Some("cannot-be-told") => "connection-dynamic",
            _ => "connection",
        }
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.name() == Some("blocked")
    }

    pub(crate) fn is_allowed(&self) -> bool {
        self.name() == Some("allowed")
    }

    pub(crate) fn is_untold(&self) -> bool {
        matches!(self, Self::Untold(_))
    }

    /// What would have to be added, each source with its directive.
    pub(crate) fn additions(&self) -> Vec<(&'static str, String)> {
        let Self::Decided {
            decision,
            is_of_unknown_page,
        } = self
        else {
            return Vec::new();
        };
        let edits = decision
            .fixes
            .iter()
            .filter_map(|fix| fix.edit.as_ref().ok());
        let mut additions: Vec<_> = edits
            .map(|edit| {
                let source = if *is_of_unknown_page {
                    "'self'".to_owned()
                } else {
                    edit.source.clone()
                };
                (edit.directive.as_str(), source)
            })
            .collect();
        additions.dedup();
        additions
    }

    /// The browsers that block it.
    pub(crate) fn blocking(&self) -> Vec<BrowserProfile> {
        match self {
            Self::Decided { decision, .. } => {
                decision.profiles_with(connect_src::CheckResult::Blocked)
            }
            _ => Vec::new(),
        }
    }
}

fn decided<'q>(question: &'q Question, connection: &Connection, url: Url) -> Decision<'q> {
    let target = target::Target {
        api: connection.api,
        url,
        redirects: Vec::new(),
    };
    Decision::of(question, target)
}

/// A host for each source that is one, in the lists that decide.
fn hosts_named(decision: &Decision<'_>) -> Vec<String> {
    let sources = blocking_policies(decision).flat_map(|policy| &policy.sources);
    let hosts = sources.filter_map(|source| match source.expression {
        SourceExpression::Host(host) => Some(match host.host {
            HostPart::Any => "x.example".to_owned(),
            HostPart::Subdomains(suffix) => format!("x.{suffix}"),
            HostPart::Exact(host) => host.to_owned(),
        }),
        _ => None,
    });
    hosts.collect()
}

/// What a hole before or within a host may stand for.
const ANY_HOST: &[&str] = &["x", "x.example"];
/// What may stand before it where nothing is known of the URL's beginning.
const SCHEMES: &[&str] = &["https://", "http://", "wss://", "ws://", "data:"];

fn is_same_host(page: &Url, url: &Url) -> bool {
    page.host() == url.host()
}

/// The policies that block it, for each browser.
fn blocking_policies<'d>(
    decision: &'d Decision<'_>,
) -> impl Iterator<Item = &'d PolicyExplanation<'d>> {
    let policies = decision
        .views
        .iter()
        .flat_map(|view| &view.explanation.policies);
    policies.filter(|policy| policy.result.is_blocked())
}

/// Whether a list that decides names a host, be it the page's or another's.
fn names_hosts(decision: &Decision<'_>) -> bool {
    blocking_policies(decision)
        .flat_map(|policy| &policy.sources)
        .any(|source| matches!(source.expression, SourceExpression::Host(_)))
}

/// Whether a list that decides has a source that fits but for its path.
fn misses_by_path(decision: &Decision<'_>) -> bool {
    blocking_policies(decision)
        .filter_map(|policy| policy.nearest_miss.as_ref())
        .any(|miss| miss.parts.scheme && miss.parts.host && miss.parts.port && !miss.parts.path)
}

/// The URL up to the last slash of its path.
fn folder(url: &Url) -> Url {
    let mut folder = url.clone();
    let path = url.path();
    let end = path.rfind('/').map_or(0, |slash| slash + 1);
    folder.set_path(&path[..end]);
    folder.set_query(None);
    folder.set_fragment(None);
    folder
}
