//! Standard output and standard error.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use anstream::{AutoStream, ColorChoice};

use super::sanitize::sanitize;
use super::style::BLOCKED;
use crate::args::Color;
use crate::error::Error;

/// Standard output: with colours or without, decided once; quiet when the reader has gone.
pub(crate) struct Output {
    stdout: BufWriter<AutoStream<StdoutLock<'static>>>,
    width: usize,
    is_terminal: bool,
    is_closed: bool,
}

impl Output {
    /// Lines are broken after this many columns where nobody knows better.
    const DEFAULT_WIDTH: usize = 100;

    pub(crate) fn new(color: Color) -> Self {
        let stdout = io::stdout();
        let width = if stdout.is_terminal() {
            terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
        } else {
            None
        };
        let choice = match color {
            Color::Auto => AutoStream::choice(&stdout),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self {
            is_terminal: stdout.is_terminal(),
            stdout: BufWriter::new(AutoStream::new(stdout.lock(), choice)),
            width: width.unwrap_or(Self::DEFAULT_WIDTH),
            is_closed: false,
        }
    }

    /// How many columns a line may have.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Whether somebody looks at it, and nobody keeps it.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// What was not written because the reader has gone (`| head`) is no error.
    fn quiet<T: Default>(&mut self, result: io::Result<T>, if_closed: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(if_closed)
            }
            other => other,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_closed {
            return Ok(bytes.len());
        }
        let result = self.stdout.write(bytes);
        self.quiet(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        let result = self.stdout.flush();
        self.quiet(result, ())
    }
}

/// Prints text to standard error. If that cannot be done, there is nobody left to tell.
pub(crate) fn stderr(text: &str) {
    let _: io::Result<()> = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Prints an error. It may quote what came from outside.
pub(crate) fn error(error: &Error) {
    let message = error.to_string();
    let lines: Vec<_> = message.lines().map(sanitize).collect();
    stderr(&format!(
        "{BLOCKED}error:{BLOCKED:#} {}\n",
        lines.join("\n")
    ));
}
