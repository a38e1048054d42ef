//! Examples: policies, a page, connections, and what becomes of each. The tests decide every one of them.
//!
//! ```text
//! page: https://app.example.com/                     left out: this very page
//! policy: connect-src 'self'                         also `report-only:` and `meta:`, and several of them
//!
//! allowed  fetch https://app.example.com/api -> https://app.example.com/v2   # after a redirect
//! blocked  websocket wss://api.example.com/ (allowed: Standard, WebKit 15)
//! ```
//!
//! `{U+000B}` stands for a character that cannot be seen, `{0xFC}` for a byte that is no UTF-8, `{a×600}` for
//! 600 characters.

mod escape;
mod parser;

use connect_src::{
    Api, BrowserProfile, CspList, Destination, Directive, DirectiveName, Disposition, Explanation,
    Origin, Policy, Reason, Request,
};
use url::Url;

pub(super) use escape::unescaped;
pub(super) use parser::parse;

/// Policies, and what they do with some connections of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) page: &'static str,
    pub(crate) policies: Vec<DeliveredPolicy>,
    pub(crate) cases: Vec<Case>,
    /// Whose verdict is told: everybody's, unless the example says otherwise.
    pub(crate) profiles: Vec<BrowserProfile>,
}

/// A policy and how it reaches the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeliveredPolicy {
    pub(crate) delivery: Delivery,
    /// As the file has it, escapes included.
    pub(crate) text: &'static str,
}

/// How a policy reaches the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Header,
    ReportOnlyHeader,
    Meta,
}

/// A connection, and what becomes of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) way: Way,
    /// The URL, then the target of each redirect.
    pub(crate) urls: Vec<&'static str>,
    pub(crate) verdict: Verdict,
    /// Who decides otherwise.
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) note: Option<&'static str>,
}

/// By what a page connects or loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Api(Api),
    /// A WebTransport with `serverCertificateHashes`.
    WebTransportWithHashes,
    /// An element that loads something.
    Element(Destination, &'static str),
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Blocked,
    /// Allowed, but a report-only policy is violated.
    Reported,
}

/// A profile, perhaps of an older version, that decides otherwise than the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exception {
    pub(crate) profile: BrowserProfile,
    pub(crate) version: Option<u16>,
    pub(crate) verdict: Verdict,
}

impl Delivery {
    /// The policy as the server or document writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Header => "Content-Security-Policy",
            Self::ReportOnlyHeader => "Content-Security-Policy-Report-Only",
            Self::Meta => "<meta http-equiv=Content-Security-Policy>",
        }
    }
}

impl DeliveredPolicy {
    fn push_to(self, list: &mut CspList) {
        let header = |disposition| CspList::from_header(escape::bytes(self.text), disposition);
        let policies = match self.delivery {
            Delivery::Header => header(Disposition::Enforce),
            Delivery::ReportOnlyHeader => header(Disposition::Report),
            Delivery::Meta => CspList::from_iter([Policy::from_meta(unescaped(self.text))]),
        };
        for policy in policies.policies() {
            list.push(policy.clone());
        }
    }
}

impl Way {
    /// Elements by the word that stands for them in an example, and as pages write them.
    const ELEMENTS: &'static [(&'static str, Destination, &'static str)] = &[
        ("font", Destination::Font, "@font-face"),
        ("frame", Destination::Iframe, "<iframe>"),
        ("image", Destination::Image, "<img>"),
        ("manifest", Destination::Manifest, "<link rel=manifest>"),
        ("navigation", Destination::Document, "<a href>"),
        ("object", Destination::Object, "<object>"),
        ("script", Destination::Script, "<script src>"),
        ("style", Destination::Style, "<link rel=stylesheet>"),
        ("track", Destination::Track, "<track>"),
        ("video", Destination::Video, "<video>"),
        ("worker", Destination::Worker, "new Worker()"),
    ];

    fn parse(word: &str) -> Option<Self> {
        if word == "webtransport+hashes" {
            return Some(Self::WebTransportWithHashes);
        }
        let mut elements = Self::ELEMENTS.iter();
        let element = elements.find(|(name, ..)| *name == word);
        let element = element.map(|(_, destination, text)| Self::Element(*destination, text));
        Api::parse(word).map(Self::Api).or(element)
    }

    /// How code spells it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Api(api) => api.as_str(),
            Self::WebTransportWithHashes => "WebTransport with hashes",
            Self::Element(_, text) => text,
        }
    }

    fn request(self, url: Url) -> Request {
        match self {
            Self::Api(api) => Request::connect(api, url),
            Self::WebTransportWithHashes => {
                let mut request = Request::connect(Api::WebTransport, url);
                request.has_webtransport_hashes = true;
                request
            }
            Self::Element(destination, _) => Request::new(url, destination),
        }
    }
}

