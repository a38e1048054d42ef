//! Known sources of noise, as data.

mod list;

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::judge::Class;

pub use list::NoiseList;
pub(crate) use list::Traces;

/// One known source of noise.
///
/// ```
/// use connect_src_report::{Class, NoiseList};
///
/// let sources = NoiseList::builtin().sources();
/// let trusteer = sources.iter().find(|source| source.pattern == "nikkomsgchannel").unwrap();
/// assert_eq!(trusteer.class, Class::Injected);
/// assert!(trusteer.source.starts_with("https://"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NoiseSource {
    /// What to look for: [`kind`](Self::kind) says where, and how it is compared.
    pub pattern: String,
    /// Where it shows itself.
    pub kind: NoiseKind,
    /// What a match makes of the report: [`Class::Extension`] or [`Class::Injected`].
    pub class: Class,
    /// What it is, in words that follow "caused by".
    pub what: String,
    /// Where this is known from.
    pub source: String,
    /// When that was read: `YYYY-MM-DD`.
    pub date: String,
}

/// Where a noise source shows itself, and how it is compared. ASCII case never matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoiseKind {
    /// The scheme of the source file or of what was blocked, without its colon.
    Scheme,
    /// The host of the source file or of what was blocked, or one above it.
    Host,
    /// The host of the document, or one above it: the site is seen through a proxy.
    DocumentHost,
    /// A part of the sample.
    Sample,
    /// A part of the browser's name. In-app browsers also make the site's own connections, so this
    /// lowers the score of a report and never decides its class.
    UserAgent,
}

/// A list of noise sources that cannot be read. Prints as a fragment with line and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoiseError {
    message: String,
}

impl NoiseError {
    fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
        }
    }
}

impl fmt::Display for NoiseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for NoiseError {}
