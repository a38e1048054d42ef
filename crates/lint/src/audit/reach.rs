use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;

use connect_src::{
    BrowserProfile, Comparison, CspList, Difference, DirectiveName, Disposition, HostPart, Keyword,
    Origin, RequestKind, Side, SourceExpression, Survey, directive_differences,
};
use connection_allowlist::{Allowlist, Connection, Toggle};
use url::Url;

use super::channel::By;
use super::{Cell, Channel, Page};
use crate::data::receivers::Kind;
use crate::hosts::{HostFacts, SuffixFacts};
use crate::response_headers::ResponseHeaders;

/// How far data gets, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Nowhere.
    Closed,
    /// To the page's own origin.
    SelfOnly,
    /// To hosts that the policy names.
    TheseHosts,
    /// To a host where anyone can open an account or own a name.
    AnyonesHosts,
    /// To every host.
    Anywhere,
    /// To every host, and no directive could change it.
    NotGovernable,
}

impl Reach {
    /// A word for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::SelfOnly => "self",
            Self::TheseHosts => "these-hosts",
            Self::AnyonesHosts => "anyones-hosts",
            Self::Anywhere => "anywhere",
            Self::NotGovernable => "not-governable",
        }
    }

    /// What people call it.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::SelfOnly => "self only",
            Self::TheseHosts => "these hosts",
            Self::AnyonesHosts => "anyone's hosts",
            Self::Anywhere => "anywhere",
            Self::NotGovernable => "not governable",
        }
    }
}

/// A URL that gets through, and what lets it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) url: Url,
    pub(super) source: Option<String>,
    pub(super) reach: Reach,
}

/// All that gets through a channel.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub(super) reach: Reach,
    pub(super) all: Vec<Found>,
}

impl Reached {
    fn of(all: Vec<Found>) -> Self {
        let reach = all.iter().map(|one| one.reach).max();
        Self {
            reach: reach.unwrap_or(Reach::Closed),
            all,
        }
    }

    fn without_url(reach: Reach) -> Self {
        Self {
            reach,
            all: Vec::new(),
        }
    }

    /// What is left of it where this must allow it too.
    pub(super) fn only(&self, is_allowed: impl Fn(&Url) -> bool) -> Self {
        let all = self.all.iter().filter(|one| is_allowed(&one.url));
        Self::of(all.cloned().collect())
    }

    pub(super) fn cell(&self, profile: BrowserProfile, is_by_allowlist: bool) -> Cell {
        let mut all: Vec<&Found> = self.all.iter().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.reach));
        let first = all.first();
        Cell {
            profile,
            reach: self.reach,
            proof: first.map(|one| one.url.clone()),
            source: first.and_then(|one| one.source.clone()),
            sources: all.iter().filter_map(|one| one.source.clone()).collect(),
            open_sources: all
                .iter()
                .filter(|one| one.reach > Reach::TheseHosts)
                .filter_map(|one| one.source.clone())
                .collect(),
            is_by_allowlist,
        }
    }
}

static CLOSED: LazyLock<CspList> = LazyLock::new(|| {
    let text = "default-src 'none'; form-action 'none'; base-uri 'none'";
    CspList::from_header(text, Disposition::Enforce)
});

/// A browser's look at a page.
pub(super) struct Look<'p> {
    list: &'p CspList,
    headers: Option<&'p ResponseHeaders>,
    /// See [`beside_closed`].
    comparison: &'p Comparison<'p>,
    survey: RefCell<Survey<'p>>,
    origin: Origin,
    profile: BrowserProfile,
    /// What was found for kinds of requests that others are decided like.
    known: RefCell<Vec<(RequestKind, Rc<Reached>)>>,
}

/// A page's policies beside a list that is closed: what differs is what gets through.
pub(super) fn beside_closed<'p>(page: &Page<'p>, profile: BrowserProfile) -> Comparison<'p> {
    Comparison::of(&CLOSED, page.list, &page.origin(), profile)
}

impl<'p> Look<'p> {
    pub(super) fn new(
        page: &Page<'p>,
        comparison: &'p Comparison<'p>,
        profile: BrowserProfile,
    ) -> Self {
        Self {
            list: page.list,
            headers: page.headers,
            comparison,
            survey: RefCell::new(comparison.survey()),
            origin: page.origin(),
            profile,
            known: RefCell::default(),
        }
    }

