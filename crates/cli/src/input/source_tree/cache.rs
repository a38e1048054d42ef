//! What earlier runs found in files: two files for each set of paths, safe to delete at any time.
//!
//! One has the analysis of each file, with an index; the other the result of the whole, for runs in which nothing has changed.
//! Both begin with the mark of the program that wrote them and a digest of all that follows. A file whose mark or digest is
//! another is as good as none.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use connect_src_scan::{FileAnalysis, Scan};
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::walk::{SourceFile, Walked};
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

/// Where what is known is kept.
pub(super) struct Caches {
    /// Without its extension; nothing where nothing is kept.
    file: Option<PathBuf>,
}

impl Caches {
    /// Those of these paths.
    pub(super) fn of(place: &CachePlace, paths: &[PathBuf]) -> Self {
        let file = folder(place).and_then(|folder| Some(folder.join(name(paths)?)));
        Self { file }
    }

    /// What is known of each file. What cannot be read is as good as empty.
    pub(super) fn analyses(&self) -> Cache {
        let Some(file) = self.file_with(ANALYSES) else {
            return Cache::default();
        };
        Cache::read(&file).unwrap_or_else(|| Cache {
            file: Some(file),
            ..Cache::default()
        })
    }

    /// The result of a run that was asked the same about the same files, unless one of them may have changed since.
    pub(super) fn result(&self, walked: &Walked, question: &impl Serialize) -> Option<Kept> {
        let (written, bytes) = read_marked(&self.file_with(RESULT)?)?;
        let trusted_until = written.saturating_sub(GRANULARITY);
        let is_trusted = |file: &SourceFile| file.modified != 0 && file.modified < trusted_until;
        let (known, kept): ([u8; 32], &[u8]) =
            bytes.split_first_chunk().map(|(key, kept)| (*key, kept))?;
        let is_same = walked.files.iter().all(is_trusted) && known == key(walked, question)?;
        is_same.then(|| postcard::from_bytes(kept).ok()).flatten()
    }

    /// Keeps the result of a run.
    pub(super) fn store_result(
        &self,
        walked: &Walked,
        question: &impl Serialize,
        kept: &Kept,
    ) -> Result<(), Error> {
        let (Some(file), Some(key)) = (self.file_with(RESULT), key(walked, question)) else {
            return Ok(());
        };
        let kept = postcard::to_allocvec(kept).map_err(|error| Error::new(error.to_string()))?;
        write_marked(&file, &[&key, &kept])
    }

    fn file_with(&self, extension: &str) -> Option<PathBuf> {
        Some(self.file.as_ref()?.with_extension(extension))
    }
}

/// The result of a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) scan: Scan,
    /// How many files were looked at.
    pub(super) files: usize,
    /// What reading passed over.
    pub(super) passed_over: Vec<String>,
}

/// What tells a run from others: what was asked, and the files as far as their names, sizes and times tell.
fn key(walked: &Walked, question: &impl Serialize) -> Option<[u8; 32]> {
    let files: Vec<_> = walked
        .files
        .iter()
        .map(|file| (&file.name, file.size, file.modified))
        .collect();
    let bytes = postcard::to_allocvec(&(question, files)).ok()?;
    Some(Sha256::digest(bytes).into())
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
    is_known: bool,
}

impl Cache {
    fn read(file: &Path) -> Option<Self> {
        let (written, bytes) = read_marked(file)?;
        let (index, analyses): (HashMap<String, Known>, &[u8]) =
            postcard::take_from_bytes(&bytes).ok()?;
        Some(Self {
            file: Some(file.to_owned()),
            index,
            bytes: analyses.to_vec(),
            trusted_until: written.saturating_sub(GRANULARITY),
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
        let index = postcard::to_allocvec(&index).map_err(|error| Error::new(error.to_string()))?;
        write_marked(file, &[&index, &analyses])
    }
}

/// When a file of ours was written, and what stands in it after its mark and digest.
fn read_marked(file: &Path) -> Option<(u64, Vec<u8>)> {
    let opened = capped::open(file).ok()?;
    let written = nanoseconds(opened.metadata().ok()?.modified().ok()?)?;
    let mut bytes = capped::read_whole(opened, MAX_BYTES).ok()?;
    let rest = bytes.strip_prefix(mark().as_bytes())?;
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    if Sha256::digest(rest)[..] != digest[..] {
        return None;
    }
    let start = bytes.len() - rest.len();
    bytes.drain(..start);
    Some((written, bytes))
}

/// Writes a file of ours whole, and makes room for it. What is too large is not kept.
fn write_marked(file: &Path, parts: &[&[u8]]) -> Result<(), Error> {
    let rest = parts.concat();
    if rest.len() as u64 > MAX_BYTES / 2 {
        return Ok(());
    }
    let digest = Sha256::digest(&rest);
    let bytes = [mark().as_bytes(), &digest[..], &rest].concat();
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            Error::new(format!("{}: cannot be written: {error}", folder.display()))
        })?;
        make_room(folder, bytes.len() as u64);
    }
    write_whole(file, &bytes)
}

/// Deletes the oldest files of the folder until this many bytes more are within its limit.
fn make_room(folder: &Path, bytes: u64) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, u64, PathBuf)> = files
        .filter(|entry| {
            let path = entry.path();
            path.extension()
                .is_some_and(|one| one == ANALYSES || one == RESULT)
        })
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
    Some(format!("{:016x}", u64::from_be_bytes(*start)))
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

const ANALYSES: &str = "analyses";
const RESULT: &str = "result";
/// Times of files are at least as exact as this, in nanoseconds.
const GRANULARITY: u64 = 2_000_000_000;
const MAX_BYTES: u64 = 256 << 20;
const MAX_FOLDER_BYTES: u64 = 512 << 20;
