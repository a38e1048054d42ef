//! The server's log, on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::filter::LevelFilter;

use crate::args::operations::Log;

/// Writes the log from now on.
pub(crate) fn start(log: Log) {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    // Only a second start would fail, and there is one.
    let _ = match log {
        Log::Human => subscriber.with_max_level(LevelFilter::INFO).try_init(),
        Log::Json => subscriber.json().with_max_level(LevelFilter::INFO).try_init(),
        Log::Quiet => subscriber.with_max_level(LevelFilter::WARN).try_init(),
    };
}
