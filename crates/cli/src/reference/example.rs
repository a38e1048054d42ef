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

use connect_src::{
    Api, BrowserProfile, CspList, Destination, Disposition, Explanation, Origin, Policy, Reason,
    Request, Rules,
};
use url::Url;

use super::markdown::FormError;

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
        let header = |disposition| CspList::from_header(bytes(self.text), disposition);
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

    /// Whose verdict it is, in words.
    pub(crate) fn who(self) -> String {
        match (self.profile, self.version) {
            (BrowserProfile::Standard, _) => "by the standard".into(),
            (BrowserProfile::WebKit, Some(version)) => format!("in Safari {version}"),
            (profile, Some(version)) => format!("in {profile} {version}"),
            (profile, None) => format!("in {profile}"),
        }
    }

    fn rules(self) -> Rules {
        match self.version {
            Some(version) => self.profile.at_version(version),
            None => self.profile.into(),
        }
    }
}

impl Case {
    /// What the case says about a profile's newest version.
    pub(crate) fn stated(&self, profile: BrowserProfile) -> Verdict {
        let newest = |one: &&Exception| one.profile == profile && one.version.is_none();
        let exception = self.exceptions.iter().find(newest);
        exception.map_or(self.verdict, |one| one.verdict)
    }

    /// Every verdict that the case states, and whose it is.
    #[cfg(test)]
    pub(super) fn statements(&self, profiles: &[BrowserProfile]) -> Vec<(Rules, Verdict)> {
        let newest = profiles.iter().map(|one| ((*one).into(), self.stated(*one)));
        let older = self.exceptions.iter().filter(|one| one.version.is_some());
        newest
            .chain(older.map(|one| (one.rules(), one.verdict)))
            .collect()
    }

    fn request(&self) -> Request {
        let parse = |url: &&str| {
            Url::parse(&unescaped(url)).expect("the tests parse the URLs of every example")
        };
        let mut urls = self.urls.iter().map(parse);
        let first = urls.next().expect("a case has a URL: the parser saw to it");
        urls.fold(self.way.request(first), Request::redirected_to)
    }
}

impl Example {
    /// What the engine decides about one of the cases.
    pub(crate) fn decide(&self, case: &Case, rules: impl Into<Rules>) -> Verdict {
        let (list, origin, request) = (self.list(), self.origin(), case.request());
        let rules = rules.into();
        let is_violated = list
            .violated_policies(&request, &origin, rules)
            .next()
            .is_some();
        let result = list.should_request_be_blocked(&request, &origin, rules);
        match (result.is_allowed(), is_violated) {
            (true, false) => Verdict::Allowed,
            (true, true) => Verdict::Reported,
            (false, _) => Verdict::Blocked,
        }
    }

