//! `connect-src serve --demo`: a small application, the server in front of it, and what browsers report, live.

mod folder;
mod show;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use connect_src_server::Config;
use connect_src_server::config::{Plan, Reporting, Share, Site};
use connect_src_server::demo::Demo;
use connect_src_server::server::Server;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::args::operations::{Log, Settings};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Keyboard;
use crate::output::{self, Output};
use folder::Folder;
use show::Show;

/// Runs until the key for the end is pressed, or the system says stop.
pub(crate) fn run(settings: &Settings, out: &mut Output) -> Result<ExitStatus, Error> {
    let log = match settings.log {
        // Its lines would stand between ours.
        Log::Human => Log::Quiet,
        other => other,
    };
    output::log::start(log);
    runtime()?.block_on(async {
        let demo = Demo::start().await.map_err(|error| cannot_start(&error))?;
        let folder = Folder::new().map_err(|error| cannot_start(&error))?;
        let server = Server::start(config(settings, &demo, &folder)).await?;
        if let Some(token) = server.first_token() {
            folder
                .save_token(token)
                .map_err(|error| cannot_start(&error))?;
        }
        let mut keyboard = Keyboard::open().map_err(|error| cannot_start(&error))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let events = server.events();
        let mut show = Show::new(&demo, &server, &folder.token_file(), out)?;
        let running = tokio::spawn(server.run(async {
            // That the sender is dropped is the signal.
            let _ = stopped.await;
        }));
        let watched = show.watch(events, &mut keyboard).await;
        drop(stop);
        // It ends by itself.
        let _ = running.await;
        watched.map(|()| ExitStatus::Success)
    })
}

/// Runs the application without a server in front of it.
pub(crate) fn alone(out: &mut Output) -> Result<ExitStatus, Error> {
    use std::io::Write as _;

    runtime()?.block_on(async {
        let demo = Demo::start().await.map_err(|error| cannot_start(&error))?;
        writeln!(out, "{}", demo.upstream())?;
        out.flush()?;
        connect_src_server::server::stop_signal().await;
        Ok(ExitStatus::Success)
    })
}

fn runtime() -> Result<Runtime, Error> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| cannot_start(&error))
}

fn cannot_start(error: &std::io::Error) -> Error {
    Error::new(format!("the demo cannot start: {error}"))
}

/// The settings of the demo, where none were typed: everything is reported at once, and nothing stays behind.
fn config(settings: &Settings, demo: &Demo, folder: &Folder) -> Config {
    let mut config = Config::for_upstream(demo.upstream().clone());
    let mut plan = Plan::default();
    plan.observe_share = Share::ALL;
    // In the later stages, only what the policy blocks is to be seen.
    plan.inventory_share = Share::NONE;
    // One browser is everybody.
    plan.steps = vec![Share::ALL];
    // Chromium gathers other reports for up to a minute.
    plan.reporting = Reporting::ReportUri;
    config.sites = vec![Site::everything(plan)];
    // Its page holds streams open, and who presses q does not want to wait for them.
    config.proxy.grace = Duration::from_millis(500);
    config.database = folder.database();
    config.listen = free(config.listen);
    config.admin.listen = free(config.admin.listen);
    super::apply(settings, &mut config);
    config
}

/// The address, or if something else has its port, any other port.
fn free(address: SocketAddr) -> SocketAddr {
    match TcpListener::bind(address) {
        Ok(_) => address,
        Err(_) => SocketAddr::new(address.ip(), 0),
    }
}
