use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use hashbrown::HashSet;
use url::Url;

use super::address::Address;
use super::template::{Template, meets};
use super::{
    Comparison, Conjunct, Conjuncts, Difference, Differences, ReadList, RequestKind, Side,
};
use crate::directive::DirectiveName;
use crate::matching::Target;
use crate::origin::Origin;
use crate::request::{Client, Request};
use crate::source_expression::{HostSource, SourceExpression};

/// The search for differences of one kind.
pub(super) struct Search<'c> {
    comparison: &'c Comparison<'c>,
    kind: RequestKind,
    /// A request of the kind, whose URL does not matter.
    like: Request,
    /// A URL that both lists allow, for redirects to begin with.
    common: Option<Url>,
    is_read_in_one_way: bool,
    clients: &'static [Client],
    found: Vec<Difference>,
}

impl<'c> Search<'c> {
    pub(super) fn of(comparison: &'c Comparison<'c>, kind: RequestKind) -> Self {
        let is_reread = comparison.sides.iter().any(ReadList::is_reread);
        Self {
            comparison,
            kind,
            like: kind.request(comparison.any_url.clone()),
            common: None,
            is_read_in_one_way: comparison
                .sides
                .iter()
                .all(|side| side.compiled().is_read_in_one_way()),
            clients: if is_reread {
                &[Client::Window, Client::Worker]
            } else {
                &[Client::Window]
            },
            found: Vec::new(),
        }
    }

