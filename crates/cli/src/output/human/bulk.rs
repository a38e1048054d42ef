//! The summary of many decisions.

use std::io::{self, Write as _};

use super::notes::without_page;
use super::rows;
use crate::commands::check::Question;
use crate::commands::check::bulk::Summary;
use crate::output::sanitize::{sanitize, shorten};
use crate::output::style::{ALLOWED, BLOCKED, CODE, DIM, NOTE, STRONG};
use crate::output::{Output, prose::prose};

/// Longer tables are cut off here.
const MOST_ROWS: usize = 10;
const LONGEST_HOST: usize = 60;

/// Prints how many connections are allowed and blocked, where and why, and what could not be decided.
pub(crate) fn bulk(question: &Question, summary: &Summary, out: &mut Output) -> io::Result<()> {
    let (unit, count) = (summary.unit, summary.decided());
    let connections = if count == 1 {
        "connection"
    } else {
        "connections"
    };
    writeln!(
        out,
        "{STRONG}{}: {} {connections}{STRONG:#}\n",
        summary.name,
        number(count)
    )?;
    verdicts(question, summary, out)?;
    hosts(summary, out)?;
    causes(summary, out)?;
    if summary.passed_over > 0 {
        let count = number(summary.passed_over);
        writeln!(
            out,
            "\n{DIM}{count} entries are passed over: no script made them, or the file does not tell{DIM:#}"
        )?;
    }
    bad(unit, summary, out)?;
    notes(question, summary, out)
}

fn verdicts(question: &Question, summary: &Summary, out: &mut Output) -> io::Result<()> {
    writeln!(out, "{DIM}{:>12}  {:>12}{DIM:#}", "allowed", "blocked")?;
    let blocked = summary.blocked();
    for (profile, blocked) in question.profiles.iter().zip(blocked.by) {
        let allowed = number(summary.decided() - blocked);
        let blocked = number(blocked);
        writeln!(
            out,
            "{ALLOWED}{allowed:>12}{ALLOWED:#}  {BLOCKED}{blocked:>12}{BLOCKED:#}  in {profile}"
        )?;
    }
    Ok(())
}

fn hosts(summary: &Summary, out: &mut Output) -> io::Result<()> {
    let hosts = summary.hosts();
    if hosts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{STRONG}Blocked, by host{STRONG:#}")?;
    let shown = hosts.iter().take(MOST_ROWS);
    let name = |host: &str| shorten(&sanitize(host), LONGEST_HOST).into_owned();
    let width = shown
        .clone()
        .map(|(host, _)| name(host).chars().count())
        .max()
        .unwrap_or(0);
    for (host, tally) in shown {
        writeln!(
            out,
            "{:>12}  {CODE}{:width$}{CODE:#}  {}; {DIM}first in {} {}{DIM:#}",
            number(tally.blocked),
            name(host),
            tally.cause.phrase(),
            summary.unit,
            number(tally.first),
        )?;
    }
    let rest: u64 = hosts
        .iter()
        .skip(MOST_ROWS)
        .map(|(_, tally)| tally.blocked)
        .sum();
    if rest + summary.other_hosts > 0 {
        writeln!(
            out,
            "{:>12}  {DIM}to other hosts{DIM:#}",
            number(rest + summary.other_hosts)
        )?;
    }
    Ok(())
}

fn causes(summary: &Summary, out: &mut Output) -> io::Result<()> {
    let causes = summary.causes();
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{STRONG}Blocked, by reason{STRONG:#}")?;
    for (cause, tally) in causes {
        writeln!(
            out,
            "{:>12}  {}; {DIM}first in {} {}{DIM:#}",
            number(tally.blocked),
            cause.phrase(),
            summary.unit,
            number(tally.first),
        )?;
    }
    Ok(())
}

fn bad(unit: &str, summary: &Summary, out: &mut Output) -> io::Result<()> {
    if summary.bad_count == 0 {
        return Ok(());
    }
    let units = match (unit, summary.bad_count) {
        (unit, 1) => unit.to_owned(),
        ("entry", _) => "entries".to_owned(),
        (unit, _) => format!("{unit}s"),
    };
    writeln!(
        out,
        "\n{BLOCKED}{} bad {units}{BLOCKED:#}",
        number(summary.bad_count)
    )?;
    let places = summary.bad_places();
    let more = summary.bad_count - places.len() as u64;
    for (place, message) in places {
        let place = match unit {
            "line" => format!("{}:{place}", summary.name),
            // The message names its place.
            "connection" => {
                writeln!(out, "  {message}")?;
                continue;
            }
            unit => format!("{}: {unit} {place}", summary.name),
        };
        writeln!(out, "  {place}: {message}")?;
    }
    if more > 0 {
        writeln!(out, "  {DIM}and {} more{DIM:#}", number(more))?;
    }
    Ok(())
}

fn notes(question: &Question, summary: &Summary, out: &mut Output) -> io::Result<()> {
    let mut notes = question.policies.notes.clone();
    if summary.without_page > 0 {
        let count = match summary.without_page {
            1 => "1 connection names no page: ".to_owned(),
            count => format!("{} connections name no page: ", number(count)),
        };
        notes.push(prose![count].append(without_page()));
    }
    if question.policies.list.policies().is_empty() {
        notes.push(prose!["there is no policy, so everything is allowed"]);
    }
    if !notes.is_empty() {
        writeln!(out)?;
    }
    for note in &notes {
        rows::sentence(out, ("note", NOTE), note, anstyle::Style::new())?;
    }
    Ok(())
}

/// Digits in groups of three.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        for (plain, expected) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(number(plain), expected);
        }
    }
}
