//! The arguments of `scan`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use connect_src_scan::Confidence;
use url::Url;

use super::typed_policy;
use crate::args::Color;
use crate::args::lint::Baseline;
use crate::args::scan::{Scan, ScanFailOn, ScanFormat};
use crate::args::values::{Browsers, page};
use crate::input::source_tree::{CachePlace, SourceTreeOptions};

#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    /// Files, and folders with what is below them: JavaScript, TypeScript, HTML, Vue, Svelte, Astro
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// The policy that judges the connections: text, @FILE, or - for standard input
    ///
    /// A file is recognised by its content: the value of a header, header lines, a dump of response headers
    /// (curl -sI), or HTML with <meta> policies. Without it, the <meta> policies of a document judge the connections
    /// of that document.
    #[arg(long, value_name = "POLICY", allow_hyphen_values = true)]
    policy: Option<String>,
    /// The page that runs the code: what 'self' and relative URLs stand for; nothing is fetched
    #[arg(long, value_name = "URL", value_parser = page)]
    page: Option<Url>,
    /// Whose decisions to give
    #[arg(long, value_enum, value_name = "BROWSER", ignore_case = true, default_value_t = Browsers::All)]
    browser: Browsers,
    /// A variable of the build's environment, before those of .env files; give it again for others
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,
    /// The mode of the build: which .env.MODE files count
    #[arg(long, value_name = "MODE", default_value = "production")]
    mode: String,
    /// Leave out tests, by the names of their files and folders
    #[arg(long)]
    exclude_tests: bool,
    /// Read also what .gitignore names
    #[arg(long)]
    no_ignore: bool,
    /// Leave out connections that are less sure
    #[arg(long, value_enum, value_name = "CONFIDENCE", default_value_t = Least::Low)]
    min_confidence: Least,
    /// A file of known findings, which are not shown again
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found to the baseline, and succeed
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Which verdicts make the exit status 1
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = ScanFailOn::Blocked)]
    fail_on: ScanFailOn,
    /// Show how each URL is known, from the call to the constants
    #[arg(long)]
    explain: bool,
    /// The folder for what is known of unchanged files [default: one in the user's cache]
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_cache")]
    cache: Option<PathBuf>,
    /// Read every file anew
    #[arg(long)]
    no_cache: bool,
    /// How many files to read at once [default: the number of processors]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// How to write the connections
    #[arg(long, value_enum, default_value_t = ScanFormat::Human)]
    format: ScanFormat,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,
}

/// The least confidence to show.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Least {
    /// Everything, also what may be something else
    Low,
    /// What such code usually does
    Medium,
    /// What the code says
    High,
}

impl ValueEnum for ScanFailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Blocked, Self::Dynamic, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Blocked => PossibleValue::new("blocked").help("A connection is blocked"),
            Self::Dynamic => PossibleValue::new("dynamic")
                .help("A connection is blocked, or the code does not tell where it goes"),
            Self::Never => PossibleValue::new("never").help("Nothing; only errors count"),
        })
    }
}

impl ValueEnum for ScanFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Human, Self::Json, Self::Sarif, Self::GitHub]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Human => PossibleValue::new("human").help("For people"),
            Self::Json => {
                PossibleValue::new("json").help("For programs; the fields are documented")
            }
            Self::Sarif => PossibleValue::new("sarif").help("SARIF 2.1.0, for code scanning"),
            Self::GitHub => PossibleValue::new("github").help("Annotations of GitHub Actions"),
        })
    }
}

impl ScanArgs {
    pub(super) fn meaning(self) -> Scan {
        Scan {
            tree: SourceTreeOptions {
                env: self.env.into_iter().collect(),
                mode: self.mode,
                respects_ignore_files: !self.no_ignore,
                excludes_tests: self.exclude_tests,
                cache: match self.cache {
                    _ if self.no_cache => CachePlace::Nowhere,
                    Some(folder) => CachePlace::Folder(folder),
                    None => CachePlace::Usual,
                },
                jobs: self.jobs.map(usize::from),
            },
            paths: self.paths,
            policy: self.policy.as_deref().map(typed_policy),
            page: self.page,
            profiles: self.browser.profiles(),
            least: match self.min_confidence {
                Least::Low => Confidence::Low,
                Least::Medium => Confidence::Medium,
                Least::High => Confidence::High,
            },
            baseline: self.baseline.map(|file| Baseline {
                file,
                is_written: self.write_baseline,
            }),
            fail_on: self.fail_on,
            explains: self.explain,
            format: self.format,
        }
    }
}

/// A variable and its value.
fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("expected NAME=VALUE, found {text:?}")),
    }
}

pub(super) const EXIT_STATUS: &str = "Exit status: 0 nothing that --fail-on names, 1 something, 2 wrong usage or something that cannot be read";

pub(super) const EXAMPLES: &str = "\
Examples:
  What the code of a project connects to, and how that is known:
    connect-src scan src --explain

  In a pipeline: fail when the code connects to what the policy blocks, and say what to add:
    connect-src scan . --policy @policy.txt --page https://app.example.com --format github

  The same for a project that has such connections already:
    connect-src scan . --policy @policy.txt --baseline scan-baseline.json --write-baseline
    connect-src scan . --policy @policy.txt --baseline scan-baseline.json

  A bundle, with its source map:
    connect-src scan dist --no-ignore

Exit status: 0 nothing that --fail-on names, 1 something, 2 wrong usage or something that cannot be read";
