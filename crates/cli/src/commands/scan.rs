//! `connect-src scan`: what does code connect to, and what does a policy do with it?

mod maps;
pub(crate) mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use connect_src::{Api, Origin};
use connect_src_scan::{Connection, Hint};
use connect_src_server::clock::Clock;
use url::Url;

use crate::args::scan::{Scan, ScanFailOn, ScanFormat};
use crate::commands::baseline::{Fingerprints, Known, KnownFinding};
use crate::commands::check::{Question, unknown_origin};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::input::source_tree::{self, Scanned};
use crate::output::{self, Output};
pub(crate) use verdict::{Untold, Verdict};

/// What a scan found, judged.
#[derive(Debug)]
pub(crate) struct Report<'q> {
    /// In the order of files and places.
    pub(crate) connections: Vec<Found<'q>>,
    pub(crate) hints: Vec<Hint>,
    /// What could not be read or followed, each with its place in front.
    pub(crate) notes: Vec<String>,
    pub(crate) files: usize,
    /// How many findings the baseline keeps back.
    pub(crate) kept_back: usize,
    pub(crate) elapsed: Duration,
    /// Whether a policy was given, or documents have their own.
    pub(crate) judged_by: JudgedBy,
    pub(crate) explains: bool,
}

/// Whose policies judge connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JudgedBy {
    Nobody,
    /// The policy that was given.
    Given,
    /// Those of each document, for the document alone.
    Documents,
}

/// A connection, and what becomes of it.
#[derive(Debug)]
pub(crate) struct Found<'q> {
    pub(crate) connection: Connection,
    pub(crate) verdict: Verdict<'q>,
    /// The same for the same connection, wherever it stands in its file.
    pub(crate) fingerprint: String,
    /// Whether the exit status tells of it.
    pub(crate) is_finding: bool,
}

impl<'q> Report<'q> {
    /// How many connections have this verdict.
    pub(crate) fn count(&self, is: impl Fn(&Verdict<'q>) -> bool) -> usize {
        let connections = self.connections.iter();
        connections.filter(|found| is(&found.verdict)).count()
    }

    /// How many connections go where the code does not tell.
    pub(crate) fn dynamic(&self) -> usize {
        let connections = self.connections.iter();
        connections
            .filter(|found| found.connection.target.is_dynamic())
            .count()
    }
}

pub(crate) fn run(scan: &Scan, out: &mut Output) -> Result<ExitStatus, Error> {
    let clock = Clock::system();
    let given = scan.policy.as_ref();
    let given = given.map(|policy| Policies::read(policy, scan.page.clone()));
    let given = given.transpose()?.map(|policies| question(scan, policies));
    let mut scanned = source_tree::scan(&scan.paths, &scan.tree)?;
    maps::follow(&mut scanned.scan);
    let documents = match given {
        Some(_) => BTreeMap::new(),
        None => of_documents(scan, &scanned),
    };
    let question_of = |file: &str| given.as_ref().or_else(|| documents.get(file));
    let judged_by = match (&given, documents.is_empty()) {
        (Some(_), _) => JudgedBy::Given,
        (None, false) => JudgedBy::Documents,
        (None, true) => JudgedBy::Nobody,
    };
    let mut report = judge(scan, scanned, judged_by, question_of);
    if let Some(baseline) = &scan.baseline {
        if baseline.is_written {
            let count = known(scan, &report).write(&baseline.file)?;
            output::human::baseline_written(&baseline.file, count, out)?;
            return Ok(ExitStatus::Success);
        }
        keep_back(&mut report, &Known::read(&baseline.file)?);
    }
    report.elapsed = clock.elapsed();
    match scan.format {
        ScanFormat::Human => output::human::scan(&report, &question_of, out)?,
        ScanFormat::Json => output::json::scan(&report, given.as_ref(), out)?,
        ScanFormat::Sarif => output::sarif::scan(&report, out)?,
        ScanFormat::GitHub => output::github::scan(&report, out)?,
    }
    let is_failure = report.connections.iter().any(|found| found.is_finding);
    Ok(if is_failure {
        ExitStatus::Blocked
    } else {
        ExitStatus::Success
    })
}

fn question(scan: &Scan, policies: Policies) -> Question {
    let page = scan.page.clone();
    Question {
        origin: page.as_ref().map_or_else(unknown_origin, Origin::of),
        page,
        policies,
        profiles: scan.profiles.clone(),
    }
}

/// The documents that have policies of their own.
fn of_documents(scan: &Scan, scanned: &Scanned) -> BTreeMap<String, Question> {
    let mut policies: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for policy in &scanned.scan.meta_policies {
        let of_file = policies.entry(&policy.place.file).or_default();
        of_file.push((&policy.text, policy.place.line as usize));
    }
    let question = |(file, policies): (&str, Vec<(&str, usize)>)| {
        let policies = Policies::of_document(file, policies, scan.page.clone());
        (file.to_owned(), question(scan, policies))
    };
    policies.into_iter().map(question).collect()
}

fn judge<'q>(
    scan: &Scan,
    scanned: Scanned,
    judged_by: JudgedBy,
    question_of: impl Fn(&str) -> Option<&'q Question>,
) -> Report<'q> {
    let mut fingerprints = Fingerprints::default();
    let connections = scanned.scan.connections.into_iter();
    let connections = connections.filter(|connection| connection.confidence >= scan.least);
    let found = |connection: Connection| {
        let file = connection.generated.as_ref().unwrap_or(&connection.place);
        let verdict = match question_of(&file.file) {
            Some(question) => Verdict::of(question, &connection),
            None => Verdict::NotAsked,
        };
        Found {
            fingerprint: fingerprints.next(key(&connection)),
            is_finding: is_finding(scan, judged_by, &verdict),
            verdict,
            connection,
        }
    };
    let note = |note: connect_src_scan::Note| {
        let place = note.place;
        format!("{}:{}: {}", place.file, place.line, note.message)
    };
    let notes = scanned.scan.notes.into_iter().map(note);
    let mut notes: Vec<_> = scanned.passed_over.into_iter().chain(notes).collect();
    notes.dedup();
    Report {
        connections: connections.map(found).collect(),
        hints: scanned.scan.hints,
        notes,
        files: scanned.files,
        kept_back: 0,
        elapsed: Duration::ZERO,
        judged_by,
        explains: scan.explains,
    }
}

