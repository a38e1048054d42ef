//! What earlier runs found in files: one file for each set of paths, safe to delete at any time.
//!
//! It holds the mark of the program that wrote it, a digest of all that follows, an index, and the analyses. A file whose
//! mark or digest is another is as good as none.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use connect_src_scan::FileAnalysis;
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::walk::SourceFile;
use crate::error::Error;
use crate::input::{capped, write_whole};

/// Where the cache is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CachePlace {
    /// In the user's folder for caches.
    Usual,
    Folder(PathBuf),
    Nowhere,
}

/// What is known of the files of earlier runs.
#[derive(Default)]
pub(super) struct Cache {
    file: Option<PathBuf>,
    bytes: Vec<u8>,
    index: HashMap<String, Known>,
    /// Files that changed from then on are not known by their times.
    trusted_until: u64,
}

/// A line of the index.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    size: u64,
    modified: u64,
    content: [u8; 32],
    /// Where its analysis stands after the index.
    start: u64,
    length: u64,
}

/// What the cache keeps of a file.
#[derive(Debug)]
pub(super) struct Entry {
    name: String,
    known: Known,
    analysis: Vec<u8>,
    /// Whether it came from the cache.
    pub(super) is_known: bool,
}

impl Cache {
    /// The cache of these paths. What cannot be read is as good as empty.
    pub(super) fn open(place: &CachePlace, paths: &[PathBuf]) -> Self {
        let Some(file) = folder(place).and_then(|folder| Some(folder.join(name(paths)?))) else {
            return Self::default();
        };
        Self::read(&file).unwrap_or_else(|| Self {
            file: Some(file),
            ..Self::default()
        })
    }

    fn read(file: &Path) -> Option<Self> {
        let opened = capped::open(file).ok()?;
        let written = opened.metadata().ok()?.modified().ok()?;
        let bytes = capped::read_whole(opened, MAX_BYTES).ok()?;
        let rest = bytes.strip_prefix(mark().as_bytes())?;
        let (digest, rest) = rest.split_first_chunk::<32>()?;
        if Sha256::digest(rest)[..] != digest[..] {
            return None;
        }
        let (index, analyses): (HashMap<String, Known>, &[u8]) =
            postcard::take_from_bytes(rest).ok()?;
        let analyses = bytes.len() - analyses.len();
        Some(Self {
            file: Some(file.to_owned()),
            index,
            bytes: bytes.get(analyses..)?.to_vec(),
            trusted_until: nanoseconds(written)?.saturating_sub(GRANULARITY),
        })
    }

    /// The analysis of a file that has not changed, as far as its size and time tell.
    pub(super) fn by_metadata(&self, file: &SourceFile) -> Option<(FileAnalysis, Entry)> {
        let known = self.index.get(&file.name)?;
        let is_same = known.size == file.size
            && known.modified == file.modified
            && known.modified != 0
            && known.modified < self.trusted_until;
        is_same.then(|| self.entry(file, known)).flatten()
    }

    /// The analysis of a file by its content, made anew where it is not known.
    pub(super) fn by_content(
        &self,
        file: &SourceFile,
        bytes: &[u8],
        analyse: impl FnOnce() -> FileAnalysis,
    ) -> (FileAnalysis, Option<Entry>) {
        if self.file.is_none() {
            return (analyse(), None);
        }
        let content: [u8; 32] = Sha256::digest(bytes).into();
        let known = self.index.get(&file.name);
        let known = known.filter(|known| known.content == content);
        if let Some((analysis, entry)) = known.and_then(|known| self.entry(file, known)) {
            return (analysis, Some(entry));
        }
        let analysis = analyse();
        let entry = postcard::to_allocvec(&analysis).ok().map(|bytes| Entry {
            name: file.name.clone(),
            known: Known {
                size: file.size,
                modified: file.modified,
                content,
                start: 0,
                length: 0,
            },
            analysis: bytes,
            is_known: false,
        });
        (analysis, entry)
    }

