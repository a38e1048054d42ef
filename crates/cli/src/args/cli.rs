//! Every argument, declared once, and its meaning.

mod evidence;
mod lint;
mod operations;
mod record;
mod scan;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use connect_src::Api;
use connect_src_lint::audit::Level;
use url::Url;

use super::artifact::Artifact;
use super::values::{ApiParser, Browsers, page};
use super::{
    Audit, Check, Color, Command, Connections, Diff, FailOn, Format, Invocation, Normalize, Parsed,
    PolicyArgument, Test, TestFormat,
};
use crate::input::{Input, target};
use crate::output::sanitize::sanitize;
use evidence::{GenerateArgs, SimulateArgs, VendorsArgs};
use lint::LintArgs;
use operations::{
    BackupArgs, CollectArgs, ReportsArgs, RolloutArgs, ServeArgs, SuggestArgs, TokenArgs,
};
use record::RecordArgs;
use scan::ScanArgs;

/// Decide what a Content Security Policy does with a connection, as the browsers do, and say why
#[derive(Debug, Parser)]
#[command(
    name = "connect-src",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(after_help = EXIT_STATUS)]
pub(super) struct Cli {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Debug, Subcommand)]
enum Commands {
    /// Decide connections under a policy
    #[command(after_help = EXIT_STATUS, after_long_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Say what a new policy allows and blocks that the old one did not
    #[command(after_help = DIFF_EXIT_STATUS, after_long_help = DIFF_EXAMPLES)]
    Diff(DiffArgs),
    /// Print the shortest policy that decides the same in every browser
    #[command(after_help = "Exit status: 0, or 2 for wrong usage or something that cannot be read")]
    Normalize(NormalizeArgs),
    /// Show every channel by which data can leave a page, the weakest first
    #[command(after_help = AUDIT_EXIT_STATUS, after_long_help = AUDIT_EXAMPLES)]
    Audit(AuditArgs),
    /// Run tests of policies: what must be allowed, what must be blocked
    #[command(after_help = TEST_EXIT_STATUS)]
    Test(TestArgs),
    /// Find what is wrong with a policy, and fix it
    #[command(after_help = LINT_EXIT_STATUS, after_long_help = LINT_EXAMPLES)]
    Lint(Box<LintArgs>),
    /// Write the smallest policy that allows what a site connects to, in the form that its server wants
    #[command(after_help = GENERATE_EXIT_STATUS, after_long_help = GENERATE_EXAMPLES)]
    Generate(Box<GenerateArgs>),
    /// Say what a new policy would have blocked and allowed of what was recorded
    #[command(after_help = SIMULATE_EXIT_STATUS, after_long_help = SIMULATE_EXAMPLES)]
    Simulate(SimulateArgs),
    /// List services that sites connect to, find them in a policy or in traffic, and what a policy misses of them
    #[command(after_help = VENDORS_EXIT_STATUS, after_long_help = VENDORS_EXAMPLES)]
    Vendors(VendorsArgs),
    /// Find the connections that code makes, and decide them under a policy
    #[command(after_help = scan::EXIT_STATUS, after_long_help = scan::EXAMPLES)]
    Scan(Box<ScanArgs>),
    /// Explain a directive, keyword, kind of source, browser departure or rule of the linter
    Explain(ExplainArgs),
    /// Record in a real browser what pages connect to
    #[command(after_help = RECORD_EXIT_STATUS, after_long_help = RECORD_EXAMPLES)]
    Record(Box<RecordArgs>),
    /// Stand in front of an application, and take it from no policy to an enforced one
    #[command(after_help = EXIT_STATUS, after_long_help = SERVE_EXAMPLES)]
    Serve(Box<ServeArgs>),
    /// Collect the reports of other servers' pages
    Collect(Box<CollectArgs>),
    /// Say where a running server's rollouts stand, and go forward or back
    Rollout(RolloutArgs),
    /// Print what was reported, in groups
    Reports(ReportsArgs),
    /// Suggest the smallest policy that allows what was reported
    Suggest(SuggestArgs),
    /// Make, list and revoke the tokens of a server, also while it runs
    #[command(after_long_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Copy the database, also while a server uses it
    Backup(BackupArgs),
    /// Start the demo application alone, to try any server in front of it
    #[command(hide = true)]
    Demo,
    /// Print a file that is made from the declarations of the command line
    #[command(hide = true)]
    Artifact(Artifact),
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The policy: text, @FILE, or - for standard input; without it, the policy of the live --page
    ///
    /// A file is recognised by its content: the value of a header, header lines, a dump of response headers
    /// (curl -sI), HTML with <meta> policies, _headers, vercel.json, tauri.conf.json, an extension's manifest.json,
    /// or the _meta of an MCP resource.
    #[arg(value_name = "POLICY", allow_hyphen_values = true)]
    policy: Option<String>,
    #[arg(value_name = "TARGET", help = TARGET, long_help = TARGET_IN_LONG)]
    targets: Vec<String>,
    /// The page that connects: what 'self' stands for; without it, 'self' matches nothing
    #[arg(long, value_name = "URL", value_parser = page)]
    page: Option<Url>,
    /// Whose decision to give
    #[arg(long, value_enum, value_name = "BROWSER", ignore_case = true, default_value_t = Browsers::All)]
    browser: Browsers,
    /// How the page connects, for targets that do not say it themselves
    ///
    /// One of fetch, xhr, websocket, eventsource, beacon, ping, fetchlater, webtransport, json-module, text-module,
    /// webidentity, prefetch.
    #[arg(long, value_name = "API", value_parser = ApiParser, hide_possible_values = true)]
    api: Option<Api>,
    /// Where the target redirects to; give it again for each further redirect
    #[arg(long = "redirect", value_name = "URL")]
    redirects: Vec<String>,
    /// Decide the connections of a file, which is recognised by its content
    ///
    /// JSON Lines of {page, api, url, redirects}, HAR, violation reports, an access log of nginx, Apache or Envoy, or the
    /// database of connect-src serve.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["api", "redirects"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
struct DiffArgs {
    /// The policy of before: text, @FILE, or - for standard input
    #[arg(value_name = "OLD", allow_hyphen_values = true)]
    old: String,
    /// The policy to come: text, @FILE, or - for standard input
    #[arg(value_name = "NEW", allow_hyphen_values = true)]
    new: String,
    /// The page that has the policies: what 'self' stands for; without it, some https page
    #[arg(long, value_name = "URL", value_parser = page)]
    page: Option<Url>,
    /// Whose decisions to compare
    #[arg(long, value_enum, value_name = "BROWSER", ignore_case = true, default_value_t = Browsers::All)]
    browser: Browsers,
    /// The configuration, for its [lint] section [default: connect-src.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which differences make the exit status 1
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = FailOn::Allowed)]
    fail_on: FailOn,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
