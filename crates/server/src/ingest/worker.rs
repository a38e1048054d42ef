//! The thread that judges and stores, and what is known of its health.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{broadcast, oneshot};

use super::judge::{Added, Judge};
use super::queue::{Job, Queue};
use super::repeats::Repeats;
use crate::clock::Clock;
use crate::events::{Event, ReportsEvent};
use crate::metrics::{Class, Metrics, Outcome, Role};
use crate::rollout::{Rollouts, lock};
use crate::store::{Batch, Committed, ReportStore, StoreError, StoreErrorKind, Tally, TallyIdent};

/// What takes reports from the queue to the store, on a thread of its own.
#[derive(Debug)]
pub struct Ingest {
    queue: Arc<Queue>,
    sheds: Arc<Sheds>,
    health: Arc<Mutex<Health>>,
    repeats: Arc<Repeats>,
    thread: Option<JoinHandle<()>>,
}

/// Whether reports reach the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Why the last commit failed; `None` if it did not.
    pub failure: Option<String>,
}

/// What was shed and is not stored yet.
#[derive(Debug)]
pub struct Sheds {
    counts: Mutex<HashMap<(&'static str, &'static str), u64>>,
    metrics: Arc<Metrics>,
}

/// What the thread has.
struct Worker {
    queue: Arc<Queue>,
    store: Arc<dyn ReportStore>,
    rollouts: Rollouts,
    clock: Clock,
    events: broadcast::Sender<Event>,
    metrics: Arc<Metrics>,
    sheds: Arc<Sheds>,
    health: Arc<Mutex<Health>>,
    judge: Judge,
    pending: Pending,
    /// How long the last commit took.
    commit_time: Duration,
}

/// What is not committed yet.
#[derive(Default)]
struct Pending {
    batch: Arc<Batch>,
    added: Added,
    shed: u64,
    answers: Vec<oneshot::Sender<Result<(), StoreError>>>,
}

impl Ingest {
    /// Starts the thread. Fails if the system has none to give.
    pub fn start(
        queue: Arc<Queue>,
        store: Arc<dyn ReportStore>,
        rollouts: Rollouts,
        clock: Clock,
        events: broadcast::Sender<Event>,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<Self> {
        let sheds = Arc::new(Sheds::new(Arc::clone(&metrics)));
        let health = Arc::default();
        let repeats = Arc::new(Repeats::new());
        let mut worker = Worker {
            queue: Arc::clone(&queue),
            judge: Judge::new(rollouts.clone(), Arc::clone(&repeats)),
            sheds: Arc::clone(&sheds),
            health: Arc::clone(&health),
            pending: Pending::default(),
            commit_time: Duration::ZERO,
            store,
            rollouts,
            clock,
            events,
            metrics,
        };
        let thread = std::thread::Builder::new().name("ingest".to_owned());
        let thread = thread.spawn(move || worker.run())?;
        Ok(Self {
            queue,
            sheds,
            health,
            repeats,
            thread: Some(thread),
        })
    }

    /// The queue that it takes from.
    pub fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// What became of posts.
    pub fn repeats(&self) -> &Arc<Repeats> {
        &self.repeats
    }

    /// Where others say what they shed.
    pub fn sheds(&self) -> &Arc<Sheds> {
        &self.sheds
    }

    /// Tells how it is, also to others.
    pub fn reporter(&self) -> HealthReporter {
        HealthReporter {
            queue: Arc::clone(&self.queue),
            health: Arc::clone(&self.health),
        }
    }
}

/// Tells how the way to the store is.
#[derive(Clone, Debug)]
pub struct HealthReporter {
    queue: Arc<Queue>,
    health: Arc<Mutex<Health>>,
}

impl HealthReporter {
    /// Whether reports reach the store.
    pub fn health(&self) -> Health {
        lock(&self.health).clone()
    }

