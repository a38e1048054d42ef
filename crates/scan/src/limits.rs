//! How much work a file may make.

/// Bounds of a scan. What exceeds one is noted, and the rest goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a file that is read at all.
    pub file_bytes: usize,
    /// Characters of a URL.
    pub url_length: usize,
    /// URLs that one expression may stand for.
    pub alternatives: usize,
    /// Steps from a call to a constant.
    pub depth: usize,
    /// Brackets within each other in a script.
    pub nesting: usize,
    /// Steps of following values for one call.
    pub steps: usize,
    /// Steps of following values for all calls together.
    pub all_steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            url_length: 8 << 10,
            alternatives: 32,
            depth: 64,
            nesting: 4 << 10,
            steps: 20_000,
            all_steps: 20_000_000,
        }
    }
}