struct AuditArgs {
    /// The policy: text, @FILE, or - for standard input; without it, the policy of the live --page
    #[arg(value_name = "POLICY", allow_hyphen_values = true)]
    policy: Option<String>,
    /// The page that has the policy: what 'self' stands for; without it, some https page
    #[arg(long, value_name = "URL", value_parser = page)]
    page: Option<Url>,
    /// In whose browser
    #[arg(long, value_enum, value_name = "BROWSER", ignore_case = true, default_value_t = Browsers::All)]
    browser: Browsers,
    /// What must not be open; prints the edits that close it
    #[arg(long, value_enum, value_name = "LEVEL")]
    level: Option<LevelArg>,
    /// The value of a Connection-Allowlist header, in the place of the one that came with the policy
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    connection_allowlist: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelArg {
    /// The APIs that connect-src governs
    Connect,
    /// Whatever a page loads, too
    Fetch,
    /// Everything, also what no policy governs
    All,
}

#[derive(Debug, Args)]
struct TestArgs {
    /// The tests, in TOML; docs/policy-tests.md describes the format
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// How to write the results
    #[arg(long, value_enum, default_value_t = TestFormat::Human)]
    format: TestFormat,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Debug, Args)]
struct NormalizeArgs {
    /// The policy: text, @FILE, or - for standard input
    #[arg(value_name = "POLICY", allow_hyphen_values = true)]
    policy: String,
    /// The page that has the policy; without it, the result holds for every page
    #[arg(long, value_name = "URL", value_parser = page)]
    page: Option<Url>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
struct ExplainArgs {
    /// What to explain; without it, the terms are listed
    term: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Copy, Debug, Args)]
