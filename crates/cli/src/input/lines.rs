//! The lines of a file, with their numbers and without their ends.

/// A line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// From 1 on.
    pub(crate) number: usize,
    pub(crate) bytes: &'a [u8],
    /// Where the line after it begins in the file.
    pub(crate) end: usize,
}

/// The lines. What follows the last line break is a line too, unless it is empty.
pub(crate) fn lines(file: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut end = 0;
    let lines = file.split_inclusive(|byte| *byte == b'\n').enumerate();
    lines.map(move |(index, bytes)| {
        end += bytes.len();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        Line {
            number: index + 1,
            bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes),
            end,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_line_ends_are_taken_off() {
        let lines: Vec<_> = lines(b"a\r\nb\n\nc").collect();
        let bytes: Vec<_> = lines.iter().map(|line| line.bytes).collect();
        assert_eq!(bytes, [&b"a"[..], b"b", b"", b"c"]);
        assert_eq!((lines[3].number, lines[1].end), (4, 5));
    }
}
