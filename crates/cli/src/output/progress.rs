//! How far long work has come: on a terminal, and nowhere else.

use std::io::Read;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use url::Url;

use super::sanitize::{sanitize, shorten};

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

/// The steps of work whose length is not known. It is invisible unless standard error is a terminal.
pub(crate) struct Steps {
    bar: ProgressBar,
}

impl Steps {
    pub(crate) fn new() -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(5);
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    pub(crate) fn say(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }

    /// What is asked is printed wherever the steps are.
    pub(crate) fn ask(&self, what: &str) {
        self.bar.suspend(|| super::stderr(&format!("{what}\n")));
    }

    /// A page comes next; how many are behind it, and how many connections there are by now.
    pub(crate) fn next(&self, number: usize, behind: usize, connections: usize, page: &Url) {
        let page = shorten(&sanitize(page.as_str()), 200).into_owned();
        let waiting = if behind == 0 {
            String::new()
        } else {
            format!(", {behind} more to see")
        };
        self.say(&format!(
            "page {number}{waiting}, {connections} connections: {page}"
        ));
    }
}

/// The spinner goes when the work is done, or has failed.
impl Drop for Steps {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
