//! The commands around the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use connect_src_server::config::{AddressRange, Share, Tls};
use connect_src_server::store::TokenRole;
use connect_src_server::tokens::{FIRST_OWNER, public_part};
use url::Url;

use super::{OutputArgs, usage_error};
use crate::args::Color;
use crate::args::operations::{
    AdminServer, Backup, Front, Log, Place, ReportFormat, Reports, Rollout, Serve, Settings, Step,
    Suggest, Token, TokenAction,
};

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The application to stand in front of, such as <http://127.0.0.1:3000>
    #[arg(value_name = "UPSTREAM", value_parser = upstream)]
    upstream: Option<Url>,
    /// Try it on a small application that comes with it
    #[arg(long, conflicts_with_all = ["upstream", "config"])]
    demo: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(super) struct CollectArgs {
    #[command(flatten)]
    settings: SettingsArgs,
}

#[derive(Debug, Args)]
struct SettingsArgs {
    /// The configuration; docs/connect-src.example.toml shows all of it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where browsers connect to [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where API, metrics and commands connect to [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin: Option<SocketAddr>,
    /// The database; made if there is none [default: connect-src.db]
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// The certificate that browsers get, in PEM; without it they connect in plain HTTP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// An address or range whose X-Forwarded-For is believed; give it again for more
    #[arg(long = "trusted-proxy", value_name = "RANGE", value_parser = address_range)]
    trusted_proxies: Vec<AddressRange>,
    /// Answer a report only when it is on the disk
    #[arg(long)]
    durable: bool,
    /// How to write the log, on standard error
    #[arg(long, value_enum, default_value_t = LogArg::Human)]
    log: LogArg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogArg {
    /// For people
    Human,
    /// For programs
    Json,
    /// Warnings and errors alone
    Quiet,
}

#[derive(Debug, Args)]
pub(super) struct RolloutArgs {
    #[command(subcommand)]
    step: StepArgs,
}

#[derive(Debug, Subcommand)]
enum StepArgs {
    /// Say where every rollout stands
    Status(StatusArgs),
    /// Go one step forward: from observing to a trial, from the trial to enforcing for more and more clients
    Advance(AdvanceArgs),
    /// Go one stage back
    Back(BackArgs),
}

#[derive(Debug, Args)]
struct StatusArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    server: AdminArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
struct AdvanceArgs {
    /// For how many clients to enforce it; without it, as many as the plan's next step says
    #[arg(long, value_name = "PERCENT", value_parser = share)]
    share: Option<Share>,
    /// Go although the violations speak against it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct BackArgs {
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct ChangeArgs {
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    server: AdminArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Debug, Args)]
struct PlaceArgs {
    /// The host of a site, as the configuration has it; without it, the only site
    #[arg(long, value_name = "HOST")]
    site: Option<String>,
    /// The path of a route, as the configuration has it; without it, the only route
    #[arg(long, value_name = "PATH")]
    route: Option<String>,
}

#[derive(Clone, Debug, Args)]
struct AdminArgs {
    /// The admin address of the server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8081", value_parser = upstream)]
    server: Url,
    /// The file that holds the token; without it, the variable `CONNECT_SRC_TOKEN` does
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ReportsArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    place: PlaceArgs,
    /// Only reports of this class; give it again for more
    #[arg(long = "class", value_name = "CLASS", value_parser = class)]
    classes: Vec<String>,
    /// How to write them
    #[arg(long, value_enum, default_value_t = ReportFormatArg::Human)]
    format: ReportFormatArg,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReportFormatArg {
    /// For people
    Human,
    /// For programs; the fields are those of the API
    Json,
    /// For spreadsheets
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct SuggestArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    place: PlaceArgs,
    /// An origin that is not to be allowed, whoever connects to it; give it again for more
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    without: Vec<String>,
    /// Put the policy on trial at the running server
    #[arg(long)]
    apply: bool,
    #[command(flatten)]
    server: AdminArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    #[command(subcommand)]
    action: TokenActionArgs,
}

#[derive(Debug, Subcommand)]
enum TokenActionArgs {
    /// Make a token, and print it this once
    New(NewTokenArgs),
    /// List the tokens, without their secrets
    List(TokenOutputArgs),
    /// Remove a token; who is logged in with it is logged out
    Revoke(RevokeTokenArgs),
}

#[derive(Debug, Args)]
struct NewTokenArgs {
    /// What it allows
    #[arg(long, value_enum, value_name = "ROLE")]
    role: RoleArg,
    /// Whose it is, for the audit log
    #[arg(long, value_name = "NAME", default_value = FIRST_OWNER)]
    name: String,
    #[command(flatten)]
    output: TokenOutputArgs,
}

#[derive(Debug, Args)]
struct RevokeTokenArgs {
    /// The eight digits after csrc_, or the whole token
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    output: TokenOutputArgs,
}

#[derive(Debug, Args)]
struct TokenOutputArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleArg {
    /// To look at everything
    View,
    /// To change everything, too
    Change,
}

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// The new file
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Args)]
struct DatabaseArgs {
    /// The database; a server may be using it
    #[arg(long = "db", value_name = "FILE", default_value = "connect-src.db")]
    database: PathBuf,
}

impl ServeArgs {
    pub(super) fn meaning(self) -> Result<Serve, clap::Error> {
        let front = match (self.upstream, self.demo, &self.settings.config) {
            (Some(upstream), ..) => Front::Upstream(upstream),
            (None, true, _) => Front::Demo,
            (None, false, Some(_)) => Front::Configured,
            (None, false, None) => {
                let message = "expected an application to stand in front of: give its address, such as \
                               http://127.0.0.1:3000, or --config FILE, or --demo for a first look";
                return Err(usage_error("serve", message));
            }
        };
        Ok(self.settings.meaning(front))
    }
}

