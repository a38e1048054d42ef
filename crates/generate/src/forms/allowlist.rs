//! `Connection-Allowlist` alone: <https://wicg.github.io/connection-allowlists/>.

use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let headers = delivery.headers();
    let text = headers
        .iter()
        .skip(1)
        .map(|(name, value)| format!("{name}: {value}\n"));
    Filled::new(text.collect::<String>()).note_if(
        delivery.allowlist.is_none(),
        "there is no evidence to write a Connection-Allowlist from",
    )
}
