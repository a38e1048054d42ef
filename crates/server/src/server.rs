//! Puts everything together: what `connect-src serve` and `connect-src collect` run.
//!
//! [`Server::start`] opens the database and takes the addresses; [`Server::run`] serves until it is told to stop.
//! [`serve`] does both, with a runtime of its own and the system's signals.

mod error;
mod front;
mod policy;
mod readiness;
mod targets;
mod tasks;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};

pub use error::ServeError;
pub use readiness::Notices;
pub use tasks::stop_signal;

use crate::api::Api;
use crate::clock::Clock;
use crate::config::Config;
use crate::dashboard;
use crate::draw::Draws;
use crate::endpoints::{Collector, Receiving};
use crate::events::{self, Event};
use crate::ingest::{Ingest, Queue};
use crate::limits::Limiter;
use crate::metrics::Metrics;
use crate::proxy::{Listening, listen};
use crate::rollout::Rollouts;
use crate::sessions::Login;
use crate::store::{Durability, SqliteStore};
use crate::tls::ServerTls;
use crate::tokens::Tokens;
use front::Front;
use readiness::State;
use targets::Targets;

/// A server that has its database and its addresses.
pub struct Server {
    parts: Arc<Parts>,
    ingest: Ingest,
    api: Api,
    collector: Arc<Collector>,
    public: TcpListener,
    admin: TcpListener,
    first_token: Option<String>,
}

/// What is shared by everything that runs.
struct Parts {
    store: Arc<SqliteStore>,
    rollouts: Rollouts,
    targets: Targets,
    tls: Option<ServerTls>,
    admin_tls: Option<ServerTls>,
    events: broadcast::Sender<Event>,
    clock: Clock,
    notices: Arc<Notices>,
    draws: Draws,
}

/// Gives a running server another configuration.
#[derive(Clone)]
pub struct Reloader(Arc<Parts>);