struct OutputArgs {
    /// How to write the results
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

pub(super) fn parse(words: impl IntoIterator<Item = OsString>) -> Parsed {
    let words: Vec<OsString> = words.into_iter().collect();
    let meaning = |words: &[OsString]| Cli::try_parse_from(words).and_then(Cli::meaning);
    // A message quotes what was typed, so it is made from words that are harmless on a terminal.
    let harmless = |word: &OsString| OsString::from(&*sanitize(&word.to_string_lossy()));
    let said = |error| {
        meaning(&words.iter().map(harmless).collect::<Vec<_>>())
            .err()
            .unwrap_or(error)
    };
    meaning(&words).map_err(said).unwrap_or_else(|error| {
        let text = error.render().ansi().to_string();
        if error.use_stderr() {
            Parsed::UsageError(text)
        } else {
            Parsed::Text(text)
        }
    })
}

impl Cli {
    fn meaning(self) -> Result<Parsed, clap::Error> {
        let (color, command) = match self.command {
            Commands::Check(args) => (args.output.color, Command::Check(args.meaning()?)),
            Commands::Diff(args) => (args.output.color, Command::Diff(args.meaning()?)),
            Commands::Audit(args) => (args.output.color, Command::Audit(args.meaning()?)),
            Commands::Test(args) => (args.color, Command::Test(args.meaning())),
            Commands::Normalize(args) => (args.output.color, Command::Normalize(args.meaning())),
            Commands::Lint(args) => (args.color, Command::Lint(Box::new(args.meaning()?))),
            Commands::Scan(args) => (args.color, Command::Scan(Box::new(args.meaning()))),
            Commands::Explain(ExplainArgs { term, output }) => {
                let format = output.format;
                (output.color, Command::Explain { term, format })
            }
            Commands::Record(args) => (args.color, Command::Record(Box::new(args.meaning()?))),
            Commands::Serve(args) => (Color::Auto, Command::Serve(args.meaning()?)),
            Commands::Collect(args) => (Color::Auto, Command::Serve(args.meaning())),
            Commands::Rollout(args) => {
                let (color, rollout) = args.meaning();
                (color, Command::Rollout(rollout))
            }
            Commands::Reports(args) => (args.color, Command::Reports(args.meaning())),
            Commands::Suggest(args) => (args.output.color, Command::Suggest(args.meaning())),
            Commands::Token(args) => {
                let (color, token) = args.meaning();
                (color, Command::Token(token))
            }
            Commands::Backup(args) => (Color::Auto, Command::Backup(args.meaning())),
            Commands::Demo => (Color::Auto, Command::Demo),
            Commands::Generate(args) => {
                let color = args.output.color;
                (color, Command::Generate(Box::new(args.meaning()?)))
            }
            Commands::Simulate(args) => (args.output.color, Command::Simulate(args.meaning()?)),
            Commands::Vendors(args) => (args.output.color, Command::Vendors(args.meaning()?)),
            Commands::Artifact(artifact) => {
                return Ok(Parsed::Text(artifact.text(Self::command())));
            }
        };
        Ok(Parsed::Invocation(Invocation { color, command }))
    }
}

impl CheckArgs {
    fn meaning(mut self) -> Result<Check, clap::Error> {
        if let Some(target) = self.policy.take_if(|text| target::is_target(text)) {
            self.targets.insert(0, target);
        }
        let policy = policy_argument("check", self.policy.as_deref(), self.page.as_ref())?;
        Ok(Check {
            policy,
            profiles: self.browser.profiles(),
            format: self.output.format,
            page: self.page.clone(),
            connections: self.connections()?,
        })
    }

    fn connections(self) -> Result<Connections, clap::Error> {
        let Some(path) = self.from else {
            return self.typed_connections();
        };
        let input = Input::named(path);
        if let Some(target) = self.targets.first() {
            let found =
                format!("expected targets or --from, not both; found the target {target:?}");
            return Err(wrong(&found));
        }
        if input == Input::Stdin && self.policy.as_deref() == Some("-") {
            return Err(wrong(
                "expected the policy or the connections on standard input, found - for both; put one into a file",
            ));
        }
        Ok(Connections::From(input))
    }

