//! How often somebody may do something. The state has a fixed size, and holds no address.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::RateLimit;

/// Limits by address, and for all addresses together.
///
/// An address is a number that only this process can make of it, in a table of fixed size: two addresses
/// may share a place, and then they share the limit. Of IPv6 the first 64 bits count, since one client has
/// all addresses that begin with them.
pub struct Limiter {
    places: Box<[Mutex<Bucket>]>,
    total: Mutex<Bucket>,
    hasher: RandomState,
}

/// Why somebody has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exceeded {
    /// This address did too much.
    Address,
    /// All addresses together did.
    Total,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// What is left, in thousandths.
    left: u64,
    at: Duration,
}

impl Limiter {
    /// Nobody has done anything yet.
    pub fn new() -> Self {
        let place = || Mutex::new(Bucket::full());
        Self {
            places: std::iter::repeat_with(place).take(PLACES).collect(),
            total: place(),
            hasher: RandomState::new(),
        }
    }

    /// The number that stands for an address in this process, and says nothing outside of it.
    pub fn number(&self, address: IpAddr) -> u64 {
        match address.to_canonical() {
            IpAddr::V4(address) => self.hasher.hash_one(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                self.hasher.hash_one([a, b, c, d])
            }
        }
    }

    /// Takes note that an address does it once more. Refused if that is too often; what is refused is not
    /// counted.
    pub fn take(
        &self,
        number: u64,
        per_address: RateLimit,
        total: RateLimit,
        elapsed: Duration,
    ) -> Result<(), Exceeded> {
        let place = (number % PLACES as u64) as usize;
        if !take(&self.places[place], per_address, elapsed) {
            return Err(Exceeded::Address);
        }
        if !take(&self.total, total, elapsed) {
            return Err(Exceeded::Total);
        }
        Ok(())
    }
}

impl Default for Limiter {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Limiter")
    }
}

impl Bucket {
    const fn full() -> Self {
        Self {
            left: u64::MAX,
            at: Duration::ZERO,
        }
    }

    fn take(&mut self, limit: RateLimit, elapsed: Duration) -> bool {
        let passed = elapsed.saturating_sub(self.at).as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        let gained = passed.saturating_mul(u64::from(limit.per_second));
        let most = u64::from(limit.burst) * ONE;
        self.left = self.left.saturating_add(gained).min(most);
        self.at = self.at.max(elapsed);
        match self.left.checked_sub(ONE) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

fn take(bucket: &Mutex<Bucket>, limit: RateLimit, elapsed: Duration) -> bool {
    let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
    bucket.take(limit, elapsed)
}

const ONE: u64 = 1000;
/// 16,384 places of 40 bytes.
const PLACES: usize = 1 << 14;

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: RateLimit = RateLimit::new(2, 3);
    const MANY: RateLimit = RateLimit::new(1000, 1000);

    #[test]
    fn a_burst_is_let_through_and_then_so_many_in_a_second() {
        let limiter = Limiter::new();
        let mut at = Duration::from_secs(100);
        let take = |at| limiter.take(7, FEW, MANY, at).is_ok();
        assert_eq!(
            [take(at), take(at), take(at), take(at)],
            [true, true, true, false]
        );
        at += Duration::from_millis(500);
        assert_eq!([take(at), take(at)], [true, false]);
        at += Duration::from_hours(1);
        assert_eq!(
            [take(at), take(at), take(at), take(at)],
            [true, true, true, false]
        );
    }

    #[test]
    fn addresses_do_not_share_a_limit_but_the_total() {
        let limiter = Limiter::new();
        let at = Duration::from_secs(1);
        for number in 0..3 {
            assert_eq!(limiter.take(number, FEW, FEW, at), Ok(()));
        }
        assert_eq!(limiter.take(3, FEW, FEW, at), Err(Exceeded::Total));
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let limiter = Limiter::new();
        let number = |text: &str| limiter.number(text.parse().unwrap());
        assert_eq!(number("2001:db8:1:2::1"), number("2001:db8:1:2:ffff::1"));
        assert_ne!(number("2001:db8:1:2::1"), number("2001:db8:1:3::1"));
        assert_eq!(number("::ffff:192.0.2.1"), number("192.0.2.1"));
        assert_ne!(number("192.0.2.1"), number("192.0.2.2"));
    }

    #[test]
    fn a_clock_that_stands_or_goes_back_gives_nothing() {
        let limiter = Limiter::new();
        let later = Duration::from_secs(10);
        for _ in 0..3 {
            assert!(limiter.take(7, FEW, MANY, later).is_ok());
        }
        assert!(limiter.take(7, FEW, MANY, Duration::ZERO).is_err());
        assert!(limiter.take(7, FEW, MANY, later).is_err());
    }
}