    /// Whether so much waits that reports are shed.
    pub fn is_nearly_full(&self) -> bool {
        self.queue.bytes() > self.queue.most_bytes() / 10 * 8
    }
}

impl Drop for Ingest {
    /// Takes no more reports in, and waits until those that wait are stored.
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Worker {
    fn run(&mut self) {
        let mut pause = Duration::ZERO;
        loop {
            self.queue.wait(1, IDLE);
            if pause.is_zero() && self.pending.answers.is_empty() {
                self.gather_for(self.patience());
            } else {
                std::thread::sleep(pause);
                self.gather();
            }
            self.note_counts();
            let is_done = self.queue.is_done();
            pause = match self.commit() {
                Ok(()) => Duration::ZERO,
                Err(_) if is_done => return self.give_up(),
                Err(_) => (pause * 2).clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
            };
            if is_done {
                return;
            }
        }
    }

    /// How long jobs may wait for others: not at all if the queue is done, or somebody waits for an answer; else
    /// the longer, the longer commits take, so that a flood does not make the database work all the time.
    fn patience(&self) -> Duration {
        let is_durable = self.rollouts.config().collector.is_durable;
        if self.queue.is_done() || is_durable {
            Duration::ZERO
        } else {
            (self.commit_time * 8).clamp(SHORTEST_GATHER, LONGEST_GATHER)
        }
    }

    /// Gathers what comes in that time, to be committed together. It is judged meanwhile, a little at a time: what was
    /// judged takes less room than what waits for it.
    fn gather_for(&mut self, patience: Duration) {
        let end = self.clock.elapsed() + patience;
        let enough = (self.queue.most_bytes() / 4).min(JUDGED_AT_ONCE);
        loop {
            let left = end.saturating_sub(self.clock.elapsed());
            let is_filling = self.queue.wait(enough, left);
            self.gather();
            let is_full = self.pending.batch.bytes() >= MOST_BATCH_BYTES;
            if !is_filling || left.is_zero() || is_full || self.queue.is_done() {
                return;
            }
        }
    }

    /// Takes jobs from the queue into the batch, as far as the batch may grow.
    fn gather(&mut self) {
        while self.pending.batch.bytes() < MOST_BATCH_BYTES {
            let Some(mut job) = self.queue.pop() else {
                break;
            };
            // Unshared: whoever committed it is through.
            let batch = Arc::make_mut(&mut self.pending.batch);
            let judge = &mut self.judge;
            let judged = catch_unwind(AssertUnwindSafe(|| judge.add(&mut job, batch)));
            match judged {
                Ok(Ok(added)) => {
                    self.pending.added.reports += added.reports;
                    self.pending.added.genuine += added.genuine;
                }
                Ok(Err(error)) => self.shed(&mut job, "store", error),
                Err(_) => {
                    let message = "a report could not be judged";
                    let error = StoreError::new(StoreErrorKind::Unavailable, message);
                    self.shed(&mut job, "panic", error);
                }
            }
            self.pending.answers.extend(job.answer.take());
        }
        self.note_bytes();
    }

    /// What waits for the database: posts that are not judged, and the batch.
    fn note_bytes(&self) {
        let bytes = self.queue.bytes() + self.pending.batch.bytes();
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.metrics.queue_bytes.set(bytes);
    }

    fn shed(&self, job: &mut Job, reason: &'static str, error: StoreError) {
        tracing::warn!(%error, "reports were shed");
        self.sheds
            .add(reason, job.worth().as_str(), job.reports().max(1));
        if let Some(answer) = job.answer.take() {
            // Whoever asked may have gone.
            let _ = answer.send(Err(error));
        }
    }

    /// Adds what others counted.
    fn note_counts(&mut self) {
        let at = self.clock.now();
        let batch = Arc::make_mut(&mut self.pending.batch);
        batch.tally_groups();
        for (key, mark, count) in self.rollouts.take_response_counts() {
            let role = Role {
                role: mark.role.as_str(),
            };
            self.metrics.responses.get_or_create(&role).inc_by(count);
            let ident = TallyIdent {
                site: key.site,
                route: key.route,
                mark: Some(mark),
                tally: Tally::Responses,
                hour: at.hour(),
            };
            batch.tally(ident, count);
        }
        for ((reason, class), count) in self.sheds.take() {
            batch.shed(reason, class, count, at);
            self.pending.shed += count;
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.pending.batch.is_empty() && self.pending.answers.is_empty() {
            return Ok(());
        }
        let start = self.clock.elapsed();
        let result = self.store.commit(Arc::clone(&self.pending.batch));
        let took = self.clock.elapsed().saturating_sub(start);
        self.metrics.commit_seconds.observe(took.as_secs_f64());
        let word = match &result {
            Ok(_) => "ok",
            Err(error) => error.kind().as_str(),
        };
        let outcome = Outcome { result: word };
        self.metrics.commits.get_or_create(&outcome).inc();
        match result {
            Ok(committed) => {
                self.commit_time = took;
                self.committed(committed);
                Ok(())
            }
            Err(error) => {
                self.failed(&error);
                Err(error)
            }
        }
    }

    fn committed(&mut self, committed: Committed) {
        let pending = std::mem::take(&mut self.pending);
        self.note_bytes();
        for (ident, count) in &pending.batch.tallies {
            if let Tally::Reports(class) = ident.tally {
                let class = Class {
                    class: class.as_str(),
                };
                self.metrics.reports.get_or_create(&class).inc_by(*count);
            }
        }
        for answer in pending.answers {
            // Whoever asked may have gone.
            let _ = answer.send(Ok(()));
        }
        if lock(&self.health).failure.take().is_some() {
            tracing::info!("reports reach the database again");
        }
        let mut event = ReportsEvent {
            at: self.clock.now(),
            reports: pending.added.reports,
            genuine: pending.added.genuine,
            shed: pending.shed + committed.shed,
            new_groups: committed.new_groups,
            new_connections: committed.new_connections,
        };
        event.new_groups.truncate(MOST_NEW);
        event.new_connections.truncate(MOST_NEW);
        if event.reports > 0 || event.shed > 0 {
            // Nobody listening is no error.
            let _ = self.events.send(Event::Reports(event));
        }
    }

    /// Keeps what may be stored later; counts what never can be.
    fn failed(&mut self, error: &StoreError) {
        let message = error.to_string();
        let before = lock(&self.health).failure.replace(message);
        if before.is_none() {
            tracing::error!(%error, "reports do not reach the database");
        }
        for answer in self.pending.answers.drain(..) {
            let _ = answer.send(Err(error.clone()));
        }
        if !error.is_passing() {
            let reports = self.pending.added.reports;
            self.pending = Pending::default();
            self.note_bytes();
            self.sheds.add("store", "any", reports);
        }
    }

    /// The server ends, and the store does not take what is left.
    fn give_up(&mut self) {
        let reports = self.pending.added.reports;
        if reports > 0 {
            tracing::error!(
                reports,
                "reports were lost: the database did not take them before the end"
            );
        }
    }
}

impl Sheds {
    /// Nothing was shed yet.
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            counts: Mutex::default(),
            metrics,
        }
    }

    /// So many reports were shed.
    pub fn add(&self, reason: &'static str, class: &'static str, count: u64) {
        self.metrics.shed(reason, class, count);
        *lock(&self.counts).entry((reason, class)).or_default() += count;
    }

    fn take(&self) -> HashMap<(&'static str, &'static str), u64> {
        std::mem::take(&mut lock(&self.counts))
    }
}

/// How long the thread waits for a job before it looks at other counts.
const IDLE: Duration = Duration::from_secs(1);
/// How long a job waits for others to be committed with.
const SHORTEST_GATHER: Duration = Duration::from_millis(100);
const LONGEST_GATHER: Duration = Duration::from_secs(1);
/// So many bytes of posts are judged together; more would wait for it in vain.
const JUDGED_AT_ONCE: usize = 512 << 10;
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A batch that is committed is about so large at most.
const MOST_BATCH_BYTES: usize = 8 << 20;
const MOST_NEW: usize = 100;
