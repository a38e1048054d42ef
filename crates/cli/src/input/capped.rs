//! Reading up to a limit: the one room where a whole input is read at once.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No policy, header dump or head of a page is longer than this.
pub(crate) const MAX_POLICY_BYTES: u64 = 16 << 20;

/// What was read, and whether the limit cut it off.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Capped {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_cut: bool,
}

/// Reads everything, but not more than `limit` bytes.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the capped reader: `take` bounds the read"
)]
pub(crate) fn read(reader: impl Read, limit: u64) -> io::Result<Capped> {
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_cut = bytes.len() > limit;
    bytes.truncate(limit);
    Ok(Capped { bytes, is_cut })
}

/// Reads a whole input that must not be longer than `limit`.
pub(crate) fn read_whole(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let Capped { bytes, is_cut } = read(reader, limit)?;
    if is_cut {
        let message = format!("longer than {} MiB, which is the limit", limit >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// Opens a file, and makes sure that reading it will end: a directory or a device is no input.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exceeds_the_limit_is_cut_and_said_so() {
        let capped = read(&b"abcdef"[..], 4).unwrap();
        assert_eq!(
            (capped.bytes.as_slice(), capped.is_cut),
            (&b"abcd"[..], true)
        );
        let capped = read(&b"abcd"[..], 4).unwrap();
        assert_eq!(
            (capped.bytes.as_slice(), capped.is_cut),
            (&b"abcd"[..], false)
        );
    }

    #[test]
    fn an_endless_input_is_an_error_and_no_hang() {
        let error = read_whole(io::repeat(b'x'), 1 << 20).unwrap_err();
        assert_eq!(error.to_string(), "longer than 1 MiB, which is the limit");
    }
}
