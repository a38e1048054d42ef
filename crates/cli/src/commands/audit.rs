//! `connect-src audit`: every channel by which data can leave a page.

use connect_src_lint::audit::{self, Edit, Level, Page};
use connection_allowlist::{Allowlist, Disposition, Note};
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
    /// What of the `Connection-Allowlist` is ignored.
    pub(crate) notes: Vec<Note>,
}

pub(crate) fn run(asked: &Audit, out: &mut Output) -> Result<ExitStatus, Error> {
    let policies = Policies::read(&asked.policy, asked.page.clone())?;
    let unknown = Url::parse("https://page.invalid/").expect("this is a URL");
    let url = policies.page.as_ref().unwrap_or(&unknown);
    let parse = |value: &String| Allowlist::parse(value, url, Disposition::Enforce);
    let parsed = asked.allowlist.as_ref().map(parse);
    let allowlist = parsed.as_ref().and_then(|parsed| parsed.allowlist.as_ref());
    let mut page = Page::new(&policies.list).at(url);
    if let Some(allowlist) = allowlist {
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
        notes: parsed.map(|parsed| parsed.notes).unwrap_or_default(),
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
