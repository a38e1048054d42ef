//! Moments, as RFC 3339 has them.

use std::time::{SystemTime, UNIX_EPOCH};

use connect_src_server::clock::Timestamp;

/// A moment in UTC, to the second; what is before 1970 is shown as 1970.
pub(super) fn moment(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(millis / 1000 * 1000)
        .to_string()
        .replace(".000", "")
}
