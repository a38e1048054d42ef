//! What goes wrong before there is a decision.

use std::{fmt, io};

/// Why a command could not do its work, as one message for the person who typed it: where, what was
/// expected, what was found, what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    message: String,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<connect_src_server::store::StoreError> for Error {
    fn from(error: connect_src_server::store::StoreError) -> Self {
        Self::new(crate::output::sanitize::sanitize(&error.to_string()))
    }
}

impl From<connect_src_server::server::ServeError> for Error {
    fn from(error: connect_src_server::server::ServeError) -> Self {
        // One line for each mistake in a configuration.
        let text = error.to_string();
        let lines: Vec<_> = text
            .lines()
            .map(crate::output::sanitize::sanitize)
            .collect();
        Self::new(lines.join("\n"))
    }
}

/// Commands do their reading in `input`, which names the place itself; what is left is writing.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(format!("standard output cannot be written: {error}"))
    }
}
