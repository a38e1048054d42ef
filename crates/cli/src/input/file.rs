//! Files and standard input, under one name.

use std::fs::File;
use std::io::{self, Read, Stdin};
use std::path::{Path, PathBuf};

use super::capped;
use crate::error::Error;
use crate::output::sanitize::sanitize;

/// Something that can be read: a file or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Input {
    /// `-` is standard input, everything else is a path.
    pub(crate) fn named(name: impl Into<PathBuf>) -> Self {
        let path = name.into();
        if path == Path::new("-") {
            Self::Stdin
        } else {
            Self::File(path)
        }
    }

    /// What the files that it names are relative to.
    pub(crate) fn folder(&self) -> PathBuf {
        match self {
            Self::File(path) => path.parent().map_or_else(PathBuf::new, Path::to_path_buf),
            Self::Stdin => PathBuf::new(),
        }
    }

    /// How messages call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => sanitize(&path.to_string_lossy()).into_owned(),
            Self::Stdin => "standard input".to_owned(),
        }
    }

    /// Opens it; with its length, where that is known.
    pub(crate) fn open(&self) -> Result<(Reader, Option<u64>), Error> {
        let Self::File(path) = self else {
            return Ok((Reader::Stdin(io::stdin()), None));
        };
        let file = capped::open(path).map_err(|error| self.cannot_read(&error))?;
        let length = file.metadata().ok().map(|metadata| metadata.len());
        Ok((Reader::File(file), length.filter(|length| *length > 0)))
    }

    /// Reads it whole, up to the limit.
    pub(crate) fn read(&self, limit: u64) -> Result<Vec<u8>, Error> {
        let (reader, _) = self.open()?;
        capped::read_whole(reader, limit).map_err(|error| self.cannot_read(&error))
    }

    /// Reads a file that has a policy.
    pub(crate) fn read_policy(&self) -> Result<Vec<u8>, Error> {
        self.read(capped::MAX_POLICY_BYTES)
    }

    /// The error that says that reading failed.
    pub(crate) fn cannot_read(&self, error: &io::Error) -> Error {
        Error::new(format!("{}: cannot be read: {}", self.name(), said(error)))
    }
}

/// An opened [`Input`].
pub(crate) enum Reader {
    File(File),
    Stdin(Stdin),
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Stdin(stdin) => stdin.read(buffer),
        }
    }
}

/// The usual errors in words that go on after a colon.
fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}
