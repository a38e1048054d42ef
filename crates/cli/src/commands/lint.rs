//! `connect-src lint`: what is wrong with policies?

mod baseline;
pub(crate) mod fix;
mod place;
mod settings;

use connect_src::{Api, Policy, Request, Rules};
use connect_src_lint::{Diagnostic, Severity, Subject};
use url::Url;

use crate::args::PolicyArgument;
use crate::args::lint::{Lint, LintFormat};
use crate::commands::baseline::{Fingerprints, Known};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::target::Target;
use crate::input::{Input, Policies, Provenance, json_lines};
use crate::output::{self, Output, Prose};
pub(crate) use place::Place;
use settings::Settings;

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
    let settings = Settings::read(lint)?;
    let inventory = lint
        .inventory
        .as_ref()
        .map(|input| inventory(input, lint.page.as_ref()));
    let inventory = inventory.transpose()?;
    if let Some(mode) = lint.fix {
        return fix::run(lint, mode, &settings, inventory.as_deref(), out);
    }
    let mut all = Vec::new();
    for argument in &lint.policies {
        let source = Source::read(argument, lint.page.clone())?;
        all.push(source.lint(lint, &settings, inventory.as_deref()));
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
struct Source {
    policies: Vec<Policy>,
    provenances: Vec<Provenance>,
    page: Option<Url>,
    notes: Vec<Prose>,
    file: Option<Vec<u8>>,
}

impl Source {
    fn read(argument: &PolicyArgument, page: Option<Url>) -> Result<Self, Error> {
        let read = Policies::read(argument, page)?;
        let (dropped, from): (Vec<_>, Vec<_>) = read.dropped.into_iter().unzip();
        Ok(Self {
            policies: read
                .list
                .policies()
                .iter()
                .cloned()
                .chain(dropped)
                .collect(),
            provenances: read.provenances.into_iter().chain(from).collect(),
            page: read.page,
            notes: read.notes,
            file: match argument {
                PolicyArgument::Input(input @ Input::File(_)) => Some(input.read_policy()?),
                _ => None,
            },
        })
    }

    fn diagnostics(
        &self,
        browsers: &[Rules],
        has_service_worker: bool,
        settings: &Settings,
        inventory: Option<&[Request]>,
    ) -> Vec<Diagnostic> {
        let mut subject = Subject::new(&self.policies).for_browsers(browsers.iter().copied());
        if let Some(page) = &self.page {
            subject = subject.on_page(page);
        }
        if let Some(inventory) = inventory {
            subject = subject.connecting_to(inventory);
        }
        if has_service_worker {
            subject = subject.with_service_worker();
        }
        connect_src_lint::lint(&subject, &settings.levels)
    }

    fn lint(self, lint: &Lint, settings: &Settings, inventory: Option<&[Request]>) -> Linted {
        let findings =
            self.diagnostics(&lint.browsers, lint.has_service_worker, settings, inventory);
        let total = findings.len();
        let mut fingerprints = Fingerprints::default();
        let mut kept_back = 0;
        let mut found = Vec::with_capacity(total);
        for diagnostic in findings {
            let policy = &self.policies[diagnostic.policy];
            let fingerprint = fingerprints.next(baseline::key(&diagnostic, policy));
            if settings.is_suppressed(&diagnostic, policy) {
                kept_back += 1;
            } else if diagnostic.severity >= lint.least {
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

/// The connections of a file. A line that cannot be read fails with its place.
fn inventory(input: &Input, page: Option<&Url>) -> Result<Vec<Request>, Error> {
    let bytes = input.read(MAX_INVENTORY)?;
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let request = |(index, line): (usize, &[u8])| {
        let place =
            |problem: String| Error::new(format!("{}:{}: {problem}", input.name(), index + 1));
        let connection = json_lines::connection(line).map_err(place)?;
        let api = match &connection.api {
            Some(name) => Some(Api::parse(&name.0).ok_or_else(|| {
                place(format!(
                    "expected one of {}, found {}",
                    crate::args::api_names(),
                    name.0
                ))
            })?),
            None => None,
        };
        let redirects: Vec<String> = connection
            .redirects
            .iter()
            .flatten()
            .map(|text| text.0.clone().into_owned())
            .collect();
        let target = Target::parse(&connection.url.0, api, page)
            .and_then(|target| target.redirected_to(&redirects))
            .map_err(|error| place(error.to_string()))?;
        Ok(target.request())
    };
    lines.map(request).collect()
}

const MAX_INVENTORY: u64 = 64 << 20;
