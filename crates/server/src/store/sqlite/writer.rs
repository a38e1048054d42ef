//! The one thread that writes. What waits for it is committed together.

use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::failure;
use super::upsert::LazyCounts;
use crate::config::Limits;
use crate::store::error::{StoreError, StoreErrorKind};

/// The thread that writes, to whoever has something to write.
pub(super) struct Writer {
    /// Taken when the store is dropped, so that the thread ends.
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread has beside the transaction.
pub(super) struct Session<'t> {
    pub(super) transaction: &'t Transaction<'t>,
    pub(super) limits: Limits,
    pub(super) counts: &'t mut LazyCounts,
    /// Nothing else is in the transaction: what fails takes all of it back, without a savepoint.
    is_alone: bool,
    /// Why what was alone failed.
    failed: Option<StoreError>,
}

/// Runs in a savepoint, or learns why there is no transaction; gives what answers once it is known whether
/// the commit succeeded.
type Job = Box<dyn FnOnce(Result<&mut Session<'_>, StoreError>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection, limits: Limits) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::sync_channel(MOST_WAITING);
        let run = move || run(connection, limits, &waiting);
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(run);
        let thread = thread.map_err(|error| {
            StoreError::new(
                StoreErrorKind::Unavailable,
                format!("no thread to write with: {error}"),
            )
        })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Writes, and waits for the commit. What fails leaves nothing behind, and does not touch what others
    /// write in the same commit.
    pub(super) fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, result) = mpsc::sync_channel(1);
        let job = move |session: Result<&mut Session<'_>, StoreError>| -> Answer {
            let outcome = session.and_then(|session| in_savepoint(session, job));
            Box::new(move |committed| {
                let result = outcome.and_then(|value| committed.map(|()| value));
                // Whoever asked may have gone.
                let _ = answer.send(result);
            })
        };
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => {
                let message = "too much waits for the database; try again";
                StoreError::new(StoreErrorKind::Locked, message)
            }
            TrySendError::Disconnected(_) => gone(),
        })?;
        result.recv().map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(mut connection: Connection, limits: Limits, jobs: &Receiver<Job>) {
    let mut counts = LazyCounts::default();
    while let Ok(first) = jobs.recv() {
        let mut answers = Vec::new();
        let before = counts.clone();
        let committed = commit(
            &mut connection,
            limits,
            &mut counts,
            first,
            jobs,
            &mut answers,
        );
        if committed.is_err() {
            counts = before;
        }
        for answer in answers {
            answer(committed.clone());
        }
    }
    // The next start has less to read; nothing is lost without it.
    let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Commits a job and those that wait behind it.
fn commit(
    connection: &mut Connection,
    limits: Limits,
    counts: &mut LazyCounts,
    first: Job,
    jobs: &Receiver<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreError> {
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = match begun.map_err(failure) {
        Ok(transaction) => transaction,
        Err(error) => {
            answers.push(first(Err(error.clone())));
            return Err(error);
        }
    };
    let second = jobs.try_recv().ok();
    let mut session = Session {
        transaction: &transaction,
        limits,
        counts,
        is_alone: second.is_none(),
        failed: None,
    };
    answers.push(first(Ok(&mut session)));
    let mut next = second;
    while let Some(job) = next {
        answers.push(job(Ok(&mut session)));
        let has_room = answers.len() < MOST_TOGETHER;
        next = has_room.then(|| jobs.try_recv().ok()).flatten();
    }
    match session.failed {
        Some(error) => transaction.rollback().and(Ok(Err(error))),
        None => transaction.commit().map(Ok),
    }
    .map_err(failure)
    .flatten()
}

/// A savepoint copies every page that is changed in it, so there is none where nobody else would suffer.
fn in_savepoint<T>(
    session: &mut Session<'_>,
    job: impl FnOnce(&mut Session<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if session.is_alone {
        let outcome = job(session);
        session.failed = outcome.as_ref().err().cloned();
        return outcome;
    }
    let transaction = session.transaction;
    transaction
        .execute_batch("SAVEPOINT job")
        .map_err(failure)?;
    let before = session.counts.clone();
    let outcome = job(session);
    let end = match outcome {
        Ok(_) => "RELEASE job",
        Err(_) => "ROLLBACK TO job; RELEASE job",
    };
    let ended = transaction.execute_batch(end).map_err(failure);
    if outcome.is_err() {
        *session.counts = before;
    }
    let value = outcome?;
    ended.map(|()| value)
}

fn gone() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "the thread that writes has ended",
    )
}

const MOST_WAITING: usize = 256;
const MOST_TOGETHER: usize = 64;
