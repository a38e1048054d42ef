//! Many connections at once: decided in parallel, summed up in tables that do not grow with the file.

mod decider;
mod explainer;
mod kinds;
mod pages;
mod paths;
mod tally;

use std::io::{self, Read};
use std::sync::Mutex;
use std::thread;

use connect_src_generate::Standing;

use super::Question;
use crate::error::Error;
use crate::input::evidence::{Context, Gathered, Kind, head};
use crate::input::json_lines::{Chunk, Chunks, MAX_LINE};
use crate::input::{Input, har, json_lines};
use crate::output::progress::Progress;
use decider::{Connection, Decider};
use explainer::Counts;
pub(crate) use tally::{Cause, CauseTally, HostTally, Tally};

/// What a file came to.
#[derive(Debug)]
pub(crate) struct Summary {
    /// How messages call the file.
    pub(crate) name: String,
    /// What a place in the file is called: `line` or `entry`.
    pub(crate) unit: &'static str,
    /// Entries that are no connections of scripts.
    pub(crate) passed_over: u64,
    pub(crate) tally: Tally,
}

impl std::ops::Deref for Summary {
    type Target = Tally;

    fn deref(&self) -> &Tally {
        &self.tally
    }
}

/// Decides all connections of a file.
pub(crate) fn run(question: &Question, input: &Input) -> Result<Summary, Error> {
    let (mut reader, length) = input.open()?;
    let progress = Progress::new(length);
    let head = head(&mut reader).map_err(|error| input.cannot_read(&error))?;
    let kind = Kind::of(&head);
    let reader = progress.reader(io::Cursor::new(head).chain(reader));
    match kind {
        Some(Kind::Har) => return decide_har(question, input, reader),
        // What nothing else is recognised by is taken for lines, so that each bad one is told.
        Some(Kind::JsonLines) | None => {}
        Some(kind) => return decide_evidence(question, input, kind, reader),
    }
    let tally = decide_lines(question, reader).map_err(|error| input.cannot_read(&error))?;
    Ok(Summary {
        name: input.name(),
        unit: "line",
        passed_over: 0,
        tally,
    })
}

/// Each core takes the next chunk of lines when it is done with the one before.
fn decide_lines(question: &Question, reader: impl Read + Send) -> io::Result<Tally> {
    let chunks = Mutex::new(Chunks::new(reader));
    let next = || {
        let mut chunks = chunks
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        chunks.next().transpose()
    };
    let work = || -> io::Result<Counts> {
        let mut decider = Decider::new(question);
        while let Some(chunk) = next()? {
            decide_chunk(&mut decider, &chunk);
        }
        Ok(decider.finish())
    };
    let count = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        let mut sum = Counts::default();
        for worker in workers {
            let counts = worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            sum.merge(counts?);
        }
        Ok(sum.explained(question))
    })
}

fn decide_chunk(decider: &mut Decider<'_>, chunk: &Chunk) {
    if chunk.is_too_long {
        let limit = MAX_LINE >> 20;
        decider.bad(
            chunk.first_line,
            &format!("the line is longer than {limit} MiB"),
        );
    }
    // Asked once for all lines, whether they are UTF-8 costs next to nothing.
    let text = std::str::from_utf8(&chunk.bytes);
    let ends = memchr::memchr_iter(b'\n', &chunk.bytes).chain([chunk.bytes.len()]);
    let mut start = 0;
    for (number, end) in (chunk.first_line..).zip(ends) {
        let line = start..end;
        start = end + 1;
        if chunk.bytes[line.clone()].trim_ascii_start().is_empty() {
            continue;
        }
        let connection = match text {
            Ok(text) => json_lines::connection_of_text(&text[line]),
            Err(_) => json_lines::connection(&chunk.bytes[line]),
        };
        decide_line(decider, number, connection);
    }
}

fn decide_line(
    decider: &mut Decider<'_>,
    number: u64,
    connection: Result<json_lines::Connection<'_>, String>,
) {
    let connection = match connection {
        Ok(connection) => connection,
        Err(message) => return decider.bad(number, &message),
    };
    let redirects = connection.redirects.iter().flatten();
    decider.decide(&Connection {
        place: number,
        page: connection.page.as_ref().map(|page| &*page.0),
        api: connection.api.as_ref().map(|api| &*api.0),
        url: &connection.url.0,
        redirects: redirects.map(|redirect| &*redirect.0),
    });
}

fn decide_har(question: &Question, input: &Input, reader: impl Read) -> Result<Summary, Error> {
    let mut decider = Decider::new(question);
    let reader = io::BufReader::with_capacity(256 << 10, reader);
    let result = har::read(reader, |recorded| {
        let (url, redirects) = recorded.urls.split_first().expect("an entry has a URL");
        decider.decide(&Connection {
            place: recorded.entry,
            page: recorded.page.as_deref(),
            api: Some(recorded.api.name()),
            url,
            redirects: redirects.iter().map(String::as_str),
        });
    });
    let mut tally = decider.finish().explained(question);
    let passed_over = match result {
        Ok(passed_over) => passed_over,
        Err(error) if error.is_io() => {
            return Err(input.cannot_read(&io::Error::from(error)));
        }
        Err(error) => {
            let message = format!("{error}; what follows in the file is not decided");
            tally.bad(tally.decided() + 1, &message);
            0
        }
    };
    Ok(Summary {
        name: input.name(),
        unit: "entry",
        passed_over,
        tally,
    })
}

/// Sources that tell less than a recording: what they have in common is put together first, and decided once.
fn decide_evidence(
    question: &Question,
    input: &Input,
    kind: Kind,
    reader: impl Read,
) -> Result<Summary, Error> {
    let context = Context {
        page: question.page.as_ref(),
        server: None,
    };
    let gathered = Gathered::of(input, kind, reader, context)?;
    let mut decider = Decider::new(question);
    let genuine = gathered.evidence.iter();
    let genuine = genuine.filter(|one| one.standing == Standing::Genuine);
    for (place, one) in (1..).zip(genuine) {
        decider.decide(&Connection {
            place,
            page: one.pages.first().map(url::Url::as_str),
            api: Some(one.api.name()),
            url: one.url.as_str(),
            redirects: std::iter::empty(),
        });
    }
    let mut passed_over = gathered.not_kept;
    for source in &gathered.sources {
        passed_over += source.passed_over;
        (1..)
            .zip(&source.bad)
            .for_each(|(place, message)| decider.bad(place, message));
    }
    let set_aside = gathered.evidence.iter();
    let set_aside = set_aside
        .filter(|one| one.standing == Standing::SetAside)
        .count();
    Ok(Summary {
        name: input.name(),
        unit: "connection",
        passed_over: passed_over + set_aside as u64,
        tally: decider.finish().explained(question),
    })
}
