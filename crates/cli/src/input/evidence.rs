//! Evidence: the connections of a site, from whatever knows of them. A source is recognised by its content.

mod access_log;
mod code;
mod collector;
mod database;
mod har;
mod json_lines;
mod kind;
mod reports;

use std::io::{self, Cursor, Read};

use connect_src_generate::Evidence;
use connect_src_scan::Language;
use url::Url;

use super::Input;
use crate::error::Error;
use crate::output::progress::Progress;
use collector::Collector;
pub(crate) use kind::Kind;

/// What all sources know.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The connections, each once.
    pub(crate) evidence: Vec<Evidence>,
    /// What each source came to, in the order in which they were given.
    pub(crate) sources: Vec<Source>,
    /// Connections that were not kept, because there are too many.
    pub(crate) not_kept: u64,
}

/// What one source came to.
#[derive(Debug)]
pub(crate) struct Source {
    /// How messages call it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// How many connections it has.
    pub(crate) connections: u64,
    /// What is no connection of a page, or does not tell.
    pub(crate) passed_over: u64,
    /// What could not be read.
    pub(crate) bad_count: u64,
    /// The first of it, each with its place.
    pub(crate) bad: Vec<String>,
    /// What its reader should know: sentences.
    pub(crate) notes: Vec<&'static str>,
}

/// What is known beside the sources.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context<'a> {
    /// The page of connections that name none.
    pub(crate) page: Option<&'a Url>,
    /// The server that wrote access logs without a host.
    pub(crate) server: Option<&'a Url>,
}

impl Gathered {
    /// Reads all sources. Fails if one cannot be read at all.
    pub(crate) fn from(inputs: &[Input], context: Context<'_>) -> Result<Self, Error> {
        let mut collector = Collector::new(context);
        for input in inputs {
            read(input, &mut collector)?;
        }
        Ok(collector.finish())
    }

    /// Reads one source that was recognised already.
    pub(crate) fn of(
        input: &Input,
        kind: Kind,
        reader: impl Read,
        context: Context<'_>,
    ) -> Result<Self, Error> {
        let mut collector = Collector::new(context);
        read_as(kind, input, reader, &mut collector)?;
        Ok(collector.finish())
    }

    /// How many places could not be read.
    pub(crate) fn bad_count(&self) -> u64 {
        self.sources.iter().map(|source| source.bad_count).sum()
    }
}

fn read(input: &Input, collector: &mut Collector<'_>) -> Result<(), Error> {
    if let Input::File(path) = input
        && (path.is_dir() || Language::of_path(&path.to_string_lossy()).is_some())
    {
        collector.begin(input.name(), Kind::Code);
        return code::scan(path.clone(), collector);
    }
    let (mut reader, length) = input.open()?;
    let head = head(&mut reader).map_err(|error| input.cannot_read(&error))?;
    let kind = Kind::of(&head).ok_or_else(|| unknown(input))?;
    let progress = Progress::new(length);
    let reader = progress.reader(Cursor::new(head).chain(reader));
    read_as(kind, input, reader, collector)
}

fn read_as(
    kind: Kind,
    input: &Input,
    reader: impl Read,
    collector: &mut Collector<'_>,
) -> Result<(), Error> {
    collector.begin(input.name(), kind);
    let result = match kind {
        Kind::Har => har::read(reader, collector),
        Kind::JsonLines => json_lines::read(reader, collector),
        Kind::Reports => reports::read(reader, collector),
        Kind::AccessLog => access_log::read(reader, collector),
        Kind::Scan => code::read(reader, collector),
        Kind::Database => return database::read(input, collector),
        // It is known by the name of its file, so it was read before.
        Kind::Code => return Err(unknown(input)),
    };
    result.map_err(|error| input.cannot_read(&error))
}

fn unknown(input: &Input) -> Error {
    Error::new(format!(
        "{}: expected {}; found none of these",
        input.name(),
        Kind::ALL.map(Kind::in_words).join(", ")
    ))
}

/// Enough of a file to recognise it.
pub(crate) fn head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    const ENOUGH: usize = 64 << 10;
    let mut head = vec![0; ENOUGH];
    let mut filled = 0;
    while filled < ENOUGH {
        match reader.read(&mut head[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(filled);
    Ok(head)
}