    fn typed_connections(self) -> Result<Connections, clap::Error> {
        if self.targets.is_empty() {
            return Err(wrong(
                "expected a target after the policy: a URL such as https://api.example.com/, or --from FILE",
            ));
        }
        if self.targets.len() > 1 && !self.redirects.is_empty() {
            let found = format!(
                "--redirect belongs to one target, found {}",
                self.targets.len()
            );
            return Err(wrong(&found));
        }
        Ok(Connections::Targets {
            targets: self.targets,
            api: self.api,
            redirects: self.redirects,
        })
    }
}

impl DiffArgs {
    fn meaning(self) -> Result<Diff, clap::Error> {
        if self.old == "-" && self.new == "-" {
            let message = "expected one of the policies on standard input, found - for both; put one into a file";
            return Err(usage_error("diff", message));
        }
        Ok(Diff {
            old: typed_policy(&self.old),
            new: typed_policy(&self.new),
            page: self.page,
            profiles: self.browser.profiles(),
            config: self.config,
            fail_on: self.fail_on,
            format: self.output.format,
        })
    }
}

impl AuditArgs {
    fn meaning(self) -> Result<Audit, clap::Error> {
        Ok(Audit {
            policy: policy_argument("audit", self.policy.as_deref(), self.page.as_ref())?,
            page: self.page,
            profiles: self.browser.profiles(),
            level: self.level.map(|level| match level {
                LevelArg::Connect => Level::Connect,
                LevelArg::Fetch => Level::Fetch,
                LevelArg::All => Level::All,
            }),
            allowlist: self.connection_allowlist,
            format: self.output.format,
        })
    }
}

impl TestArgs {
    fn meaning(self) -> Test {
        Test {
            files: self.files.into_iter().map(Input::named).collect(),
            format: self.format,
        }
    }
}

impl NormalizeArgs {
    fn meaning(self) -> Normalize {
        Normalize {
            policy: typed_policy(&self.policy),
            page: self.page,
            format: self.output.format,
        }
    }
}

/// What a policy's argument means.
fn typed_policy(text: &str) -> PolicyArgument {
    match (text, text.strip_prefix('@')) {
        ("-", _) => PolicyArgument::Input(Input::Stdin),
        (_, Some(path)) => PolicyArgument::Input(Input::named(path)),
        (text, None) => PolicyArgument::Text(text.to_owned()),
    }
}

/// Where the policy is: as typed, or the page's.
fn policy_argument(
    command: &str,
    text: Option<&str>,
    page: Option<&Url>,
) -> Result<PolicyArgument, clap::Error> {
    match (text, page) {
        (Some(text), _) => Ok(typed_policy(text)),
        (None, Some(page)) => Ok(PolicyArgument::OfPage(page.clone())),
        (None, None) => Err(usage_error(
            command,
            "expected a policy: give it as text, as @FILE, as - for standard input, or give --page URL to read \
             the policy of a live page",
        )),
    }
}

/// What the parser's own grammar cannot say, in the form of its other errors.
fn wrong(message: &str) -> clap::Error {
    usage_error("check", message)
}

fn usage_error(command: &str, message: &str) -> clap::Error {
    let mut cli = Cli::command();
    cli.build();
    let command = cli
        .find_subcommand_mut(command)
        .expect("it is declared above");
    command.error(ErrorKind::MissingRequiredArgument, message)
}

// Not doc comments, which would want angle brackets around these URLs.
const TARGET: &str = "What the page wants to connect to: a URL, or API:URL such as beacon:/log";
const TARGET_IN_LONG: &str = "\
What the page wants to connect to: a URL, or API:URL such as beacon:/log

A relative URL is the page's. Without an API, ws: and wss: URLs mean WebSocket, all others mean fetch().";

const EXIT_STATUS: &str =
    "Exit status: 0 allowed, 1 blocked, 2 wrong usage or something that cannot be read";

const AUDIT_EXIT_STATUS: &str = "Exit status: 0, 1 something of the --level is open, 2 wrong usage or something that cannot be read";

const AUDIT_EXAMPLES: &str = "\
Examples:
  Where data can go under a policy:
    connect-src audit \"default-src 'none'; img-src *\"

  Under both headers, and what would close the rest:
    connect-src audit @policy.txt --connection-allowlist '(response-origin)' --level all

Exit status: 0, 1 something of the --level is open, 2 wrong usage or something that cannot be read";

const GENERATE_EXIT_STATUS: &str = "Exit status: 0 the policy allows all evidence, 1 some of it is left out, 2 wrong usage or something that cannot be read";

const GENERATE_EXAMPLES: &str = "\
Examples:
  A policy from what a browser recorded, with what speaks for each source:
    connect-src generate --from traffic.har

  Added to the policy that there is, as lines for nginx:
    connect-src generate --from traffic.har reports.json --base @policy.txt --as nginx > csp.conf

