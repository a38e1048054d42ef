//! `connect-src diff`: what does a new policy decide otherwise than the old one?

mod changes;
mod findings;

use connect_src::{
    BrowserProfile, Comparison, CspList, Difference, DirectiveName, Origin, RequestKind, Rules,
    Side, directive_differences, effective_directive, fetch_directive_fallback_list,
};
use connect_src_lint::{Diagnostic, Severity};
use url::Url;

use super::check::unknown_origin;
use super::lint::Surroundings;
use crate::args::{Diff, FailOn, Format};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::output::{self, Output};
pub(crate) use changes::Change;
pub(crate) use findings::FindingChanges;

/// What makes the requests that are decided otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// An API or an element.
    Request(RequestKind),
    /// A form, a `<base>`, a frame around the page: by its directive.
    Directive(DirectiveName),
}

/// A source that one policy has, and what it allows that the other policy does not.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) allowed_by: Side,
    /// As written; `None` where the side that allows has no directive for it.
    pub(crate) source: Option<String>,
    /// The directive that such requests are for.
    pub(crate) directive: DirectiveName,
    pub(crate) channels: Vec<Channel>,
    pub(crate) profiles: Vec<BrowserProfile>,
    /// A URL that shows it.
    pub(crate) witness: Url,
    /// Where the request was redirected from, if only a redirect shows it.
    pub(crate) redirected_from: Option<Url>,
}

/// All that differs.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) page: Option<Url>,
    pub(crate) findings: Vec<Finding>,
    /// What differs in other than what URLs are allowed.
    pub(crate) changes: Vec<Change>,
    /// Directives that decide alike and are not written alike.
    pub(crate) rewritten: Vec<String>,
    pub(crate) is_exhaustive: bool,
    /// What the linter says of one side only.
    pub(crate) lint: FindingChanges,
}

impl Report {
    pub(crate) fn count(&self, side: Side) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.allowed_by == side)
            .count()
    }

    fn fails(&self, fail_on: FailOn) -> bool {
        let is_allowed = self.count(Side::New) > 0;
        let is_blocked = self.count(Side::Old) > 0;
        match fail_on {
            FailOn::Allowed => is_allowed,
            FailOn::Blocked => is_blocked,
            FailOn::Any => is_allowed || is_blocked,
            FailOn::Findings => self.lint.new.iter().any(is_warning),
            FailOn::Never => false,
        }
    }
}

pub(crate) fn run(diff: &Diff, out: &mut Output) -> Result<ExitStatus, Error> {
    let old = Policies::read(&diff.old, diff.page.clone())?;
    let new = Policies::read(&diff.new, diff.page.clone())?;
    let browsers = diff.profiles.iter().copied().map(Rules::from).collect();
    let surroundings = Surroundings::of_configuration(diff.config.as_deref(), browsers)?;
    let mut report = compare(&old.list, &new.list, diff.page.clone(), &diff.profiles);
    report.lint = FindingChanges::of(old, new, &surroundings);
    match diff.format {
        Format::Human => output::human::diff(&report, out)?,
        Format::Json => output::json::diff(&report, out)?,
    }
    Ok(if report.fails(diff.fail_on) {
        ExitStatus::Blocked
    } else {
        ExitStatus::Success
    })
}

fn compare(old: &CspList, new: &CspList, page: Option<Url>, profiles: &[BrowserProfile]) -> Report {
    let origin = page.as_ref().map_or_else(unknown_origin, Origin::of);
    let mut search = Search {
        origin,
        is_exhaustive: true,
        shown: Vec::new(),
    };
    for profile in profiles {
        search.requests(old, new, *profile);
        for name in URL_DIRECTIVES {
            search.directive(old, new, name, *profile);
        }
    }
    let findings = grouped(search.shown);
    Report {
        page,
        changes: changes::other_changes(old, new),
        rewritten: changes::rewritten(old, new, &decided_by(&findings)),
        findings,
        is_exhaustive: search.is_exhaustive,
        lint: FindingChanges::default(),
    }
}

fn is_warning(finding: &Diagnostic) -> bool {
    finding.severity >= Severity::Warning
}

/// The directives with a source list that govern no fetch.
const URL_DIRECTIVES: [DirectiveName; 3] = [
    DirectiveName::FormAction,
    DirectiveName::BaseUri,
    DirectiveName::FrameAncestors,
];

/// A difference of one channel in one browser.
struct Shown {
    channel: Channel,
    directive: DirectiveName,
    profile: BrowserProfile,
    difference: Difference,
}

struct Search {
    origin: Origin,
    is_exhaustive: bool,
    shown: Vec<Shown>,
}

impl Search {
    fn requests(&mut self, old: &CspList, new: &CspList, profile: BrowserProfile) {
        let comparison = Comparison::of(old, new, &self.origin, profile);
        let mut survey = comparison.survey();
        for kind in RequestKind::all() {
            let differences = survey.differences(kind);
            self.is_exhaustive &= differences.is_exhaustive;
            for difference in &differences.found {
                let directive = effective_directive(&difference.request, profile);
                self.shown.push(Shown {
                    channel: Channel::Request(kind),
                    directive: directive.unwrap_or(DirectiveName::ConnectSrc),
                    profile,
                    difference: difference.clone(),
                });
            }
        }
    }

    fn directive(
        &mut self,
        old: &CspList,
        new: &CspList,
        name: DirectiveName,
        profile: BrowserProfile,
    ) {
        let differences = directive_differences(old, new, name, &self.origin, profile);
        self.is_exhaustive &= differences.is_exhaustive;
        self.shown
            .extend(differences.found.into_iter().map(|difference| Shown {
                channel: Channel::Directive(name),
                directive: name,
                profile,
                difference,
            }));
    }
}

/// Puts together what one source does in all browsers and channels.
fn grouped(shown: Vec<Shown>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    // First the browsers of each channel, then the channels that have the same browsers.
    for one in shown {
        let same = findings
            .iter_mut()
            .find(|finding| finding.channels == [one.channel] && is_of_same_source(finding, &one));
        match same {
            Some(finding) => finding.profiles.push(one.profile),
            None => findings.push(Finding {
                allowed_by: one.difference.allowed_by,
                source: one.difference.source,
                directive: one.directive,
                channels: vec![one.channel],
                profiles: vec![one.profile],
                witness: one.difference.request.current_url().clone(),
                redirected_from: (one.difference.request.redirect_count() > 0)
                    .then(|| one.difference.request.url().clone()),
            }),
        }
    }
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        match merged.iter_mut().find(|other| is_alike(other, &finding)) {
            Some(other) => other.channels.extend(finding.channels),
            None => merged.push(finding),
        }
    }
    merged.sort_by_key(|finding| std::cmp::Reverse(finding.allowed_by));
    merged
}

fn is_of_same_source(finding: &Finding, one: &Shown) -> bool {
    finding.allowed_by == one.difference.allowed_by
        && finding.directive == one.directive
        && finding.source == one.difference.source
}

fn is_alike(one: &Finding, other: &Finding) -> bool {
    one.allowed_by == other.allowed_by
        && one.source == other.source
        && one.directive == other.directive
        && one.profiles == other.profiles
        && one.redirected_from.is_some() == other.redirected_from.is_some()
}

/// The directives that some finding may be decided by.
fn decided_by(findings: &[Finding]) -> Vec<DirectiveName> {
    let names = findings.iter().flat_map(|finding| {
        let fallback = fetch_directive_fallback_list(finding.directive);
        fallback.iter().copied().chain([finding.directive])
    });
    names.collect()
}
