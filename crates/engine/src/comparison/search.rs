use alloc::string::String;
use alloc::vec::Vec;

use url::Url;

use super::address::Address;
use super::asked::Asked;
use super::template::Template;
use super::{Comparison, Difference, Differences, ReadList, RequestKind, Side};
use crate::matching::Target;
use crate::request::{Client, Request};

/// The search for differences of one kind.
pub(super) struct Search<'c> {
    comparison: &'c Comparison<'c>,
    kind: RequestKind,
    /// A request of the kind, whose URL does not matter.
    like: Request,
    is_read_in_one_way: bool,
    clients: &'static [Client],
    /// A URL that both lists allow, for redirects to begin with.
    common: Option<Url>,
    found: Vec<Difference>,
}

impl<'c> Search<'c> {
    /// Looks for a difference by each source that is asked.
    pub(super) fn run(
        comparison: &'c Comparison<'c>,
        kind: RequestKind,
        asked: &Asked<'_>,
    ) -> Differences {
        let found = if asked.sides.iter().all(Vec::is_empty) {
            Vec::new()
        } else {
            Self::of(comparison, kind).find(asked)
        };
        Differences {
            found,
            is_exhaustive: asked.is_whole,
        }
    }

    fn of(comparison: &'c Comparison<'c>, kind: RequestKind) -> Self {
        let mut sides = comparison.sides.iter();
        let is_read_in_one_way = sides.all(|side| side.compiled().is_read_in_one_way());
        let is_reread = comparison.sides.iter().any(ReadList::is_reread);
        Self {
            comparison,
            kind,
            like: kind.request(comparison.any_url().clone()),
            is_read_in_one_way,
            clients: if is_reread {
                &[Client::Window, Client::Worker]
            } else {
                &[Client::Window]
            },
            common: None,
            found: Vec::new(),
        }
    }

    fn find(mut self, asked: &Asked<'_>) -> Vec<Difference> {
        let mut redirected = Vec::new();
        for (sources, side) in asked.sides.iter().zip([Side::Old, Side::New]) {
            for source in sources.iter().filter(|one| !one.is_known) {
                let template = &source.template;
                if !self.is_shown(template, None, side) && !template.path.is_empty() {
                    redirected.push((template, side));
                }
            }
        }
        if self.kind.may_be_redirected() && !redirected.is_empty() {
            let known = asked.sides.iter().flatten().filter(|one| one.is_known);
            self.find_common(known.map(|one| &one.template));
            if let Some(common) = self.common.clone() {
                for (template, side) in redirected {
                    self.is_shown(&template.without_path(), Some(&common), side);
                }
            }
        }
        self.found
    }

    /// Whether a request for one of the template's URLs, redirected from a URL that both lists allow or not at all, shows a
    /// difference, which is then kept.
    fn is_shown(&mut self, template: &Template<'_>, from: Option<&Url>, side: Side) -> bool {
        template.find_url(self.kind, self.comparison, |address| {
            self.is_shown_by(address, template, from, side)
        })
    }

    fn is_shown_by(
        &mut self,
        address: Address<'_>,
        template: &Template<'_>,
        from: Option<&Url>,
        side: Side,
    ) -> bool {
        let Some(target) = self.target(address) else {
            let url = self.comparison.url(address);
            return url
                .is_some_and(|url| self.is_difference(&self.request(url, from), template, side));
        };
        let is_allowed = |side: Side| self.allows_hop(side, &target, from.is_some());
        if !is_allowed(side) {
            return false;
        }
        if is_allowed(side.other()) {
            if self.common.is_none() {
                self.common = self.comparison.url(address);
            }
            return false;
        }
        let url = self.comparison.url(address);
        let found = url.map(|url| difference(self.request(url, from), template, side));
        let is_shown = found.is_some();
        self.found.extend(found);
        is_shown
    }

    fn request(&self, url: Url, from: Option<&Url>) -> Request {
        match from {
            Some(from) => self.kind.request(from.clone()).redirected_to(url),
            None => self.kind.request(url),
        }
    }

    /// What is known of an address, if that is enough to decide.
    fn target<'a>(&self, address: Address<'a>) -> Option<Target<'a>> {
        self.is_read_in_one_way
            .then(|| address.target(self.kind.mode(), self.comparison.rules))?
    }

    fn allows_hop(&self, side: Side, target: &Target<'_>, is_redirected: bool) -> bool {
        let compiled = self.comparison.sides[side as usize].compiled();
        compiled.allows_hop(&self.like, target, is_redirected)
    }

    fn is_difference(&mut self, request: &Request, template: &Template<'_>, side: Side) -> bool {
        for client in self.clients {
            let mut request = request.clone();
            request.client = *client;
            match self.decide(&request) {
                [true, true] => {
                    self.common.get_or_insert_with(|| request.url().clone());
                }
                [old, new] if old != new && [old, new][side as usize] => {
                    self.found.push(difference(request, template, side));
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// Whether each side allows it.
    fn decide(&self, request: &Request) -> [bool; 2] {
        [Side::Old, Side::New].map(|side| self.comparison.allows(side, request))
    }

    fn find_common<'t>(&mut self, templates: impl Iterator<Item = &'t Template<'t>>) {
        for template in templates {
            if self.common.is_some() {
                return;
            }
            let mut common = None;
            template.find_url(self.kind, self.comparison, |address| {
                let is_common =
                    |url: &Url| self.decide(&self.kind.request(url.clone())) == [true, true];
                common = self.comparison.url(address).filter(is_common);
                common.is_some()
            });
            self.common = common;
        }
    }
}

fn difference(request: Request, template: &Template<'_>, side: Side) -> Difference {
    Difference {
        request,
        allowed_by: side,
        source: template.source.map(String::from),
    }
}
