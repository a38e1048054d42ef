//! JSON Lines: one connection for each line, `{"page": …, "api": …, "url": …, "redirects": […]}`.
//!
//! The file is read in chunks of whole lines, so that it may be longer than memory.

use std::borrow::Cow;
use std::io::{self, Read};

use serde::Deserialize;

use crate::args::api_names;
use crate::output::sanitize::sanitize;

/// A line that is longer than this is not read.
pub(crate) const MAX_LINE: usize = 1 << 20;
const CHUNK: usize = 256 << 10;

/// A connection as a line says it. Fields that are not listed here are passed over.
#[derive(Debug, Deserialize)]
pub(crate) struct Connection<'a> {
    #[serde(borrow, default)]
    pub(crate) page: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) api: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) url: Text<'a>,
    #[serde(borrow, default)]
    pub(crate) redirects: Option<Vec<Text<'a>>>,
}

/// A string that is borrowed from the line unless it has escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Reads a line. The error says what was expected and where in the line.
pub(crate) fn connection(line: &[u8]) -> Result<Connection<'_>, String> {
    serde_json::from_slice(line).map_err(|error| explained(&error))
}

/// Reads a line that is known to be UTF-8.
pub(crate) fn connection_of_text(line: &str) -> Result<Connection<'_>, String> {
    serde_json::from_str(line).map_err(|error| explained(&error))
}

/// The error of an API that nobody knows.
pub(crate) fn unknown_api(name: &str) -> String {
    let name = sanitize(name);
    format!(
        "there is no API \"{name}\"; expected one of {}",
        api_names()
    )
}

fn explained(error: &serde_json::Error) -> String {
    // The parser sees one line only, so it calls it the first.
    let column = error.column();
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(head, _)| head);
    format!(
        "expected {{\"url\": …, \"page\": …, \"api\": …, \"redirects\": […]}} in JSON, column {column}: {message}"
    )
}

/// Whole lines of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// The number of its first line, from 1 on.
    pub(crate) first_line: u64,
    pub(crate) bytes: Vec<u8>,
    /// Whether it stands for one line that was too long to keep.
    pub(crate) is_too_long: bool,
}

/// The chunks of a file.
#[derive(Debug)]
pub(crate) struct Chunks<R> {
    reader: R,
    next_line: u64,
    /// The beginning of a line whose end was not read yet.
    rest: Vec<u8>,
    is_at_end: bool,
}

impl<R: Read> Chunks<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            next_line: 1,
            rest: Vec::new(),
            is_at_end: false,
        }
    }

    fn chunk(&mut self) -> io::Result<Option<Chunk>> {
        let mut bytes = std::mem::take(&mut self.rest);
        loop {
            self.fill(&mut bytes)?;
            if let Some(end) = memchr::memrchr(b'\n', &bytes) {
                self.rest = bytes.split_off(end + 1);
                return Ok(Some(self.numbered(bytes)));
            }
            if self.is_at_end {
                return Ok((!bytes.is_empty()).then(|| self.numbered(bytes)));
            }
            if bytes.len() > MAX_LINE {
                return self.skip_line().map(Some);
            }
        }
    }

    /// Appends what is to be read next.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let mut filled = bytes.len();
        let wanted = filled + CHUNK;
        bytes.resize(wanted, 0);
        while filled < wanted {
            match self.reader.read(&mut bytes[filled..]) {
                Ok(0) => {
                    self.is_at_end = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(filled);
        Ok(())
    }

    fn numbered(&mut self, bytes: Vec<u8>) -> Chunk {
        let first_line = self.next_line;
        self.next_line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Chunk {
            first_line,
            bytes,
            is_too_long: false,
        }
    }

    /// Passes over the rest of a line that is too long.
    fn skip_line(&mut self) -> io::Result<Chunk> {
        let first_line = self.next_line;
        self.next_line += 1;
        while !self.is_at_end {
            let mut bytes = Vec::new();
            self.fill(&mut bytes)?;
            if let Some(end) = memchr::memchr(b'\n', &bytes) {
                self.rest = bytes.split_off(end + 1);
                break;
            }
        }
        Ok(Chunk {
            first_line,
            bytes: Vec::new(),
            is_too_long: true,
        })
    }
}

impl<R: Read> Iterator for Chunks<R> {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunk().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn chunks(bytes: &[u8]) -> Vec<Chunk> {
        Chunks::new(Slow(bytes)).map(Result::unwrap).collect()
    }

    #[test]
    fn chunks_are_whole_lines_with_their_numbers() {
        let line = format!("{}\n", "x".repeat(99_999));
        let file = line.repeat(7) + "the last one";
        let chunks = chunks(file.as_bytes());
        let lines: Vec<_> = chunks.iter().map(|chunk| chunk.first_line).collect();
        assert_eq!(lines, [1, 3, 6, 8]);
        let bytes: Vec<u8> = chunks
            .iter()
            .flat_map(|chunk| chunk.bytes.clone())
            .collect();
        assert_eq!(bytes, file.as_bytes());
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_counted() {
        let file = format!("a\n{}\nb\n", "x".repeat(3 * MAX_LINE));
        let chunks = chunks(file.as_bytes());
        let told: Vec<_> = chunks
            .iter()
            .map(|one| (one.first_line, one.is_too_long))
            .collect();
        assert_eq!(told, [(1, false), (2, true), (3, false)]);
        assert_eq!(chunks[2].bytes, b"b\n");
    }

    #[test]
    fn strings_are_borrowed_where_they_can_be() {
        let line = br#"{"page":"https://a.test/","url":"https://b.test/\u0041","more":[1]}"#;
        let connection = connection(line).unwrap();
        assert!(matches!(connection.page.unwrap().0, Cow::Borrowed(_)));
        assert_eq!(connection.url.0, "https://b.test/A");
    }

    #[test]
    fn a_bad_line_is_told_by_its_column() {
        let message = connection(br#"{"url":17}"#).unwrap_err();
        assert!(
            message.ends_with("column 9: invalid type: integer `17`, expected a string"),
            "{message}"
        );
    }
}
