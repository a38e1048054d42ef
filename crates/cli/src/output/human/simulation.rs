//! What a new policy would have done.

use std::io::{self, Write as _};

use anstyle::Style;

use super::gathered;
use super::{in_browsers, rows};
use crate::commands::simulate::{Changed, Coverage, Simulation};
use crate::output::Output;
use crate::output::moment::moment;
use crate::output::prose::{code, prose};
use crate::output::style::{ALLOWED, BLOCKED, DIM, NOTE, STRONG};

/// More rows than these are counted instead of shown.
const MOST_ROWS: usize = 40;

/// Prints what is newly blocked and newly allowed, and how much evidence there is.
pub(crate) fn simulation(simulation: &Simulation, out: &mut Output) -> io::Result<()> {
    for (word, style, changed) in [
        ("newly blocked", BLOCKED, &simulation.newly_blocked),
        ("newly allowed", ALLOWED, &simulation.newly_allowed),
    ] {
        for one in changed.iter().take(MOST_ROWS) {
            row(word, style, one, out)?;
        }
        let more = changed.len().saturating_sub(MOST_ROWS);
        if more > 0 {
            writeln!(out, "{DIM}and {more} more; --format json has all{DIM:#}\n")?;
        }
    }
    counts(simulation, out)?;
    coverage(&simulation.coverage, out)?;
    gathered::gathered(&simulation.gathered, out)?;
    summary(simulation, out)
}

fn row(word: &str, style: Style, changed: &Changed, out: &mut Output) -> io::Result<()> {
    let browsers = in_browsers(&changed.profiles);
    let times = rows::counted(changed.count, "time");
    let what = prose![
        code(&changed.target),
        format!(" by {}, {browsers}, seen {times}", changed.api.as_str())
    ];
    rows::headline(out, (word, style), &what)?;
    rows::sentence(
        out,
        ("such as", DIM),
        &prose![code(&changed.witness)],
        Style::new(),
    )?;
    for (index, page) in changed.pages.iter().enumerate() {
        let label = if index == 0 { "on" } else { "" };
        rows::sentence(out, (label, DIM), &prose![code(page)], Style::new())?;
    }
    writeln!(out)
}

fn counts(simulation: &Simulation, out: &mut Output) -> io::Result<()> {
    let titles = ["allowed", "blocked", "newly blocked", "newly allowed"];
    let titles = titles.map(|title| format!("{title:>14}")).join("");
    writeln!(out, "{DIM}{titles}{DIM:#}")?;
    for (profile, counts) in simulation.profiles.iter().zip(&simulation.counts) {
        writeln!(
            out,
            "{:>14}{:>14}{BLOCKED}{:>14}{BLOCKED:#}{ALLOWED}{:>14}{ALLOWED:#}  in {profile}",
            counts.allowed, counts.blocked, counts.newly_blocked, counts.newly_allowed
        )?;
    }
    writeln!(out)
}

/// Nothing is known of what was not seen, so it is said what was.
fn coverage(coverage: &Coverage, out: &mut Output) -> io::Result<()> {
    let span = match (coverage.first_seen, coverage.last_seen) {
        (Some(first), Some(last)) => format!(", from {} to {}", moment(first), moment(last)),
        _ => String::new(),
    };
    let sentence = prose![format!(
        "{} ({} different) on {}{span}; what was not recorded is not decided",
        rows::counted(coverage.connections, "connection"),
        coverage.distinct,
        rows::counted(coverage.pages as u64, "page"),
    )];
    rows::sentence(out, ("coverage", NOTE), &sentence, Style::new())?;
    if coverage.without_page > 0 {
        let count = rows::counted(coverage.without_page, "connection");
        let sentence = prose![
            format!("{count} name no page, so "),
            code("'self'"),
            " matches nothing for them; --page names one"
        ];
        rows::sentence(out, ("note", NOTE), &sentence, Style::new())?;
    }
    if coverage.not_decided > 0 {
        let count = rows::counted(coverage.not_decided, "connection");
        let sentence = prose![format!(
            "{count} not decided: noise, or redirected to nobody knows where"
        )];
        rows::sentence(out, ("note", NOTE), &sentence, Style::new())?;
    }
    writeln!(out)
}

fn summary(simulation: &Simulation, out: &mut Output) -> io::Result<()> {
    let sum = |changed: &[Changed]| changed.iter().map(|one| one.count).sum::<u64>();
    let (blocked, allowed) = (
        sum(&simulation.newly_blocked),
        sum(&simulation.newly_allowed),
    );
    writeln!(
        out,
        "\n{STRONG}{blocked} newly blocked, {allowed} newly allowed{STRONG:#}"
    )
}
