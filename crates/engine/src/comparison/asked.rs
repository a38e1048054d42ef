//! What is asked of two lists about all requests that the same directives govern.

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use hashbrown::HashSet;

use super::template::{Template, meets};
use super::{Comparison, ReadList};
use crate::browser_profile::Rules;
use crate::check::{Governance, RESOURCE_HINT_DIRECTIVES};
use crate::directive::DirectiveName;
use crate::origin::Origin;
use crate::policy::{Directive, Policy};
use crate::source_expression::{HostSource, SourceExpression};
use crate::source_list::SourceList;

/// The sources of both lists; none where nothing can differ.
#[derive(Debug, Default)]
pub(super) struct Asked<'c> {
    pub(super) sides: [Vec<Source<'c>>; 2],
    /// Whether these are all.
    pub(super) is_whole: bool,
}

/// A source, or what several allow together.
#[derive(Debug)]
pub(super) struct Source<'c> {
    pub(super) template: Template<'c>,
    /// Whether the other list has it too, so that it shows no difference.
    pub(super) is_known: bool,
}

impl<'c> Asked<'c> {
    pub(super) fn of(comparison: &'c Comparison<'c>, governance: Governance) -> Self {
        let rules = comparison.rules;
        let sides = comparison.sides.each_ref();
        let conjuncts = sides.map(|side| conjuncts(side, governance, rules));
        if is_written_alike(&conjuncts) {
            return Self {
                is_whole: true,
                ..Self::default()
            };
        }
        let [old, new] = sides.map(|side| side.compiled().self_origin());
        let [old, new] = [(0, old), (1, new)].map(|(side, self_origin)| {
            let ways = conjuncts[side].iter();
            let ways: Vec<_> = ways.map(|way| templates(way, self_origin, rules)).collect();
            let known = known_words(&conjuncts, 1 - side, rules);
            let is_whole = ways.iter().all(|(_, is_whole)| *is_whole);
            let all = ways.into_iter().flat_map(|(templates, _)| templates);
            let sources: Vec<_> = all.map(|one| Source::of(one, &known, rules)).collect();
            (sources, is_whole)
        });
        Self {
            is_whole: old.1 && new.1,
            sides: [old.0, new.0],
        }
    }
}

impl<'c> Source<'c> {
    fn of(template: Template<'c>, known: &HashSet<Cow<'c, str>>, rules: Rules) -> Self {
        let is_known = |source: &str| known.contains(&folded(source, rules));
        Self {
            is_known: !known.is_empty() && template.source.is_some_and(is_known),
            template,
        }
    }
}

/// What one policy says about a request: it must match one of these lists.
type Conjunct<'s> = Vec<SourceList<'s>>;

/// What all policies say; one for each way of reading them.
type Conjuncts<'s> = Vec<Vec<Conjunct<'s>>>;

fn conjuncts<'s>(list: &'s ReadList<'_>, governance: Governance, rules: Rules) -> Conjuncts<'s> {
    let ways = list.ways.iter().map(|way| {
        let policies = way.iter();
        policies
            .flat_map(|policy| of_policy(policy, governance, rules))
            .collect()
    });
    ways.collect()
}

fn of_policy(policy: &Policy, governance: Governance, rules: Rules) -> Vec<Conjunct<'_>> {
    match governance {
        Governance::None => Vec::new(),
        Governance::Directives(names) => {
            let directives = names
                .iter()
                .filter_map(|name| policy.governing_directive(*name, rules));
            directives
                .map(|directive| alloc::vec![directive.source_list()])
                .collect()
        }
        Governance::ResourceHint => {
            if policy.directive(DirectiveName::DefaultSrc, rules).is_none() {
                return Vec::new();
            }
            let names = RESOURCE_HINT_DIRECTIVES.into_iter();
            let directives = names.filter_map(|name| policy.directive(name, rules));
            alloc::vec![directives.map(Directive::source_list).collect()]
        }
    }
}

/// Whether both sides have the same sources, in the same order.
fn is_written_alike([old, new]: &[Conjuncts<'_>; 2]) -> bool {
    let mut pairs = old.iter().flatten().zip(new.iter().flatten());
    let lengths = |side: &Conjuncts<'_>| side.iter().map(Vec::len).collect::<Vec<_>>();
    lengths(old) == lengths(new) && pairs.all(|(old, new)| words(old).eq(words(new)))
}

/// Directives and sources of a conjunct.
fn words<'s>(conjunct: &Conjunct<'s>) -> impl Iterator<Item = (DirectiveName, &'s str)> {
    let texts = |list: &SourceList<'s>| {
        let name = list.directive_name();
        list.texts().map(move |(_, text)| (name, text))
    };
    conjunct.iter().flat_map(texts)
}

/// What all policies of a way allow together, and whether this is all.
fn templates<'c>(
    way: &[Conjunct<'c>],
    self_origin: &'c Origin,
    rules: Rules,
) -> (Vec<Template<'c>>, bool) {
    let Some((first, others)) = way.split_first() else {
        return (alloc::vec![Template::of_everything(self_origin)], true);
    };
    let templates = |conjunct: &Conjunct<'c>| -> Vec<Template<'c>> {
        let expressions = conjunct.iter().flat_map(|list| {
            let texts = list.texts().map(|(_, text)| text);
            let expressions = list.expressions_as(rules).map(|(_, one)| one);
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

/// The sources that need not be asked, since this side has them too. Where several lists must agree, or a keyword silences
/// others by its place, every source is asked.
fn known_words<'c>(
    conjuncts: &[Conjuncts<'c>; 2],
    side: usize,
    rules: Rules,
) -> HashSet<Cow<'c, str>> {
    let is_plain = |side: &Conjuncts<'_>| side.len() == 1 && side[0].len() <= 1;
    let is_silencing = |text: &str| {
        text.starts_with('\'') && text.to_ascii_lowercase().contains("'strict-dynamic'")
    };
    let mut lists = conjuncts.iter().flatten().flatten().flatten();
    if !conjuncts.iter().all(is_plain)
        || lists.any(|list| list.texts().any(|(_, text)| is_silencing(text)))
    {
        return HashSet::new();
    }
    let words = conjuncts[side].iter().flatten().flat_map(words);
    words.map(|(_, word)| folded(word, rules)).collect()
}

/// The source in lower case where case does not matter, so that the same text means the same.
fn folded(source: &str, rules: Rules) -> Cow<'_, str> {
    if !source.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return source.into();
    }
    match SourceExpression::parse_as(source, DirectiveName::ConnectSrc, rules) {
        SourceExpression::Host(host) => {
            let mut folded = HostSource { path: "", ..host }.to_string();
            folded.make_ascii_lowercase();
            (folded + host.path).into()
        }
        SourceExpression::Scheme(_) => source.to_ascii_lowercase().into(),
        _ => source.into(),
    }
}
