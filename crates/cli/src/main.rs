//! The `connect-src` command: connections in, decisions out, on a terminal or as JSON.

mod args;
mod commands;
mod error;
mod exit;
mod input;
mod output;
mod record;
mod reference;

use std::io::Write as _;
use std::process::ExitCode;

use args::{Color, Command, Invocation, Parsed};
use error::Error;
use exit::ExitStatus;
use output::Output;

/// Faster than most systems' own, and gives back what a flood of reports took; `docs/design/memory.md` has figures.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let status = match args::parse(std::env::args_os()) {
        Parsed::Invocation(invocation) => run(&invocation),
        Parsed::Text(text) => print(&text),
        Parsed::UsageError(text) => {
            output::stderr(&text);
            Ok(ExitStatus::Failure)
        }
    };
    let status = status.unwrap_or_else(|error| {
        output::error(&error);
        ExitStatus::Failure
    });
    status.into()
}

fn run(invocation: &Invocation) -> Result<ExitStatus, Error> {
    let mut out = Output::new(invocation.color);
    let status = match &invocation.command {
        Command::Check(check) => commands::check::run(check, &mut out)?,
        Command::Diff(diff) => commands::diff::run(diff, &mut out)?,
        Command::Audit(audit) => commands::audit::run(audit, &mut out)?,
        Command::Test(test) => commands::test::run(test, &mut out)?,
        Command::Normalize(normalize) => commands::normalize::run(normalize, &mut out)?,
        Command::Lint(lint) => commands::lint::run(lint, &mut out)?,
        Command::Scan(scan) => commands::scan::run(scan, &mut out)?,
        Command::Explain { term, format } => {
            commands::explain::run(term.as_deref(), *format, &mut out)?
        }
        Command::Record(record) => commands::record::run(record, &mut out)?,
        Command::Serve(serve) => commands::serve::run(serve, &mut out)?,
        Command::Rollout(rollout) => commands::rollout::run(rollout, &mut out)?,
        Command::Reports(reports) => commands::reports::run(reports, &mut out)?,
        Command::Suggest(suggest) => commands::suggest::run(suggest, &mut out)?,
        Command::Token(token) => commands::token::run(token, &mut out)?,
        Command::Generate(generate) => commands::generate::run(generate, &mut out)?,
        Command::Simulate(simulate) => commands::simulate::run(simulate, &mut out)?,
        Command::Vendors(vendors) => commands::vendors::run(vendors, &mut out)?,
        Command::Backup(backup) => commands::backup::run(backup, &mut out)?,
        Command::Demo => commands::serve::demo_alone(&mut out)?,
    };
    out.flush()?;
    Ok(status)
}

fn print(text: &str) -> Result<ExitStatus, Error> {
    let mut out = Output::new(Color::Auto);
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(ExitStatus::Success)
}
