//! Reading scripts beside parsing them and doing nothing else: both from bytes in memory, on one thread with the stack and
//! the allocator that the command has, with memory for trees that is used again.
//!
//! The scripts are those of the folder in `SCAN_BENCH`, such as an unpacked package of npm; without it, generated ones.
//! `SCAN_BENCH=folder cargo bench -p connect-src-scan`

#![expect(
    clippy::disallowed_methods,
    reason = "the benchmark reads the folder that its user names"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs, thread};

use connect_src_scan::{
    Language, Limits, Options, Project, STACK_BYTES, analyse_on_this_stack as analyse,
};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use oxc::allocator::Allocator;
use oxc::parser::Parser;
use oxc::span::SourceType;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let benchmarks = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(divan::main);
    let benchmarks = benchmarks.expect("there is memory for a stack");
    benchmarks.join().expect("no benchmark panics");
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let mut allocator = Allocator::default();
    bencher.counter(bytes()).bench_local(|| {
        for (path, bytes) in SCRIPTS.iter() {
            let text = String::from_utf8_lossy(bytes);
            let kind = SourceType::from_path(path).unwrap_or_default();
            black_box(Parser::new(&allocator, &text, kind).parse());
            allocator.reset();
        }
    });
}

#[divan::bench]
fn scan(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench_local(|| {
        let mut project = Project::new(Options::default());
        for (path, bytes) in SCRIPTS.iter() {
            project.add(analyse(path, bytes, &Limits::default()));
        }
        black_box(project.scan())
    });
}

#[divan::bench]
fn analyse_only(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench_local(|| {
        for (path, bytes) in SCRIPTS.iter() {
            black_box(analyse(path, bytes, &Limits::default()));
        }
    });
}

static SCRIPTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| match env::var("SCAN_BENCH") {
    Ok(folder) => below(Path::new(&folder))
        .into_iter()
        .filter_map(|path| Some((path.to_str()?.to_owned(), fs::read(&path).ok()?)))
        .collect(),
    Err(_) => (0..200)
        .map(|index| (format!("{index}.js"), generated(index).into_bytes()))
        .collect(),
});

fn bytes() -> BytesCount {
    BytesCount::new(SCRIPTS.iter().map(|(_, text)| text.len()).sum::<usize>())
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                below(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| Language::of_path(&path.to_string_lossy()) == Some(Language::Script))
        .collect()
}

fn generated(index: usize) -> String {
    let mut text = format!("const base{index} = 'https://api{index}.example.com';\n");
    for function in 0..200 {
        write!(
            text,
            "export function load{function}(id, options = {{}}) {{\n  const rows = [];\n  for (const row of options.rows || []) \
             {{\n    rows.push({{ id: row.id, name: String(row.name).trim(), sum: row.a * 2 + row.b }});\n  }}\n  \
             if (!rows.length) return null;\n  return request{function}(`/v1/${{id}}/rows`, rows);\n}}\n\
             function request{function}(path, body) {{\n  return fetch(base{index} + path, {{ method: 'POST', body: JSON.stringify(body) }});\n}}\n"
        )
        .expect("writing to a string cannot fail");
    }
    text
}
