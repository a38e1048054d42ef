//! Findings that are known: told apart by what they say, not by where they stand.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use connect_src::Policy;
use connect_src_lint::Diagnostic;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Found, Linted};
use crate::error::Error;
use crate::input::{Input, write_whole};

/// Makes fingerprints. The same finding twice in a run gets two.
#[derive(Default)]
pub(super) struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// Of the rule, the directive and the text that the finding is about.
    pub(super) fn next(&mut self, finding: &Diagnostic, policy: &Policy) -> String {
        let text = policy.text().get(finding.span.range()).unwrap_or_default();
        let directive = policy.directives().find(|one| {
            let span = one.span();
            span.start <= finding.span.start
                && finding.span.end <= span.end
                && !finding.span.is_empty()
        });
        let directive = directive.map_or("", |one| one.name()).to_ascii_lowercase();
        // What is missing has no text; its message names it.
        let text = if text.is_empty() {
            &finding.message
        } else {
            text
        };
        let key = format!("{}\0{directive}\0{text}", finding.rule);
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
pub(super) struct Known {
    schema_version: u32,
    /// By fingerprint, with what a reader may want to know.
    findings: BTreeMap<String, Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    message: String,
}

const VERSION: u32 = 1;
const MAX_BYTES: u64 = 16 << 20;

impl Known {
    pub(super) fn of(all: &[Linted]) -> Self {
        let entry = |found: &Found| {
            let entry = Entry {
                rule: found.diagnostic.rule.to_owned(),
                message: found.diagnostic.message.clone(),
            };
            (found.fingerprint.clone(), entry)
        };
        Self {
            schema_version: VERSION,
            findings: all
                .iter()
                .flat_map(|one| &one.findings)
                .map(entry)
                .collect(),
        }
    }

    /// Writes it; tells how many findings it has.
    pub(super) fn write(&self, file: &Path) -> Result<usize, Error> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| Error::new(error.to_string()))?;
        text.push('\n');
        write_whole(file, text.as_bytes())?;
        Ok(self.findings.len())
    }

    pub(super) fn read(file: &Path) -> Result<Self, Error> {
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

    /// Takes the known findings out.
    pub(super) fn keep_back(&self, linted: &mut Linted) {
        let before = linted.findings.len();
        linted
            .findings
            .retain(|found| !self.findings.contains_key(&found.fingerprint));
        linted.kept_back += before - linted.findings.len();
    }
}
