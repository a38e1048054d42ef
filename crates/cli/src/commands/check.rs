//! `connect-src check`: what do policies do with connections?

pub(crate) mod bulk;
pub(crate) mod decision;

use connect_src::{BrowserProfile, Explanation, Origin, PolicyExplanation, Request};
use connect_src_server::words::Case;
use url::Url;

use crate::args::{Check, Connections, Format};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::target::Target;
use crate::input::{Input, Policies};
use crate::output::{self, Output};
use decision::Decision;

/// Where a connection comes from when nobody says it: an https page on a host that nobody has, so that
/// `'self'` matches nothing and sources without a scheme are read as on most pages.
pub(crate) const UNKNOWN_PAGE: &str = "https://page.invalid/";

/// What is asked about each connection: the policies, whose page they apply to, and whose decision counts.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) policies: Policies,
    pub(crate) page: Option<Url>,
    pub(crate) origin: Origin,
    pub(crate) profiles: Vec<BrowserProfile>,
}

impl Question {
    /// What one policy of an explanation says to a request.
    pub(crate) fn case<'a>(
        &'a self,
        request: &'a Request,
        explanation: &Explanation<'_>,
        policy: &'a PolicyExplanation<'a>,
    ) -> Case<'a> {
        Case {
            origin: &self.origin,
            is_page_known: self.page.is_some(),
            request,
            effective: explanation.effective_directive,
            policy,
        }
    }
}

pub(crate) fn run(check: &Check, out: &mut Output) -> Result<ExitStatus, Error> {
    let policies = Policies::read(&check.policy, check.page.clone())?;
    let page = policies.page.clone();
    let question = Question {
        policies,
        origin: page.as_ref().map_or_else(unknown_origin, Origin::of),
        page,
        profiles: check.profiles.clone(),
    };
    match &check.connections {
        Connections::Targets {
            targets,
            api,
            redirects,
        } => {
            let parse = |text: &String| {
                Target::parse(text, *api, question.page.as_ref())?.redirected_to(redirects)
            };
            let targets: Vec<Target> = targets.iter().map(parse).collect::<Result<_, _>>()?;
            decide(&question, targets, check.format, out)
        }
        Connections::From(input) => decide_in_bulk(&question, input, check.format, out),
    }
}

/// The origin of a page that nobody named.
pub(crate) fn unknown_origin() -> Origin {
    Url::parse(UNKNOWN_PAGE)
        .as_ref()
        .map_or(Origin::Opaque, Origin::of)
}

fn decide(
    question: &Question,
    targets: Vec<Target>,
    format: Format,
    out: &mut Output,
) -> Result<ExitStatus, Error> {
    let decide = |target| Decision::of(question, target);
    let decisions: Vec<_> = targets.into_iter().map(decide).collect();
    match format {
        Format::Human => output::human::check(question, &decisions, out)?,
        Format::Json => output::json::check(question, &decisions, out)?,
    }
    let is_blocked = decisions.iter().any(Decision::is_blocked);
    Ok(ExitStatus::of(!is_blocked, 0))
}

fn decide_in_bulk(
    question: &Question,
    input: &Input,
    format: Format,
    out: &mut Output,
) -> Result<ExitStatus, Error> {
    let summary = bulk::run(question, input)?;
    match format {
        Format::Human => output::human::bulk(question, &summary, out)?,
        Format::Json => output::json::bulk(question, &summary, out)?,
    }
    let is_clean = summary.blocked().anywhere == 0;
    Ok(ExitStatus::of(is_clean, summary.bad_count))
}
