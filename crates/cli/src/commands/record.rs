//! `connect-src record`: what pages connect to, in a real browser.

use std::io::Write;

use crate::args::record::{Record, RecordFormat};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::write_whole;
use crate::output::{self, Output};
use crate::record::{Ending, Outcome, record};

pub(crate) fn run(asked: &Record, out: &mut Output) -> Result<ExitStatus, Error> {
    let outcome = record(asked)?;
    if let Some(file) = &asked.out {
        let mut bytes = Vec::new();
        write(&outcome, asked.format, &mut bytes)?;
        write_whole(file, &bytes)?;
        out.write_all(output::human::recorded(&outcome, Some(file)).as_bytes())?;
    } else {
        write(&outcome, asked.format, out)?;
        output::stderr(&output::human::recorded(&outcome, None));
    }
    Ok(status(&outcome))
}

fn write(outcome: &Outcome, format: RecordFormat, out: &mut impl Write) -> Result<(), Error> {
    match format {
        RecordFormat::JsonLines => output::json::recorded(&outcome.recording, out)?,
        RecordFormat::Har { is_all } => output::har::har(outcome, is_all, out)?,
    }
    Ok(())
}

/// What was recorded is worth something, unless there was no page.
fn status(outcome: &Outcome) -> ExitStatus {
    let is_lost = matches!(outcome.ending, Ending::Lost(_));
    if is_lost || outcome.report.seen == 0 {
        ExitStatus::Failure
    } else {
        ExitStatus::Success
    }
}
