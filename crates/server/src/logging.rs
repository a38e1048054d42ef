//! Structured logs on standard error, one line for each event, whatever is in it.

use std::fmt::Write as _;
use std::io::{self, Write};

pub use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer, Registry, fmt};

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object of JSON for each event.
    Json,
}

/// Writes the events of this process to standard error, from now on. Fails if somebody else writes them already.
pub fn init(format: LogFormat, level: LevelFilter) -> Result<(), TryInitError> {
    tracing_subscriber::registry()
        .with(layer(format, level, io::stderr))
        .try_init()
}

/// Other crates say less: what they log was not written for our operators.
fn layer<W>(format: LogFormat, level: LevelFilter, writer: W) -> impl Layer<Registry> + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("connect_src_server", level);
    let writer = OneLine(writer);
    let layer = match format {
        LogFormat::Text => fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .with_writer(writer)
            .boxed(),
        LogFormat::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(writer)
            .boxed(),
    };
    layer.with_filter(targets)
}

/// Escapes what would begin a new line or speak to the terminal. Texts of events come from elsewhere.
struct OneLine<W>(W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for OneLine<W> {
    type Writer = Escaping<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Escaping(self.0.make_writer())
    }
}

/// Each event is written at once, with one end of line at its end.
struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(escaped(bytes).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escaped(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let mut escaped = String::with_capacity(text.len());
    for it in line.chars() {
        if it.is_control() || is_bidi(it) || matches!(it, '\u{2028}' | '\u{2029}') {
            // As JSON escapes it, so that JSON stays JSON; all of these are in the first plane.
            let _ = write!(escaped, "\\u{:04x}", u32::from(it));
        } else {
            escaped.push(it);
        }
    }
    escaped.push('\n');
    escaped
}

/// Marks that turn the direction of writing, and so what a reader takes for what.
fn is_bidi(it: char) -> bool {
    matches!(it, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, hostile: &str) -> String {
        let sink = Sink::default();
        let writer = {
            let sink = sink.clone();
            move || sink.clone()
        };
        let layer = layer(format, LevelFilter::INFO, writer);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "connect_src_server", text = hostile, shown = %hostile, "before {hostile} after");
            tracing::info!(target: "other", "not for our operators");
        });
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        let hostile = "a\r\n2026-01-01 INFO forged\u{1b}[2J\u{202e}\u{2028}\u{85}\0\"}{";
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format, hostile);
            assert_eq!(text.lines().count(), 1, "{text:?}");
            let body = text.strip_suffix('\n').unwrap();
            let is_harmless = |it: char| !it.is_control() && !is_bidi(it) && it != '\u{2028}';
            assert!(body.chars().all(is_harmless), "{text:?}");
            assert!(body.contains("forged"), "{text:?}");
        }
    }

    #[test]
    fn json_stays_json() {
        let text = logged(LogFormat::Json, "a\n\u{202e}\"b");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{error}: {text}");
        });
        assert!(value["text"].as_str().unwrap().starts_with("a\n"));
    }
}
