//! A suggested policy.

use std::io::{self, Write as _};

use connect_src_server::suggest::{Evidence, LeftOutReason, Suggestion};

use super::rollout::rollout;
use super::table::{Cell, minute, table};
use crate::commands::rollout::Status;
use crate::output::Output;
use crate::output::sanitize::sanitize;
use crate::output::style::{BLOCKED, CODE, DIM, STRONG};

/// Prints a suggested policy with its evidence, and where its route stands if it was put on trial.
pub(crate) fn suggestion(
    suggestion: &Suggestion,
    status: Option<&Status>,
    out: &mut Output,
) -> io::Result<()> {
    let place = format!("{}{}", suggestion.site, suggestion.route);
    writeln!(
        out,
        "{STRONG}The policy for {}{STRONG:#}\n",
        sanitize(&place)
    )?;
    policy(suggestion, out)?;
    if suggestion.sources.is_empty() {
        let why = "no genuine connection was reported: visit the pages while they are observed";
        writeln!(out, "\n  {DIM}{why}{DIM:#}")?;
    }
    if let Some(status) = status {
        writeln!(out)?;
        rollout(std::slice::from_ref(status), out)?;
    }
    Ok(())
}

/// Prints the policy, what speaks for its sources, and what it leaves out.
pub(crate) fn policy(suggestion: &Suggestion, out: &mut Output) -> io::Result<()> {
    writeln!(out, "  {CODE}{}{CODE:#}", sanitize(&suggestion.policy))?;
    let sources = suggestion.sources.iter();
    evidence(
        "source",
        sources.map(|one| (&*one.source, &one.evidence)),
        out,
    )?;
    for reason in LeftOutReason::ALL {
        let left_out = suggestion.left_out.iter();
        let mut left_out = left_out.filter(|one| one.reason == reason).peekable();
        if left_out.peek().is_some() {
            let why = phrase(reason);
            writeln!(out, "\n  {BLOCKED}not allowed{BLOCKED:#}: {why}")?;
            let rows = left_out.map(|one| (&*one.blocked, &one.evidence));
            evidence("connection", rows, out)?;
        }
    }
    merges(suggestion, out)
}

/// Wildcards are never taken by themselves: they allow what nobody has reported.
fn merges(suggestion: &Suggestion, out: &mut Output) -> io::Result<()> {
    for merge in &suggestion.possible_merges {
        writeln!(
            out,
            "\n  {CODE}{}{CODE:#} could stand for {} of the sources\n  {DIM}{}{DIM:#}",
            sanitize(&merge.wildcard),
            merge.replaces.len(),
            sanitize(&merge.price)
        )?;
    }
    Ok(())
}

fn evidence<'e>(
    title: &str,
    rows: impl Iterator<Item = (&'e str, &'e Evidence)>,
    out: &mut Output,
) -> io::Result<()> {
    let rows: Vec<_> = rows.map(|(name, evidence)| row(name, evidence)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    table(
        [
            title,
            "reports",
            "pages",
            "first seen",
            "last seen",
            "browsers",
        ],
        &rows,
        out,
    )
}

fn row(name: &str, evidence: &Evidence) -> [Cell; 6] {
    [
        Cell::text(name).styled(CODE),
        Cell::number(evidence.reports),
        Cell::number(evidence.pages.len() as u64),
        Cell::text(minute(&evidence.first_seen.to_string())),
        Cell::text(minute(&evidence.last_seen.to_string())),
        Cell::text(&evidence.browsers.join(", ")),
    ]
}

fn phrase(reason: LeftOutReason) -> &'static str {
    match reason {
        LeftOutReason::Asked => "left out, as asked for",
        LeftOutReason::Labelled => "somebody labelled it",
        LeftOutReason::Redirected => "redirected, and browsers do not tell where to",
        LeftOutReason::Inexpressible => "no source can stand for it in every browser",
    }
}
