//! What linting a policy costs, parsing included.
//!
//! `cargo bench -p connect-src-lint` prints times; `docs/performance.md` keeps the figures, beside those of `csp_evaluator`, which
//! `benches/lint/run.sh` measures in the same run.

use connect_src::{Disposition, Policy};
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
    let hosts: Vec<_> = (0..sources)
        .map(|number| format!("https://h{number:05}.example.com"))
        .collect();
    let text = format!("default-src 'self'; connect-src {}", hosts.join(" "));
    bencher.bench(|| count(black_box(&text)));
}

fn count(text: &str) -> usize {
    let policies = [Policy::from_header(text, Disposition::Enforce)];
    lint(&Subject::new(&policies), &Levels::default()).len()
}
