//! One file: what of it matters to the project.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::thread;

use connect_src::Api;
use serde::{Deserialize, Serialize};

use crate::block::{Block, BlockKind, ScriptAnalysis, ScriptLanguage, analyse_script};
use crate::javascript::STACK_BYTES;
use crate::limits::Limits;
use crate::lines::{Lines, Spot};
use crate::target::Target;
use crate::{component, env_file, html, source_map};

/// The language of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Language {
    /// JavaScript or TypeScript, with or without JSX.
    Script,
    /// HTML.
    Html,
    /// A file of Vue, Svelte or Astro, with script blocks between its markup.
    Component,
    /// A `.env` file.
    Env,
}

impl Language {
    /// The language of a file, by its name; nothing for a file that connects to nothing.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if name == ".env" || name.starts_with(".env.") {
            return Some(Self::Env);
        }
        if TYPES_ONLY.iter().any(|suffix| name.ends_with(suffix)) {
            return None;
        }
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match extension.as_str() {
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Self::Script,
            "html" | "htm" | "xhtml" => Self::Html,
            "vue" | "svelte" | "astro" => Self::Component,
            _ => return None,
        })
    }
}

/// Files of TypeScript that declare types and run nothing.
const TYPES_ONLY: &[&str] = &[".d.ts", ".d.mts", ".d.cts"];

/// What of a file matters to the project: it depends on the file's bytes and name alone, and can be kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileAnalysis {
    /// The file, as it was named.
    pub path: String,
    /// Its scripts, in the order of the file; a script file is one.
    pub(crate) scripts: Vec<ScriptAnalysis>,
    /// Connections that the markup makes.
    pub(crate) markup: Vec<MarkupConnection>,
    /// What a `.env` file sets.
    pub(crate) env: BTreeMap<String, String>,
    /// The policies of `<meta>` elements.
    pub(crate) meta_policies: Vec<FileMetaPolicy>,
    /// What prepares a connection.
    pub(crate) hints: Vec<FileHint>,
    /// The URL of the source map, which may hold the map itself.
    pub(crate) source_map: Option<String>,
    /// The names of modules in the import map, and what they stand for.
    pub(crate) import_map: Vec<(String, String)>,
    /// The URL of the `<base>` element.
    pub(crate) base: Option<String>,
    /// What could not be read.
    pub(crate) notes: Vec<FileNote>,
}

/// A connection that markup makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MarkupConnection {
    /// The name of the API, as [`Api::name`] says it.
    pub(crate) api: Cow<'static, str>,
    /// Where to.
    pub(crate) target: Target,
    /// Where in the file.
    pub(crate) spot: Spot,
    /// Why, as a sentence without a full stop.
    pub(crate) reason: String,
}

impl MarkupConnection {
    /// How the page connects.
    pub(crate) fn api(&self) -> Api {
        Api::parse(&self.api).unwrap_or(Api::Fetch)
    }
}

/// A policy in a `<meta>` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileMetaPolicy {
    /// The policy.
    pub(crate) text: String,
    /// Where in the file.
    pub(crate) spot: Spot,
}

/// Something that prepares a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileHint {
    /// The type of the link.
    pub(crate) rel: Cow<'static, str>,
    /// Where to.
    pub(crate) url: String,
    /// Where in the file.
    pub(crate) spot: Spot,
}

/// Something of a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileNote {
    /// Where in the file.
    pub(crate) spot: Spot,
    /// What, as a sentence without a full stop.
    pub(crate) message: String,
}

impl FileAnalysis {
    /// A file of which nothing is known yet.
    pub(crate) fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..Self::default()
        }
    }

    /// Notes what could not be read at all.
    pub(crate) fn note(&mut self, message: impl Into<String>) {
        let start = Spot {
            line: 1,
            column: 1,
            ..Spot::default()
        };
        self.note_at(start, message);
    }

    /// Notes what could not be read at one place.
    pub(crate) fn note_at(&mut self, spot: Spot, message: impl Into<String>) {
        self.notes.push(FileNote {
            spot,
            message: message.into(),
        });
    }
}

/// Reads one file, on a thread of its own with a stack of [`STACK_BYTES`]. What cannot be read is noted.
///
/// ```
/// use connect_src_scan::{Limits, Options, Project, analyse};
///
/// let mut project = Project::new(Options::default());
/// project.add(analyse("a.js", b"fetch('/a')", &Limits::default()));
/// assert_eq!(project.scan().connections[0].target.to_string(), "/a");
/// ```
pub fn analyse(path: &str, bytes: &[u8], limits: &Limits) -> FileAnalysis {
    let read = thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("scan".to_owned())
            .stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, || analyse_on_this_stack(path, bytes, limits));
        thread.ok()?.join().ok()
    });
    read.unwrap_or_else(|| {
        let mut file = FileAnalysis::new(path);
        file.note("not read: there is no memory for its stack");
        file
    })
}

/// Reads one file as [`analyse`] does, without a thread of its own: for those who read many, on threads with a stack of
/// [`STACK_BYTES`]. On a smaller one, code that is nested deeply ends the program.
///
/// ```
/// use std::thread;
/// use connect_src_scan::{Limits, Options, Project, STACK_BYTES, analyse_on_this_stack};
///
/// let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn(|| {
///     let mut project = Project::new(Options::default());
///     for (path, text) in [("a.js", "export const path = '/a'"), ("b.js", "import { path } from './a'; fetch(path)")] {
///         project.add(analyse_on_this_stack(path, text.as_bytes(), &Limits::default()));
///     }
///     project.scan()
/// });
/// assert_eq!(worker?.join().unwrap().connections[0].target.to_string(), "/a");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn analyse_on_this_stack(path: &str, bytes: &[u8], limits: &Limits) -> FileAnalysis {
    let mut file = FileAnalysis::new(path);
    let Some(language) = Language::of_path(path) else {
        return file;
    };
    if bytes.len() > limits.file_bytes.min(u32::MAX as usize) {
        file.note(format!(
            "not read: the file has {} bytes, and {} are read",
            bytes.len(),
            limits.file_bytes
        ));
        return file;
    }
    if bytes.contains(&0) {
        file.note("not read: the file is binary");
        return file;
    }
    // Text that is right, as nearly all is, is read faster than text that may be wrong.
    let text = str::from_utf8(bytes).map_or_else(
        |_| {
            file.note("the file is not UTF-8: other bytes were replaced");
            String::from_utf8_lossy(bytes)
        },
        Cow::Borrowed,
    );
    let lines = Lines::of(&text);
    if language == Language::Script {
        file.source_map = source_map::kept_url(&text);
    }
    match language {
        Language::Script => file.scripts.push(analyse_script(
            &Block {
                language: ScriptLanguage::of_path(path),
                kind: BlockKind::Module,
                offset: 0,
                text,
            },
            &lines,
            limits,
        )),
        Language::Html => html::analyse(&mut file, &text, &lines, limits),
        Language::Component => component::analyse(&mut file, &text, &lines, limits),
        Language::Env => env_file::analyse(&mut file, &text),
    }
    file
}
