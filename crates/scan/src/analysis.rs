//! One file: what of it matters to the project.

use serde::{Deserialize, Serialize};

use crate::limits::Limits;

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
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Some(match extension.as_str() {
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Self::Script,
            "html" | "htm" | "xhtml" => Self::Html,
            "vue" | "svelte" | "astro" => Self::Component,
            _ => return None,
        })
    }
}

/// What of a file matters to the project: it depends on the file's bytes and name alone, and can be kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileAnalysis {
    /// The file, as it was named.
    pub path: String,
}

/// Reads one file.
pub fn analyse(path: &str, _bytes: &[u8], _limits: &Limits) -> FileAnalysis {
    FileAnalysis {
        path: path.to_owned(),
    }
}
