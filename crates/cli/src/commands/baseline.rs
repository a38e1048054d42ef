//! Findings that are known: told apart by what they say, not by where they stand.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::input::{Input, write_whole};

/// Makes fingerprints. The same finding twice in a run gets two.
#[derive(Default)]
pub(crate) struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// Of what tells a finding from others.
    pub(crate) fn next(&mut self, key: String) -> String {
        let count = self.seen.entry(key.clone()).or_default();
        *count += 1;
        let digest = Sha256::digest(format!("{key}\0{count}"));
        let (start, _) = digest.split_first_chunk().expect("a digest has 32 bytes");
        format!("{:016x}", u64::from_be_bytes(*start))
    }
}

/// The content of a baseline file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    schema_version: u32,
    /// By fingerprint, with what a reader may want to know.
    findings: BTreeMap<String, KnownFinding>,
}

/// What a baseline says of a finding.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownFinding {
    pub(crate) rule: String,
    pub(crate) message: String,
}

const VERSION: u32 = 1;
const MAX_BYTES: u64 = 16 << 20;

impl Known {
    /// These findings, by their fingerprints.
    pub(crate) fn of(findings: impl IntoIterator<Item = (String, KnownFinding)>) -> Self {
        Self {
            schema_version: VERSION,
            findings: findings.into_iter().collect(),
        }
    }

    /// Writes it; tells how many findings it has.
    pub(crate) fn write(&self, file: &Path) -> Result<usize, Error> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| Error::new(error.to_string()))?;
        text.push('\n');
        write_whole(file, text.as_bytes())?;
        Ok(self.findings.len())
    }

    pub(crate) fn read(file: &Path) -> Result<Self, Error> {
        let input = Input::File(file.to_owned());
        let known: Self = serde_json::from_slice(&input.read(MAX_BYTES)?).map_err(|error| {
            Error::new(format!(
                "{}: expected a baseline that --write-baseline wrote: {error}",
                input.name()
            ))
        })?;
        if known.schema_version != VERSION {
            return Err(Error::new(format!(
                "{}: expected schema_version {VERSION}, found {}; write the baseline again",
                input.name(),
                known.schema_version
            )));
        }
        Ok(known)
    }

    /// Whether a finding is known.
    pub(crate) fn has(&self, fingerprint: &str) -> bool {
        self.findings.contains_key(fingerprint)
    }
}