impl Server {
    /// Opens the database, takes the addresses, and makes everything ready.
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        Self::start_with_clock(config, Clock::system()).await
    }

    /// The same with another clock, for tests.
    pub async fn start_with_clock(config: Config, clock: Clock) -> Result<Self, ServeError> {
        if !config.admin.is_guarded() {
            return Err(ServeError::Unguarded(config.admin.listen));
        }
        let config = Arc::new(config);
        let store = tokio::task::spawn_blocking({
            let config = Arc::clone(&config);
            move || open(&config)
        });
        let store = Arc::new(store.await.map_err(|_| ServeError::Interrupted)??);
        let (events, _) = broadcast::channel(events::CAPACITY);
        let rollouts = start_rollouts(&config, &store, &clock, &events).await?;
        let metrics = Arc::new(Metrics::new());
        let ingest = Ingest::start(
            Arc::new(Queue::new(config.collector.queue_bytes)),
            Arc::clone(&store) as _,
            rollouts.clone(),
            clock.clone(),
            events.clone(),
            Arc::clone(&metrics),
        )?;
        let notices = Arc::new(Notices::default());
        let parts = Arc::new(Parts {
            targets: Targets::new(&config, &notices)?,
            tls: config.tls.as_ref().map(ServerTls::load).transpose()?,
            admin_tls: config.admin.tls.as_ref().map(ServerTls::load).transpose()?,
            store: Arc::clone(&store),
            rollouts: rollouts.clone(),
            events: events.clone(),
            clock: clock.clone(),
            notices,
            draws: Draws::default(),
        });
        let collector = Arc::new(Collector {
            rollouts: rollouts.clone(),
            queue: Arc::clone(ingest.queue()),
            repeats: Arc::clone(ingest.repeats()),
            sheds: Arc::clone(ingest.sheds()),
            receiving: Receiving::new(config.collector.queue_bytes),
            limiter: Limiter::new(),
            clock: clock.clone(),
            metrics: Arc::clone(&metrics),
        });
        let (public, admin) = (bind(config.listen).await?, bind(config.admin.listen).await?);
        // Last of all that may fail: it is told only once.
        let (tokens, first_token) = first_token(&store, &clock).await?;
        let state = State::new(Arc::clone(&parts), ingest.reporter());
        let api = Api::new(
            Arc::clone(&store) as _,
            store as _,
            rollouts,
            tokens,
            metrics,
            events,
            clock,
            Arc::new(state),
        );
        Ok(Self {
            parts,
            ingest,
            api,
            collector,
            public,
            admin,
            first_token,
        })
    }

    /// Where browsers connect to.
    pub fn public_address(&self) -> io::Result<SocketAddr> {
        self.public.local_addr()
    }

    /// Where operators connect to.
    pub fn admin_address(&self) -> io::Result<SocketAddr> {
        self.admin.local_addr()
    }

    /// The token that was made because there was none; it is not to be had again.
    pub fn first_token(&self) -> Option<&str> {
        self.first_token.as_deref()
    }

    /// Where the dashboard logs in whoever follows the link, once and within 15 minutes, as if they had the first token.
    /// `None` if that was made at an earlier start.
    pub fn login_link(&self) -> Option<String> {
        let address = self.admin_address().ok()?;
        let scheme = scheme(self.parts.admin_tls.is_some());
        let login = Login::of_first_token(self.first_token.as_deref()?)?;
        let path = self.api.login_link(login, self.parts.clock.now())?;
        Some(format!("{scheme}://{address}{path}"))
    }

    /// The rollouts.
    pub fn rollouts(&self) -> &Rollouts {
        &self.parts.rollouts
    }

    /// The database.
    pub fn store(&self) -> &Arc<SqliteStore> {
        &self.parts.store
    }

    /// What happens, as it happens.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.parts.events.subscribe()
    }

    /// Gives it another configuration while it runs.
    pub fn reloader(&self) -> Reloader {
        Reloader(Arc::clone(&self.parts))
    }

    /// Serves until `stop` is ready; then ends what runs, stores what waits, and returns.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self {
            parts,
            ingest,
            api,
            collector,
            public,
            admin,
            ..
        } = self;
        let application = application(&public, parts.tls.is_some());
        let (stopping, stopped) = watch::channel(());
        let limits = parts.rollouts.config().proxy.clone();
        let listening = Listening::new(limits);
        let front = Front::new(&parts, collector);
        let mut tasks = tasks::start(&parts, &stopped);
        let public = listen(
            public,
            front,
            listening.clone().with_tls(parts.tls.clone()),
            ended(stopped.clone()),
        );
        let admin = listen(
            admin,
            dashboard::router(api, &application),
            listening.with_tls(parts.admin_tls.clone()),
            ended(stopped),
        );
        let stop = async {
            stop.await;
            tracing::info!("stopping");
            // Nobody listening is no error.
            let _ = parts.events.send(Event::Stopping);
            drop(stopping);
        };
        tokio::join!(public, admin, stop);
        // Wait for the database.
        while tasks.join_next().await.is_some() {}
        let _ = tokio::task::spawn_blocking(move || drop(ingest)).await;
    }
}

impl Reloader {
    /// Takes another configuration. On an error the old one stays. What can change only with a restart stays
    /// as it is, and is told.
    pub fn reload(&self, mut config: Config) -> Result<Vec<&'static str>, ServeError> {
        let parts = &self.0;
        let before = parts.rollouts.config();
        let kept = keep_fixed(&before, &mut config);
        for key in &kept {
            tracing::warn!(key, "changes with the next start");
        }
        if let (Some(tls), Some(files)) = (&parts.tls, &config.tls) {
            tls.reload(files)?;
        }
        if let (Some(tls), Some(files)) = (&parts.admin_tls, &config.admin.tls) {
            tls.reload(files)?;
        }
        let targets = parts.targets.prepare(&config)?;
        parts.rollouts.reload(Arc::new(config))?;
        parts.targets.replace(targets);
        parts.notices.clear();
        tracing::info!("the configuration was read again");
        Ok(kept)
    }

    /// The same, from a file.
    pub fn reload_file(&self, file: &Path) -> Result<Vec<&'static str>, ServeError> {
        self.reload(Config::load(file)?)
    }
}

