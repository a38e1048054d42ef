//! What happens by itself: steps back, retention, looking after the upstreams, signals.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::{Parts, ReadConfig, Reloader, ended};
use crate::store::ReportStore as _;

/// Starts everything that happens by itself. Once stopped, the tasks of the set end with what they have begun.
pub(super) fn start(parts: &Arc<Parts>, stopped: &watch::Receiver<()>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let mut every_so_often = |period, work| {
        tasks.spawn(every(period, Arc::clone(parts), stopped.clone(), work));
    };
    every_so_often(EVERY_SECOND, |parts| {
        if let Err(error) = parts.rollouts.step_back() {
            tracing::error!(%error, "a step back could not be taken");
        }
    });
    every_so_often(EVERY_HOUR, |parts| {
        let config = parts.rollouts.config();
        match parts.store.purge(parts.clock.now(), &config.retention) {
            Ok(dropped) => tracing::debug!(dropped, "dropped what is too old"),
            Err(error) => tracing::warn!(%error, "what is too old could not be dropped"),
        }
    });
    let (probed, stopped) = (Arc::clone(parts), stopped.clone());
    tasks.spawn(async move {
        let mut ticks = interval(EVERY_FEW_SECONDS);
        let probe = async {
            loop {
                ticks.tick().await;
                probed.targets.probe().await;
            }
        };
        tokio::select! {
            () = probe => {}
            () = ended(stopped) => {}
        }
    });
    tasks
}

/// Does something now and then, on a thread that may wait.
async fn every(
    period: Duration,
    parts: Arc<Parts>,
    stopped: watch::Receiver<()>,
    work: fn(&Parts),
) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = ended(stopped.clone()) => return,
        }
        let parts = Arc::clone(&parts);
        // A panic in there was logged; the next turn comes.
        let _ = tokio::task::spawn_blocking(move || work(&parts)).await;
    }
}

/// A task that ends when this is dropped.
pub(super) struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Ready when the system says stop: Ctrl-C, or SIGTERM where there are signals.
#[cfg(unix)]
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return interrupt().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        () = interrupt() => {}
    }
}

/// Ready when the system says stop: Ctrl-C, or SIGTERM where there are signals.
#[cfg(not(unix))]
pub async fn stop_signal() {
    interrupt().await;
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Reads the configuration again at each SIGHUP.
#[cfg(unix)]
pub(super) fn reload_on_signal(reloader: Reloader, read: ReadConfig) -> Task {
    use tokio::signal::unix::{SignalKind, signal};

    let task = tokio::spawn(async move {
        let Ok(mut hang_up) = signal(SignalKind::hangup()) else {
            return;
        };
        while hang_up.recv().await.is_some() {
            let (reloader, read) = (reloader.clone(), Arc::clone(&read));
            let reload = move || reloader.reload(read()?);
            if let Ok(Err(error)) = tokio::task::spawn_blocking(reload).await {
                tracing::error!(%error, "the old configuration stays");
            }
        }
    });
    Task(task.abort_handle())
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(super) fn reload_on_signal(_reloader: Reloader, _read: ReadConfig) -> Task {
    Task(tokio::spawn(std::future::pending()).abort_handle())
}

const EVERY_SECOND: Duration = Duration::from_secs(1);
const EVERY_FEW_SECONDS: Duration = Duration::from_secs(5);
const EVERY_HOUR: Duration = Duration::from_hours(1);
