//! Services of others.

use std::io::{self, Write as _};

use anstyle::Style;

use super::table::{Cell, table};
use super::{gathered, rows};
use crate::commands::vendors::{Told, VendorReport};
use crate::output::Output;
use crate::output::prose::{code, prose};
use crate::output::style::{ALLOWED, BLOCKED, CODE, DIM, STRONG};

/// Prints services: as a list, or with all that is known of them.
pub(crate) fn vendors(report: &VendorReport, out: &mut Output) -> io::Result<()> {
    let has_drift = report.told.iter().any(|told| told.drift.is_some());
    if report.is_named || has_drift {
        for told in &report.told {
            one(told, out)?;
        }
    } else {
        list(&report.told, out)?;
    }
    if report.told.is_empty() {
        writeln!(out, "{DIM}no known service{DIM:#}")?;
    }
    match &report.gathered {
        Some(gathered) => {
            writeln!(out)?;
            gathered::gathered(gathered, out)
        }
        None => Ok(()),
    }
}

fn list(told: &[Told], out: &mut Output) -> io::Result<()> {
    let row = |told: &Told| {
        let seen = told.seen.map(|seen| seen.to_string()).unwrap_or_default();
        [
            Cell::text(&told.vendor.service).styled(STRONG),
            Cell::text(&told.vendor.connect_src.join(" ")).styled(CODE),
            Cell::text(&told.vendor.date),
            Cell::text(&seen),
        ]
    };
    let rows: Vec<_> = told.iter().map(row).collect();
    table(["service", "sources", "as of", "seen"], &rows, out)
}

fn one(told: &Told, out: &mut Output) -> io::Result<()> {
    let vendor = told.vendor;
    writeln!(out, "{STRONG}{}{STRONG:#}\n", vendor.service)?;
    for (index, source) in vendor.connect_src.iter().enumerate() {
        let label = if index == 0 { "needs" } else { "" };
        rows::sentence(out, (label, DIM), &prose![code(source)], Style::new())?;
    }
    for dropped in &vendor.dropped {
        let sentence = prose![code(&dropped.source), ": ", dropped.why.clone()];
        rows::sentence(out, ("no more", DIM), &sentence, Style::new())?;
    }
    let source = prose![format!(
        "{} ({}, {})",
        vendor.source, vendor.kind, vendor.date
    )];
    rows::sentence(out, ("says", DIM), &source, Style::new())?;
    if let Some(seen) = told.seen {
        let seen = prose![rows::counted(seen, "time")];
        rows::sentence(out, ("seen", DIM), &seen, Style::new())?;
    }
    drift(told, out)?;
    writeln!(out)
}

fn drift(told: &Told, out: &mut Output) -> io::Result<()> {
    let Some(drift) = &told.drift else {
        return Ok(());
    };
    for missing in &drift.missing {
        let sentence = prose!["the policy does not allow ", code(missing)];
        rows::sentence(out, ("missing", BLOCKED), &sentence, Style::new())?;
    }
    for dropped in &drift.dropped {
        let sentence = prose![
            "the policy names ",
            code(&dropped.source),
            ": ",
            dropped.why.as_str()
        ];
        rows::sentence(out, ("stale", BLOCKED), &sentence, Style::new())?;
    }
    if drift.is_none() {
        let sentence = prose!["the policy allows all that it needs, and nothing that it dropped"];
        rows::sentence(out, ("fits", ALLOWED), &sentence, Style::new())?;
    }
    Ok(())
}
