//! A generated policy.

use std::io::{self, Write as _};

use anstyle::Style;
use connect_src_generate::forms::Filled;
use connect_src_generate::{Environment, Merge, SourceOrigin, SuggestedSource, Tally};

use super::gathered;
use super::rows;
use super::table::{Cell, minute, table};
use crate::args::evidence::Wildcards;
use crate::commands::generate::{Generated, risk, vendors_at};
use crate::output::moment::moment;
use crate::output::prose::{code, prose};
use crate::output::sanitize::sanitize;
use crate::output::style::{BLOCKED, CODE, DIM, NOTE, STRONG};
use crate::output::{Output, Prose, stderr};

/// Prints the form alone; what else there is to say goes to standard error.
pub(crate) fn filled(
    generated: &Generated<'_>,
    filled: &Filled,
    out: &mut Output,
) -> io::Result<()> {
    write!(out, "{}", filled.text)?;
    out.flush()?;
    let mut said = filled.notes.clone();
    said.extend(generated.notes.iter().cloned());
    said.extend(gathered::notes(&generated.gathered));
    said.extend(
        left_out(generated)
            .into_iter()
            .map(|(target, why)| format!("{target} is not allowed: {why}")),
    );
    for note in said {
        stderr(&format!("{NOTE}note:{NOTE:#} {}\n", sanitize(&note)));
    }
    for line in generated
        .gathered
        .sources
        .iter()
        .flat_map(|source| &source.bad)
    {
        stderr(&format!("{BLOCKED}error:{BLOCKED:#} {line}\n"));
    }
    Ok(())
}

/// Prints the policy with what speaks for each source, what is left out, and what it would cost to be shorter.
pub(crate) fn generated(generated: &Generated<'_>, out: &mut Output) -> io::Result<()> {
    let suggestion = &generated.suggestion;
    let place = match generated.asked.environment {
        Environment::Any => String::new(),
        environment => format!(" for {}", environment.as_str()),
    };
    writeln!(out, "{STRONG}The policy{place}{STRONG:#}\n")?;
    writeln!(out, "  {CODE}{}{CODE:#}\n", sanitize(&suggestion.policy))?;
    if let Some(twin) = &generated.twin {
        writeln!(
            out,
            "  {CODE}Connection-Allowlist: {}{CODE:#}\n",
            sanitize(&twin.value)
        )?;
    }
    evidence(&suggestion.sources, out)?;
    left_out_rows(generated, out)?;
    merges(generated, out)?;
    risks(generated, out)?;
    writeln!(out)?;
    gathered::gathered(&generated.gathered, out)?;
    notes(generated, out)
}

fn evidence(sources: &[SuggestedSource], out: &mut Output) -> io::Result<()> {
    if sources.is_empty() {
        return writeln!(out, "  {DIM}no connection is known{DIM:#}");
    }
    let rows: Vec<_> = sources.iter().map(row).collect();
    table(
        ["source", "seen", "pages", "last seen", "speaks for it"],
        &rows,
        out,
    )
}

fn row(source: &SuggestedSource) -> [Cell; 5] {
    let Tally {
        count,
        pages,
        last_seen,
        ..
    } = &source.tally;
    let last_seen = last_seen.map(moment).unwrap_or_default();
    [
        Cell::text(&source.text).styled(CODE),
        Cell::number(*count),
        Cell::number(pages.len() as u64),
        Cell::text(minute(&last_seen)),
        Cell::text(&speaks(source)),
    ]
}

/// `traffic.har: entry 2 and 3 more (Stripe.js)`.
fn speaks(source: &SuggestedSource) -> String {
    let place = match (source.tally.places.first(), source.origin) {
        (Some(place), _) => place,
        (None, SourceOrigin::Base) => "the base policy",
        (None, SourceOrigin::Environment) => "development",
        (None, _) => "",
    };
    let more = match source.tally.places.len() {
        0 | 1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let vendors = match vendors_at(source) {
        vendors if vendors.is_empty() => String::new(),
        vendors => format!(" ({})", vendors.join(", ")),
    };
    format!("{place}{more}{vendors}")
}

/// Where evidence goes that is not allowed, and why.
fn left_out(generated: &Generated<'_>) -> Vec<(String, String)> {
    let unresolved = generated.suggestion.unresolved.iter();
    let unresolved = unresolved.map(|one| (one.target.clone(), one.why.to_string()));
    let twin = generated.twin.iter().flat_map(|twin| &twin.not_allowed);
    let twin = twin.map(|target| {
        (
            target.clone(),
            "Connection-Allowlist has no pattern for it".to_owned(),
        )
    });
    unresolved.chain(twin).collect()
}

fn left_out_rows(generated: &Generated<'_>, out: &mut Output) -> io::Result<()> {
    let left_out = left_out(generated);
    for (target, why) in &left_out {
        let sentence = prose![code(target), ": ", why.clone()];
        writeln!(out)?;
        rows::sentence(out, ("left out", BLOCKED), &sentence, Style::new())?;
    }
    let set_aside = generated.suggestion.set_aside.len() as u64;
    if set_aside > 0 {
        let count = rows::counted(set_aside, "connection");
        writeln!(
            out,
            "\n  {DIM}{count} left out as noise, or as asked for{DIM:#}"
        )?;
    }
    Ok(())
}

/// Wildcards that stand in the policy, and those that could.
fn merges(generated: &Generated<'_>, out: &mut Output) -> io::Result<()> {
    for merge in &generated.suggestion.merged {
        price("merged", merge, "", out)?;
    }
    if generated.asked.wildcards == Wildcards::Ask {
        for merge in &generated.suggestion.possible_merges {
            price("shorter", merge, "; --wildcards takes it", out)?;
        }
    }
    Ok(())
}

fn price(label: &str, merge: &Merge, more: &str, out: &mut Output) -> io::Result<()> {
    let sentence: Prose = prose![merge.to_string(), more.to_owned()];
    writeln!(out)?;
    rows::sentence(out, (label, NOTE), &sentence, Style::new())
}

fn risks(generated: &Generated<'_>, out: &mut Output) -> io::Result<()> {
    for source in &generated.suggestion.sources {
        if let Some(risk) = risk(&source.text) {
            writeln!(out)?;
            rows::sentence(
                out,
                ("risk", NOTE),
                &prose![code(&source.text), ": ", risk],
                Style::new(),
            )?;
        }
    }
    Ok(())
}

fn notes(generated: &Generated<'_>, out: &mut Output) -> io::Result<()> {
    let vendors = generated.vendors.iter().filter(|(_, missing)| *missing > 0);
    let vendors = vendors.map(|(name, missing)| {
        let hosts = rows::counted(*missing as u64, "more host");
        format!("{name} may need {hosts}: `connect-src vendors \"{name}\" --policy …` names them")
    });
    let notes: Vec<String> = generated.notes.iter().cloned().chain(vendors).collect();
    for note in notes {
        rows::sentence(out, ("note", NOTE), &prose![note], Style::new())?;
    }
    Ok(())
}