    pub(super) fn profile(&self) -> BrowserProfile {
        self.profile
    }

    pub(super) fn allows(&self, channel: Channel, url: &Url) -> bool {
        match channel.governed_by() {
            By::Request(kind) => {
                let request = kind.request(url.clone());
                self.comparison.allows(Side::New, &request)
            }
            _ => true,
        }
    }

    fn is_own(&self, url: &Url) -> bool {
        let own = self.origin.as_tuple();
        own.is_some_and(|own| url.host_str() == Some(own.host()))
    }
}

/// How far a channel reaches by Content Security Policy.
pub(super) fn of_channel(look: &Look<'_>, channel: Channel) -> Rc<Reached> {
    match channel.governed_by() {
        By::Request(kind) => of_kind(look, kind),
        By::Directive(name) => of_directive(look, name).into(),
        By::Nothing => Reached {
            reach: Reach::NotGovernable,
            all: vec![Found {
                url: stranger("https"),
                source: None,
                reach: Reach::NotGovernable,
            }],
        }
        .into(),
        By::NameAlone | By::WebRtc => Reached::without_url(Reach::NotGovernable).into(),
        By::Windows if forbids(look, "allow-popups") => Reached::without_url(Reach::Closed).into(),
        By::Windows => of_channel(look, Channel::Navigation),
        By::Reports => of_reports(look).into(),
    }
}

/// A kind that is decided like one before it needs no second look.
fn of_kind(look: &Look<'_>, kind: RequestKind) -> Rc<Reached> {
    let known = look.known.borrow();
    let same = known
        .iter()
        .find(|(other, _)| look.comparison.decides_alike(*other, kind));
    if let Some((_, reached)) = same {
        return Rc::clone(reached);
    }
    drop(known);
    let reached = Rc::new(of_new_kind(look, kind));
    look.known.borrow_mut().push((kind, Rc::clone(&reached)));
    reached
}

fn of_new_kind(look: &Look<'_>, kind: RequestKind) -> Reached {
    let mut survey = look.survey.borrow_mut();
    let found = survey.differences(kind).found.iter();
    let mut reached = of_found(look, found);
    let scheme = match kind {
        RequestKind::Connect(connect_src::Api::WebSocket) => "wss",
        _ => "https",
    };
    let request = kind.request(stranger(scheme));
    // A plain witness, and the only one where no source is responsible.
    if look.comparison.allows(Side::New, &request) {
        let url = request.current_url().clone();
        let mut all = reached.all.iter_mut();
        match all.find(|one| one.reach == Reach::Anywhere) {
            Some(one) => one.url = url,
            None => reached.all.push(Found {
                url,
                source: None,
                reach: Reach::Anywhere,
            }),
        }
        reached.reach = Reach::Anywhere;
    }
    reached
}

fn of_directive(look: &Look<'_>, name: DirectiveName) -> Reached {
    if name == DirectiveName::FormAction && forbids(look, "allow-forms") {
        return Reached::without_url(Reach::Closed);
    }
    let differences = directive_differences(&CLOSED, look.list, name, &look.origin, look.profile);
    of_found(look, differences.found.iter())
}

/// What the page's policies let through.
fn of_found<'d>(look: &Look<'_>, found: impl Iterator<Item = &'d Difference>) -> Reached {
    let found = found.filter(|one| one.allowed_by == Side::New);
    let found = found.filter_map(|one| {
        let url = one.request.current_url();
        let is_web = matches!(url.scheme(), "http" | "https" | "ws" | "wss");
        let source = one.source.as_deref();
        is_web.then(|| Found {
            reach: source.map_or(Reach::Anywhere, |source| classify(look, source, url)),
            url: url.clone(),
            source: one.source.clone(),
        })
    });
    Reached::of(found.collect())
}