impl CollectArgs {
    pub(super) fn meaning(self) -> Serve {
        self.settings.meaning(Front::Nothing)
    }
}

impl SettingsArgs {
    fn meaning(self, front: Front) -> Serve {
        let tls = self.tls_cert.zip(self.tls_key);
        Serve {
            front,
            config: self.config,
            settings: Settings {
                listen: self.listen,
                admin: self.admin,
                database: self.database,
                tls: tls.map(|(certificate, key)| Tls::new(certificate, key)),
                trusted_proxies: self.trusted_proxies,
                is_durable: self.durable,
                log: match self.log {
                    LogArg::Human => Log::Human,
                    LogArg::Json => Log::Json,
                    LogArg::Quiet => Log::Quiet,
                },
            },
        }
    }
}

impl RolloutArgs {
    pub(super) fn meaning(self) -> (Color, Rollout) {
        match self.step {
            StepArgs::Status(StatusArgs {
                place,
                server,
                output,
            }) => rollout(Step::Status, place, server, output),
            StepArgs::Advance(AdvanceArgs {
                share,
                force,
                change,
            }) => {
                let ChangeArgs {
                    why,
                    place,
                    server,
                    output,
                } = change;
                let is_forced = force;
                rollout(
                    Step::Advance {
                        share,
                        is_forced,
                        why,
                    },
                    place,
                    server,
                    output,
                )
            }
            StepArgs::Back(BackArgs { change }) => {
                let ChangeArgs {
                    why,
                    place,
                    server,
                    output,
                } = change;
                rollout(Step::Back { why }, place, server, output)
            }
        }
    }
}

fn rollout(
    step: Step,
    place: PlaceArgs,
    server: AdminArgs,
    output: OutputArgs,
) -> (Color, Rollout) {
    let rollout = Rollout {
        step,
        place: place.meaning(),
        server: server.meaning(),
        format: output.format,
    };
    (output.color, rollout)
}

impl PlaceArgs {
    fn meaning(self) -> Place {
        Place {
            site: self.site,
            route: self.route,
        }
    }
}

impl AdminArgs {
    fn meaning(self) -> AdminServer {
        AdminServer {
            url: self.server,
            token_file: self.token_file,
        }
    }
}

impl ReportsArgs {
    pub(super) fn meaning(self) -> Reports {
        Reports {
            database: self.database.database,
            place: self.place.meaning(),
            classes: self.classes,
            format: match self.format {
                ReportFormatArg::Human => ReportFormat::Human,
                ReportFormatArg::Json => ReportFormat::Json,
                ReportFormatArg::Csv => ReportFormat::Csv,
            },
        }
    }
}

impl SuggestArgs {
    pub(super) fn meaning(self) -> Suggest {
        Suggest {
            database: self.database.database,
            place: self.place.meaning(),
            without: self.without,
            apply: self.apply.then(|| self.server.meaning()),
            format: self.output.format,
        }
    }
}

impl TokenArgs {
    pub(super) fn meaning(self) -> (Color, Token) {
        match self.action {
            TokenActionArgs::New(NewTokenArgs { role, name, output }) => {
                let role = match role {
                    RoleArg::View => TokenRole::View,
                    RoleArg::Change => TokenRole::Change,
                };
                output.token(TokenAction::New { role, name })
            }
            TokenActionArgs::List(output) => output.token(TokenAction::List),
            TokenActionArgs::Revoke(RevokeTokenArgs { id, output }) => {
                let id = public_part(&id).map_or_else(|| id.clone(), str::to_owned);
                output.token(TokenAction::Revoke { id })
            }
        }
    }
}

impl TokenOutputArgs {
    fn token(self, action: TokenAction) -> (Color, Token) {
        let token = Token {
            action,
            database: self.database.database,
            format: self.output.format,
        };
        (self.output.color, token)
    }
}

impl BackupArgs {
    pub(super) fn meaning(self) -> Backup {
        Backup {
            database: self.database.database,
            target: self.target,
        }
    }
}

fn upstream(text: &str) -> Result<Url, &'static str> {
    let expected = "expected http:// or https://, a host, and nothing behind it, such as http://127.0.0.1:3000";
    connect_src_server::config::parse_upstream(text).ok_or(expected)
}

fn address_range(text: &str) -> Result<AddressRange, &'static str> {
    AddressRange::parse(text).ok_or("expected an address or a range, such as 10.0.0.0/8")
}

fn share(text: &str) -> Result<Share, &'static str> {
    let share = Share::parse(text).filter(|share| *share > Share::NONE);
    share.ok_or("expected a share such as 25% or 0.5%")
}

fn class(text: &str) -> Result<String, String> {
    let class = connect_src_report::Class::ALL
        .iter()
        .find(|class| class.as_str() == text);
    class.map(|class| class.as_str().to_owned()).ok_or_else(|| {
        let names: Vec<_> = connect_src_report::Class::ALL
            .iter()
            .map(|class| class.as_str())
            .collect();
        format!("expected one of {}", names.join(", "))
    })
}

pub(super) fn origin(text: &str) -> Result<String, &'static str> {
    let expected = "expected an origin, such as https://tracker.example.com";
    let url = Url::parse(text).map_err(|_| expected)?;
    match connect_src::Origin::of(&url) {
        connect_src::Origin::Opaque => Err(expected),
        origin @ connect_src::Origin::Tuple(_) => Ok(origin.to_string()),
    }
}
