//! `connect-src lint --fix`.

use std::path::Path;

use connect_src::{Policy, PolicySource};
use connect_src_lint::{Applicability, apply};

use super::place::find_once;
use super::{Source, Surroundings};
use crate::args::PolicyArgument;
use crate::args::lint::{FixMode, Lint};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::{Input, write_whole};
use crate::output::{self, Output};

/// A policy before and after.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub(crate) name: Option<String>,
    pub(crate) before: String,
    pub(crate) after: String,
    /// How many fixes were applied.
    pub(crate) count: usize,
}

pub(super) fn run(
    lint: &Lint,
    mode: FixMode,
    surroundings: &Surroundings,
    out: &mut Output,
) -> Result<ExitStatus, Error> {
    // All files are read and fixed before the first one is written.
    let mut writes = Vec::new();
    for argument in &lint.policies {
        let mut source = Source::read(argument, lint.page.clone())?;
        let fixed = fix(&mut source, mode, surroundings);
        match (argument, &source.file) {
            (PolicyArgument::Input(Input::File(path)), Some(bytes)) => {
                let changed = replaced(path, bytes, &fixed)?;
                writes.push((Some((path.as_path(), changed)), fixed));
            }
            _ => writes.push((None, fixed)),
        }
    }
    for (file, fixed) in &writes {
        if mode.is_diff {
            output::human::fix_diff(fixed, out)?;
            continue;
        }
        match file {
            Some((path, bytes)) => {
                if fixed.iter().any(|one| one.count > 0) {
                    write_whole(path, bytes)?;
                }
                output::human::fixed_file(path, fixed, out)?;
            }
            None => output::human::fixed_text(fixed, out)?,
        }
    }
    Ok(ExitStatus::Success)
}

/// Applies fixes until none is left. One fix may uncover another, but each makes the policy shorter or more correct, so
/// that a few rounds do.
fn fix(source: &mut Source, mode: FixMode, surroundings: &Surroundings) -> Vec<Fixed> {
    const ROUNDS: usize = 10;
    let most = if mode.is_unsafe {
        Applicability::Suggestion
    } else {
        Applicability::Safe
    };
    let name = |index: usize| {
        source
            .provenances
            .get(index)
            .and_then(crate::input::Provenance::name)
    };
    let mut fixed: Vec<Fixed> = source
        .policies
        .iter()
        .enumerate()
        .map(|(index, policy)| Fixed {
            name: name(index),
            before: policy.text().to_owned(),
            after: policy.text().to_owned(),
            count: 0,
        })
        .collect();
    for _ in 0..ROUNDS {
        let mut findings = source.diagnostics(surroundings);
        let settings = &surroundings.settings;
        findings.retain(|one| !settings.is_suppressed(one, &source.policies[one.policy]));
        let mut is_done = true;
        for (index, one) in fixed.iter_mut().enumerate() {
            let (text, count) = apply(&one.after, index, &findings, most);
            is_done &= count == 0;
            one.count += count;
            one.after = text;
            source.policies[index] = with_text(&source.policies[index], &one.after);
        }
        if is_done {
            break;
        }
    }
    fixed
}

fn with_text(policy: &Policy, text: &str) -> Policy {
    match policy.source() {
        PolicySource::Meta => Policy::from_meta(text),
        PolicySource::Header => Policy::from_header(text, policy.disposition()),
    }
}

/// The file with the fixed policies in the place of the old ones. Fails if one of them does not stand in the file as it
/// was read, so that nothing else can be hit.
fn replaced(path: &Path, bytes: &[u8], fixed: &[Fixed]) -> Result<Vec<u8>, Error> {
    let mut edits = Vec::new();
    for one in fixed.iter().filter(|one| one.count > 0) {
        let at = find_once(bytes, one.before.as_bytes()).ok_or_else(|| {
            Error::new(format!(
                "{}: cannot be changed: the policy does not stand in it once and in one piece; take the new text from --diff",
                Input::File(path.to_owned()).name()
            ))
        })?;
        edits.push((at, one));
    }
    edits.sort_by_key(|(at, _)| *at);
    let mut changed = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for (at, one) in edits {
        changed.extend_from_slice(&bytes[from..at]);
        changed.extend_from_slice(one.after.as_bytes());
        from = at + one.before.len();
    }
    changed.extend_from_slice(&bytes[from..]);
    Ok(changed)
}
