//! What linting a policy costs, parsing included, and what the audit of it costs.
//!
//! `cargo bench -p connect-src-lint` prints times; `docs/performance.md` keeps the figures, beside those of `csp_evaluator`, which
//! `benches/lint/run.sh` measures in the same run.

use connect_src::{BrowserProfile, CspList, Disposition, Policy};
use connect_src_lint::audit::{Audit, Page};
use connect_src_lint::{Levels, Subject, lint};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// The policy that `benches/lint/policy-60.txt` has: 60 sources in 12 directives.
const SIXTY: &str = include_str!("../../../benches/lint/policy-60.txt");

#[divan::bench]
fn sixty_sources(bencher: Bencher<'_, '_>) {
    bencher.bench(|| count(black_box(SIXTY.trim())));
}

#[divan::bench(args = [500, 5_000])]
fn connect_src_of(bencher: Bencher<'_, '_>, sources: usize) {
    let text = connect_src(sources);
    bencher.bench(|| count(black_box(&text)));
}

/// In the three browsers.
#[divan::bench]
fn audit_of_sixty_sources(bencher: Bencher<'_, '_>) {
    bencher.bench(|| channels(black_box(SIXTY.trim())));
}

/// In the three browsers.
#[divan::bench(args = [500])]
fn audit_of(bencher: Bencher<'_, '_>, sources: usize) {
    let text = connect_src(sources);
    bencher.bench(|| channels(black_box(&text)));
}

fn connect_src(sources: usize) -> String {
    let hosts: Vec<_> = (0..sources)
        .map(|number| format!("https://h{number:05}.example.com"))
        .collect();
    format!("default-src 'self'; connect-src {}", hosts.join(" "))
}

fn count(text: &str) -> usize {
    let policies = [Policy::from_header(text, Disposition::Enforce)];
    lint(&Subject::new(&policies), &Levels::default()).len()
}

fn channels(text: &str) -> usize {
    let list = CspList::from_header(text, Disposition::Enforce);
    Audit::of(&Page::new(&list), &BrowserProfile::BROWSERS)
        .rows
        .len()
}
