//! Decides one connection after another on one core.

use connect_src::{Api, Explanation, Request};
use hashbrown::HashMap;
use url::{Position, Url};

use super::pages::{DEFAULT_PAGE, Pages, parse_url};
use super::tally::{Blocked, Cause, Tally};
use crate::args::api_names;
use crate::commands::check::Question;
use crate::input::target;
use crate::output::sanitize::sanitize;

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
/// The reason is the costly part of a decision, and it hardly differs among the connections of one page to one
/// origin. So blocked connections are counted by [`Kind`], and the first of a kind is explained for all.
pub(super) struct Decider<'q> {
    question: &'q Question,
    pages: Pages<'q>,
    /// By page and API, then by the origin of the URL as it is printed.
    kinds: HashMap<(usize, Api), HashMap<Box<str>, Kind>>,
    kind_count: usize,
    left_to_explain: usize,
    tally: Tally,
}

/// Blocked connections of one page, by one API, to one origin.
struct Kind {
    count: u64,
    /// Where the first of them stands, and its request.
    first: u64,
    example: Request,
}

/// More kinds than this are not kept: they are summed up, and counting begins anew.
const MOST_KINDS: usize = 20_000;

impl<'q> Decider<'q> {
    pub(super) fn new(question: &'q Question) -> Self {
        Self {
            question,
            pages: Pages::new(question),
            kinds: HashMap::new(),
            kind_count: 0,
            left_to_explain: explanations(question),
            tally: Tally::default(),
        }
    }

    /// Decides a connection, or notes why that cannot be done.
    pub(super) fn decide<'a>(
        &mut self,
        connection: &Connection<'a, impl Iterator<Item = &'a str> + Clone>,
    ) {
        if let Err(message) = self.try_decide(connection) {
            self.bad(connection.place, message);
        }
    }

    /// Notes a place that could not be decided.
    pub(super) fn bad(&mut self, place: u64, message: String) {
        self.tally.bad(place, message);
    }

    /// Sums up.
    pub(super) fn finish(mut self) -> Tally {
        self.sum_up();
        self.tally
    }

    fn try_decide<'a>(
        &mut self,
        connection: &Connection<'a, impl Iterator<Item = &'a str> + Clone>,
    ) -> Result<(), String> {
        let page = self.page(connection.page)?;
        let (api, request) = self.request(connection)?;
        let mut blocked = Blocked::default();
        for (index, list) in self.pages.page(page).compiled.iter().enumerate() {
            blocked.by[index] = u64::from(list.should_request_be_blocked(&request).is_blocked());
        }
        blocked.anywhere = u64::from(blocked.by.contains(&1));
        self.tally.add(blocked);
        let is_known = connection.page.is_some() || self.question.page.is_some();
        self.tally.without_page += u64::from(!is_known);
        if blocked.anywhere > 0 {
            self.count(connection.place, (page, api), request);
        }
        Ok(())
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

    fn request<'a>(
        &self,
        connection: &Connection<'a, impl Iterator<Item = &'a str> + Clone>,
    ) -> Result<(Api, Request), String> {
        let url = parse_url(connection.url, connection.page, self.question.page.as_ref())?;
        let api = match connection.api {
            Some(name) => Api::parse(name).ok_or_else(|| unknown_api(name))?,
            None => Api::implied_by(&url),
        };
        let mut request = Request::connect(api, url);
        for redirect in connection.redirects.clone() {
            let url = target::parse_url(redirect, Some(request.current_url()))
                .map_err(|problem| format!("redirect {problem}"))?;
            request = request.redirected_to(url);
        }
        Ok((api, request))
    }

    /// Counts a blocked connection.
    fn count(&mut self, place: u64, maker: (usize, Api), request: Request) {
        // Redirects differ from each other more than URLs of one origin do.
        if request.redirect_count() > 0 {
            let (cause, url) = self.cause(maker.0, &request);
            self.tally.add_blocked(host(url), cause, 1, place);
            return;
        }
        let origin = &request.url()[..Position::BeforePath];
        let kinds = self.kinds.entry(maker).or_default();
        if let Some(kind) = kinds.get_mut(origin) {
            kind.count += 1;
            return;
        }
        let kind = Kind {
            count: 1,
            first: place,
            example: request.clone(),
        };
        kinds.insert(origin.into(), kind);
        self.kind_count += 1;
        if self.kind_count >= MOST_KINDS {
            self.sum_up();
        }
    }

    /// Explains each kind by its example, and moves the counts into the tables.
    fn sum_up(&mut self) {
        self.kind_count = 0;
        for ((page, _), kinds) in std::mem::take(&mut self.kinds) {
            for kind in kinds.into_values() {
                let (cause, url) = self.cause(page, &kind.example);
                self.tally.add_blocked(host(url), cause, kind.count, kind.first);
            }
        }
    }

    /// Why the first browser that blocks the request does so, and at which URL of it.
    fn cause<'r>(&mut self, page: usize, request: &'r Request) -> (Cause, &'r Url) {
        let not_examined = (Cause::NotExamined, request.url());
        if self.left_to_explain == 0 {
            return not_examined;
        }
        self.left_to_explain -= 1;
        let origin = &self.pages.page(page).origin;
        let list = &self.question.policies.list;
        let mut profiles = self.question.profiles.iter();
        let blocking = profiles.find(|profile| {
            let result = list.should_request_be_blocked(request, origin, **profile);
            result.is_blocked()
        });
        blocking.map_or(not_examined, |profile| {
            let explanation = Explanation::of(list, request, origin, *profile);
            let hop = explanation.deciding_policy().map_or(0, |policy| policy.redirect_count);
            let url = request.hops().nth(hop).map_or(request.url(), |hop| hop.url);
            (Cause::of(&explanation), url)
        })
    }
}

/// The host, or the scheme where there is none.
fn host(url: &Url) -> String {
    match url.host_str() {
        Some(host) if !host.is_empty() => host.to_owned(),
        _ => format!("{}:", url.scheme()),
    }
}

fn unknown_api(name: &str) -> String {
    let name = sanitize(name);
    format!("there is no API \"{name}\"; expected one of {}", api_names())
}

/// Long lists are costly to explain: how many explanations a file may need is a matter of their length.
fn explanations(question: &Question) -> usize {
    const SOURCES: usize = 50_000_000;
    let policies = question.policies.list.policies().iter();
    let length: usize = policies.map(|policy| policy.text().len()).sum();
    (SOURCES / (length / 20 + 1)).clamp(1_000, 200_000)
}