    pub(super) fn run(mut self, sides: &[Conjuncts<'_>; 2]) -> Differences {
        let mut is_exhaustive = true;
        let mut redirected = Vec::new();
        let mut skipped = Vec::new();
        let is_skipping = may_skip(sides);
        for (side, other, name) in [(0, 1, Side::Old), (1, 0, Side::New)] {
            let known = is_skipping.then(|| self.known_words(&sides[other]));
            // A policy that sandboxes the page may take its origin away.
            let self_origin = self.comparison.sides[side].compiled().self_origin();
            let ways = sides[side].iter();
            let ways: Vec<_> = ways.map(|way| self.templates(way, self_origin)).collect();
            is_exhaustive &= ways.iter().all(|(_, is_whole)| *is_whole);
            for template in ways.into_iter().flat_map(|(templates, _)| templates) {
                let is_known = known.as_ref().zip(template.source);
                if is_known.is_some_and(|(known, source)| known.contains(&self.folded(source))) {
                    skipped.push(template);
                } else if !self.is_shown_at_once(&template, name) && !template.path.is_empty() {
                    redirected.push((template, name));
                }
            }
        }
        if self.kind.may_be_redirected() && !redirected.is_empty() {
            self.find_common(&skipped);
            for (template, name) in redirected {
                self.show_after_redirect(&template, name);
            }
        }
        Differences {
            found: self.found,
            is_exhaustive,
        }
    }

    fn templates<'s>(
        &self,
        side: &[Conjunct<'s>],
        self_origin: &'c Origin,
    ) -> (Vec<Template<'s>>, bool)
    where
        'c: 's,
    {
        let rules = &self.comparison.rules;
        let Some((first, others)) = side.split_first() else {
            return (alloc::vec![Template::of_everything(self_origin)], true);
        };
        let templates = |conjunct: &Conjunct<'s>| -> Vec<Template<'s>> {
            let expressions = conjunct.iter().flat_map(|list| {
                let texts = list.texts().map(|(_, text)| text);
                let expressions = list.expressions_as(*rules).map(|(_, one)| one);
                texts.zip(expressions)
            });
            expressions
                .filter_map(|(text, one)| Template::of(text, &one, self_origin))
                .collect()
        };
        let mut narrowed = (templates(first), true);
        for conjunct in others {
            let (met, is_whole) = meets(&narrowed.0, &templates(conjunct));
            narrowed = (met, narrowed.1 && is_whole);
        }
        narrowed
    }

    /// Whether a request for one of the template's URLs shows a difference, which is then kept.
    fn is_shown_at_once(&mut self, template: &Template<'_>, side: Side) -> bool {
        let comparison = self.comparison;
        template.find_url(comparison.fresh(), self.kind, comparison, |address| {
            self.shows(address, None, template, side)
        })
    }

    fn show_after_redirect(&mut self, template: &Template<'_>, side: Side) {
        let Some(common) = self.common.clone() else {
            return;
        };
        let comparison = self.comparison;
        let anywhere = template.without_path();
        anywhere.find_url(comparison.fresh(), self.kind, comparison, |address| {
            self.shows(address, Some(&common), template, side)
        });
    }

    /// Whether a request for the address, redirected from a URL that both lists allow or not at all, shows a difference, which
    /// is then kept.
    fn shows(
        &mut self,
        address: Address<'_>,
        from: Option<&Url>,
        template: &Template<'_>,
        side: Side,
    ) -> bool {
        let Some(target) = self.target(address) else {
            let url = address.url();
            return url
                .is_some_and(|url| self.is_difference(&self.request(url, from), template, side));
        };
        let is_allowed = |side: Side| self.allows_hop(side, &target, from.is_some());
        if !is_allowed(side) {
            return false;
        }
        if is_allowed(side.other()) {
            if self.common.is_none() {
                self.common = address.url();
            }
            return false;
        }
        let request = address.url().map(|url| self.request(url, from));
        let is_shown = request.is_some();
        self.found
            .extend(request.map(|request| difference(request, template, side)));
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
        let sides = self.comparison.sides.each_ref();
        sides.map(|side| {
            side.compiled()
                .should_request_be_blocked(request)
                .is_allowed()
        })
    }

    fn allows_hop(&self, side: Side, target: &Target<'_>, is_redirected: bool) -> bool {
        let compiled = self.comparison.sides[side as usize].compiled();
        compiled.allows_hop(&self.like, target, is_redirected)
    }

    fn find_common(&mut self, templates: &[Template<'_>]) {
        for template in templates {
            if self.common.is_some() {
                return;
            }
            let mut common = None;
            let comparison = self.comparison;
            template.find_url(comparison.fresh(), self.kind, comparison, |address| {
                common = address
                    .url()
                    .filter(|url| self.decide(&self.kind.request(url.clone())) == [true, true]);
                common.is_some()
            });
            self.common = common;
        }
    }

    /// The sources that need not be asked where the other side has them.
    fn known_words<'s>(&self, other: &Conjuncts<'s>) -> HashSet<Cow<'s, str>> {
        let lists = other.iter().flatten().flatten();
        let words = lists.flat_map(|list| list.texts().map(|(_, text)| text));
        words.map(|word| self.folded(word)).collect()
    }

    /// The source in lower case where case does not matter, so that the same text means the same.
    fn folded<'s>(&self, source: &'s str) -> Cow<'s, str> {
        if !source.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return source.into();
        }
        let name = DirectiveName::ConnectSrc;
        match SourceExpression::parse_as(source, name, self.comparison.rules) {
            SourceExpression::Host(host) => {
                let mut folded = HostSource { path: "", ..host }.to_string();
                folded.make_ascii_lowercase();
                (folded + host.path).into()
            }
            SourceExpression::Scheme(_) => source.to_ascii_lowercase().into(),
            _ => source.into(),
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

/// Whether a source that both sides have shows no difference: not where several lists must agree, or a keyword silences others
/// by its place.
fn may_skip(sides: &[Conjuncts<'_>; 2]) -> bool {
    let is_plain = |side: &Conjuncts<'_>| side.len() == 1 && side[0].len() <= 1;
    let is_silencing = |text: &str| {
        text.starts_with('\'') && text.to_ascii_lowercase().contains("'strict-dynamic'")
    };
    let mut lists = sides.iter().flatten().flatten().flatten();
    sides.iter().all(is_plain)
        && !lists.any(|list| list.texts().any(|(_, text)| is_silencing(text)))
}
