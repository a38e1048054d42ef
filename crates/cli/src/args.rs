//! The command line: what can be typed, and what it means.
//!
//! This module alone knows the argument parser; none of its types leaves. Help, manual pages, completions and
//! `docs/cli.md` come from the declarations in `args/cli.rs`.

mod artifact;
mod cli;
pub(crate) mod evidence;
pub(crate) mod lint;
mod markdown;
pub(crate) mod operations;
pub(crate) mod record;
pub(crate) mod scan;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use connect_src::{Api, BrowserProfile};
use connect_src_lint::audit::Level;
use url::Url;

pub(crate) use values::api_names;

use crate::input::Input;

/// What was typed, understood.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one, and it is taken apart at once"
)]
#[derive(Debug)]
pub(crate) enum Parsed {
    /// Something to do.
    Invocation(Invocation),
    /// A text to print: help, the version, a generated file.
    Text(String),
    /// Not understood; the message says why.
    UsageError(String),
}

/// A command and how to show its results.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) color: Color,
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug)]
pub(crate) enum Command {
    Check(Check),
    Diff(Diff),
    Normalize(Normalize),
    Audit(Audit),
    Test(Test),
    Explain {
        term: Option<String>,
        format: Format,
    },
    Lint(Box<lint::Lint>),
    Scan(Box<scan::Scan>),
    Record(Box<record::Record>),
    Serve(operations::Serve),
    Rollout(operations::Rollout),
    Reports(operations::Reports),
    Suggest(operations::Suggest),
    Token(operations::Token),
    Generate(Box<evidence::Generate>),
    Simulate(evidence::Simulate),
    Vendors(evidence::Vendors),
    Backup(operations::Backup),
    Demo,
}

/// What to decide.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) policy: PolicyArgument,
    pub(crate) page: Option<Url>,
    pub(crate) profiles: Vec<BrowserProfile>,
    pub(crate) connections: Connections,
    pub(crate) format: Format,
}

/// Which policies to compare.
#[derive(Debug)]
pub(crate) struct Diff {
    pub(crate) old: PolicyArgument,
    pub(crate) new: PolicyArgument,
    pub(crate) page: Option<Url>,
    pub(crate) profiles: Vec<BrowserProfile>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) fail_on: FailOn,
    pub(crate) format: Format,
}

/// Which difference makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailOn {
    Allowed,
    Blocked,
    Any,
    Findings,
    Never,
}

/// Which page to audit.
#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) policy: PolicyArgument,
    pub(crate) page: Option<Url>,
    pub(crate) profiles: Vec<BrowserProfile>,
    pub(crate) level: Option<Level>,
    /// The value of `Connection-Allowlist`, if it is not the one that came with the policy.
    pub(crate) allowlist: Option<String>,
    pub(crate) format: Format,
}

/// Which policy tests to run.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) files: Vec<Input>,
    pub(crate) format: TestFormat,
}

/// How the results of tests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestFormat {
    Human,
    Json,
    Junit,
}

/// Which policies to shorten.
#[derive(Debug)]
pub(crate) struct Normalize {
    pub(crate) policy: PolicyArgument,
    pub(crate) page: Option<Url>,
    pub(crate) format: Format,
}

/// Where the policies are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicyArgument {
    /// Here.
    Text(String),
    /// In a file or on standard input.
    Input(Input),
    /// Delivered by the page, which is to be fetched.
    OfPage(Url),
}

/// The connections to decide.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Connections {
    /// As typed; a URL is relative to the page, which may only be known when it is fetched.
    Targets {
        targets: Vec<String>,
        api: Option<Api>,
        redirects: Vec<String>,
    },
    /// In a file.
    From(Input),
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Human,
    Json,
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

/// Understands a command line, the program's name included.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Parsed {
    cli::parse(words)
}
