//! What differs between two policies beside the URLs that they allow.

use std::collections::BTreeSet;

use connect_src::{CspList, DirectiveName, Disposition, SourceExpression};

/// Words of a directive that one list of policies has and the other has not, and that no URL shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) directive: String,
    pub(crate) disposition: Disposition,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// Whether the directive itself is new or gone.
    pub(crate) is_whole: bool,
}

/// A directive's name and what delivers it.
type Key = (String, Disposition);

pub(crate) fn other_changes(old: &CspList, new: &CspList) -> Vec<Change> {
    let names = names(old).into_iter().chain(names(new));
    let mut changes = Vec::new();
    let mut seen = BTreeSet::new();
    for key in names {
        if !seen.insert((key.0.clone(), key.1.as_str())) {
            continue;
        }
        let (before, after) = (words(old, &key), words(new, &key));
        let (was, is) = (
            other_words(&key, before.as_ref()),
            other_words(&key, after.as_ref()),
        );
        let change = Change {
            added: is.difference(&was).cloned().collect(),
            removed: was.difference(&is).cloned().collect(),
            is_whole: before.is_none() != after.is_none() && !is_of_urls(&key),
            directive: key.0,
            disposition: key.1,
        };
        if change.is_whole || !(change.added.is_empty() && change.removed.is_empty()) {
            changes.push(change);
        }
    }
    changes
}

/// Enforced directives that are not written alike, although neither a URL nor another word shows it.
pub(crate) fn rewritten(old: &CspList, new: &CspList, decided: &[DirectiveName]) -> Vec<String> {
    let is_decided =
        |name: &str| DirectiveName::parse(name).is_some_and(|name| decided.contains(&name));
    let mut rewritten: Vec<String> = Vec::new();
    for key in names(old).into_iter().chain(names(new)) {
        let is_other = text(old, &key) != text(new, &key);
        let (before, after) = (words(old, &key), words(new, &key));
        let is_same = other_words(&key, before.as_ref()) == other_words(&key, after.as_ref())
            && (is_of_urls(&key) || before.is_some() == after.is_some());
        if is_other && is_same && !is_decided(&key.0) && !rewritten.contains(&key.0) {
            rewritten.push(key.0);
        }
    }
    rewritten
}

fn names(list: &CspList) -> Vec<Key> {
    let policies = list.policies().iter();
    policies
        .flat_map(|policy| {
            policy
                .directives()
                .map(|directive| (directive.name().to_ascii_lowercase(), policy.disposition()))
        })
        .collect()
}

/// The values of the directives that have this name, the first of each policy.
fn values<'p>(list: &'p CspList, (name, disposition): &Key) -> Vec<&'p str> {
    let policies = list.policies().iter();
    policies
        .filter(|policy| policy.disposition() == *disposition)
        .filter_map(|policy| {
            let mut directives = policy.directives();
            directives.find(|one| one.name().eq_ignore_ascii_case(name))
        })
        .map(connect_src::Directive::value)
        .collect()
}

fn text(list: &CspList, key: &Key) -> Vec<String> {
    let values = values(list, key).into_iter();
    values.map(str::to_owned).collect()
}

fn words(list: &CspList, key: &Key) -> Option<BTreeSet<String>> {
    let values = values(list, key);
    let words = values
        .iter()
        .flat_map(|value| value.split_ascii_whitespace());
    (!values.is_empty()).then(|| words.map(str::to_owned).collect())
}

/// Whether the comparison of URLs tells about the directive.
fn is_of_urls((name, disposition): &Key) -> bool {
    *disposition == Disposition::Enforce
        && DirectiveName::parse(name).is_some_and(DirectiveName::has_source_list)
}

/// The words that no URL shows: all, but in a source list only nonces, hashes and keywords of code.
fn other_words(key: &Key, words: Option<&BTreeSet<String>>) -> BTreeSet<String> {
    let words = words.into_iter().flatten();
    let is_other = |word: &&String| {
        !is_of_urls(key)
            || match SourceExpression::parse(word) {
                SourceExpression::Nonce(_) | SourceExpression::Hash(_) => true,
                SourceExpression::Keyword(keyword) => !matches!(
                    keyword,
                    connect_src::Keyword::SelfOrigin | connect_src::Keyword::None
                ),
                _ => false,
            }
    };
    words.filter(is_other).cloned().collect()
}
