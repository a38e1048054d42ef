//! Header lines.

use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let lines = delivery.headers();
    let lines = lines
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"));
    Filled::new(lines.collect::<String>())
}
