//! Which reports tell of the same finding.

use connect_src::Disposition;
use serde::{Deserialize, Serialize};

use crate::judge::Class;
use crate::record::Record;

/// What reports of the same finding have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupKey {
    /// The origin of the document.
    pub site: String,
    /// The effective directive.
    pub effective_directive: String,
    /// The origin of what was blocked, or its scheme, or the keyword.
    pub blocked: String,
    /// `enforce`, `report`, or empty where the browser did not say.
    pub disposition: String,
    /// The class.
    pub class: Class,
    /// The origin of the source file, or its scheme.
    pub source: String,
}

impl GroupKey {
    /// The key of a judged record.
    pub fn of(record: &Record, class: Class) -> Self {
        Self {
            site: String::new(),
            effective_directive: record.effective_directive.clone().unwrap_or_default(),
            blocked: String::new(),
            disposition: record
                .disposition
                .map_or("", Disposition::as_str)
                .to_owned(),
            class,
            source: String::new(),
        }
    }
}
