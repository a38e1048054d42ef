//! Folders of source code, read and scanned for the connections that the code makes.

mod aliases;
mod cache;
mod walk;

use std::collections::BTreeMap;
use std::path::PathBuf;

use connect_src_scan::{
    FileAnalysis, Language, Limits, Options, Project, STACK_BYTES, Scan, analyse_on_this_stack,
};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::capped;
use super::file::Input;
use crate::error::Error;
use crate::output::progress::Progress;
pub(crate) use cache::CachePlace;
use cache::{Cache, Caches, Entry, Kept};
use walk::{SourceFile, Walked};

/// How source code is found and read.
#[derive(Clone, Debug)]
pub(crate) struct SourceTreeOptions {
    /// Values of the environment, before those of `.env` files.
    pub(crate) env: BTreeMap<String, String>,
    /// Which `.env.MODE` files count.
    pub(crate) mode: String,
    /// Whether what `.gitignore` names is passed over.
    pub(crate) respects_ignore_files: bool,
    /// Whether tests are passed over.
    pub(crate) excludes_tests: bool,
    pub(crate) cache: CachePlace,
    /// How many files are read at once; as many as there are processors without it.
    pub(crate) jobs: Option<usize>,
}

impl Default for SourceTreeOptions {
    fn default() -> Self {
        Self {
            env: BTreeMap::new(),
            mode: "production".to_owned(),
            respects_ignore_files: true,
            excludes_tests: false,
            cache: CachePlace::Usual,
            jobs: None,
        }
    }
}

/// What was found in source code, and what was looked at.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    /// What was found. Files are named as they are reached from the paths that were given, with `/` between folders.
    pub(crate) scan: Scan,
    /// How many files were looked at.
    pub(crate) files: usize,
    /// What was passed over, each as a fragment that names the file first.
    pub(crate) passed_over: Vec<String>,
}

/// Scans files, and folders with all that is below them.
///
/// Folders are walked as `git` sees them: without hidden ones, without what `.gitignore` names, without `node_modules`
/// (unless a path leads into it), and without following links. The `.env` files of the mode count even where `.gitignore`
/// names them. Aliases come from `tsconfig.json`, `jsconfig.json` and `package.json`. Files that an earlier run
/// analysed and that have not changed since come from the cache. A path that does not exist is an error; what cannot be
/// read below it is passed over, and said so in [`Scanned::passed_over`].
pub(crate) fn scan(paths: &[PathBuf], options: &SourceTreeOptions) -> Result<Scanned, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.jobs.unwrap_or(0))
        .stack_size(STACK_BYTES)
        .build()
        .map_err(|error| Error::new(format!("threads cannot be started: {error}")))?;
    pool.install(|| scan_here(paths, options))
}

/// The text of a scanned file, for those who show a place in it; with what is no UTF-8 replaced, as the scan reads it.
pub(crate) fn text_of(name: &str) -> Option<String> {
    let bytes = Input::File(name.into())
        .read(Limits::default().file_bytes as u64)
        .ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn scan_here(paths: &[PathBuf], options: &SourceTreeOptions) -> Result<Scanned, Error> {
    let mut walked = walk::walk(paths, options)?;
    let aliases = aliases::of(&walked.configurations);
    let mut passed_over = std::mem::take(&mut walked.passed_over);
    let caches = Caches::of(&options.cache, paths);
    let question = (&options.env, &options.mode, &aliases);
    let kept = if let Some(kept) = caches.result(&walked, &question) {
        kept
    } else {
        let mut project = Options::default();
        project.env.clone_from(&options.env);
        project.mode.clone_from(&options.mode);
        project.aliases.clone_from(&aliases);
        let cache = caches.analyses();
        let (kept, entries) = read_all(&walked, &cache, project);
        let stored = cache.store(&entries);
        let stored = stored.and_then(|()| caches.store_result(&walked, &question, &kept));
        passed_over.extend(stored.err().map(|error| error.to_string()));
        kept
    };
    passed_over.extend(kept.passed_over);
    Ok(Scanned {
        scan: kept.scan,
        files: kept.files,
        passed_over,
    })
}

/// Reads the files and follows what connects through them; tells what to keep of them.
fn read_all(walked: &Walked, cache: &Cache, options: Options) -> (Kept, Vec<Entry>) {
    let limits = options.limits;
    let progress = Progress::of_files(walked.files.len());
    let read: Vec<Read> = walked
        .files
        .par_iter()
        .map(|file| {
            let read = Read::of(file, cache, &limits);
            progress.advance();
            read
        })
        .collect();
    drop(progress);
    let mut kept = Kept::default();
    let mut project = Project::new(options);
    let mut entries = Vec::with_capacity(read.len());
    for one in read {
        match one {
            Read::Analysed(analysis, entry) => {
                kept.files += 1;
                entries.extend(entry);
                project.add(analysis);
            }
            Read::PassedOver(why) => kept.passed_over.push(why),
        }
    }
    kept.scan = project.scan();
    (kept, entries)
}

/// What became of a file.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every one is the large variant"
)]
enum Read {
    /// Its analysis, and what the cache keeps of it.
    Analysed(FileAnalysis, Option<Entry>),
    PassedOver(String),
}

impl Read {
    fn of(file: &SourceFile, cache: &Cache, limits: &Limits) -> Self {
        if let Some((analysis, entry)) = cache.by_metadata(file) {
            return Self::Analysed(analysis, Some(entry));
        }
        if file.size > limits.file_bytes as u64 {
            let limit = limits.file_bytes >> 20;
            return Self::PassedOver(format!(
                "{}: larger than {limit} MiB, which is the limit",
                file.name
            ));
        }
        let bytes = match Input::File(file.path.clone()).read(limits.file_bytes as u64) {
            Ok(bytes) => bytes,
            Err(error) => return Self::PassedOver(error.to_string()),
        };
        if is_binary(&bytes) {
            return Self::PassedOver(format!("{}: it is binary", file.name));
        }
        let (analysis, entry) = cache.by_content(file, &bytes, || {
            analyse_on_this_stack(&file.name, &bytes, limits)
        });
        // What a `.env` file says may be secret; it stays where it is.
        let is_secret = Language::of_path(&file.name) == Some(Language::Env);
        Self::Analysed(analysis, entry.filter(|_| !is_secret))
    }
}

/// Whether bytes are no text, by the sign that `git` and `grep` go by.
fn is_binary(bytes: &[u8]) -> bool {
    const HEAD: usize = 8 << 10;
    memchr::memchr(0, &bytes[..bytes.len().min(HEAD)]).is_some()
}

/// Reads a file that configures a build, up to a limit that none of them reaches.
fn read_configuration(path: &std::path::Path) -> Option<String> {
    const LONGEST: u64 = 1 << 20;
    let file = capped::open(path).ok()?;
    String::from_utf8(capped::read_whole(file, LONGEST).ok()?).ok()
}
