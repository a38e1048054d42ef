//! The one place that asks what time it is. Everything else gets the time as an argument.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970 in UTC. Prints as RFC 3339.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment so many milliseconds after 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole hours since 1970: what counts are kept by.
    pub const fn hour(self) -> i64 {
        self.0.div_euclid(MILLIS_PER_HOUR)
    }

    /// The start of the hour that [`hour`](Self::hour) names.
    pub const fn from_hour(hour: i64) -> Self {
        Self(hour.saturating_mul(MILLIS_PER_HOUR))
    }

    /// How long after `earlier` this is; nothing if it is before.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// So much later.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(saturating_millis(duration)))
    }

    /// So much earlier.
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(saturating_millis(duration)))
    }

    /// Reads RFC 3339, as [`Display`](fmt::Display) writes it; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        Some(Self(moment.as_millisecond()))
    }

    /// The same moment as the standard library has it.
    pub fn to_system_time(self) -> SystemTime {
        let millis = Duration::from_millis(self.0.unsigned_abs());
        let moment = if self.0 < 0 {
            UNIX_EPOCH.checked_sub(millis)
        } else {
            UNIX_EPOCH.checked_add(millis)
        };
        moment.unwrap_or(UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(formatter, "{moment:.3}")
    }
}

impl From<Timestamp> for String {
    fn from(moment: Timestamp) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("expected a moment such as `2026-11-22T18:00:00Z`")
    }
}

/// What the server asks for the time: the system, or in tests a hand that moves when told to.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System { start: Instant },
    Manual { millis: Arc<AtomicI64> },
}

impl Clock {
    /// The system's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock module")]
    pub fn system() -> Self {
        Self(Source::System {
            start: Instant::now(),
        })
    }

    /// A clock that stands still until [`advance`](Self::advance) moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual {
            millis: Arc::new(AtomicI64::new(start.as_millis())),
        })
    }

    /// The time of day, which may jump.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock module")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System { .. } => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                Timestamp(since.map_or(0, saturating_millis))
            }
            Source::Manual { millis } => Timestamp(millis.load(Ordering::Relaxed)),
        }
    }

    /// How long this clock has run. It never jumps: what rates are measured with.
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Source::System { start } => start.elapsed(),
            Source::Manual { millis } => {
                Timestamp(millis.load(Ordering::Relaxed)).since(Timestamp(0))
            }
        }
    }

    /// Moves a manual clock. The system's clock cannot be moved; it stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual { millis } = &self.0 {
            millis.fetch_add(saturating_millis(by), Ordering::Relaxed);
        }
    }
}

const MILLIS_PER_HOUR: i64 = 3_600_000;

fn saturating_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_prints_and_parses_as_rfc_3339() {
        let moment = Timestamp::from_millis(1_763_834_400_123);
        assert_eq!(moment.to_string(), "2025-11-22T18:00:00.123Z");
        assert_eq!(Timestamp::parse("2025-11-22T18:00:00.123Z"), Some(moment));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn hours_before_1970_are_whole_too() {
        assert_eq!(Timestamp::from_millis(-1).hour(), -1);
        assert_eq!(Timestamp::from_hour(-1).as_millis(), -3_600_000);
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Timestamp::from_millis(1000));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now().as_millis(), 2000);
        assert_eq!(clock.elapsed(), Duration::from_secs(2));
    }
}
