use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};

use crate::source_expression::{HostPart, SourceExpression};

/// The words of a source list, and which of them may admit the same URLs. Words about different hosts never do, so that a word
/// is compared with a few others instead of with all.
#[derive(Debug)]
pub(super) struct Relatives {
    /// `None` where one was left out.
    words: Vec<Option<String>>,
    /// By the host or the domain of a wildcard, in lower case and without a dot at its end.
    names: HashMap<(String, IsWildcard), Vec<usize>>,
    /// What is about no single host, and what the standard does not understand.
    others: Vec<usize>,
    /// Words that stand at an earlier place too.
    repetitions: HashSet<usize>,
    /// The host that `'self'` is about, if that is known.
    self_host: Option<String>,
    /// Whether no word had too many relatives.
    pub(super) is_exhaustive: bool,
}

pub(super) type IsWildcard = bool;

/// A word that has more relatives than this is left as it is.
const MOST: usize = 64;

impl Relatives {
    pub(super) fn of(words: &[String], self_host: Option<&str>) -> Self {
        let mut names: HashMap<_, Vec<usize>> = HashMap::new();
        let mut others = Vec::new();
        let mut seen = HashSet::new();
        let mut repetitions = HashSet::new();
        // Before and after this word the same source may mean different things.
        let is_divided = words
            .iter()
            .any(|word| word.eq_ignore_ascii_case("'strict-dynamic'"));
        for (index, word) in words.iter().enumerate() {
            if !is_divided && !seen.insert(word) {
                repetitions.insert(index);
                continue;
            }
            match name(word) {
                Some(name) => names.entry(name).or_default().push(index),
                None => others.push(index),
            }
        }
        Self {
            words: words.iter().cloned().map(Some).collect(),
            names,
            others,
            repetitions,
            self_host: self_host.map(String::from),
            is_exhaustive: true,
        }
    }

    /// The words that are left.
    pub(super) fn into_words(self) -> Vec<String> {
        self.words.into_iter().flatten().collect()
    }

    pub(super) fn word(&self, index: usize) -> Option<&str> {
        self.words.get(index)?.as_deref()
    }

    /// How many words are left.
    pub(super) fn count(&self) -> usize {
        self.words.iter().flatten().count()
    }

    pub(super) fn is_repetition(&self, index: usize) -> bool {
        self.repetitions.contains(&index)
    }

    pub(super) fn replace(&mut self, index: usize, word: Option<String>) {
        if let Some(place) = self.words.get_mut(index) {
            *place = word;
        }
    }

    /// The words that may admit what this one admits; `None` if there are too many.
    pub(super) fn around(&mut self, index: usize) -> Option<Around> {
        let word = self.word(index)?;
        let own = match (name(word), &self.self_host) {
            (None, Some(host)) if word.eq_ignore_ascii_case("'self'") => {
                Some((host.clone(), false))
            }
            (own, _) => own,
        };
        // No named host admits what a scheme or a star does.
        let mut indexes = own.map_or_else(Vec::new, |(name, is_wildcard)| {
            self.of_host(&name, is_wildcard)
        });
        indexes.extend(self.others.iter().take(MOST + 1));
        indexes.retain(|other| *other != index && self.word(*other).is_some());
        if indexes.len() > MOST {
            self.is_exhaustive = false;
            return None;
        }
        indexes.sort_unstable();
        let words = indexes.iter().filter_map(|other| self.word(*other));
        Some(Around {
            place: indexes.partition_point(|other| *other < index),
            words: words.map(String::from).collect(),
        })
    }

    /// Sources of the host itself, and of wildcards that have it.
    fn of_host(&self, name: &str, is_wildcard: bool) -> Vec<usize> {
        let with = |name: &str, is_wildcard| {
            let found = self.names.get(&(String::from(name), is_wildcard));
            found.into_iter().flatten().copied()
        };
        let mut indexes: Vec<usize> = with(name, true).collect();
        if !is_wildcard {
            indexes.extend(with(name, false));
        }
        let mut rest = name;
        while let Some((_, parent)) = rest.split_once('.') {
            indexes.extend(with(parent, true));
            rest = parent;
        }
        indexes
    }
}

/// The relatives of a word, in their order.
#[derive(Debug)]
pub(super) struct Around {
    words: Vec<String>,
    /// Where the word itself stands among them.
    place: usize,
}

impl Around {
    /// The relatives with this word in its place.
    pub(super) fn with<'w>(&'w self, word: Option<&'w str>) -> Vec<&'w str> {
        let (before, after) = self.words.split_at(self.place);
        let before = before.iter().map(String::as_str);
        let after = after.iter().map(String::as_str);
        before.chain(word).chain(after).collect()
    }
}

/// The host that a word is about, and whether it stands for the hosts below.
pub(super) fn name(word: &str) -> Option<(String, IsWildcard)> {
    let SourceExpression::Host(source) = SourceExpression::parse(word) else {
        return None;
    };
    let (name, is_wildcard) = match source.host {
        HostPart::Any => return None,
        HostPart::Subdomains(name) => (name, true),
        HostPart::Exact(name) => (name, false),
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    Some((name.to_ascii_lowercase(), is_wildcard))
}
