//! How much of the time that a scan of scripts takes is spent on more than parsing them?
//!
//! Prints the rates of parsing alone and of [`analyse`], for the scripts below the folders that are given, in turns on
//! one thread: `cargo bench -p connect-src-scan --bench throughput -- FOLDER…`. `benches/scan/run.sh` runs it on published packages.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads files of its own, and the clock"
)]
#![expect(clippy::cast_precision_loss, reason = "a benchmark for the terminal")]

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use connect_src_scan::{Language, Limits, analyse};
use oxc::allocator::Allocator;
use oxc::parser::Parser;
use oxc::span::SourceType;

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for folder in std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
    {
        collect(Path::new(&folder), &mut files)?;
    }
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    if bytes == 0 {
        println!("no scripts; give folders that have some");
        return Ok(());
    }
    println!("{} scripts, {:.1} MB", files.len(), bytes as f64 / 1e6);
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let parsing = time(|| files.iter().for_each(|(path, text)| parse(path, text)));
        let scanning = time(|| files.iter().for_each(|(path, text)| scan(path, text)));
        let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
        ratios.push(parsing.as_secs_f64() / scanning.as_secs_f64());
        println!(
            "parsing alone {:6.1} MB/s, scanning {:6.1} MB/s",
            rate(parsing),
            rate(scanning)
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "scanning has {:.0} % of the rate of parsing alone (median of {ROUNDS}; {:.0}–{:.0} %)",
        ratios[ROUNDS / 2] * 100.0,
        ratios[0] * 100.0,
        ratios[ROUNDS - 1] * 100.0
    );
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<(PathBuf, String)>) -> Result<(), Box<dyn Error>> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if Language::of_path(&path.to_string_lossy()) == Some(Language::Script)
        && let Ok(text) = fs::read_to_string(path)
    {
        files.push((path.to_owned(), text));
    }
    Ok(())
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn parse(path: &Path, text: &str) {
    let allocator = Allocator::default();
    let source_type = SourceType::from_path(path)
        .unwrap_or_default()
        .with_jsx(true);
    black_box(Parser::new(&allocator, text, source_type).parse());
}

fn scan(path: &Path, text: &str) {
    let path = path.to_string_lossy();
    black_box(analyse(&path, text.as_bytes(), &Limits::default()));
}
