//! Known sources of noise, as data.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::judge::Class;

/// Known sources of noise.
#[derive(Clone, Debug, Default)]
pub struct NoiseList {
    sources: Vec<NoiseSource>,
}

/// One known source of noise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoiseSource {
    /// What to look for.
    pub pattern: String,
    /// Where to look for it, and how it is compared.
    pub kind: NoiseKind,
    /// What a match makes of the report: [`Class::Extension`] or [`Class::Injected`].
    pub class: Class,
    /// What it is, in words.
    pub what: String,
    /// Where this is known from.
    pub source: String,
    /// When the source was read, as `YYYY-MM-DD`.
    pub date: String,
}

/// Where a noise source shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoiseKind {
    /// The scheme of what was blocked or of the source file.
    Scheme,
    /// The host of what was blocked or of the source file, and the hosts below it.
    Host,
    /// The host of the document, and the hosts below it.
    DocumentHost,
    /// A part of the browser's name.
    UserAgent,
    /// A part of the sample.
    Sample,
}

/// A list of noise sources that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoiseError {
    message: String,
}

impl fmt::Display for NoiseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for NoiseError {}

impl NoiseList {
    /// The list that comes with this crate.
    pub fn builtin() -> &'static Self {
        static BUILTIN: NoiseList = NoiseList {
            sources: Vec::new(),
        };
        &BUILTIN
    }

    /// A list from JSON: an array of [`NoiseSource`]s.
    pub fn from_json(text: &str) -> Result<Self, NoiseError> {
        let sources = serde_json::from_str(text).map_err(|error| NoiseError {
            message: error.to_string(),
        })?;
        Ok(Self { sources })
    }

    /// The sources.
    pub fn sources(&self) -> &[NoiseSource] {
        &self.sources
    }
}