    /// Why the connection is allowed, where one source expression is the reason.
    pub(crate) fn matched_source(&self, case: &Case) -> Option<String> {
        let profile = self
            .profiles
            .iter()
            .rev()
            .find(|profile| case.stated(**profile) == case.verdict)?;
        let (list, origin, request) = (self.list(), self.origin(), case.request());
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

    fn list(&self) -> CspList {
        let mut list = CspList::new();
        for policy in &self.policies {
            policy.push_to(&mut list);
        }
        list
    }

    fn origin(&self) -> Origin {
        Origin::of(&Url::parse(self.page).expect("the tests parse the page of every example"))
    }
}

/// Reads the lines of an example, the first of which has this number in its file.
pub(super) fn parse(lines: &[&'static str], first: usize) -> Result<Example, FormError> {
    let mut example = Example {
        page: "https://app.example.com/",
        policies: Vec::new(),
        cases: Vec::new(),
        profiles: BrowserProfile::ALL.to_vec(),
    };
    for (index, line) in lines.iter().enumerate() {
        if !line.is_empty() {
            read_line(line, &mut example)
                .map_err(|message| FormError::new(first + index, message))?;
        }
    }
    if example.cases.is_empty() {
        return Err(FormError::new(first, "the example has no case"));
    }
    Ok(example)
}

fn read_line(line: &'static str, example: &mut Example) -> Result<(), String> {
    let (key, value) = line.split_once(' ').ok_or("expected a key or a verdict")?;
    let value = value.trim_start();
    let mut push = |delivery| {
        let text = value;
        example.policies.push(DeliveredPolicy { delivery, text });
    };
    match key {
        "policy:" => push(Delivery::Header),
        "report-only:" => push(Delivery::ReportOnlyHeader),
        "meta:" => push(Delivery::Meta),
        "page:" => {
            Url::parse(value).map_err(|error| format!("{value}: {error}"))?;
            example.page = value;
        }
        "profiles:" => example.profiles = profiles(value)?,
        _ => {
            let verdict = Verdict::parse(key).ok_or_else(|| format!("no such key: {key}"))?;
            example.cases.push(case(verdict, value)?);
        }
    }
    Ok(())
}

fn profiles(names: &str) -> Result<Vec<BrowserProfile>, String> {
    let profile =
        |name| BrowserProfile::parse(name).ok_or_else(|| format!("no such profile: {name}"));
    names.split(", ").map(profile).collect()
}

/// `WAY URL [-> URL]… [(VERDICT: PROFILE, …)] [# NOTE]`
fn case(verdict: Verdict, text: &'static str) -> Result<Case, String> {
    let (text, note) = match text.split_once(" # ") {
        Some((text, note)) => (text.trim_end(), Some(note.trim())),
        None => (text.trim_end(), None),
    };
    let (text, exceptions) = match text.strip_suffix(')').and_then(|one| one.split_once(" (")) {
        Some((text, exceptions)) => (text, self::exceptions(exceptions)?),
        None => (text, Vec::new()),
    };
    let (word, urls) = text.split_once(' ').ok_or("expected a way and a URL")?;
    let way = Way::parse(word).ok_or_else(|| format!("no such way to connect: {word}"))?;
    let urls: Vec<&'static str> = urls.split(" -> ").map(str::trim).collect();
    for url in &urls {
        Url::parse(&unescaped(url)).map_err(|error| format!("{url}: {error}"))?;
    }
    Ok(Case {
        way,
        urls,
        verdict,
        exceptions,
        note,
    })
}

fn exceptions(text: &str) -> Result<Vec<Exception>, String> {
    let (verdict, names) = text.split_once(": ").ok_or("expected `(verdict: profile)`")?;
    let verdict = Verdict::parse(verdict).ok_or_else(|| format!("no such verdict: {verdict}"))?;
    let exception =
        |name| Exception::parse(verdict, name).ok_or_else(|| format!("no such profile: {name}"));
    names.split(", ").map(exception).collect()
}

/// The text with what its escapes stand for, as text.
pub(super) fn unescaped(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

/// The text with what its escapes stand for.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        bytes.extend(before.bytes());
        let escape = after.split_once('}').and_then(|(name, after)| Some((escape(name)?, after)));
        match escape {
            Some((escaped, after)) => {
                bytes.extend(escaped);
                rest = after;
            }
            None => {
                bytes.push(b'{');
                rest = after;
            }
        }
    }
    bytes.extend(rest.bytes());
    bytes
}

fn escape(name: &str) -> Option<Vec<u8>> {
    if let Some(byte) = name.strip_prefix("0x") {
        return Some(vec![u8::from_str_radix(byte, 16).ok()?]);
    }
    if let Some(code) = name.strip_prefix("U+") {
        let character = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        return Some(character.to_string().into_bytes());
    }
    let (piece, count) = name.split_once('×')?;
    Some(piece.repeat(count.parse().ok()?).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_read() {
        let example = parse(
            &[
                "policy: connect-src 'self'",
                "",
                "blocked  fetch https://a.test/#f -> https://b.test/ (allowed: Standard, WebKit 15) # why: (x)",
            ],
            1,
        )
        .unwrap();
        assert_eq!(example.page, "https://app.example.com/");
        let case = &example.cases[0];
        assert_eq!(case.urls, ["https://a.test/#f", "https://b.test/"]);
        assert_eq!(case.note, Some("why: (x)"));
        assert_eq!(case.exceptions.len(), 2);
        assert_eq!(case.stated(BrowserProfile::Standard), Verdict::Allowed);
        assert_eq!(case.stated(BrowserProfile::WebKit), Verdict::Blocked);
        assert_eq!(case.statements(&example.profiles).len(), 5);
    }

    #[test]
    fn what_is_no_example_is_refused_with_its_line() {
        for (lines, line) in [
            (vec!["policy: connect-src 'self'"], 1),
            (vec!["", "perhaps fetch https://a.test/"], 2),
            (vec!["allowed smoke https://a.test/"], 1),
            (vec!["allowed fetch a.test"], 1),
            (vec!["allowed fetch https://a.test/ (maybe: WebKit)"], 1),
            (vec!["allowed fetch https://a.test/ (blocked: Netscape)"], 1),
            (vec!["page: nowhere", "allowed fetch https://a.test/"], 1),
        ] {
            assert_eq!(parse(&lines, 1).unwrap_err().line, line, "{lines:?}");
        }
    }

    #[test]
    fn escapes_stand_for_characters() {
        assert_eq!(unescaped("a{U+000B}b"), "a\u{b}b");
        assert_eq!(unescaped("/{ab×3}"), "/ababab");
        assert_eq!(bytes("b{0xFC}c"), b"b\xfcc");
        assert_eq!(unescaped("{ {x} {U+110000}"), "{ {x} {U+110000}");
    }
}
