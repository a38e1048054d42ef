//! Decides one connection after another on one core.

use connect_src::{Api, CompiledCspList, Request};
use url::{Position, Url};

use super::explainer::{Counts, Explainer};
use super::kinds::{Kind, Kinds, Maker};
use super::pages::{DEFAULT_PAGE, Pages, parse_url};
use super::paths::PathHosts;
use super::tally::{Blocked, Tally};
use crate::commands::check::Question;
use crate::input::{json_lines, target};

/// A connection as a file has it.
pub(super) struct Connection<'a, R> {
    /// The line or entry, from 1 on.
    pub(super) place: u64,
    pub(super) page: Option<&'a str>,
    pub(super) api: Option<&'a str>,
    pub(super) url: &'a str,
    pub(super) redirects: R,
}

/// Decides, and counts.
///
/// The connections of one page, by one API, to one origin are of a [`Kind`]. The reason is the costly part of a
/// decision, and hardly differs within a kind: the first blocked one is explained for all. Where no source for the
/// host has a path, the decision itself is the same for all.
pub(super) struct Decider<'q> {
    question: &'q Question,
    pages: Pages<'q>,
    kinds: Kinds,
    path_hosts: PathHosts,
    explainer: Explainer<'q>,
    tally: Tally,
}

impl<'q> Decider<'q> {
    pub(super) fn new(question: &'q Question) -> Self {
        Self {
            question,
            pages: Pages::new(question),
            kinds: Kinds::default(),
            path_hosts: PathHosts::of(&question.policies.list),
            explainer: Explainer::new(question),
            tally: Tally::default(),
        }
    }

    /// Decides a connection, or notes why that cannot be done.
    pub(super) fn decide<'a>(
        &mut self,
        connection: &Connection<'a, impl Iterator<Item = &'a str> + Clone>,
    ) {
        if let Err(message) = self.try_decide(connection) {
            self.bad(connection.place, &message);
        }
    }

    /// Notes a place that could not be decided.
    pub(super) fn bad(&mut self, place: u64, message: &str) {
        self.tally.bad(place, message);
    }

    /// What was counted.
    pub(super) fn finish(mut self) -> Counts {
        let kinds = self.kinds.take().into_iter();
        let kinds = kinds.map(|(Maker { page, api }, kind)| {
            let origin = self.pages.page(page).origin.clone();
            (origin, api, kind)
        });
        Counts::new(self.tally, kinds)
    }

    fn try_decide<'a>(
        &mut self,
        connection: &Connection<'a, impl Iterator<Item = &'a str> + Clone>,
    ) -> Result<(), String> {
        let page = self.page(connection.page)?;
        let url = parse_url(connection.url, connection.page, self.question.page.as_ref())?;
        let api = match connection.api {
            Some(name) => Api::parse(name).ok_or_else(|| json_lines::unknown_api(name))?,
            None => Api::implied_by(&url),
        };
        let maker = Maker { page, api };
        if connection.redirects.clone().next().is_none() {
            self.decide_one_of_kind(connection.place, maker, url);
        } else {
            let request = redirected(Request::connect(api, url), connection.redirects.clone())?;
            self.decide_redirected(connection.place, page, request);
        }
        let is_known = connection.page.is_some() || self.question.page.is_some();
        self.tally.without_page += u64::from(!is_known);
        Ok(())
    }

    fn decide_one_of_kind(&mut self, place: u64, maker: Maker, url: Url) {
        let origin = &url[..Position::BeforePath];
        let Some(kind) = self.kinds.find(maker, origin) else {
            return self.decide_first_of_kind(place, maker, url);
        };
        if !kind.depends_on_path {
            kind.count += u64::from(kind.blocked.anywhere > 0);
            self.tally.add(kind.blocked);
            return;
        }
        let request = Request::connect(maker.api, url);
        let blocked = blocked(&self.pages.page(maker.page).compiled, &request);
        self.tally.add(blocked);
        if blocked.anywhere > 0 {
            kind.add_blocked(place, request, blocked);
        }
    }

    fn decide_first_of_kind(&mut self, place: u64, maker: Maker, url: Url) {
        let origin = Box::from(&url[..Position::BeforePath]);
        let mut kind = Kind::new(self.path_hosts.contain(&url));
        let request = Request::connect(maker.api, url);
        let blocked = blocked(&self.pages.page(maker.page).compiled, &request);
        self.tally.add(blocked);
        if blocked.anywhere > 0 {
            kind.add_blocked(place, request, blocked);
        }
        self.kinds.insert(maker, origin, kind);
        if self.kinds.is_full() {
            self.sum_up();
        }
    }

    /// Redirects differ from each other more than URLs of one origin do, so each is decided and explained.
    fn decide_redirected(&mut self, place: u64, page: usize, request: Request) {
        let page = self.pages.page(page);
        let blocked = blocked(&page.compiled, &request);
        self.tally.add(blocked);
        if blocked.anywhere > 0 {
            let mut kind = Kind::new(true);
            kind.add_blocked(place, request, blocked);
            self.explainer.explain(&page.origin, &kind, &mut self.tally);
        }
    }

    fn page(&mut self, url: Option<&str>) -> Result<usize, String> {
        let Some(url) = url else {
            return Ok(DEFAULT_PAGE);
        };
        if let Some(index) = self.pages.find(url) {
            return Ok(index);
        }
        if self.pages.is_full() {
            self.sum_up();
            self.pages.clear();
        }
        self.pages.insert(url)
    }

    /// Explains each blocked kind by its example, and moves the counts into the tables.
    fn sum_up(&mut self) {
        for (maker, kind) in self.kinds.take() {
            let origin = &self.pages.page(maker.page).origin;
            self.explainer.explain(origin, &kind, &mut self.tally);
        }
    }
}

fn blocked(compiled: &[CompiledCspList], request: &Request) -> Blocked {
    let mut blocked = Blocked::default();
    for (count, list) in blocked.by.iter_mut().zip(compiled) {
        *count = u64::from(list.should_request_be_blocked(request).is_blocked());
    }
    blocked.anywhere = u64::from(blocked.by.contains(&1));
    blocked
}

fn redirected<'a>(
    mut request: Request,
    redirects: impl Iterator<Item = &'a str>,
) -> Result<Request, String> {
    for redirect in redirects {
        let url = target::parse_url(redirect, Some(request.current_url()))
            .map_err(|problem| format!("redirect {problem}"))?;
        request = request.redirected_to(url);
    }
    Ok(request)
}
