//! The commands about evidence.

use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Args, ValueEnum};
use connect_src_generate::Environment;
use connect_src_generate::forms::Form;
use url::Url;

use super::operations::origin;
use super::{OutputArgs, typed_policy, usage_error};
use crate::args::evidence::{Generate, Simulate, Sources, Vendors, Wildcards};
use crate::args::values::{Browsers, page};
use crate::args::{FailOn, PolicyArgument};
use crate::input::Input;

#[derive(Debug, Args)]
struct SourcesArgs {
    /// What knows of the connections: files, folders of source code, or - for standard input
    ///
    /// A source is recognised by its content: HAR, JSON Lines of {page, api, url, redirects}, violation reports, access logs
    /// of nginx, Apache or Envoy, the database of connect-src serve, source code, or the JSON of connect-src scan.
    #[arg(long = "from", value_name = "SOURCE", num_args = 1.., required = true)]
    from: Vec<PathBuf>,
    #[command(flatten)]
    context: ContextArgs,
}

#[derive(Debug, Args)]
struct ContextArgs {
    /// The page of connections that name none: what 'self' stands for
    #[arg(long, value_name = "URL", value_parser = page)]
    page: Option<Url>,
    /// The server that wrote access logs in which no host stands
    #[arg(long, value_name = "URL", value_parser = page)]
    server: Option<Url>,
}

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    #[command(flatten)]
    sources: SourcesArgs,
    /// The policy to extend: text, @FILE, or - for standard input; without it, connect-src alone
    #[arg(long, value_name = "POLICY", allow_hyphen_values = true)]
    base: Option<String>,
    /// When hosts become a wildcard: never, ask (only say what it costs), or from how many on
    #[arg(long, value_name = "WHEN", value_parser = wildcards, default_value = "ask")]
    wildcards: Wildcards,
    /// Where the policy is for
    #[arg(long, value_enum, value_name = "WHERE", default_value_t = EnvironmentArg::Production)]
    env: EnvironmentArg,
    /// An origin that is not to be allowed; give it again for more
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    without: Vec<String>,
    /// Print nothing but the policy, in this form; what else there is to say goes to standard error
    #[arg(long = "as", value_name = "FORM", value_parser = FormParser)]
    form: Option<Form>,
    /// Only report what the policy would block
    #[arg(long)]
    report_only: bool,
    /// Write the twin header Connection-Allowlist too
    #[arg(long)]
    allowlist: bool,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EnvironmentArg {
    /// A developer's machine: with its own servers, and reloading over a WebSocket
    Development,
    /// Visitors' machines: nothing on this machine, or in a private network
    Production,
    /// Whatever the evidence says
    Any,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOnArg {
    /// Something is newly allowed
    Allowed,
    /// Something is newly blocked
    Blocked,
    /// Something is newly allowed or blocked
    Any,
    /// Nothing; only errors count
    Never,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// The policy of before: text, @FILE, or - for standard input; empty for none
    #[arg(long, value_name = "POLICY", allow_hyphen_values = true)]
    old: String,
    /// The policy to come: text, @FILE, or - for standard input; empty for none
    #[arg(long, value_name = "POLICY", allow_hyphen_values = true)]
    new: String,
    #[command(flatten)]
    sources: SourcesArgs,
    /// Whose decisions to compare
    #[arg(long, value_enum, value_name = "BROWSER", ignore_case = true, default_value_t = Browsers::All)]
    browser: Browsers,
    /// Which differences make the exit status 1
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = FailOnArg::Blocked)]
    fail_on: FailOnArg,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct VendorsArgs {
    /// A service, by a part of its name; without it, all of them
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The policy that may miss hosts of a service: text, @FILE, or - for standard input
    #[arg(long, value_name = "POLICY", allow_hyphen_values = true)]
    policy: Option<String>,
    /// Find services in what is recorded here
    ///
    /// A source is recognised by its content, as connect-src generate does it.
    #[arg(long = "from", value_name = "SOURCE", num_args = 1..)]
    from: Vec<PathBuf>,
    #[command(flatten)]
    context: ContextArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

impl SourcesArgs {
    fn meaning(self) -> Sources {
        self.context.meaning(self.from)
    }
}

impl ContextArgs {
    fn meaning(self, from: Vec<PathBuf>) -> Sources {
        Sources {
            inputs: from.into_iter().map(Input::named).collect(),
            page: self.page,
            server: self.server,
        }
    }
}

impl GenerateArgs {
    pub(super) fn meaning(self) -> Result<Generate, clap::Error> {
        let sources = self.sources.meaning();
        let base = self.base.as_deref().map(typed_policy);
        check_stdin("generate", &sources, base.as_slice())?;
        Ok(Generate {
            sources,
            base,
            wildcards: self.wildcards,
            environment: match self.env {
                EnvironmentArg::Development => Environment::Development,
                EnvironmentArg::Production => Environment::Production,
                EnvironmentArg::Any => Environment::Any,
            },
            without: self.without,
            has_allowlist: self.allowlist || self.form == Some(Form::ConnectionAllowlist),
            form: self.form,
            is_report_only: self.report_only,
            format: self.output.format,
        })
    }
}

impl SimulateArgs {
    pub(super) fn meaning(self) -> Result<Simulate, clap::Error> {
        let sources = self.sources.meaning();
        let policies = [typed_policy(&self.old), typed_policy(&self.new)];
        check_stdin("simulate", &sources, &policies)?;
        let [old, new] = policies;
        Ok(Simulate {
            old,
            new,
            sources,
            profiles: self.browser.profiles(),
            fail_on: match self.fail_on {
                FailOnArg::Allowed => FailOn::Allowed,
                FailOnArg::Blocked => FailOn::Blocked,
                FailOnArg::Any => FailOn::Any,
                FailOnArg::Never => FailOn::Never,
            },
            format: self.output.format,
        })
    }
}

impl VendorsArgs {
    pub(super) fn meaning(self) -> Result<Vendors, clap::Error> {
        let sources = self.context.meaning(self.from);
        let policy = self.policy.as_deref().map(typed_policy);
        check_stdin("vendors", &sources, policy.as_slice())?;
        Ok(Vendors {
            name: self.name,
            policy,
            sources,
            format: self.output.format,
        })
    }
}

/// Standard input can be read once.
fn check_stdin(
    command: &str,
    sources: &Sources,
    policies: &[PolicyArgument],
) -> Result<(), clap::Error> {
    let policies = policies.iter();
    let policies = policies.filter(|policy| **policy == PolicyArgument::Input(Input::Stdin));
    let inputs = sources
        .inputs
        .iter()
        .filter(|input| **input == Input::Stdin);
    if policies.count() + inputs.count() > 1 {
        let message = "expected - for standard input once, found it more than once; put the others into files";
        return Err(usage_error(command, message));
    }
    Ok(())
}

fn wildcards(text: &str) -> Result<Wildcards, &'static str> {
    match text {
        "never" => Ok(Wildcards::Never),
        "ask" => Ok(Wildcards::Ask),
        number => match number.parse() {
            Ok(least @ 2..) => Ok(Wildcards::From(least)),
            _ => Err("expected never, ask, or a number of hosts from 2 on"),
        },
    }
}

/// A form by its name; the list is that of the library.
#[derive(Clone, Copy)]
struct FormParser;

impl TypedValueParser for FormParser {
    type Value = Form;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Form, clap::Error> {
        let names = Form::ALL.iter().map(|form| form.name());
        let known = clap::builder::PossibleValuesParser::new(names);
        let name = known.parse_ref(command, argument, value)?;
        Ok(Form::parse(&name).expect("the name is one of a form"))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let value = |form: &Form| PossibleValue::new(form.name()).help(form.what());
        Some(Box::new(Form::ALL.iter().map(value)))
    }
}