/// How far a source reaches.
fn classify(look: &Look<'_>, source: &str, url: &Url) -> Reach {
    let expression = SourceExpression::parse(source);
    if look.is_own(url) {
        return Reach::SelfOnly;
    }
    match expression {
        SourceExpression::Host(host) if host.host != HostPart::Any => {
            if HostFacts::of(&expression).is_some_and(|facts| is_anyones(&facts)) {
                Reach::AnyonesHosts
            } else {
                Reach::TheseHosts
            }
        }
        SourceExpression::Keyword(Keyword::SelfOrigin) => Reach::SelfOnly,
        _ => Reach::Anywhere,
    }
}

/// Whether anyone can receive there: by an account that the source does not name, or by a name below the host.
fn is_anyones(facts: &HostFacts<'_>) -> bool {
    let owners = facts.owners();
    let is_receiver = owners
        .receiver
        .is_some_and(|one| !one.is_pinned && !matches!(one.receiver.kind, Kind::Cdn));
    let is_suffix = matches!(owners.suffix, SuffixFacts::Registry | SuffixFacts::Shared);
    is_receiver || (is_suffix && facts.is_wildcard)
}

/// Whether a sandbox without this flag is enforced.
fn forbids(look: &Look<'_>, flag: &str) -> bool {
    let mut policies = look.list.policies().iter();
    policies.any(|policy| {
        let sandbox = policy.directive(DirectiveName::Sandbox, look.profile);
        let lacks = |directive: connect_src::Directive<'_>| {
            let mut flags = directive.value().split_ascii_whitespace();
            !flags.any(|one| one.eq_ignore_ascii_case(flag))
        };
        policy.disposition() == Disposition::Enforce && sandbox.is_some_and(lacks)
    })
}

/// Reports go where the policies say, whatever their source lists say.
fn of_reports(look: &Look<'_>) -> Reached {
    let base = look
        .origin
        .as_tuple()
        .and_then(|_| Url::parse(&look.origin.to_string()).ok());
    let policies = look.list.policies().iter();
    let values = |name: DirectiveName| {
        let policies = policies.clone();
        policies.filter_map(move |policy| Some(policy.directive(name, look.profile)?.value()))
    };
    let words = values(DirectiveName::ReportUri).flat_map(str::split_ascii_whitespace);
    let by_uri = words.filter_map(|word| {
        let url = Url::options().base_url(base.as_ref()).parse(word).ok()?;
        Some((word, url))
    });
    let headers = look.headers;
    let by_name = values(DirectiveName::ReportTo)
        .filter_map(|name| Some((name, headers?.endpoint(name)?.url.clone())));
    let found = by_uri.chain(by_name).map(|(source, url)| Found {
        reach: if look.is_own(&url) {
            Reach::SelfOnly
        } else {
            Reach::TheseHosts
        },
        source: Some(source.to_owned()),
        url,
    });
    Reached::of(found.collect())
}

/// How far a channel reaches by a `Connection-Allowlist` alone.
pub(super) fn of_allowlist(look: &Look<'_>, allowlist: &Allowlist, channel: Channel) -> Reached {
    if channel.governed_by() == By::WebRtc {
        return Reached::without_url(match allowlist.webrtc() {
            Toggle::Allow => Reach::Anywhere,
            Toggle::Block => Reach::Closed,
        });
    }
    let url = stranger("https");
    let is_name = channel.governed_by() == By::NameAlone;
    let connection = if is_name {
        Connection::Host(url.host_str().unwrap_or_default())
    } else {
        Connection::to(&url)
    };
    if allowlist.decide(&connection).is_allowed() {
        return Reached::of(vec![Found {
            url,
            source: None,
            reach: Reach::Anywhere,
        }]);
    }
    let found = allowlist.patterns().iter().filter_map(|pattern| {
        let url = Url::parse(&pattern.text().replace('*', "any0")).ok()?;
        let is_own = pattern.is_response_origin() || look.is_own(&url);
        let source = pattern.text().replace(":*", "");
        pattern.matches(&url).then(|| Found {
            reach: if is_own {
                Reach::SelfOnly
            } else {
                classify(look, &source, &url)
            },
            source: Some(pattern.text().to_owned()),
            url,
        })
    });
    Reached::of(found.collect())
}

/// A host that no policy names.
fn stranger(scheme: &str) -> Url {
    Url::parse(&format!("{scheme}://anyone.invalid/data")).expect("this is a URL")
}
