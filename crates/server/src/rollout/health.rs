//! Counts responses and genuine violations over a window of time.

use std::time::Duration;

/// What was counted over a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Sample {
    /// Responses that carried the policy.
    pub responses: u64,
    /// Genuine violations of it; of one address no more than [`Health::MOST_OF_ONE_ADDRESS`].
    pub genuine: u64,
}

/// Counts for one revision in one role. It has a fixed size, and forgets as time goes.
#[derive(Clone, Debug)]
pub struct Health {
    slot: Duration,
    slots: [Slot; Self::SLOTS],
    /// How many violations of the window came from the addresses of each bucket.
    by_address: Box<[u8; Self::BUCKETS]>,
    /// The turn of the window that `by_address` is for.
    turn: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    number: u64,
    sample: Sample,
}

impl Sample {
    /// Genuine violations for each response; 0 without responses.
    pub fn rate(self) -> f64 {
        if self.responses == 0 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
        let rate = self.genuine as f64 / self.responses as f64;
        rate
    }

    /// Whether the rate is over the limit, and the responses are enough to say so.
    pub fn is_over(self, limit: f64, minimum: u32) -> bool {
        self.responses >= u64::from(minimum) && self.rate() > limit
    }
}

impl Health {
    /// Counts over a window of this length, from 10 seconds.
    pub fn new(window: Duration) -> Self {
        let slot = window / Self::SLOTS as u32;
        Self {
            slot: slot.max(Duration::from_millis(1)),
            slots: [Slot::default(); Self::SLOTS],
            by_address: Box::new([0; Self::BUCKETS]),
            turn: 0,
        }
    }

    /// One more response carried the policy. `elapsed` is the time of a clock that never jumps.
    pub fn count_response(&mut self, elapsed: Duration) {
        self.slot_at(elapsed).sample.responses += 1;
    }

    /// So many genuine violations came from an address, of which a keyed hash is given. Counts no
    /// more of them than one address may add, so that one forger does not decide.
    pub fn count_genuine(&mut self, count: u64, address: u64, elapsed: Duration) {
        let turn = self.number(elapsed) / Self::SLOTS as u64;
        if turn != self.turn {
            self.by_address.fill(0);
            self.turn = turn;
        }
        let bucket = (address % Self::BUCKETS as u64) as usize;
        let room = Self::MOST_OF_ONE_ADDRESS.saturating_sub(self.by_address[bucket]);
        let counted = count.min(u64::from(room));
        self.by_address[bucket] += counted as u8;
        self.slot_at(elapsed).sample.genuine += counted;
    }

    /// What was counted in the window that ends now.
    pub fn sample(&self, elapsed: Duration) -> Sample {
        let now = self.number(elapsed);
        let recent = |slot: &&Slot| slot.number + Self::SLOTS as u64 > now && slot.number <= now;
        let slots = self.slots.iter().filter(recent);
        slots.fold(Sample::default(), |sum, slot| Sample {
            responses: sum.responses + slot.sample.responses,
            genuine: sum.genuine + slot.sample.genuine,
        })
    }

    fn slot_at(&mut self, elapsed: Duration) -> &mut Slot {
        let number = self.number(elapsed);
        let slot = &mut self.slots[(number % Self::SLOTS as u64) as usize];
        if slot.number != number {
            *slot = Slot {
                number,
                sample: Sample::default(),
            };
        }
        slot
    }

    fn number(&self, elapsed: Duration) -> u64 {
        let number = elapsed.as_millis() / self.slot.as_millis().max(1);
        u64::try_from(number).unwrap_or(u64::MAX)
    }

    /// The most violations that one address adds to a window.
    pub const MOST_OF_ONE_ADDRESS: u8 = 5;
    const SLOTS: usize = 10;
    const BUCKETS: usize = 4096;
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn counts_leave_the_window_with_time() {
        let mut health = Health::new(10 * SECOND);
        health.count_response(SECOND);
        health.count_genuine(1, 7, 2 * SECOND);
        let both = Sample {
            responses: 1,
            genuine: 1,
        };
        assert_eq!(health.sample(10 * SECOND), both);
        assert_eq!(health.sample(11 * SECOND).responses, 0);
        assert_eq!(health.sample(12 * SECOND), Sample::default());
    }

    #[test]
    fn one_address_adds_only_so_much_to_a_window() {
        let mut health = Health::new(10 * SECOND);
        health.count_genuine(1000, 7, SECOND);
        health.count_genuine(1000, 7, SECOND);
        health.count_genuine(2, 8, SECOND);
        assert_eq!(health.sample(SECOND).genuine, 7);
        health.count_genuine(1, 7, 11 * SECOND);
        assert_eq!(health.sample(11 * SECOND).genuine, 1);
    }

    #[test]
    fn too_few_responses_say_nothing() {
        let sample = Sample {
            responses: 99,
            genuine: 99,
        };
        assert!(!sample.is_over(0.01, 100));
        assert!(sample.is_over(0.01, 99));
        assert!(!sample.is_over(1.0, 99), "the limit itself is not over it");
    }
}
