//! What is counted for a mark, from many requests at a time.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::health::{Health, Sample};
use super::registry::lock;

/// What is counted for a mark. It stays the same when the state changes.
pub(super) struct Counter {
    window: Duration,
    health: Mutex<Health>,
    /// Responses that the store does not know of yet.
    responses: AtomicU64,
}

impl Counter {
    /// Counts over a window of this length.
    pub(super) fn new(window: Duration) -> Self {
        Self {
            window,
            health: Mutex::new(Health::new(window)),
            responses: AtomicU64::new(0),
        }
    }

    pub(super) fn window(&self) -> Duration {
        self.window
    }

    pub(super) fn count_response(&self, elapsed: Duration) {
        self.responses.fetch_add(1, Ordering::Relaxed);
        lock(&self.health).count_response(elapsed);
    }

    pub(super) fn count_genuine(&self, count: u64, address: u64, elapsed: Duration) {
        lock(&self.health).count_genuine(count, address, elapsed);
    }

    pub(super) fn sample(&self, elapsed: Duration) -> Sample {
        lock(&self.health).sample(elapsed)
    }

    /// How many responses there were since this was last asked.
    pub(super) fn take_responses(&self) -> u64 {
        self.responses.swap(0, Ordering::Relaxed)
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Counter").finish_non_exhaustive()
    }
}
