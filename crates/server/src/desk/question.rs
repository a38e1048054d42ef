//! What a browser was asked to do, as far as reports tell it.

use std::collections::HashMap;

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
    compiled: HashMap<String, [CompiledCspList; 3]>,
}

impl Question {
    /// What a report tells of: `target` is an origin, a URL, or a scheme with its colon. `None` for what is no URL.
    pub(crate) fn of(document: &str, target: &str) -> Option<Self> {
        let url = match target.strip_suffix(':') {
            Some("blob") => Url::parse(&format!("blob:{document}/0")),
            Some(scheme) => Url::parse(&format!("{scheme}:x")),
            None => Url::parse(target),
        };
        let page = Url::parse(document).ok();
        Some(Self::asked(page.as_ref(), url.ok()?, None))
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
            compiled: HashMap::new(),
        }
    }

    /// The browsers that block it. `document` names the page's origin.
    pub(super) fn blocked_in(&mut self, document: &str, question: &Question) -> Browsers {
        if !self.compiled.contains_key(document) {
            let compile = |profile| self.list.compile(&question.page, profile);
            let compiled = BrowserProfile::BROWSERS.map(compile);
            self.compiled.insert(document.to_owned(), compiled);
        }
        let mut blocked = Browsers::default();
        for (place, list) in self.compiled[document].iter().enumerate() {
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
