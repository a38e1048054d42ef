//! What the commands around the server are asked to do.

use std::net::SocketAddr;
use std::path::PathBuf;

use connect_src_server::config::{AddressRange, Share, Tls};
use connect_src_server::store::TokenRole;
use url::Url;

use super::Format;

/// What to serve.
#[derive(Clone, Debug)]
pub(crate) struct Serve {
    pub(crate) front: Front,
    pub(crate) config: Option<PathBuf>,
    pub(crate) settings: Settings,
}

/// What the server stands in front of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// This application.
    Upstream(Url),
    /// What the configuration says.
    Configured,
    /// The demo application, which is started too.
    Demo,
    /// Nothing: reports are collected, and nothing else.
    Nothing,
}

/// What was typed goes over what the configuration says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) database: Option<PathBuf>,
    pub(crate) tls: Option<Tls>,
    pub(crate) trusted_proxies: Vec<AddressRange>,
    pub(crate) is_durable: bool,
    pub(crate) log: Log,
}

/// How the server writes its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Log {
    /// Lines for people.
    #[default]
    Human,
    /// A JSON object for each line.
    Json,
    /// Warnings and errors alone, for people.
    Quiet,
}

/// What to do with a rollout.
#[derive(Debug)]
pub(crate) struct Rollout {
    pub(crate) step: Step,
    pub(crate) place: Place,
    pub(crate) server: AdminServer,
    pub(crate) format: Format,
}

/// Which step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// None: say where the rollout stands.
    Status,
    /// Forward.
    Advance {
        share: Option<Share>,
        is_forced: bool,
        why: String,
    },
    /// Back.
    Back { why: String },
}

/// Which site and route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The only one there is, without it.
    pub(crate) site: Option<String>,
    /// `/` without it.
    pub(crate) route: Option<String>,
}

/// A server that runs, and how it knows us.
#[derive(Clone, Debug)]
pub(crate) struct AdminServer {
    pub(crate) url: Url,
    /// The environment has the token, without it.
    pub(crate) token_file: Option<PathBuf>,
}

/// Which reports to print.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) database: PathBuf,
    pub(crate) place: Place,
    pub(crate) classes: Vec<String>,
    pub(crate) format: ReportFormat,
}

/// How reports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportFormat {
    Human,
    Json,
    Csv,
}

/// Which policy to suggest.
#[derive(Debug)]
pub(crate) struct Suggest {
    pub(crate) database: PathBuf,
    pub(crate) place: Place,
    /// Origins that are not to be allowed.
    pub(crate) without: Vec<String>,
    /// The server that is to try the policy.
    pub(crate) apply: Option<AdminServer>,
    pub(crate) format: Format,
}

/// What to do with the tokens of a server.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) action: TokenAction,
    pub(crate) database: PathBuf,
    pub(crate) format: Format,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenAction {
    /// Make one.
    New { role: TokenRole, name: String },
    /// List them.
    List,
    /// Remove the one of this name.
    Revoke { id: String },
}

/// What to copy, and where to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Backup {
    pub(crate) database: PathBuf,
    pub(crate) target: PathBuf,
}

impl Place {
    /// Whether this site and route are meant.
    pub(crate) fn is(&self, site: &str, route: &str) -> bool {
        let is_meant =
            |asked: &Option<String>, found| asked.as_deref().is_none_or(|asked| asked == found);
        is_meant(&self.site, site) && is_meant(&self.route, route)
    }
}
