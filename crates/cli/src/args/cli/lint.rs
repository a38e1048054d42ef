//! The arguments of `lint`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use connect_src::{BrowserProfile, Rules};
use connect_src_lint::{Level, Levels, Severity};
use url::Url;

use super::{policy_argument, typed_policy, usage_error};
use crate::args::lint::{Baseline, FixMode, Lint, LintFormat};
use crate::args::values::page;
use crate::args::{Color, PolicyArgument};
use crate::input::Input;

#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// The policies: text, @FILE, or - for standard input; without one, the policy of the live --page
    ///
    /// A file is recognised by its content: the value of a header, header lines, a dump of response headers
    /// (curl -sI), or HTML with <meta> policies.
    #[arg(value_name = "POLICY")]
    policies: Vec<String>,
    /// The page that has the policy: what 'self' stands for, and whose reports go where
    #[arg(long, value_name = "URL", value_parser = page)]
    page: Option<Url>,
    /// A browser that the page must work in, such as firefox or webkit@15; give it again for others
    #[arg(long = "browser", value_name = "BROWSER", value_parser = browser)]
    browsers: Vec<Rules>,
    /// The connections that the page makes, to compare: JSON Lines of {url, api, redirects}
    ///
    /// The api may also be worker, sharedworker or serviceworker, for the script of one.
    #[arg(long = "from", value_name = "FILE")]
    inventory: Option<PathBuf>,
    /// The policy of another page of the origin: text, @FILE, or -; give it again for more
    #[arg(long = "beside", value_name = "POLICY", allow_hyphen_values = true)]
    siblings: Vec<String>,
    /// A service worker answers the page's fetches
    #[arg(long)]
    service_worker: bool,
    /// The configuration, for its [lint] section [default: connect-src.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A rule, a group, or "all", to leave out; give it again for others
    #[arg(long, value_name = "RULE", value_parser = rule)]
    allow: Vec<String>,
    /// A rule, a group, or "all", whose findings are warnings
    #[arg(long, value_name = "RULE", value_parser = rule)]
    warn: Vec<String>,
    /// A rule, a group, or "all", whose findings are errors
    #[arg(long, value_name = "RULE", value_parser = rule)]
    deny: Vec<String>,
    /// The least severity to show
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = Least::Info)]
    level: Least,
    /// A file of known findings, which are not shown again
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found to the baseline, and succeed
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Apply the fixes that change no decision, and print or write the policy
    #[arg(long)]
    fix: bool,
    /// Also apply fixes that change what the policy decides
    #[arg(long = "unsafe", requires = "fix")]
    is_unsafe: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    diff: bool,
    /// How to write the findings
    #[arg(long, value_enum, default_value_t = LintFormat::Human)]
    format: LintFormat,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,
}

/// The least severity to show.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Least {
    /// Everything
    Info,
    /// Warnings and errors
    Warning,
    /// Errors only
    Error,
}

impl ValueEnum for LintFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Human,
            Self::Json,
            Self::Sarif,
            Self::GitHub,
            Self::JUnit,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Human => PossibleValue::new("human").help("For people"),
            Self::Json => PossibleValue::new("json")
                .help("JSON Lines, one finding each; the fields are documented"),
            Self::Sarif => PossibleValue::new("sarif").help("SARIF 2.1.0, for code scanning"),
            Self::GitHub => PossibleValue::new("github").help("Annotations of GitHub Actions"),
            Self::JUnit => PossibleValue::new("junit").help("JUnit XML, a test case for each rule"),
        })
    }
}

impl LintArgs {
    pub(super) fn meaning(self) -> Result<Lint, clap::Error> {
        let stdin = |policy: &PolicyArgument| *policy == PolicyArgument::Input(Input::Stdin);
        let policies = self.policy_arguments()?;
        let siblings: Vec<_> = self
            .siblings
            .iter()
            .map(|text| typed_policy(text))
            .collect();
        let read = policies.iter().chain(&siblings);
        if read.filter(|policy| stdin(policy)).count() > 1 {
            return Err(usage_error(
                "lint",
                "expected - once, found it twice; standard input can be read only once",
            ));
        }
        let levels = self.levels();
        Ok(Lint {
            policies,
            siblings,
            browsers: if self.browsers.is_empty() {
                BrowserProfile::BROWSERS.map(Rules::from).to_vec()
            } else {
                self.browsers
            },
            page: self.page,
            inventory: self.inventory.map(Input::named),
            has_service_worker: self.service_worker,
            config: self.config,
            levels,
            least: match self.level {
                Least::Info => Severity::Info,
                Least::Warning => Severity::Warning,
                Least::Error => Severity::Error,
            },
            baseline: self.baseline.map(|file| Baseline {
                file,
                is_written: self.write_baseline,
            }),
            fix: self.fix.then_some(FixMode {
                is_unsafe: self.is_unsafe,
                is_diff: self.diff,
            }),
            format: self.format,
        })
    }

    fn policy_arguments(&self) -> Result<Vec<PolicyArgument>, clap::Error> {
        if self.policies.is_empty() {
            return Ok(vec![policy_argument("lint", None, self.page.as_ref())?]);
        }
        let one = |text: &String| policy_argument("lint", Some(text), self.page.as_ref());
        self.policies.iter().map(one).collect()
    }

    /// What names less wins: a rule over its group, a group over all.
    fn levels(&self) -> Vec<(String, Level)> {
        let given = [
            (&self.allow, Level::Allow),
            (&self.warn, Level::Warn),
            (&self.deny, Level::Deny),
        ];
        let mut levels: Vec<(String, Level)> = given
            .into_iter()
            .flat_map(|(names, level)| names.iter().map(move |name| (name.clone(), level)))
            .collect();
        levels.sort_by_key(|(name, _)| match name.as_str() {
            "all" => 0,
            name if connect_src_lint::find_rule(name).is_none() => 1,
            _ => 2,
        });
        levels
    }
}

/// A rule's name, a group's, or `all`.
fn rule(name: &str) -> Result<String, String> {
    let known = Levels::default().set(name, Level::Default);
    known
        .map(|()| name.to_owned())
        .map_err(|error| error.to_string())
}

/// A browser, perhaps of a version.
fn browser(text: &str) -> Result<Rules, String> {
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    let profile = BrowserProfile::parse(name).ok_or_else(|| {
        format!("expected chromium, firefox, webkit or standard, perhaps with a version as in webkit@15; found {name}")
    })?;
    match version {
        None => Ok(profile.into()),
        Some(version) => version
            .parse()
            .map(|version| profile.at_version(version))
            .map_err(|_| format!("expected the number of a version after @, found {version}")),
    }
}