/// What a running server cannot change stays.
fn keep_fixed(before: &Config, config: &mut Config) -> Vec<&'static str> {
    let mut kept = Vec::new();
    macro_rules! keep {
        ($($key:literal: $($field:ident).+,)+) => {$(
            if config.$($field).+ != before.$($field).+ {
                config.$($field).+ = before.$($field).+.clone();
                kept.push($key);
            }
        )+};
    }
    keep! {
        "listen": listen,
        "admin.listen": admin.listen,
        "admin.allow-plain-http": admin.is_plain_allowed,
        "database": database,
        "collector.path": collector.path,
        "collector.queue": collector.queue_bytes,
        "collector.durable": collector.is_durable,
        "retention.max-*": retention.limits,
    }
    if config.tls.is_some() != before.tls.is_some() {
        config.tls.clone_from(&before.tls);
        kept.push("tls");
    }
    if config.admin.tls.is_some() != before.admin.tls.is_some() {
        config.admin.tls.clone_from(&before.admin.tls);
        kept.push("admin.tls");
    }
    kept
}

/// Reads a configuration, as often as it is asked to.
pub type ReadConfig = Arc<dyn Fn() -> Result<Config, ServeError> + Send + Sync>;

/// Runs a server on a runtime of its own, until the system says stop (Ctrl-C, SIGTERM). SIGHUP has the
/// configuration read again. `started` is told when connections are taken in.
pub fn serve(read: ReadConfig, started: impl FnOnce(&Server)) -> Result<(), ServeError> {
    let config = read()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(MOST_BLOCKING)
        .build()?;
    runtime.block_on(async {
        let server = Server::start(config).await?;
        started(&server);
        let reloads = tasks::reload_on_signal(server.reloader(), read);
        server.run(stop_signal()).await;
        drop(reloads);
        Ok(())
    })
}

/// Where browsers find the application, as far as this machine knows.
fn application(public: &TcpListener, is_tls: bool) -> String {
    match public.local_addr() {
        Ok(address) => format!("{}://{address}/", scheme(is_tls)),
        Err(_) => "/".to_owned(),
    }
}

fn scheme(is_tls: bool) -> &'static str {
    if is_tls { "https" } else { "http" }
}

async fn ended(mut stopped: watch::Receiver<()>) {
    // An error says that the sender was dropped, which is the signal.
    while stopped.changed().await.is_ok() {}
}

fn open(config: &Config) -> Result<SqliteStore, ServeError> {
    let durability = if config.collector.is_durable {
        Durability::Power
    } else {
        Durability::Process
    };
    let limits = config.retention.limits;
    Ok(SqliteStore::open(&config.database, limits, durability)?)
}

async fn start_rollouts(
    config: &Arc<Config>,
    store: &Arc<SqliteStore>,
    clock: &Clock,
    events: &broadcast::Sender<Event>,
) -> Result<Rollouts, ServeError> {
    let (config, store) = (Arc::clone(config), Arc::clone(store) as _);
    let (clock, events) = (clock.clone(), events.clone());
    let started = move || Rollouts::start(config, store, clock, events);
    let started = tokio::task::spawn_blocking(started).await;
    Ok(started.map_err(|_| ServeError::Interrupted)??)
}

async fn first_token(
    store: &Arc<SqliteStore>,
    clock: &Clock,
) -> Result<(Tokens, Option<String>), ServeError> {
    let (store, now) = (Arc::clone(store) as _, clock.now());
    let made = tokio::task::spawn_blocking(move || {
        let tokens = Tokens::new(store)?;
        let first = tokens.first(now)?;
        Ok((tokens, first))
    });
    made.await.map_err(|_| ServeError::Interrupted)?
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| ServeError::Bind { address, error })
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Server")
    }
}

impl std::fmt::Debug for Reloader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Reloader")
    }
}

/// Threads that wait for the database: few, since it answers few at a time.
const MOST_BLOCKING: usize = 16;
