//! How much of what an upstream sends is held at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The room that the connections to an upstream share: few of them read much at a time, and many of them little, so that
/// a thousand slow clients do not take a thousand large buffers.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    open: Arc<AtomicUsize>,
}

/// What a connection has of the room, until it is dropped.
#[derive(Debug)]
pub(super) struct Part(Room);

impl Room {
    /// The part of one connection more.
    pub(super) fn part(&self) -> Part {
        self.open.fetch_add(1, Relaxed);
        Part(self.clone())
    }
}

impl Part {
    /// How many bytes may be read at a time now. hyper doubles its buffer when a read fills it, so that it has so many
    /// and one.
    pub(super) fn bytes(&self) -> usize {
        let share = ROOM / self.0.open.load(Relaxed).max(1);
        let share = share.clamp(LEAST_BUFFER, MAX_BUFFER);
        (1 << share.ilog2()) - 1
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// What connections share; those beyond 1,024 come on top of it.
const ROOM: usize = 8 << 20;
/// The most bytes of a response's headers, and of its body that are held at a time.
pub(super) const MAX_BUFFER: usize = 128 << 10;
const LEAST_BUFFER: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_connections_there_are_the_less_each_reads() {
        let room = Room::default();
        let mut parts = vec![room.part()];
        for (connections, expected) in [
            (1, 128 << 10),
            (64, 128 << 10),
            (65, 64 << 10),
            (512, 16 << 10),
            (1024, 8 << 10),
            (5000, 8 << 10),
        ] {
            parts.resize_with(connections, || room.part());
            assert_eq!(parts[0].bytes() + 1, expected, "{connections} connections");
        }
        parts.truncate(64);
        assert_eq!(parts[0].bytes() + 1, 128 << 10);
    }
}
