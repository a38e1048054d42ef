//! The arguments of `record`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use url::Url;

use crate::args::Color;
use crate::args::record::{Record, RecordFormat};
use crate::input::{Input, target};

#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// The pages to begin with
    #[arg(value_name = "URL", required = true, value_parser = web_page)]
    urls: Vec<Url>,
    /// How many links to follow from page to page, within the same site
    ///
    /// The same site is the same registrable domain; on localhost and addresses, the same host and port. Links that look like a
    /// logout are not followed, and of pages that differ only in the values of their query, one is visited.
    #[arg(long, value_name = "DEPTH", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100))]
    crawl: u32,
    /// The most pages to visit
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    max_pages: u64,
    /// JavaScript to run in each page once it has loaded, such as clicks; it may await
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Open a window, and wait until you have logged in and pressed Enter
    #[arg(long)]
    login: bool,
    /// Keep cookies and logins in this folder; without it they are thrown away
    #[arg(long, value_name = "FOLDER")]
    profile: Option<PathBuf>,
    /// Where to write the recording; without it, to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How to write the recording
    #[arg(long, value_enum, default_value_t = FormatArg::Jsonl)]
    format: FormatArg,
    /// Also write what is no connection: documents, images, scripts; in HAR alone
    #[arg(long)]
    all: bool,
    /// Let the pages' own policies block; without it, what they would block is only marked
    #[arg(long)]
    keep_csp: bool,
    /// The browser: Chromium, or one that is made of it; without it, the first that is found
    #[arg(long, value_name = "PATH")]
    browser: Option<PathBuf>,
    /// How long a page may take to load, and again to come to rest
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
    /// How long nothing new must happen before a page is left
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    wait: Duration,
    /// Accept certificates that cannot be verified
    #[arg(long)]
    insecure: bool,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// JSON Lines, a connection each; the fields are documented
    Jsonl,
    /// HAR, for developer tools
    Har,
}

impl RecordArgs {
    pub(super) fn meaning(self) -> Result<Record, clap::Error> {
        let format = match (self.format, self.all) {
            (FormatArg::Jsonl, false) => RecordFormat::JsonLines,
            (FormatArg::Har, is_all) => RecordFormat::Har { is_all },
            (FormatArg::Jsonl, true) => {
                let message = "--all: expected --format har with it, found jsonl, which has connections alone";
                return Err(super::usage_error("record", message));
            }
        };
        Ok(Record {
            urls: self.urls,
            depth: self.crawl,
            most_pages: usize::try_from(self.max_pages).unwrap_or(usize::MAX),
            script: self.script.map(Input::named),
            is_login: self.login,
            profile: self.profile,
            out: self.out,
            format,
            keeps_csp: self.keep_csp,
            browser: self.browser,
            limit: self.timeout,
            wait: self.wait,
            is_insecure: self.insecure,
        })
    }
}

fn web_page(text: &str) -> Result<Url, String> {
    let url = target::parse_page(text)?;
    if matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err("expected a page of the web, with http:// or https://".to_owned())
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (0.1..=3600.0).contains(seconds));
    let seconds = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or("expected seconds from 0.1 to 3600")
}
