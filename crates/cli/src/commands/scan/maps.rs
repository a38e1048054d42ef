//! Source maps of scanned scripts.

use std::collections::BTreeSet;
use std::path::Path;

use connect_src_scan::{Language, Scan};

use crate::input::Input;
use crate::input::source_tree::text_of;

/// Leads the connections of bundles back to their sources, where there are maps. A map that is missing is no news: they are
/// often not published.
pub(super) fn follow(scan: &mut Scan) {
    let files: BTreeSet<&str> = scan
        .connections
        .iter()
        .map(|one| one.place.file.as_str())
        .collect();
    let url = |file: &str| match scan.source_maps.get(file) {
        Some(url) => url.clone(),
        // The usual name, for bundles that were published without their last comment.
        None => format!("{}.map", file.rsplit('/').next().unwrap_or(file)),
    };
    let of_files: Vec<(String, String)> = files
        .into_iter()
        .filter(|file| Language::of_path(file) == Some(Language::Script))
        .map(|file| (file.to_owned(), url(file)))
        .collect();
    for (file, url) in of_files {
        let map = match url.as_str() {
            "data:" => None,
            url => match read_map(&file, url) {
                Some(map) => Some(map),
                None => continue,
            },
        };
        if let Some(script) = text_of(&file) {
            scan.trace(&file, &script, map.as_deref());
        }
    }
}

/// The map of a script, if its URL leads to a file beside it or below.
fn read_map(script: &str, url: &str) -> Option<Vec<u8>> {
    let is_elsewhere =
        url.contains(':') || url.starts_with('/') || url.split('/').any(|part| part == "..");
    if is_elsewhere {
        return None;
    }
    let path = Path::new(script)
        .parent()?
        .join(url.split(['?', '#']).next()?);
    let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
    is_file
        .then(|| Input::File(path).read(LARGEST_MAP).ok())
        .flatten()
}

const LARGEST_MAP: u64 = 256 << 20;