  With the twin header, and a wildcard where three hosts are next to each other:
    connect-src generate --from connections.jsonl --allowlist --wildcards 3

Exit status: 0 the policy allows all evidence, 1 some of it is left out, 2 wrong usage or something that cannot be read";

const SIMULATE_EXIT_STATUS: &str = "Exit status: 0 nothing that --fail-on names, 1 something, 2 wrong usage or something that cannot be read";

const SIMULATE_EXAMPLES: &str = "\
Examples:
  Before a change of the policy is deployed:
    connect-src simulate --old @policy.txt --new @draft.txt --from traffic.har connect-src.db

Exit status: 0 nothing that --fail-on names, 1 something, 2 wrong usage or something that cannot be read";

const VENDORS_EXIT_STATUS: &str = "Exit status: 0, 1 the policy misses a host of a service or names one that it dropped, 2 wrong usage or something that cannot be read";

const VENDORS_EXAMPLES: &str = "\
Examples:
  Which hosts a service needs, and who says so:
    connect-src vendors sentry

  What a policy misses of the services that it names:
    connect-src vendors --policy @policy.txt

  Which services a site uses:
    connect-src vendors --from traffic.har

Exit status: 0, 1 the policy misses a host of a service or names one that it dropped, 2 wrong usage or something that cannot be read";

const TEST_EXIT_STATUS: &str =
    "Exit status: 0 every test passed, 1 one failed, 2 wrong usage or a file that cannot be read";

const DIFF_EXIT_STATUS: &str = "Exit status: 0 nothing that --fail-on names, 1 something, 2 wrong usage or something that cannot be read";

const DIFF_EXAMPLES: &str = "\
Examples:
  What a change of the policy would open:
    connect-src diff \"connect-src 'self'\" \"connect-src 'self' https://*.example.com\"

  In a pipeline, a file against what is in production:
    curl -sI https://app.example.com | connect-src diff - @policy.txt --fail-on any

Exit status: 0 nothing that --fail-on names, 1 something, 2 wrong usage or something that cannot be read";

const CHECK_EXAMPLES: &str = "\
Examples:
  A policy, and a connection of a page:
    connect-src check --page https://app.example.com \"connect-src 'self'\" wss://api.example.com/live

  What a live page delivers:
    connect-src check --page https://app.example.com https://api.example.com/v1 beacon:/log

  The headers of a response, in one browser:
    curl -sI https://app.example.com | connect-src check --browser firefox - https://api.example.com/

  All that a page connected to, as recorded by developer tools:
    connect-src check --from traffic.har @policy.txt

Exit status: 0 allowed, 1 blocked, 2 wrong usage or something that cannot be read";

const LINT_EXIT_STATUS: &str = "Exit status: 0 clean, 1 a warning or an error was found, 2 wrong usage or something that cannot be read";

const LINT_EXAMPLES: &str = "\
Examples:
  A policy, and the page that has it:
    connect-src lint --page https://app.example.com \"connect-src 'self' https:\"

  What a live page delivers:
    connect-src lint --page https://app.example.com

  A file, fixed in place where that changes no decision:
    connect-src lint --fix @policy.txt

  Code scanning, with what is known left out:
    connect-src lint --format sarif --baseline lint-baseline.json @policy.txt

  What the rules are, and one of them:
    connect-src explain rules
    connect-src explain any-host-source

Exit status: 0 clean, 1 a warning or an error was found, 2 wrong usage or something that cannot be read";

const TOKEN_EXAMPLES: &str = "\
Examples:
  The first token was lost:
    connect-src token new --role change

  Somebody may look, and nothing more:
    connect-src token new --role view --name ada

  Somebody has left:
    connect-src token list
    connect-src token revoke 5c8e01b2

The database says who may do this: whoever can write it. Each change is in the audit log.";

const RECORD_EXIT_STATUS: &str =
    "Exit status: 0 recorded, 2 wrong usage, no browser, or not one page that could be seen";

const RECORD_EXAMPLES: &str = "\
Examples:
  One page, and what it connects to:
    connect-src record https://app.example.com

  A site, to two links from its first page, into a file:
    connect-src record https://app.example.com --crawl 2 --out recording.jsonl

  What an application does when it is used:
    connect-src record http://localhost:3000 --script click.js --out recording.jsonl

  Behind a login, in a profile that remembers it:
    connect-src record https://app.example.com --login --profile ~/.cache/recording --out recording.jsonl

  What a policy would block of it:
    connect-src check --from recording.jsonl @policy.txt

Exit status: 0 recorded, 2 wrong usage, no browser, or not one page that could be seen";

const SERVE_EXAMPLES: &str = "\
Examples:
  A first look, with an application that comes with it:
    connect-src serve --demo

