//! Lines and columns of a file's bytes.

use serde::{Deserialize, Serialize};

use crate::place::{Place, Span};

/// A place in a file whose name is known from elsewhere.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub(crate) struct Spot {
    /// The bytes that it spans.
    pub(crate) span: Span,
    /// The line, from 1 on.
    pub(crate) line: u32,
    /// The column in characters, from 1 on.
    pub(crate) column: u32,
    /// The column in UTF-16 code units, from 0 on, as source maps count.
    pub(crate) utf16_column: u32,
}

impl Spot {
    /// The place, with the name of its file.
    pub(crate) fn in_file(self, file: &str) -> Place {
        Place {
            file: file.to_owned(),
            line: self.line,
            column: self.column,
            span: self.span,
        }
    }
}

/// Where the lines of a file start, and how many characters lie before a byte.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The byte at which each line starts.
    starts: Vec<u32>,
    /// For text beyond ASCII: characters and UTF-16 code units before each line, and before each step of [`STEP`] bytes.
    before_lines: Vec<Count>,
    steps: Vec<Count>,
    /// The text; empty for ASCII.
    text: Box<[u8]>,
}

/// Characters and UTF-16 code units before a byte.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    characters: u32,
    utf16: u32,
}

impl Count {
    fn add(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            let starts = u32::from(byte & 0xc0 != 0x80);
            self.characters += starts;
            self.utf16 += starts + u32::from(*byte >= 0xf0);
        }
        self
    }
}

impl Lines {
    /// The lines of a text of at most 4 GiB.
    pub(crate) fn of(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(breaks.map(|at| at as u32 + 1));
        let beyond_ascii = if text.is_ascii() { "" } else { text };
        let steps = beyond_ascii.as_bytes().chunks(STEP);
        let mut lines = Self {
            starts: starts.collect(),
            before_lines: Vec::new(),
            steps: steps
                .scan(Count::default(), |count, chunk| {
                    let before = *count;
                    *count = count.add(chunk);
                    Some(before)
                })
                .collect(),
            text: beyond_ascii.as_bytes().into(),
        };
        if !lines.text.is_empty() {
            let starts = lines.starts.iter();
            lines.before_lines = starts.map(|start| lines.before(*start)).collect();
        }
        lines
    }

    /// The place of some bytes of the text.
    pub(crate) fn spot(&self, start: u32, end: u32) -> Spot {
        let line = self.starts.partition_point(|first| *first <= start);
        let (characters, utf16) = self.column(line.saturating_sub(1), start);
        Spot {
            span: Span { start, end },
            line: line as u32,
            column: characters + 1,
            utf16_column: utf16,
        }
    }

    /// Characters and UTF-16 code units between the start of a line and a byte.
    fn column(&self, line: usize, byte: u32) -> (u32, u32) {
        let Some(start) = self.before_lines.get(line) else {
            let column = byte - self.starts[line];
            return (column, column);
        };
        let end = self.before(byte);
        (end.characters - start.characters, end.utf16 - start.utf16)
    }

    fn before(&self, byte: u32) -> Count {
        let byte = (byte as usize).min(self.text.len());
        let step = (byte / STEP).min(self.steps.len().saturating_sub(1));
        self.steps[step].add(&self.text[step * STEP..byte])
    }
}

/// Bytes between two counts.
const STEP: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_source_maps_count_code_units() {
        let text = format!("a\n{}é😀x", "z".repeat(STEP));
        let lines = Lines::of(&text);
        let x = text.len() as u32 - 1;
        let spot = lines.spot(x, x + 1);
        assert_eq!((spot.line, spot.column), (2, STEP as u32 + 3));
        assert_eq!(spot.utf16_column, STEP as u32 + 3);
        let ascii = Lines::of("a\nbc");
        assert_eq!((ascii.spot(3, 4).line, ascii.spot(3, 4).column), (2, 2));
        assert_eq!(ascii.spot(2, 3).utf16_column, 0);
    }
}
