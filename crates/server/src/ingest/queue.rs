//! What waits to be judged and stored: bounded in bytes, and choosier the fuller it is.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use connect_src_report::Parsed;
use tokio::sync::oneshot;

use super::outcome::Outcome;
use super::repeats::PostHash;
use crate::clock::Timestamp;
use crate::rollout::{Mark, Role, lock};
use crate::store::StoreError;

/// A post that was read.
#[derive(Debug)]
pub struct Job {
    /// When it came.
    pub at: Timestamp,
    /// What its mark names; `None` without a mark of ours.
    pub mark: Option<Mark>,
    /// What the post held.
    pub content: Content,
    /// A number that stands for the client's address in this process.
    pub address: u64,
    /// Who waits for the commit; nobody unless the collector is durable.
    pub answer: Option<oneshot::Sender<Result<(), StoreError>>>,
    /// About how many bytes the job holds.
    pub bytes: usize,
}

/// What a post held.
#[derive(Debug)]
pub enum Content {
    /// Reports that are to be judged.
    New {
        /// The reports.
        parsed: Parsed,
        /// The `User-Agent` header.
        user_agent: String,
        /// What the same post will be known by.
        hash: PostHash,
    },
    /// The same post was judged before.
    Repeat(Arc<[Outcome]>),
}

/// What a job is worth, as far as that is known before it is judged. The lesser is shed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// It holds no violation report.
    Other,
    /// It has no mark of ours.
    Unmarked,
    /// It adds to the inventory.
    Observe,
    /// It is about a policy that blocks nothing yet.
    Trial,
    /// Something was blocked.
    Enforce,
}

/// Jobs that wait.
#[derive(Debug)]
pub struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    most_bytes: usize,
}

/// The queue has no room for a job of this worth.
#[derive(Debug)]
pub struct Refused(pub Job);

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    bytes: usize,
    is_closed: bool,
    /// Whoever waits is woken when so many bytes wait.
    wake_at: usize,
}

