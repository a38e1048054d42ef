//! How much is being received: bounded for all connections together.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The bytes of posts that have come in part, of all connections together. Each post is bounded, and so is the
/// number of connections; without this, many slow posts would hold one times the other.
#[derive(Debug)]
pub struct Receiving {
    bytes: AtomicUsize,
    most: usize,
}

/// What one post holds of it, until it is dropped.
#[derive(Debug)]
pub(super) struct Held<'r> {
    receiving: &'r Receiving,
    bytes: usize,
}

impl Receiving {
    /// Room for so many bytes.
    pub fn new(most: usize) -> Self {
        Self {
            bytes: AtomicUsize::new(0),
            most,
        }
    }

    /// A post that holds nothing yet.
    pub(super) fn post(&self) -> Held<'_> {
        Held {
            receiving: self,
            bytes: 0,
        }
    }
}

impl Held<'_> {
    /// Holds so many bytes more. Whether there was room for them.
    pub(super) fn add(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        let before = self.receiving.bytes.fetch_add(bytes, Relaxed);
        before.saturating_add(bytes) <= self.receiving.most
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.receiving.bytes.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_share_the_room_and_give_it_back() {
        let receiving = Receiving::new(10);
        let (mut first, mut second) = (receiving.post(), receiving.post());
        assert!(first.add(6));
        assert!(second.add(4));
        assert!(!second.add(1));
        drop(second);
        assert!(first.add(4));
        assert!(!receiving.post().add(1));
        drop(first);
        assert!(receiving.post().add(10));
    }
}
