//! `connect-src lint`: what is wrong with policies?

mod baseline;
pub(crate) mod fix;
mod place;
mod settings;
mod surroundings;

use connect_src::Policy;
use connect_src_lint::{Diagnostic, ResponseHeaders, Severity, Subject};
use url::Url;

use crate::args::PolicyArgument;
use crate::args::lint::{Lint, LintFormat};
use crate::commands::baseline::{Fingerprints, Known};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::{Input, Policies, Provenance};
use crate::output::{self, Output, Prose};
pub(crate) use place::Place;
pub(crate) use surroundings::Surroundings;

/// One argument's policies, and what was found in them.
#[derive(Debug)]
pub(crate) struct Linted {
    pub(crate) policies: Vec<Policy>,
    pub(crate) provenances: Vec<Provenance>,
    pub(crate) notes: Vec<Prose>,
    pub(crate) findings: Vec<Found>,
    /// How many findings a suppression or the baseline keeps back.
    pub(crate) kept_back: usize,
}

/// A finding, and where it is.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) diagnostic: Diagnostic,
    pub(crate) place: Place,
    /// The same for the same finding, wherever its policy moves.
    pub(crate) fingerprint: String,
}

pub(crate) fn run(lint: &Lint, out: &mut Output) -> Result<ExitStatus, Error> {
    let surroundings = Surroundings::of(lint)?;
    if let Some(mode) = lint.fix {
        return fix::run(lint, mode, &surroundings, out);
    }
    let mut all = Vec::new();
    for argument in &lint.policies {
        let source = Source::read(argument, lint.page.clone())?;
        all.push(source.lint(&surroundings));
    }
    if let Some(baseline) = &lint.baseline {
        if baseline.is_written {
            let count = baseline::known(&all).write(&baseline.file)?;
            output::human::baseline_written(&baseline.file, count, out)?;
            return Ok(ExitStatus::Success);
        }
        let known = Known::read(&baseline.file)?;
        for linted in &mut all {
            baseline::keep_back(&known, linted);
        }
    }
    write(lint.format, &all, out)?;
    let worst = all
        .iter()
        .flat_map(|one| &one.findings)
        .map(|one| one.diagnostic.severity)
        .max();
    Ok(if worst >= Some(Severity::Warning) {
        ExitStatus::Blocked
    } else {
        ExitStatus::Success
    })
}

fn write(format: LintFormat, all: &[Linted], out: &mut Output) -> Result<(), Error> {
    match format {
        LintFormat::Human => output::human::lint(all, out)?,
        LintFormat::Json => output::json::lint(all, out)?,
        LintFormat::Sarif => output::sarif::lint(all, out)?,
        LintFormat::GitHub => output::github::lint(all, out)?,
        LintFormat::JUnit => output::junit::lint(all, out)?,
    }
    Ok(())
}

/// The policies of one argument, and the bytes that they were read from where they are a file's.
pub(crate) struct Source {
    policies: Vec<Policy>,
    provenances: Vec<Provenance>,
    page: Option<Url>,
    notes: Vec<Prose>,
    file: Option<Vec<u8>>,
    headers: Option<ResponseHeaders>,
    has_report_only_meta: bool,
}

impl Source {
    fn read(argument: &PolicyArgument, page: Option<Url>) -> Result<Self, Error> {
        let read = Policies::read(argument, page)?;
        let file = match argument {
            PolicyArgument::Input(input @ Input::File(_)) => Some(input.read_policy()?),
            _ => None,
        };
        Ok(Self::of(read, file))
    }

    /// Policies that were read, from a file of these bytes.
    pub(crate) fn of(read: Policies, file: Option<Vec<u8>>) -> Self {
        let (dropped, from): (Vec<_>, Vec<_>) = read.dropped.into_iter().unzip();
        let policies = read.list.policies().iter().cloned();
        Self {
            policies: policies.chain(dropped).collect(),
            provenances: read.provenances.into_iter().chain(from).collect(),
            headers: read.headers.read(read.page.as_ref()),
            page: read.page,
            notes: read.notes,
            file,
            has_report_only_meta: read.has_report_only_meta,
        }
    }

    fn diagnostics(&self, surroundings: &Surroundings) -> Vec<Diagnostic> {
        let browsers = surroundings.browsers.iter().copied();
        let mut subject = Subject::new(&self.policies)
            .for_browsers(browsers)
            .beside(&surroundings.siblings);
        if let Some(page) = &self.page {
            subject = subject.on_page(page);
        }
        if let Some(headers) = &self.headers {
            subject = subject.with_response_headers(headers);
        }
        if let Some(inventory) = &surroundings.inventory {
            subject = subject.connecting_to(inventory);
        }
        if surroundings.has_service_worker {
            subject = subject.with_service_worker();
        }
        if self.has_report_only_meta {
            subject = subject.with_report_only_meta();
        }
        connect_src_lint::lint(&subject, &surroundings.settings.levels)
    }

    pub(crate) fn lint(self, surroundings: &Surroundings) -> Linted {
        let findings = self.diagnostics(surroundings);
        let total = findings.len();
        let mut fingerprints = Fingerprints::default();
        let mut kept_back = 0;
        let mut found = Vec::with_capacity(total);
        for diagnostic in findings {
            let policy = &self.policies[diagnostic.policy];
            let fingerprint = fingerprints.next(baseline::key(&diagnostic, policy));
            if surroundings.settings.is_suppressed(&diagnostic, policy) {
                kept_back += 1;
            } else if diagnostic.severity >= surroundings.least {
                let provenance = self.provenances.get(diagnostic.policy);
                let place = Place::of(&diagnostic, policy, provenance, self.file.as_deref());
                found.push(Found {
                    diagnostic,
                    place,
                    fingerprint,
                });
            }
        }
        Linted {
            policies: self.policies,
            provenances: self.provenances,
            notes: self.notes,
            findings: found,
            kept_back,
        }
    }
}
