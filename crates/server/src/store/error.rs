//! Why the store did not do what it was asked to.

use std::fmt;

/// Why the store did not do what it was asked to.
#[derive(Clone, Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    detail: String,
}

/// Why the store did not do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Another server has the database.
    InUse,
    /// The database was made by a newer version.
    Newer,
    /// There is no database at this place, or it is no database.
    NotADatabase,
    /// Something else holds it for longer than we wait.
    Locked,
    /// There is no room left.
    Full,
    /// It cannot be read or written.
    Unavailable,
    /// What was asked is not to be had, such as a cursor that is none of ours.
    Invalid,
}

impl StoreError {
    pub(crate) fn new(kind: StoreErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }

    /// Why.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether the same may succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(
            self.kind,
            StoreErrorKind::Locked | StoreErrorKind::Full | StoreErrorKind::Unavailable
        )
    }
}

impl StoreErrorKind {
    /// A short name, for counters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InUse => "in-use",
            Self::Newer => "newer",
            Self::NotADatabase => "not-a-database",
            Self::Locked => "locked",
            Self::Full => "full",
            Self::Unavailable => "unavailable",
            Self::Invalid => "invalid",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl std::error::Error for StoreError {}
