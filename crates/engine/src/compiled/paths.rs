use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::browser_profile::Rules;
use crate::matching::{Context, canonical, is_folder};
use crate::span::Span;

/// The path-parts of the sources that agree in everything else. They lie in the table's list of
/// paths, the files first, both runs sorted as [`canonical`] compares them.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathSet {
    /// Whether a source has no path.
    pub(super) is_any: bool,
    files: Span,
    /// No folder is below another one of the set.
    folders: Span,
}

/// Where the paths lie.
#[derive(Clone, Copy)]
pub(super) struct PathStore<'a> {
    pub(super) text: &'a str,
    pub(super) spans: &'a [Span],
}

impl PathSet {
    /// Takes the sorted paths of one set (see [`compare`]) over into `spans`.
    pub(super) fn of(text: &str, paths: &[Span], spans: &mut Vec<Span>, rules: Rules) -> Self {
        let path = |span: &Span| span.of(text);
        let is_file = |span: &&Span| !is_folder(path(span), rules);
        let files_start = spans.len();
        let named = || paths.iter().filter(|span| !span.is_empty());
        spans.extend(named().filter(is_file));
        let folders_start = spans.len();
        for folder in named().filter(|span| !is_file(span)) {
            let is_below = spans[folders_start..]
                .last()
                .is_some_and(|last| begins_with(path(folder), path(last), rules));
            if !is_below {
                spans.push(*folder);
            }
        }
        Self {
            is_any: paths.iter().any(|span| span.is_empty()),
            files: Span::new(files_start, folders_start),
            folders: Span::new(folders_start, spans.len()),
        }
    }

    pub(super) fn admit(self, path: &str, store: PathStore<'_>, context: Context<'_>) -> bool {
        self.is_any || context.is_redirected || self.names(path, store, context.rules)
    }

    fn names(self, path: &str, store: PathStore<'_>, rules: Rules) -> bool {
        // An empty path matches `/`, and nothing that is longer.
        let path = if path.is_empty() { "/" } else { path };
        let compare = |span: &Span| compare(span.of(store.text), path, rules);
        if store.spans[self.files.range()]
            .binary_search_by(compare)
            .is_ok()
        {
            return true;
        }
        // No folder is below another, so only the greatest one that is not greater can contain the path.
        let folders = &store.spans[self.folders.range()];
        let after = folders.partition_point(|span| compare(span) != Ordering::Greater);
        let candidate = folders[..after].last();
        candidate.is_some_and(|folder| begins_with(path, folder.of(store.text), rules))
    }
}

/// The order of paths in a set.
pub(super) fn compare(a: &str, b: &str, rules: Rules) -> Ordering {
    canonical(a, rules).cmp(canonical(b, rules))
}

fn begins_with(path: &str, folder: &str, rules: Rules) -> bool {
    let mut rest = canonical(path, rules);
    canonical(folder, rules).all(|unit| rest.next() == Some(unit))
}
