//! Reading scripts beside parsing them and doing nothing else.
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
use std::{env, fs};

use connect_src_scan::{Limits, Options, Project, analyse};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use oxc::allocator::Allocator;
use oxc::parser::Parser;
use oxc::span::SourceType;

fn main() {
    divan::main();
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| {
        for (path, text) in SCRIPTS.iter() {
            let allocator = Allocator::default();
            let kind = SourceType::from_path(path).unwrap_or_default();
            black_box(Parser::new(&allocator, text, kind).parse());
        }
    });
}

#[divan::bench]
fn scan(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| {
        let mut project = Project::new(Options::default());
        for (path, text) in SCRIPTS.iter() {
            project.add(analyse(path, text.as_bytes(), &Limits::default()));
        }
        black_box(project.scan())
    });
}

#[divan::bench]
fn analyse_only(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| {
        for (path, text) in SCRIPTS.iter() {
            black_box(analyse(path, text.as_bytes(), &Limits::default()));
        }
    });
}

static SCRIPTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| match env::var("SCAN_BENCH") {
    Ok(folder) => below(Path::new(&folder))
        .into_iter()
        .filter_map(|path| Some((path.to_str()?.to_owned(), fs::read_to_string(&path).ok()?)))
        .collect(),
    Err(_) => (0..200)
        .map(|index| (format!("{index}.js"), generated(index)))
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
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "js" || extension == "ts")
        })
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
