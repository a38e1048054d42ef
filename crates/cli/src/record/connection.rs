//! What was recorded of one request.

use connect_src::Api;
use connect_src_server::clock::Timestamp;

use super::protocol::Headers;

/// A request of a page, a frame or a worker.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// The document whose policy governs it: what `'self'` stands for.
    pub(crate) page: String,
    /// The page that was visited, where the document is in a frame of it.
    pub(crate) frame_of: Option<String>,
    pub(crate) worker: Option<Worker>,
    /// `None` for what is no connection under `connect-src`, and where Chromium does not say.
    pub(crate) api: Option<Api>,
    /// Whether it is one under `connect-src`.
    pub(crate) is_connection: bool,
    /// What Chromium calls it.
    pub(crate) resource_type: String,
    /// The URL that was asked for, then that of each redirect. Never empty.
    pub(crate) hops: Vec<Hop>,
    /// Whether a policy blocks it: its page's, or the one of its worker.
    pub(crate) is_blocked: bool,
    /// Why there was no answer.
    pub(crate) error: Option<String>,
    /// Where the code is, the innermost call first.
    pub(crate) stack: Vec<Place>,
    /// Which visit it belongs to, from 0 on.
    pub(crate) visit: usize,
    /// The document whose policies the browser was told to pass over, to decide about it later.
    pub(crate) document: Option<usize>,
}

/// One URL of a request on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hop {
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) headers: Headers,
    /// Seconds since 1970.
    pub(crate) time: Option<f64>,
    /// Seconds from there to the end of the response.
    pub(crate) duration: Option<f64>,
    pub(crate) answer: Option<Answer>,
}

/// The head of a response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) status_text: String,
    pub(crate) headers: Headers,
    pub(crate) mime_type: String,
    pub(crate) protocol: String,
}

/// A worker that connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Worker {
    pub(crate) kind: WorkerKind,
    pub(crate) url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkerKind {
    Dedicated,
    Shared,
    Service,
}

impl WorkerKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dedicated => "dedicated",
            Self::Shared => "shared",
            Self::Service => "service",
        }
    }
}

/// A place in the code. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// Empty for none.
    pub(crate) function: String,
}

impl Recorded {
    /// The URL that was asked for.
    pub(crate) fn url(&self) -> &str {
        &self.hops[0].url
    }

    /// The status of the last answer.
    pub(crate) fn status(&self) -> Option<u16> {
        let answers = self.hops.iter().rev();
        answers
            .filter_map(|hop| hop.answer.as_ref())
            .map(|answer| answer.status)
            .next()
    }
}

/// Seconds since 1970 as RFC 3339, to the millisecond.
pub(crate) fn moment(seconds: f64) -> String {
    Timestamp::from_millis((seconds * 1000.0).round() as i64).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_milliseconds_whatever_the_browser_says() {
        assert_eq!(moment(1_795_393_865.790_792), "2026-11-23T00:31:05.791Z");
        for strange in [f64::NAN, f64::INFINITY, -1e300] {
            assert!(moment(strange).ends_with('Z'), "{strange}");
        }
    }
}
