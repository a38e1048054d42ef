//! Why connections are blocked: found once for all that are alike.

use connect_src::{Api, Explanation, Origin, Request};
use hashbrown::HashMap;
use url::{Position, Url};

use super::kinds::Kind;
use super::tally::{Blocked, Cause, Tally};
use crate::commands::check::Question;

/// Finds causes, up to a number that keeps long policies from taking for ever.
#[derive(Debug)]
pub(super) struct Explainer<'q> {
    question: &'q Question,
    left: usize,
}

impl<'q> Explainer<'q> {
    /// Long lists are costly to explain: how many explanations a file may need is a matter of their length.
    pub(super) fn new(question: &'q Question) -> Self {
        const SOURCES: usize = 10_000_000;
        let policies = question.policies.list.policies().iter();
        let length: usize = policies.map(|policy| policy.text().len()).sum();
        Self {
            question,
            left: (SOURCES / (length / 20 + 1)).clamp(1_000, 200_000),
        }
    }

    /// Counts blocked connections of one kind under the cause of the first of them.
    pub(super) fn explain(&mut self, origin: &Origin, kind: &Kind, tally: &mut Tally) {
        if let Some((place, request)) = &kind.first_blocked {
            let (cause, url) = self.cause(origin, request, kind.blocked);
            tally.add_blocked(host(url), cause, kind.count, *place);
        }
    }

    /// Why the first browser that blocks the request does so, and at which URL of it.
    fn cause<'r>(
        &mut self,
        origin: &Origin,
        request: &'r Request,
        blocked: Blocked,
    ) -> (Cause, &'r Url) {
        let mut profiles = self.question.profiles.iter().zip(blocked.by);
        let blocking = profiles.find_map(|(profile, count)| (count > 0).then_some(*profile));
        let Some(profile) = blocking.filter(|_| self.left > 0) else {
            return (Cause::NotExamined, request.url());
        };
        self.left -= 1;
        let list = &self.question.policies.list;
        let explanation = Explanation::of(list, request, origin, profile);
        let deciding = explanation.deciding_policy();
        let hop = deciding.map_or(0, |policy| policy.redirect_count);
        let url = request.hops().nth(hop).map_or(request.url(), |hop| hop.url);
        (Cause::of(&explanation), url)
    }
}

/// The host, or the scheme where there is none.
fn host(url: &Url) -> String {
    match url.host_str() {
        Some(host) if !host.is_empty() => host.to_owned(),
        _ => format!("{}:", url.scheme()),
    }
}

/// What one core has counted, or all of them: tables, and kinds that are not in the tables yet.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) tally: Tally,
    /// By the page's origin, the API, and the origin of the URL.
    kinds: HashMap<(Origin, Api, Box<str>), Kind>,
}

impl Counts {
    pub(super) fn new(tally: Tally, kinds: impl IntoIterator<Item = (Origin, Api, Kind)>) -> Self {
        let mut counts = Self {
            tally,
            kinds: HashMap::new(),
        };
        for (page, api, kind) in kinds {
            if let Some((_, request)) = &kind.first_blocked {
                let origin = Box::from(&request.url()[..Position::BeforePath]);
                counts.add((page, api, origin), kind);
            }
        }
        counts
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        for (key, kind) in other.kinds {
            self.add(key, kind);
        }
    }

    /// Explains the kinds that are left.
    pub(super) fn explained(mut self, question: &Question) -> Tally {
        let mut explainer = Explainer::new(question);
        for ((page, ..), kind) in &self.kinds {
            explainer.explain(page, kind, &mut self.tally);
        }
        self.tally
    }

    fn add(&mut self, key: (Origin, Api, Box<str>), kind: Kind) {
        match self.kinds.get_mut(&key) {
            Some(known) => known.merge(kind),
            None => {
                self.kinds.insert(key, kind);
            }
        }
    }
}