impl Verdict {
    fn parse(word: &str) -> Option<Self> {
        [Self::Allowed, Self::Blocked, Self::Reported]
            .into_iter()
            .find(|verdict| verdict.as_str() == word)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::Reported => "reported",
        }
    }
}

impl Exception {
    fn parse(verdict: Verdict, text: &str) -> Option<Self> {
        let (name, version) = match text.split_once(' ') {
            Some((name, version)) => (name, Some(version.parse().ok()?)),
            None => (text, None),
        };
        Some(Self {
            profile: BrowserProfile::parse(name)?,
            version,
            verdict,
        })
    }
}

impl Case {
    /// What the case says about a profile's newest version.
    pub(crate) fn stated(&self, profile: BrowserProfile) -> Verdict {
        let newest = |one: &&Exception| one.profile == profile && one.version.is_none();
        let exception = self.exceptions.iter().find(newest);
        exception.map_or(self.verdict, |one| one.verdict)
    }

    pub(super) fn request(&self) -> Request {
        let parse = |url: &&str| {
            Url::parse(&unescaped(url)).expect("the tests parse the URLs of every example")
        };
        let mut urls = self.urls.iter().map(parse);
        let first = urls.next().expect("a case has a URL: the parser saw to it");
        urls.fold(self.way.request(first), Request::redirected_to)
    }
}

impl Example {
    /// Why the connection is allowed, where that can be said in a word.
    pub(crate) fn reason(&self, case: &Case) -> Option<String> {
        let profile = self
            .profiles
            .iter()
            .rev()
            .find(|profile| case.stated(**profile) == case.verdict)?;
        let (list, origin, request) = (self.list(), self.origin(*profile), case.request());
        let explanation = Explanation::of(&list, &request, &origin, *profile);
        let policy = explanation.deciding_policy()?;
        match (case.verdict, policy.matched_source()) {
            (Verdict::Allowed, Some(source)) => {
                Some(format!("by {}", &policy.policy.text()[source.span.range()]))
            }
            (Verdict::Allowed, None) if policy.reason == Reason::NotGoverned => {
                Some("not governed".into())
            }
            _ => None,
        }
    }

    pub(super) fn list(&self) -> CspList {
        let mut list = CspList::new();
        for policy in &self.policies {
            policy.push_to(&mut list);
        }
        list
    }

    /// The origin that `'self'` stands for: the page's. WebKit gives a sandboxed page an opaque one.
    pub(super) fn origin(&self, profile: BrowserProfile) -> Origin {
        if profile == BrowserProfile::WebKit && self.is_sandboxed() {
            return Origin::Opaque;
        }
        Origin::of(&Url::parse(self.page).expect("the tests parse the page of every example"))
    }

    fn is_sandboxed(&self) -> bool {
        let list = self.list();
        let sandboxes = list.policies().iter().filter_map(|policy| {
            let is_enforced = policy.disposition() == Disposition::Enforce;
            policy
                .directive(DirectiveName::Sandbox, BrowserProfile::WebKit)
                .filter(|_| is_enforced)
        });
        let mut values = sandboxes.map(Directive::value);
        values.any(|flags| !flags.contains("allow-same-origin"))
    }
}
