//! What a browser was asked to do, as far as reports tell it.

use connect_src::{Api, BrowserProfile, CompiledCspList, CspList, Disposition, Origin, Request};
use url::Url;

use crate::policy_text::PolicyText;
use crate::store::Group;

/// A request, and the origin of its page.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) request: Request,
    pub(crate) page: Origin,
    pub(crate) is_page_known: bool,
}

/// A set of browsers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Browsers(u8);

/// A policy that decides many questions. It is compiled once for each origin of pages.
pub(super) struct Engine {
    list: CspList,
    compiled: Vec<(String, [CompiledCspList; 3])>,
    /// The place of the one that was asked last: most questions are about the same pages.
    last: usize,
}

impl Question {
    /// What a report tells of: `target` is an origin, a URL, or a scheme with its colon. `None` for what is no URL.
    pub(crate) fn of(document: &str, target: &str) -> Option<Self> {
        let page = Url::parse(document).ok();
        Self::of_page(page.as_ref(), document, target)
    }

    /// The same where the document's URL is known: `None` for what is no URL.
    pub(super) fn of_page(page: Option<&Url>, document: &str, target: &str) -> Option<Self> {
        let url = match target.strip_suffix(':') {
            Some("blob") => Url::parse(&format!("blob:{document}/0")),
            Some(scheme) => Url::parse(&format!("{scheme}:x")),
            None => Url::parse(target),
        };
        Some(Self::asked(page, url.ok()?, None))
    }

    /// What a finding is about, as exactly as its reports tell.
    pub(crate) fn reported(document: &str, blocked: &str, blocked_url: &str) -> Option<Self> {
        let is_whole = blocked_url.starts_with(blocked);
        Self::of(document, if is_whole { blocked_url } else { blocked })
    }

    /// The same for a group.
    pub(crate) fn of_group(group: &Group) -> Option<Self> {
        Self::reported(&group.origin, &group.blocked, &group.blocked_url)
    }

    /// What somebody asks about: without an API, the one that the URL implies.
    pub(crate) fn asked(page: Option<&Url>, url: Url, api: Option<Api>) -> Self {
        let api = api.unwrap_or_else(|| Api::implied_by(&url));
        Self {
            request: Request::connect(api, url),
            page: page.map_or(Origin::Opaque, Origin::of),
            is_page_known: page.is_some(),
        }
    }
}

/// The origin of a document; opaque for what is no URL.
pub(super) fn page(document: &str) -> Origin {
    Url::parse(document).map_or(Origin::Opaque, |url| Origin::of(&url))
}

/// The policy alone, as it is enforced.
pub(super) fn enforced(text: &PolicyText) -> CspList {
    [text.policy(Disposition::Enforce)].into_iter().collect()
}

impl Engine {
    pub(super) fn new(text: &PolicyText) -> Self {
        Self::of_list(enforced(text))
    }

    pub(super) fn of_list(list: CspList) -> Self {
        Self {
            list,
            compiled: Vec::new(),
            last: 0,
        }
    }

    /// The browsers that block it. `document` names the page's origin.
    pub(super) fn blocked_in(&mut self, document: &str, question: &Question) -> Browsers {
        let mut blocked = Browsers::default();
        for (place, list) in self.compiled_for(document, question).iter().enumerate() {
            if list
                .should_request_be_blocked(&question.request)
                .is_blocked()
            {
                blocked.0 |= 1 << place;
            }
        }
        blocked
    }
}

impl Engine {
    fn compiled_for(&mut self, document: &str, question: &Question) -> &[CompiledCspList; 3] {
        let is_last = |(known, _): &(String, _)| known == document;
        if !self.compiled.get(self.last).is_some_and(is_last) {
            let known = self.compiled.iter().position(is_last);
            self.last = known.unwrap_or_else(|| {
                let compile = |profile| self.list.compile(&question.page, profile);
                let compiled = BrowserProfile::BROWSERS.map(compile);
                self.compiled.push((document.to_owned(), compiled));
                self.compiled.len() - 1
            });
        }
        &self.compiled[self.last].1
    }
}

impl Browsers {
    pub(super) const ALL: Self = Self(0b111);

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn has(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }

    pub(super) fn insert(&mut self, profile: BrowserProfile) {
        let place = BrowserProfile::BROWSERS
            .iter()
            .position(|it| *it == profile);
        self.0 |= place.map_or(0, |place| 1 << place);
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn profiles(self) -> Vec<BrowserProfile> {
        let places = BrowserProfile::BROWSERS.into_iter().enumerate();
        places
            .filter(|(place, _)| self.has(*place))
            .map(|(_, profile)| profile)
            .collect()
    }
}
