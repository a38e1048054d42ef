//! Headers that came with policies, and say more about connections.

use connect_src_lint::ResponseHeaders;
use url::Url;

use super::header_lines::Header;

/// The headers of a response, those aside that say nothing about connections.
#[derive(Debug, Default)]
pub(crate) struct SentHeaders {
    lines: Vec<(String, Vec<u8>)>,
    /// Whether it is known that there were no others.
    is_whole: bool,
}

const READ: [&str; 4] = [
    "connection-allowlist",
    "connection-allowlist-report-only",
    "report-to",
    "reporting-endpoints",
];

impl SentHeaders {
    /// All headers of a response.
    pub(super) fn of_response<'a>(lines: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        Self {
            is_whole: true,
            ..Self::of_lines(lines)
        }
    }

    /// Some headers, as somebody copied them.
    pub(super) fn of_lines<'a>(lines: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let line = |(name, value): (&[u8], &[u8])| {
            let mut known = READ.into_iter();
            let name = known.find(|one| name.eq_ignore_ascii_case(one.as_bytes()))?;
            Some((name.to_owned(), value.to_vec()))
        };
        Self {
            lines: lines.into_iter().filter_map(line).collect(),
            is_whole: false,
        }
    }

    /// Whether they are those of a whole response, be it one without any policy.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// What they say of a page; `None` where nothing is known.
    pub(crate) fn read(&self, page: Option<&Url>) -> Option<ResponseHeaders> {
        let unknown = Url::parse("https://page.invalid/").expect("this is a URL");
        let page = page.unwrap_or(&unknown);
        let lines = self.lines.iter().map(|(name, value)| (name, value));
        if self.is_whole {
            Some(ResponseHeaders::of_response(lines, page))
        } else if self.lines.is_empty() {
            None
        } else {
            Some(ResponseHeaders::of_lines(lines, page))
        }
    }
}

impl Header<'_> {
    pub(super) fn as_line(&self) -> (&[u8], &[u8]) {
        (self.name, &self.value)
    }
}
