//! A piece of script, alone in its file or between markup.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::javascript;
use crate::limits::Limits;
use crate::lines::Lines;

pub(crate) use crate::javascript::ScriptAnalysis;

/// A piece of script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block<'s> {
    /// The code.
    pub(crate) text: Cow<'s, str>,
    /// The byte of the file at which the code starts.
    pub(crate) offset: u32,
    /// How the page runs it.
    pub(crate) kind: BlockKind,
    /// Its language.
    pub(crate) language: ScriptLanguage,
}

/// How the page runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum BlockKind {
    /// As a module, with names of its own.
    Module,
    /// As a classic script: what it declares is seen by the other classic scripts of the page.
    Classic,
    /// As the body of a function, from an attribute such as `onclick`.
    EventHandler,
}

/// What a script is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ScriptLanguage {
    /// JavaScript; JSX is understood too.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX.
    TypeScriptJsx,
}

impl ScriptLanguage {
    /// The language of a script file, by its name.
    pub(crate) fn of_path(path: &str) -> Self {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension.to_ascii_lowercase().as_str() {
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::TypeScriptJsx,
            _ => Self::JavaScript,
        }
    }
}

/// Reads one piece of script of a file, whose lines are given for the places.
pub(crate) fn analyse_script(block: &Block<'_>, lines: &Lines, limits: &Limits) -> ScriptAnalysis {
    javascript::analyse(block, lines, limits)
}
