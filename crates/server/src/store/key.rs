//! What many maps are asked for: shared, and with its hash, which is worked out once.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hash, Hasher, RandomState};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// A shared value with its hash. Reports name the same few sites, pages and findings again and again; each of them is
/// hashed when it is met first, and not once for every map and every report.
///
/// The hash is keyed, so that nobody who writes reports can make values that meet in a map.
#[derive(Debug)]
pub struct Key<T: ?Sized> {
    hash: u64,
    value: Arc<T>,
}

/// A map by keys.
pub type KeyMap<K, V> = HashMap<Key<K>, V, BuildHasherDefault<KeyHasher>>;

/// Takes the hash that a [`Key`] has as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyHasher(u64);

impl<T: Hash + ?Sized> Key<T> {
    /// The key of a value.
    pub fn new(value: impl Into<Arc<T>>) -> Self {
        let value = value.into();
        Self {
            hash: HASHER.hash_one(&*value),
            value,
        }
    }
}

impl<T: ?Sized> Clone for Key<T> {
    fn clone(&self) -> Self {
        Self {
            hash: self.hash,
            value: Arc::clone(&self.value),
        }
    }
}

impl<T: ?Sized> Deref for Key<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Eq + ?Sized> PartialEq for Key<T> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.value == other.value
    }
}

impl<T: Eq + ?Sized> Eq for Key<T> {}

impl<T: ?Sized> Hash for Key<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl<T: Hash> From<T> for Key<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Hash> From<Arc<T>> for Key<T> {
    fn from(value: Arc<T>) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Key<str> {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Key<str> {
    fn from(text: &String) -> Self {
        Self::new(text.as_str())
    }
}

impl Default for Key<str> {
    fn default() -> Self {
        Self::new("")
    }
}

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = self.0.rotate_left(HALF) ^ hash;
    }

    /// Keys write their hash alone.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
}

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
const HALF: u32 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_equal_values_are_one_place_of_a_map() {
        let mut map = KeyMap::<str, u32>::default();
        let first = Key::<str>::from("a");
        for key in [first.clone(), Key::from("a"), Key::from("b"), first] {
            *map.entry(key).or_default() += 1;
        }
        assert_eq!(map.get(&Key::from("a")), Some(&3));
        assert_eq!(map.get(&Key::from("b")), Some(&1));
        assert_eq!(map.len(), 2);
    }

    #[test]
    fn the_order_of_two_keys_counts() {
        let (a, b) = (Key::from("a"), Key::from("b"));
        let hash = |keys: [&Key<str>; 2]| {
            let mut hasher = KeyHasher::default();
            keys.hash(&mut hasher);
            hasher.finish()
        };
        assert_ne!(hash([&a, &b]), hash([&b, &a]));
    }
}
