//! What the engine is asked: every request that a report may be about.

use connect_src::{
    Api, CspList, Destination, DirectiveName, Origin, ParserMetadata, Policy, Request, Rules,
};
use url::Url;

use super::case::{Case, part};
use crate::record::Blocked;

/// What becomes of a connection, the worst case last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Decision {
    /// No directive is there for it.
    NotGoverned,
    Allowed,
    /// It is allowed itself, but can be redirected to a URL that is not.
    BlockedIfRedirected,
    Blocked,
}

/// Every request that a report may be about, from every origin that the document may have.
pub(super) struct Connection {
    directive: DirectiveName,
    urls: Vec<Url>,
    self_origins: Vec<Origin>,
}

impl Connection {
    /// `None` when what was blocked is no URL, or the directive governs no requests.
    pub(super) fn of(case: &Case<'_>, directive: DirectiveName) -> Option<Self> {
        let self_origins = case.self_origins();
        let connection = Self {
            directive,
            urls: possible_urls(case, &self_origins),
            self_origins,
        };
        let has_requests = connection.requests().next().is_some();
        has_requests.then_some(connection)
    }

    /// The worst that any of these rules does with it.
    pub(super) fn worst(&self, policies: &CspList, rules: &[Rules]) -> Decision {
        let is_blocked = |request: &Request| {
            rules
                .iter()
                .any(|rules| self.is_blocked(policies, *rules, request))
        };
        if self.requests().any(|request| is_blocked(&request)) {
            return Decision::Blocked;
        }
        if self
            .requests()
            .any(|request| redirects(&request).any(|request| is_blocked(&request)))
        {
            return Decision::BlockedIfRedirected;
        }
        let governs = |policy: &Policy| {
            let effective = part(self.directive);
            rules
                .iter()
                .any(|rules| policy.governing_directive(effective, *rules).is_some())
        };
        if policies.policies().iter().any(governs) {
            Decision::Allowed
        } else {
            Decision::NotGoverned
        }
    }

    fn is_blocked(&self, policies: &CspList, rules: Rules, request: &Request) -> bool {
        self.self_origins.iter().any(|origin| {
            let mut violated = policies.violated_policies(request, origin, rules);
            violated.next().is_some()
        })
    }

    pub(super) fn can_be_redirected(&self) -> bool {
        self.requests().any(|request| can_be_redirected(&request))
    }

    /// Built when they are asked for: mostly the first one decides.
    fn requests(&self) -> impl Iterator<Item = Request> {
        self.urls
            .iter()
            .flat_map(|url| possible_requests(self.directive, url))
    }
}

/// A WebSocket follows no redirect, and schemes without a network have none.
fn can_be_redirected(request: &Request) -> bool {
    matches!(request.url().scheme(), "http" | "https")
}

/// The request, redirected to where no source points but those for any host.
fn redirects(request: &Request) -> impl Iterator<Item = Request> {
    let targets = [
        "https://no-such-host.invalid:9/",
        "http://no-such-host.invalid:9/",
    ];
    let targets = targets.into_iter().filter(|_| can_be_redirected(request));
    let targets = targets.filter_map(|target| Url::parse(target).ok());
    targets.map(|target| request.clone().redirected_to(target))
}

/// The URLs that the text of a report may stand for. Where it withholds a part, one that no sensible
/// policy names takes its place: if even that is allowed, everything is.
fn possible_urls(case: &Case<'_>, self_origins: &[Origin]) -> Vec<Url> {
    let texts = match &case.record.blocked {
        Some(Blocked::Url(_)) => return case.blocked().into_iter().cloned().collect(),
        Some(Blocked::Origin(origin)) => {
            vec![
                format!("{origin}/"),
                format!("{origin}/no-such-folder/no-such-file"),
            ]
        }
        Some(Blocked::Scheme(scheme)) => urls_of_scheme(scheme, self_origins),
        Some(Blocked::Keyword(_)) | None => Vec::new(),
    };
    texts
        .iter()
        .filter_map(|url| Url::parse(url).ok())
        .collect()
}

fn urls_of_scheme(scheme: &str, self_origins: &[Origin]) -> Vec<String> {
    let mut urls = vec![format!("{scheme}:no-such-path")];
    match scheme {
        "about" => urls = vec!["about:blank".to_owned()],
        "blob" | "filesystem" => {
            let origins = self_origins
                .iter()
                .map(|origin| format!("{scheme}:{origin}/no-such-id"));
            urls.extend(origins);
        }
        "data" | "javascript" => {}
        _ => urls.push(format!("{scheme}://no-such-host.invalid/no-such-path")),
    }
    urls
}

/// The requests for a URL whose effective directive is this one.
fn possible_requests(directive: DirectiveName, url: &Url) -> impl Iterator<Item = Request> {
    let is_default = directive == DirectiveName::DefaultSrc;
    let is_connection = is_default || directive == DirectiveName::ConnectSrc;
    let connections = is_connection
        .then(|| connections(url))
        .into_iter()
        .flatten();
    let prefetch = is_default.then(|| Request::connect(Api::Prefetch, url.clone()));
    let destinations = destinations(directive).iter();
    let others = destinations.flat_map(|destination| by_script_and_parser(url, *destination));
    connections.chain(prefetch).chain(others)
}

/// Firefox reads some policies in another way for workers, WebSocket and WebTransport. WebTransport to a
/// server named by certificate hashes is left out: policies without the keyword block all of that, so
/// that nothing could be called inconsistent.
fn connections(url: &Url) -> impl Iterator<Item = Request> {
    let connect = move || Request::connect(Api::implied_by(url), url.clone());
    let transport = move || Request::connect(Api::WebTransport, url.clone());
    let from_worker = move || connect().from_worker();
    core::iter::once_with(connect)
        .chain(core::iter::once_with(from_worker))
        .chain((url.scheme() == "https").then(transport))
}

fn by_script_and_parser(url: &Url, destination: Destination) -> impl Iterator<Item = Request> {
    let by_script = move || Request::new(url.clone(), destination);
    let by_parser = move || {
        let mut request = by_script();
        request.parser_metadata = ParserMetadata::ParserInserted;
        request
    };
    let by_parser = destination.is_script_like().then(by_parser);
    core::iter::once_with(by_script).chain(by_parser)
}

const fn destinations(directive: DirectiveName) -> &'static [Destination] {
    use Destination as D;
    match directive {
        DirectiveName::ChildSrc => &[D::Iframe, D::Worker, D::SharedWorker],
        DirectiveName::FontSrc => &[D::Font],
        DirectiveName::FrameSrc => &[D::Iframe],
        DirectiveName::ImgSrc => &[D::Image],
        DirectiveName::ManifestSrc => &[D::Manifest],
        DirectiveName::MediaSrc => &[D::Video],
        DirectiveName::ObjectSrc => &[D::Object],
        // A JSON module is a script to WebKit.
        DirectiveName::ScriptSrc | DirectiveName::ScriptSrcElem => &[D::Script, D::Json],
        DirectiveName::StyleSrc | DirectiveName::StyleSrcElem => &[D::Style],
        DirectiveName::WorkerSrc => &[D::Worker],
        DirectiveName::DefaultSrc => &[
            D::Font,
            D::Iframe,
            D::Image,
            D::Manifest,
            D::Object,
            D::Script,
            D::Style,
            D::Video,
            D::Worker,
        ],
        _ => &[],
    }
}
