//! Where in the code something stands.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A place in a file.
///
/// Formats that people read leave the span out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as it was named to the scan.
    pub file: String,
    /// The line, from 1 on.
    pub line: u32,
    /// The column in characters, from 1 on.
    pub column: u32,
    /// The bytes of the file that it spans.
    pub span: Span,
}

/// What people read of a place.
#[derive(Serialize, Deserialize)]
struct Readable<File> {
    file: File,
    line: u32,
    column: u32,
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let readable = Readable {
            file: &self.file,
            line: self.line,
            column: self.column,
        };
        if serializer.is_human_readable() {
            readable.serialize(serializer)
        } else {
            (readable, self.span).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (readable, span) = if deserializer.is_human_readable() {
            (Readable::deserialize(deserializer)?, Span::default())
        } else {
            <(Readable<String>, Span)>::deserialize(deserializer)?
        };
        let Readable { file, line, column } = readable;
        Ok(Self {
            file,
            line,
            column,
            span,
        })
    }
}

/// Bytes of a file, as offsets.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start as usize..span.end as usize
    }
}
