use core::ops::Range;

/// A half-open range of bytes in [`Policy::text`](crate::Policy::text).
///
/// Both ends lie on character boundaries, so the span can index the text.
///
/// ```
/// use connect_src::{Disposition, Policy};
///
/// let policy = Policy::from_header("connect-src https://api.example.com", Disposition::Enforce);
/// let directive = policy.directives().next().unwrap();
/// assert_eq!(&policy.text()[directive.name_span().range()], "connect-src");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span as a range that indexes a string.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        self.range().len()
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.range()]
    }
}
