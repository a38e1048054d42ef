//! `connect-src audit`: every channel by which data can leave a page.

use connect_src_lint::ResponseHeaders;
use connect_src_lint::audit::{self, Edit, Level, Page};
use connection_allowlist::{Allowlist, Disposition, Parsed};
use url::Url;

use crate::args::{Audit, Format};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::output::{self, Output};

/// What was found.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) page: Option<Url>,
    pub(crate) audit: audit::Audit,
    /// The level that was asked for, whether it is met, and what would meet it.
    pub(crate) level: Option<(Level, bool, Vec<Edit>)>,
    /// The allowlists that the page has.
    pub(crate) allowlists: Vec<(Disposition, Parsed)>,
}

pub(crate) fn run(asked: &Audit, out: &mut Output) -> Result<ExitStatus, Error> {
    let policies = Policies::read_response(&asked.policy, asked.page.clone())?;
    let unknown = Url::parse("https://page.invalid/").expect("this is a URL");
    let url = policies.page.as_ref().unwrap_or(&unknown);
    let headers = policies.headers.read(Some(url)).unwrap_or_default();
    let allowlists = allowlists(asked, &headers, url);
    let mut page = Page::new(&policies.list)
        .at(url)
        .with_response_headers(&headers);
    let enforced = allowlists.iter();
    let enforced = enforced.filter(|(disposition, _)| *disposition == Disposition::Enforce);
    for allowlist in enforced.filter_map(|(_, parsed)| parsed.allowlist.as_ref()) {
        page = page.with_allowlist(allowlist);
    }
    let audit = audit::Audit::of(&page, &asked.profiles);
    let level = asked
        .level
        .map(|level| (level, audit.meets(level), audit.edits(&page, level)));
    let is_met = level.as_ref().is_none_or(|(_, is_met, _)| *is_met);
    let report = Report {
        page: policies.page.clone(),
        audit,
        level,
        allowlists,
    };
    match asked.format {
        Format::Human => output::human::audit(&report, &asked.profiles, out)?,
        Format::Json => output::json::audit(&report, out)?,
    }
    Ok(if is_met {
        ExitStatus::Success
    } else {
        ExitStatus::Blocked
    })
}

/// The allowlist that was given or else sent, and the one that only reports.
fn allowlists(asked: &Audit, sent: &ResponseHeaders, url: &Url) -> Vec<(Disposition, Parsed)> {
    let parse = |value: &String| Allowlist::parse(value, url, Disposition::Enforce);
    let enforced = asked.allowlist.as_ref().map(parse);
    let enforced = enforced.or_else(|| sent.allowlist(Disposition::Enforce).cloned());
    let report = sent.allowlist(Disposition::Report).cloned();
    let all = [
        (Disposition::Enforce, enforced),
        (Disposition::Report, report),
    ];
    let all = all.into_iter();
    all.filter_map(|(disposition, parsed)| Some((disposition, parsed?)))
        .collect()
}
