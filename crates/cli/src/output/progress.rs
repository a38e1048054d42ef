//! How far long work has come: on a terminal, and nowhere else.

use std::io::Read;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar, or a spinner where the end is not known. It is invisible unless standard error is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For a number of bytes.
    pub(crate) fn new(length: Option<u64>) -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(5);
        let bar = ProgressBar::with_draw_target(length, target);
        let template = match length {
            Some(_) => "{wide_bar} {bytes} of {total_bytes}, {eta} left",
            None => "{spinner} {bytes}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// For a number of files.
    pub(crate) fn of_files(count: usize) -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(5);
        let bar = ProgressBar::with_draw_target(Some(count as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos} of {len} files") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Moves the bar by one.
    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }

    /// A reader that moves the bar.
    pub(crate) fn reader<R: Read>(&self, reader: R) -> impl Read + use<R> {
        self.bar.wrap_read(reader)
    }
}

/// The bar goes when the work is done, or has failed.
impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
