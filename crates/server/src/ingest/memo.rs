//! What was worked out before, by a keyed hash of what it was worked out from.

use std::hash::{BuildHasher as _, Hash, RandomState};

/// Values by a keyed hash, in a fixed number of places. A value comes into a set of a few places, and drives out the
/// one of it that was not asked for the longest.
#[derive(Debug)]
pub(super) struct Memo<V> {
    places: Box<[Option<(MemoHash, V)>]>,
    hasher: RandomState,
}

/// The hash of something. Only this process can make it, so nobody finds two things with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MemoHash(u64);

impl<V> Memo<V> {
    /// Of so many places, rounded up to whole sets.
    pub(super) fn new(places: usize) -> Self {
        let places = places.next_multiple_of(WAYS).max(WAYS);
        Self {
            places: std::iter::repeat_with(|| None).take(places).collect(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn hash(&self, of: impl Hash) -> MemoHash {
        MemoHash(self.hasher.hash_one(of))
    }

    pub(super) fn find(&mut self, hash: MemoHash) -> Option<&V> {
        let set = self.set(hash);
        let is_it =
            |place: &Option<(MemoHash, V)>| matches!(place, Some((known, _)) if *known == hash);
        let place = set.iter().position(is_it)?;
        set[..=place].rotate_right(1);
        set[0].as_ref().map(|(_, value)| value)
    }

    pub(super) fn keep(&mut self, hash: MemoHash, value: V) {
        let set = self.set(hash);
        set.rotate_right(1);
        set[0] = Some((hash, value));
    }

    pub(super) fn clear(&mut self) {
        self.places.fill_with(|| None);
    }

    fn set(&mut self, hash: MemoHash) -> &mut [Option<(MemoHash, V)>] {
        let sets = self.places.len() / WAYS;
        let start = (hash.0 % sets as u64) as usize * WAYS;
        &mut self.places[start..start + WAYS]
    }
}

/// The places of a set.
const WAYS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_last_stays() {
        let mut memo = Memo::new(WAYS);
        let hashes: Vec<MemoHash> = (0..=WAYS).map(|it| memo.hash(it)).collect();
        for hash in &hashes[..WAYS] {
            memo.keep(*hash, hash.0);
        }
        assert_eq!(memo.find(hashes[0]), Some(&hashes[0].0));
        memo.keep(hashes[WAYS], 0);
        assert_eq!(memo.find(hashes[0]), Some(&hashes[0].0));
        assert_eq!(memo.find(hashes[1]), None);
        assert_eq!(memo.find(hashes[WAYS]), Some(&0));
    }

    #[test]
    fn nothing_is_known_after_clearing() {
        let mut memo = Memo::new(64);
        let hash = memo.hash("a");
        memo.keep(hash, 1);
        memo.clear();
        assert_eq!(memo.find(hash), None);
    }
}
