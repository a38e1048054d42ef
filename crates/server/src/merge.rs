//! What happens to a policy that the upstream already sends.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How our policy meets the policies that the upstream sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Merge {
    /// Ours is one policy more; a connection must be allowed by each.
    #[default]
    Keep,
    /// The sources of our `connect-src` are added to the upstream's, its fallback materialised first.
    Extend,
    /// The upstream's policies are dropped.
    Replace,
}

impl Merge {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Extend => "extend",
            Self::Replace => "replace",
        }
    }

    /// Finds a mode by its word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Keep, Self::Extend, Self::Replace]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }
}

impl fmt::Display for Merge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