/// Whether a verdict makes the run fail. Without a policy, a baseline makes a finding of every connection that is new.
fn is_finding(scan: &Scan, judged_by: JudgedBy, verdict: &Verdict<'_>) -> bool {
    match (scan.fail_on, verdict) {
        (ScanFailOn::Never, _) => false,
        (_, Verdict::NotAsked) => scan.baseline.is_some() && judged_by == JudgedBy::Nobody,
        (_, Verdict::Decided { decision, .. }) => decision.is_blocked(),
        (fail_on, Verdict::Untold(_)) => fail_on == ScanFailOn::Dynamic,
    }
}

/// What tells a connection from others: not where in the file it stands.
fn key(connection: &Connection) -> String {
    let (file, api) = (&connection.place.file, connection.api.name());
    format!("connection\0{file}\0{api}\0{}", connection.target)
}

/// The findings of a run, as known ones for the next.
fn known(scan: &Scan, report: &Report<'_>) -> Known {
    let all_count = scan.policy.is_none() && report.judged_by == JudgedBy::Nobody;
    let found = report
        .connections
        .iter()
        .filter(|found| found.is_finding || all_count);
    let finding = |found: &Found<'_>| {
        let Connection {
            place, api, target, ..
        } = &found.connection;
        let finding = KnownFinding {
            rule: found.verdict.rule().to_owned(),
            message: format!("{}: {api} to {target}", place.file),
        };
        (found.fingerprint.clone(), finding)
    };
    Known::of(found.map(finding))
}

fn keep_back(report: &mut Report<'_>, known: &Known) {
    let before = report.connections.len();
    report
        .connections
        .retain(|found| !(found.is_finding && known.has(&found.fingerprint)));
    report.kept_back = before - report.connections.len();
}

/// What a policy needs so that nothing of the report is blocked: for each directive, its sources.
pub(crate) fn needed(report: &Report<'_>) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut needed: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for found in &report.connections {
        for (directive, source) in found.verdict.additions() {
            needed.entry(directive).or_default().insert(source);
        }
    }
    needed
}

/// The page that stands for one that nobody named. No result shows it.
pub(crate) fn page_or_unknown(question: &Question) -> Option<Url> {
    let unknown = || Url::parse(&question.origin.to_string()).ok();
    question.page.clone().or_else(unknown)
}

/// How results call an API with its URL.
pub(crate) fn headline(api: Api, connection: &Connection) -> String {
    let client = connection.client.as_deref();
    let client = client
        .map(|client| format!(" by {client}"))
        .unwrap_or_default();
    format!("{api}{client} to {}", connection.target)
}
