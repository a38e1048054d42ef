//! Posts that came before, byte by byte: most posts of a flood. They are neither read nor judged again.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex};

use super::outcome::Outcome;
use crate::rollout::lock;

/// What became of posts, by a keyed hash of what they were. Of a fixed number of places; who comes later
/// takes the place.
#[derive(Debug)]
pub struct Repeats {
    places: Box<[Mutex<Option<Known>>]>,
    hasher: RandomState,
}

/// The hash of a post. Only this process can make it, so nobody finds two posts with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostHash(u64);

#[derive(Debug)]
struct Known {
    hash: PostHash,
    /// What was sent and is in force may change a judgement.
    generation: u64,
    outcomes: Arc<[Outcome]>,
}

impl Repeats {
    /// Nothing came before.
    pub fn new() -> Self {
        let place = || Mutex::new(None);
        Self {
            places: std::iter::repeat_with(place).take(PLACES).collect(),
            hasher: RandomState::new(),
        }
    }

    /// The hash of a post: of everything that its outcome depends on.
    pub fn hash(
        &self,
        mark: Option<&str>,
        media_type: &str,
        user_agent: &str,
        body: &[u8],
    ) -> PostHash {
        PostHash(self.hasher.hash_one((mark, media_type, user_agent, body)))
    }

    /// What became of the same post, if it came while the rollouts were as they are.
    pub fn find(&self, hash: PostHash, generation: u64) -> Option<Arc<[Outcome]>> {
        let place = lock(self.place(hash));
        let known = place.as_ref()?;
        let is_same = known.hash == hash && known.generation == generation;
        is_same.then(|| Arc::clone(&known.outcomes))
    }

    pub(super) fn keep(&self, hash: PostHash, generation: u64, outcomes: Vec<Outcome>) {
        let known = Known {
            hash,
            generation,
            outcomes: outcomes.into(),
        };
        *lock(self.place(hash)) = Some(known);
    }

    fn place(&self, hash: PostHash) -> &Mutex<Option<Known>> {
        &self.places[(hash.0 % PLACES as u64) as usize]
    }
}

impl Default for Repeats {
    fn default() -> Self {
        Self::new()
    }
}

/// Posts of more reports than this are not remembered.
pub(super) const MOST_OUTCOMES: usize = 4;
/// With four outcomes of 8 KiB each, which only an attacker reaches, 16 MiB; usually less than one.
const PLACES: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_known_only_as_a_whole_and_while_nothing_changed() {
        let repeats = Repeats::new();
        let hash = |mark, body: &str| {
            repeats.hash(mark, "application/csp-report", "Firefox", body.as_bytes())
        };
        repeats.keep(hash(Some("1o-x"), "{}"), 1, Vec::new());
        assert!(repeats.find(hash(Some("1o-x"), "{}"), 1).is_some());
        assert!(repeats.find(hash(Some("1o-x"), "{}"), 2).is_none());
        assert!(repeats.find(hash(Some("1o-y"), "{}"), 1).is_none());
        assert!(repeats.find(hash(None, "{}"), 1).is_none());
        assert!(repeats.find(hash(Some("1o-x"), "{} "), 1).is_none());
        assert!(Repeats::new().find(hash(Some("1o-x"), "{}"), 1).is_none());
    }
}