  In front of an application of yours:
    connect-src serve http://127.0.0.1:3000 --listen 0.0.0.0:8080

  Several sites, each with its policy and its stage:
    connect-src serve --config connect-src.toml

Exit status: 0 stopped, 2 wrong usage or something that keeps it from running";

#[cfg(test)]
mod tests {
    use clap::{Arg, CommandFactory as _};

    use super::*;

    /// Each command with each of its arguments.
    fn arguments() -> Vec<(String, Arg)> {
        let mut cli = Cli::command();
        cli.build();
        let commands = cli
            .get_subcommands()
            .filter(|command| !command.is_hide_set());
        let arguments = commands.flat_map(|command| {
            let name = command.get_name().to_owned();
            command
                .get_arguments()
                .map(move |argument| (name.clone(), argument.clone()))
        });
        arguments.collect()
    }

    fn check(words: &[&str]) -> Result<Check, String> {
        let words = ["connect-src", "check"]
            .iter()
            .chain(words)
            .map(OsString::from);
        match parse(words) {
            Parsed::Invocation(invocation) => match invocation.command {
                Command::Check(check) => Ok(check),
                other => panic!("{other:?}"),
            },
            Parsed::UsageError(text) => Err(text),
            Parsed::Text(text) => panic!("{text}"),
        }
    }

    fn targets(check: Check) -> Vec<String> {
        match check.connections {
            Connections::Targets { targets, .. } => targets,
            Connections::From(input) => panic!("{input:?}"),
        }
    }

    #[test]
    fn the_declarations_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_argument_has_help_that_is_a_phrase() {
        for (command, argument) in arguments() {
            let place = format!("{command} {}", argument.get_id());
            let help = argument
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let first = help.chars().next();
            assert!(
                first.is_some_and(|first| first.is_ascii_uppercase()),
                "{place}: {help:?}"
            );
            assert!(!help.ends_with('.'), "{place}: {help:?}");
        }
    }

    #[test]
    fn the_help_lists_every_api() {
        let (_, api) = arguments()
            .into_iter()
            .find(|(_, one)| one.get_id() == "api")
            .unwrap();
        let help = api.get_long_help().unwrap().to_string().replace('\n', " ");
        assert!(
            help.contains(&format!("One of {}.", super::super::api_names())),
            "{help}"
        );
    }

    #[test]
    fn every_argument_fits_a_line_of_help() {
        for (command, argument) in arguments() {
            let help = argument
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(help.len() <= 100, "{command} {}: {help}", argument.get_id());
        }
    }

    #[test]
    fn long_names_are_lower_case_words() {
        for (command, argument) in arguments() {
            if let Some(long) = argument.get_long() {
                let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
                assert!(long.bytes().all(is_word), "{command} --{long}");
            }
        }
    }

    #[test]
    fn what_looks_like_a_target_is_no_policy() {
        let check = check(&["--page", "https://a.test", "https://b.test", "/c"]).unwrap();
        assert!(matches!(check.policy, PolicyArgument::OfPage(_)));
        assert_eq!(targets(check), ["https://b.test", "/c"]);
    }

    #[test]
    fn a_policy_is_text_or_a_file_or_standard_input() {
        let policy = |word| check(&[word, "https://b.test"]).unwrap().policy;
        assert_eq!(
            policy("connect-src *"),
            PolicyArgument::Text("connect-src *".into())
        );
        assert_eq!(
            policy("@a.txt"),
            PolicyArgument::Input(Input::File("a.txt".into()))
        );
        assert_eq!(policy("-"), PolicyArgument::Input(Input::Stdin));
    }

    #[test]
    fn what_is_missing_is_said() {
        for (words, expected) in [
            (
                &["https://b.test"][..],
                "expected a policy: give it as text",
            ),
            (&["connect-src *"], "expected a target after the policy"),
            (&["-", "--from", "-"], "found - for both"),
            (
                &["a", "https://b.test", "--from", "f"],
                "not both; found the target",
            ),
            (
                &["a", "/b", "/c", "--redirect", "/d"],
                "belongs to one target, found 2",
            ),
            (&["a", "/b", "--page", "app"], "write https:// before it"),
            (
                &["a", "/b", "--api", "gopher"],
                "expected one of fetch, xhr",
            ),
        ] {
            let error = check(words).expect_err("an error");
            assert!(error.contains(expected), "{words:?}: {error}");
        }
    }
}
