//! How much of the time that `check --from` takes is spent on deciding?
//!
//! Prints the rate of the command, and that of a program which does no more than parse the JSON and the URLs of the
//! same file: `cargo bench -p connect-src-cli --bench bulk`. Rates are per core: lines by seconds of processor time,
//! of all threads together, so that other work on the machine hardly disturbs them.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads files of its own"
)]
#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a benchmark for the terminal"
)]

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

const LINES: usize = 2_000_000;
const RUNS: usize = 5;
/// The unit in which Linux counts processor time.
const TICK: Duration = Duration::from_millis(10);

/// A name, how many sources, and a path for each of them.
const POLICIES: [(&str, usize, &str); 4] = [
    ("3 sources", 3, ""),
    ("60 sources", 60, ""),
    ("60 with a path", 60, "/v1/"),
    ("5,000 sources", 5000, ""),
];

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("connections.jsonl");
    fs::write(&path, connections())?;
    let length = fs::metadata(&path)?.len();
    let threads = thread::available_parallelism()?.get();
    println!(
        "{LINES} lines of {} bytes, {threads} threads",
        length / LINES as u64
    );

    let parsing = best(|| parse(&fs::read(&path)?, threads))?;
    print_rate("parsing alone", parsing, None);
    for (name, count, source_path) in POLICIES {
        let policy = path.with_file_name("policy.txt");
        fs::write(&policy, policy_of(count, source_path))?;
        let deciding = best(|| decide(&path, &policy))?;
        print_rate(name, deciding, Some(parsing));
    }
    Ok(())
}

fn print_rate(name: &str, time: Duration, parsing: Option<Duration>) {
    let rate = LINES as f64 / time.as_secs_f64() / 1e6;
    let share = parsing.map(|parsing| parsing.as_secs_f64() / time.as_secs_f64() * 100.0);
    let share = share.map_or_else(String::new, |share| {
        format!(", {share:.0} % of parsing alone")
    });
    println!("{name:>15}: {rate:.2} million lines a second and core{share}");
}

fn best(mut work: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<Duration, Box<dyn Error>> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let before = processor_time()?;
        work()?;
        best = best.min(processor_time()?.checked_sub(before).unwrap());
    }
    Ok(best)
}

/// What this process and its finished children have used.
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().ok_or("no name")?;
    let fields = after_name.split_ascii_whitespace().skip(11).take(4);
    let ticks = fields.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

/// What applications do: a few pages, many paths, some hosts that no policy lists.
fn connections() -> String {
    const APIS: [&str; 4] = ["fetch", "xhr", "websocket", "beacon"];
    let mut lines = String::new();
    for number in 0..LINES {
        let api = APIS[number % APIS.len()];
        let scheme = if api == "websocket" { "wss" } else { "https" };
        let host = number * 7 % 97;
        let _ = writeln!(
            lines,
            r#"{{"page":"https://app{}.example.com/view/{}","api":"{api}","url":"{scheme}://host{host}.example.net/v1/items/{number}?page=2"}}"#,
            number % 3,
            number % 1000,
        );
    }
    lines
}

fn policy_of(count: usize, path: &str) -> String {
    let mut policy = "connect-src 'self'".to_owned();
    for number in 1..count {
        let _ = write!(policy, " https://host{number}.example.net{path}");
    }
    policy
}

fn decide(file: &Path, policy: &Path) -> Result<(), Box<dyn Error>> {
    let mut from = Command::new(env!("CARGO_BIN_EXE_connect-src"));
    from.args(["check", "--from"])
        .arg(file)
        .arg(format!("@{}", policy.display()));
    let output = from.output()?;
    match output.status.code() {
        Some(0 | 1) => Ok(()),
        _ => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    page: Text<'a>,
    #[serde(borrow)]
    api: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn parse(file: &[u8], threads: usize) -> Result<(), Box<dyn Error>> {
    let part = file.len() / threads + 1;
    let parts: Vec<&[u8]> = (0..threads)
        .map(|index| lines_of_part(file, index, part))
        .collect();
    let lengths = thread::scope(|scope| {
        let workers: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(|| parse_part(part)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no panic"))
            .sum::<usize>()
    });
    if lengths == 0 {
        return Err("nothing was parsed".into());
    }
    Ok(())
}

/// The lines that begin in one of the equal parts of the file.
fn lines_of_part(file: &[u8], index: usize, part: usize) -> &[u8] {
    let line_after = |offset: usize| {
        let offset = offset.min(file.len());
        let newline = file[offset..].iter().position(|byte| *byte == b'\n');
        newline.map_or(file.len(), |newline| offset + newline + 1)
    };
    let start = if index == 0 {
        0
    } else {
        line_after(index * part)
    };
    &file[start..line_after((index + 1) * part)]
}

fn parse_part(part: &[u8]) -> usize {
    let mut start = 0;
    let lines = memchr::memchr_iter(b'\n', part).map(|end| {
        let line = &part[start..end];
        start = end + 1;
        line
    });
    let length = |line: &[u8]| {
        let line: Line<'_> = serde_json::from_slice(line).expect("it was written so");
        let page = Url::parse(&line.page.0).expect("it was written so");
        let url = Url::parse(&line.url.0).expect("it was written so");
        page.as_str().len() + url.as_str().len() + line.api.0.len()
    };
    lines.map(length).sum()
}