impl Queue {
    /// A queue of so many bytes.
    pub fn new(most_bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            most_bytes,
        }
    }

    /// Adds a job, unless the queue is too full for what it is worth.
    pub fn push(&self, job: Job) -> Result<(), Box<Refused>> {
        let mut state = lock(&self.state);
        let room = self.most_bytes / 100 * job.worth().percent();
        if state.is_closed || state.bytes.saturating_add(job.bytes) > room {
            return Err(Box::new(Refused(job)));
        }
        state.bytes += job.bytes;
        state.jobs.push_back(job);
        let is_enough = state.bytes >= state.wake_at;
        drop(state);
        if is_enough {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Waits for so many bytes of jobs, as long as `patience`. Whether they came.
    pub(super) fn wait(&self, bytes: usize, patience: Duration) -> bool {
        let mut state = lock(&self.state);
        state.wake_at = bytes;
        let is_waiting = |state: &mut State| state.bytes < bytes && !state.is_closed;
        let waited = self.arrived.wait_timeout_while(state, patience, is_waiting);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        // Nobody waits: nobody need be woken.
        state.wake_at = usize::MAX;
        !timeout.timed_out()
    }

    /// Takes one job out.
    pub(super) fn pop(&self) -> Option<Job> {
        let mut state = lock(&self.state);
        let job = state.jobs.pop_front()?;
        state.bytes -= job.bytes;
        Some(job)
    }

    /// Takes no more jobs in.
    pub fn close(&self) {
        lock(&self.state).is_closed = true;
        self.arrived.notify_all();
    }

    /// Whether it takes no more jobs in and has none.
    pub(super) fn is_done(&self) -> bool {
        let state = lock(&self.state);
        state.is_closed && state.jobs.is_empty()
    }

    /// How many bytes wait.
    pub fn bytes(&self) -> usize {
        lock(&self.state).bytes
    }

    /// How many bytes may wait.
    pub fn most_bytes(&self) -> usize {
        self.most_bytes
    }
}

impl Job {
    /// What it is worth.
    pub fn worth(&self) -> Worth {
        match self.mark.map(|mark| mark.role) {
            _ if !self.content.has_violations() => Worth::Other,
            None => Worth::Unmarked,
            Some(Role::Observe) => Worth::Observe,
            Some(Role::Trial) => Worth::Trial,
            Some(Role::Enforce) => Worth::Enforce,
        }
    }

    /// How many reports it holds, of whatever kind.
    pub fn reports(&self) -> u64 {
        let count = match &self.content {
            Content::New { parsed, .. } => {
                let unreadable: usize = parsed.unreadable.iter().map(|it| it.count).sum();
                parsed.records.len() + parsed.others.len() + unreadable
            }
            Content::Repeat(outcomes) => outcomes.len(),
        };
        count as u64
    }
}

impl Content {
    fn has_violations(&self) -> bool {
        match self {
            Self::New { parsed, .. } => !parsed.records.is_empty(),
            Self::Repeat(outcomes) => !outcomes.is_empty(),
        }
    }
}

impl Worth {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Unmarked => "unmarked",
            Self::Observe => "observe",
            Self::Trial => "trial",
            Self::Enforce => "enforce",
        }
    }

    /// How full the queue may be, with a job of this worth in it.
    const fn percent(self) -> usize {
        match self {
            Self::Other => 40,
            Self::Unmarked => 60,
            Self::Observe => 80,
            Self::Trial => 90,
            Self::Enforce => 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use connect_src_report::parse;

    use super::*;
    use crate::ingest::Repeats;
    use crate::rollout::RevisionId;

    fn job(role: Option<Role>, bytes: usize) -> Job {
        let body = br#"{"csp-report":{"document-uri":"https://a.example/","effective-directive":"connect-src"}}"#;
        Job {
            at: Timestamp::default(),
            mark: role.map(|role| Mark {
                revision: RevisionId(1),
                role,
            }),
            content: Content::New {
                parsed: parse("application/csp-report", body).unwrap(),
                user_agent: String::new(),
                hash: Repeats::new().hash(None, "", "", body),
            },
            address: 0,
            answer: None,
            bytes,
        }
    }

    #[test]
    fn the_fuller_the_queue_the_more_a_report_must_be_worth() {
        let queue = Queue::new(1000);
        let other = Job {
            content: Content::Repeat(Arc::new([])),
            ..job(None, 400)
        };
        assert_eq!(other.worth(), Worth::Other);
        queue.push(other).unwrap();
        let steps = [
            (Worth::Unmarked, None),
            (Worth::Observe, Some(Role::Observe)),
            (Worth::Trial, Some(Role::Trial)),
            (Worth::Enforce, Some(Role::Enforce)),
        ];
        for (worth, role) in steps {
            assert_eq!(job(role, 1).worth(), worth);
            while queue.push(job(role, 10)).is_ok() {}
            assert_eq!(queue.bytes(), 10 * worth.percent());
        }
        assert!(queue.pop().is_some());
        assert_eq!(queue.bytes(), 600);
    }

    #[test]
    fn a_closed_queue_gives_out_what_it_has_and_takes_nothing_in() {
        let queue = Queue::new(1000);
        queue.push(job(None, 10)).unwrap();
        queue.close();
        assert!(queue.push(job(None, 10)).is_err());
        assert!(!queue.is_done());
        assert!(queue.pop().is_some());
        assert!(queue.is_done());
        queue.wait(1, Duration::from_hours(1));
    }

    #[test]
    fn whoever_waits_for_many_jobs_is_not_woken_by_each() {
        let queue = Queue::new(1000);
        queue.push(job(None, 10)).unwrap();
        assert!(queue.wait(1, Duration::from_hours(1)));
        assert!(!queue.wait(20, Duration::from_millis(1)));
        queue.push(job(None, 10)).unwrap();
        assert!(queue.wait(20, Duration::from_hours(1)));
    }
}
