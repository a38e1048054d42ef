//! `connect-src serve` and `connect-src collect`.

mod demo;

use std::sync::Arc;

use connect_src_server::Config;
use connect_src_server::server::{ServeError, Server, serve};

use crate::args::operations::{Front, Serve, Settings};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::output::{self, Output};

pub(crate) use demo::alone as demo_alone;

/// Serves until the system says stop.
pub(crate) fn run(asked: &Serve, out: &mut Output) -> Result<ExitStatus, Error> {
    if asked.front == Front::Demo {
        return demo::run(&asked.settings, out);
    }
    output::log::start(asked.settings.log);
    let again = asked.clone();
    let mut greeted = Ok(());
    serve(Arc::new(move || config(&again)), |server| {
        greeted = greet(server, out);
    })?;
    greeted?;
    Ok(ExitStatus::Success)
}

/// What was typed goes over what the file says, also when the file is read again.
fn config(asked: &Serve) -> Result<Config, ServeError> {
    let mut config = match (&asked.config, &asked.front) {
        (Some(file), _) => Config::load(file)?,
        (None, Front::Upstream(upstream)) => Config::for_upstream(upstream.clone()),
        (None, _) => Config::collector_only(),
    };
    match &asked.front {
        Front::Upstream(upstream) => config.upstream = Some(upstream.clone()),
        Front::Configured if config.is_collector_only() => return Err(ServeError::NoUpstream),
        Front::Configured | Front::Demo => {}
        Front::Nothing => {
            config.upstream = None;
            for site in &mut config.sites {
                site.upstream = None;
            }
        }
    }
    apply(&asked.settings, &mut config);
    Ok(config)
}

fn apply(settings: &Settings, config: &mut Config) {
    let Settings {
        listen,
        admin,
        database,
        tls,
        trusted_proxies,
        is_durable,
        log: _,
    } = settings;
    config.listen = listen.unwrap_or(config.listen);
    config.admin.listen = admin.unwrap_or(config.admin.listen);
    if let Some(database) = database {
        config.database.clone_from(database);
    }
    if let Some(tls) = tls {
        config.tls = Some(tls.clone());
    }
    config.trusted_proxies.extend_from_slice(trusted_proxies);
    config.collector.is_durable |= is_durable;
}

fn greet(server: &Server, out: &mut Output) -> Result<(), Error> {
    let config = server.rollouts().config();
    let address = |address: std::io::Result<_>| {
        address.map_err(|error| {
            Error::new(format!("the system does not say where we listen: {error}"))
        })
    };
    output::human::greeting(
        &output::human::Greeting {
            public: output::human::origin(address(server.public_address())?, config.tls.is_some()),
            admin: output::human::origin(
                address(server.admin_address())?,
                config.admin.tls.is_some(),
            ),
            config: &config,
            first_token: server.first_token(),
            // A log that is kept is no place for it.
            login_link: out.is_terminal().then(|| server.login_link()).flatten(),
        },
        out,
    )?;
    Ok(())
}
