//! Where rollouts stand.

use std::io::{self, Write as _};

use crate::commands::rollout::Status;
use crate::output::Output;
use crate::output::sanitize::sanitize;
use crate::output::style::{ALLOWED, CODE, DIM, NOTE, STRONG};

/// Prints where routes stand, a paragraph each.
pub(crate) fn rollout(statuses: &[Status], out: &mut Output) -> io::Result<()> {
    for (index, status) in statuses.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        route(status, out)?;
    }
    Ok(())
}

fn route(status: &Status, out: &mut Output) -> io::Result<()> {
    let place = format!("{}{}", status.site, status.route);
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}  {}  {DIM}since {}{DIM:#}",
        sanitize(&place),
        stage(status),
        sanitize(&status.since)
    )?;
    if let Some(policy) = &status.policy {
        writeln!(out, "  {CODE}{}{CODE:#}", sanitize(policy))?;
        let health = &status.health;
        writeln!(
            out,
            "  {} genuine violations in {} responses",
            health.genuine, health.responses
        )?;
    }
    if let Some(policy) = &status.baseline_policy {
        writeln!(
            out,
            "  {DIM}enforced where this one is not:{DIM:#} {CODE}{}{CODE:#}",
            sanitize(policy)
        )?;
    }
    if status.held {
        writeln!(
            out,
            "  {NOTE}it stepped back by itself, and waits until violations are rare again{NOTE:#}"
        )?;
    }
    if let Some(share) = status.next_share_percent {
        writeln!(
            out,
            "  {DIM}next: enforce for {share}% of the clients{DIM:#}"
        )?;
    }
    Ok(())
}

fn stage(status: &Status) -> String {
    let stage = sanitize(&status.stage);
    match &*stage {
        "enforce" => format!("{ALLOWED}enforce {}%{ALLOWED:#}", status.share_percent),
        _ => format!("{ALLOWED}{stage}{ALLOWED:#}"),
    }
}
