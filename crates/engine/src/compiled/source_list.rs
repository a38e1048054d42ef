use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::HashSet;

use super::hosts::{HostTable, HostTableBuilder};
use super::schemes::SchemeSources;
use crate::browser_profile::{Quirk, Rules};
use crate::check::{Sources, all_digests, normalized_digest};
use crate::directive::DirectiveName;
use crate::matching::{self, Context, Target};
use crate::source_expression::{HashAlgorithm, Keyword, SourceExpression};
use crate::source_list::SourceList;

/// A source list as an index.
#[derive(Debug)]
pub(crate) struct CompiledSourceList {
    pub(super) directive: DirectiveName,
    has_star: bool,
    keywords: u32,
    schemes: SchemeSources,
    hosts: HostTable,
    nonces: HashSet<String>,
    hashes: Vec<(HashAlgorithm, Vec<u8>)>,
}

impl CompiledSourceList {
    pub(crate) fn of(list: SourceList<'_>, rules: Rules) -> Self {
        let mut compiled = Self {
            directive: list.directive_name(),
            has_star: false,
            keywords: 0,
            schemes: SchemeSources::default(),
            hosts: HostTable::default(),
            nonces: HashSet::new(),
            hashes: Vec::new(),
        };
        let mut hosts = HostTableBuilder::with_capacity(list.len());
        let silence = list.silence(rules);
        for (index, (_, expression)) in list.expressions_as(rules).enumerate() {
            if !silence.covers(index, &expression) {
                compiled.add(&expression, &mut hosts, rules);
            }
        }
        compiled.hosts = hosts.finish(rules);
        compiled.hashes.sort_unstable();
        compiled
    }

    fn add(
        &mut self,
        expression: &SourceExpression<'_>,
        hosts: &mut HostTableBuilder,
        rules: Rules,
    ) {
        match expression {
            SourceExpression::Scheme(scheme) => self.schemes.add(scheme, rules),
            SourceExpression::Host(source) if source.is_star() => self.has_star = true,
            SourceExpression::Host(source) => hosts.add(source),
            SourceExpression::Keyword(keyword) => self.keywords |= bit(*keyword),
            SourceExpression::Nonce(nonce) => {
                self.nonces.insert(String::from(*nonce));
            }
            SourceExpression::Hash(hash) => {
                self.hashes
                    .push((hash.algorithm, normalized_digest(hash.value).collect()));
            }
            SourceExpression::Unrecognized(_) => {}
        }
    }

    fn admits_as_self(&self, target: &Target<'_>, context: Context<'_>) -> bool {
        let is_elsewhere = context
            .self_origin
            .as_tuple()
            .is_some_and(|origin| target.host.is_some_and(|host| host != origin.host()));
        let keyword = SourceExpression::Keyword(Keyword::SelfOrigin);
        self.has_keyword(Keyword::SelfOrigin)
            && !is_elsewhere
            && matching::expression(target, &keyword, context).is_match()
    }
}

impl Sources for CompiledSourceList {
    fn matches_target(&self, target: &Target<'_>, context: Context<'_>) -> bool {
        let is_ip_refused = target.has_ip_address && !context.rules.has(Quirk::IpAddressMatches);
        (self.has_star && matching::star(target, context))
            || self.schemes.admit(target)
            || self.admits_as_self(target, context)
            || (!is_ip_refused && self.hosts.admit(target, context))
    }

    fn has_nonce(&self, nonce: &str) -> bool {
        self.nonces.contains(nonce)
    }

    fn has_digests(&self, integrity_metadata: &str) -> bool {
        all_digests(integrity_metadata, |digest| {
            self.hashes
                .binary_search_by(|(algorithm, value)| {
                    let value = value.iter().copied();
                    let is_less = algorithm.cmp(&digest.algorithm);
                    is_less.then_with(|| value.cmp(normalized_digest(digest.value)))
                })
                .is_ok()
        })
    }

    fn has_keyword(&self, keyword: Keyword) -> bool {
        self.keywords & bit(keyword) != 0
    }
}

const fn bit(keyword: Keyword) -> u32 {
    1 << keyword as u8
}
