//! The server's log, on standard error.

use connect_src_server::logging::{self, LevelFilter, LogFormat};

use crate::args::operations::Log;

/// Writes the log from now on.
pub(crate) fn start(log: Log) {
    let (format, level) = match log {
        Log::Human => (LogFormat::Text, LevelFilter::INFO),
        Log::Json => (LogFormat::Json, LevelFilter::INFO),
        Log::Quiet => (LogFormat::Text, LevelFilter::WARN),
    };
    // Only a second start would fail, and there is one.
    let _ = logging::init(format, level);
}
