//! What a server says when it starts.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use anstyle::Style;
use connect_src_server::Config;

use super::rows;
use crate::output::Output;
use crate::output::sanitize::sanitize;
use crate::output::style::{CODE, DIM, NOTE, STRONG};

/// Where a server is, and what to use it with.
pub(crate) struct Greeting<'a> {
    pub(crate) public: String,
    pub(crate) admin: String,
    pub(crate) config: &'a Config,
    /// The token that is never shown again.
    pub(crate) first_token: Option<&'a str>,
    /// Where somebody who looks at the terminal logs in, once.
    pub(crate) login_link: Option<String>,
}

/// The origin of an address that a server has.
pub(crate) fn origin(address: SocketAddr, is_tls: bool) -> String {
    let scheme = if is_tls { "https" } else { "http" };
    format!("{scheme}://{address}")
}

/// Prints where the server is, and the first token.
pub(crate) fn greeting(greeting: &Greeting<'_>, out: &mut Output) -> io::Result<()> {
    let Greeting {
        public,
        admin,
        config,
        first_token,
        login_link,
    } = greeting;
    let upstreams = config
        .sites
        .iter()
        .filter_map(|site| site.upstream.as_ref());
    let upstreams: Vec<_> = config
        .upstream
        .iter()
        .chain(upstreams)
        .map(url::Url::as_str)
        .collect();
    let front = match upstreams.as_slice() {
        [] => format!(
            "{CODE}{public}{CODE:#} {DIM}for reports below {}{DIM:#}",
            config.collector.path
        ),
        upstreams => format!(
            "{CODE}{public}{CODE:#} {DIM}in front of {}{DIM:#}",
            upstreams.join(", ")
        ),
    };
    line("serving", &front, out)?;
    line(
        "admin",
        &format!("{CODE}{admin}/{CODE:#} {DIM}dashboard, API, metrics{DIM:#}"),
        out,
    )?;
    let database = sanitize(&config.database.to_string_lossy()).into_owned();
    line("database", &database, out)?;
    if let Some(token) = first_token {
        let hint = "shown this once; log in with it, set CONNECT_SRC_TOKEN to it";
        line(
            "token",
            &format!("{NOTE}{token}{NOTE:#} {DIM}{hint}{DIM:#}"),
            out,
        )?;
    }
    if let Some(link) = login_link {
        let hint = "logs you in to the dashboard, once, within 15 minutes";
        line(
            "log in",
            &format!("{NOTE}{link}{NOTE:#} {DIM}{hint}{DIM:#}"),
            out,
        )?;
    }
    out.flush()
}

fn line(label: &str, text: &str, out: &mut Output) -> io::Result<()> {
    let style: Style = STRONG;
    rows::lines(out, (label, style), &[text.to_owned()])
}
