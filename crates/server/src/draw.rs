//! Draws: evenly spread numbers that nobody outside can foresee, cheap enough for every request.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Draws one number after the other.
#[derive(Debug, Default)]
pub(crate) struct Draws {
    hasher: RandomState,
    count: AtomicU64,
}

impl Draws {
    pub(crate) fn draw(&self) -> u64 {
        self.hasher
            .hash_one(self.count.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_spread_evenly() {
        let draws = Draws::default();
        let low = (0..10_000).filter(|_| draws.draw() < u64::MAX / 4).count();
        assert!((2000..3000).contains(&low), "{low}");
    }
}