    fn entry(&self, file: &SourceFile, known: &Known) -> Option<(FileAnalysis, Entry)> {
        let start = usize::try_from(known.start).ok()?;
        let end = start.checked_add(usize::try_from(known.length).ok()?)?;
        let bytes = self.bytes.get(start..end)?;
        let entry = Entry {
            name: file.name.clone(),
            known: Known {
                size: file.size,
                modified: file.modified,
                ..known.clone()
            },
            analysis: bytes.to_vec(),
            is_known: true,
        };
        Some((postcard::from_bytes(bytes).ok()?, entry))
    }

    /// Keeps what this run knows, unless it is what the last one knew.
    pub(super) fn store(&self, entries: &[Entry]) -> Result<(), Error> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let is_same = |entry: &Entry| {
            entry.is_known
                && self.index.get(&entry.name).is_some_and(|known| {
                    known.modified == entry.known.modified && known.modified < self.trusted_until
                })
        };
        if entries.len() == self.index.len() && entries.iter().all(is_same) {
            return Ok(());
        }
        let bytes = encode(entries).map_err(|error| Error::new(error.to_string()))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| {
                Error::new(format!("{}: cannot be written: {error}", folder.display()))
            })?;
            make_room(folder, bytes.len() as u64);
        }
        write_whole(file, &bytes)
    }
}

/// A cache file: mark, digest, index, analyses.
fn encode(entries: &[Entry]) -> postcard::Result<Vec<u8>> {
    let mut index = HashMap::with_capacity(entries.len());
    let mut analyses = Vec::new();
    for entry in entries {
        let known = Known {
            start: analyses.len() as u64,
            length: entry.analysis.len() as u64,
            ..entry.known.clone()
        };
        index.insert(&entry.name, known);
        analyses.extend_from_slice(&entry.analysis);
    }
    let mut rest = postcard::to_allocvec(&index)?;
    rest.append(&mut analyses);
    let mut bytes = mark().into_bytes();
    bytes.extend_from_slice(&Sha256::digest(&rest));
    bytes.append(&mut rest);
    Ok(bytes)
}

/// Deletes the oldest files of the folder until this many bytes more are within its limit.
fn make_room(folder: &Path, bytes: u64) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, u64, PathBuf)> = files
        .filter(|entry| entry.path().extension().is_some_and(|one| one == EXTENSION))
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            Some((metadata.modified().ok()?, metadata.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut total: u64 = bytes + files.iter().map(|(_, length, _)| length).sum::<u64>();
    for (_, length, path) in files {
        if total <= MAX_FOLDER_BYTES {
            break;
        }
        if fs::remove_file(path).is_ok() {
            total -= length;
        }
    }
}

fn folder(place: &CachePlace) -> Option<PathBuf> {
    match place {
        CachePlace::Nowhere => None,
        CachePlace::Folder(folder) => Some(folder.clone()),
        CachePlace::Usual => {
            let strategy = etcetera::choose_base_strategy().ok()?;
            Some(strategy.cache_dir().join("connect-src"))
        }
    }
}

/// The file for these paths, which stand for others from another folder.
fn name(paths: &[PathBuf]) -> Option<String> {
    let mut digest = Sha256::new();
    digest.update(std::env::current_dir().ok()?.as_os_str().as_encoded_bytes());
    for path in paths {
        digest.update([0]);
        digest.update(path.as_os_str().as_encoded_bytes());
    }
    let digest = digest.finalize();
    let (start, _) = digest.split_first_chunk()?;
    Some(format!("{:016x}.{EXTENSION}", u64::from_be_bytes(*start)))
}

/// What tells this program from others, of other versions too, which may analyse otherwise.
fn mark() -> String {
    let program = std::env::current_exe().and_then(fs::metadata).ok();
    let length = program.as_ref().map_or(0, fs::Metadata::len);
    let built = program.and_then(|program| nanoseconds(program.modified().ok()?));
    format!(
        "connect-src scan {} {length} {}\n",
        env!("CARGO_PKG_VERSION"),
        built.unwrap_or(0)
    )
}

fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

const EXTENSION: &str = "scan";
/// Times of files are at least as exact as this, in nanoseconds.
const GRANULARITY: u64 = 2_000_000_000;
const MAX_BYTES: u64 = 256 << 20;
const MAX_FOLDER_BYTES: u64 = 512 << 20;
