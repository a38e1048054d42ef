//! How much memory many reports take. Not run by itself: `cargo test -p connect-src-server --test it -- --ignored load`,
//! with `REPORTS` and `GROUPS` in the environment.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use connect_src_report::parse;
use connect_src_server::clock::Clock;
use connect_src_server::config::{Config, Limits};
use connect_src_server::ingest::{Content, Ingest, Job, Queue};
use connect_src_server::metrics::Metrics;
use connect_src_server::rollout::Rollouts;
use connect_src_server::store::{Durability, ReportStore as _, SqliteStore};
use tokio::sync::broadcast;

use crate::harness::{FIREFOX, report};

#[test]
#[ignore = "takes minutes, and tells figures instead of holding a rule"]
fn many_reports_of_many_groups() {
    let number = |name, default| {
        env::var(name)
            .ok()
            .and_then(|it| it.parse().ok())
            .unwrap_or(default)
    };
    let (reports, groups): (u64, u64) = (number("REPORTS", 200_000), number("GROUPS", 100_000));
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("reports.db");
    let store = SqliteStore::open(&database, Limits::default(), Durability::Process).unwrap();
    let store = Arc::new(store);
    let (events, _) = broadcast::channel(16);
    let clock = Clock::system();
    let config = Arc::new(Config::collector_only());
    let rollouts = Rollouts::start(
        config,
        Arc::clone(&store) as _,
        clock.clone(),
        events.clone(),
    )
    .unwrap();
    let queue = Arc::new(Queue::new(16 << 20));
    let ingest = Ingest::start(
        Arc::clone(&queue),
        Arc::clone(&store) as _,
        rollouts,
        clock.clone(),
        events,
        Arc::new(Metrics::new()),
    )
    .unwrap();
    for index in 0..reports {
        let group = index % groups;
        let blocked = format!("https://host-{group}.example/v1/{}", group % 7);
        let document = format!("https://app.example/page/{}", index % 97);
        let body = report(&document, "connect-src 'none'; report-uri /x", &blocked).to_string();
        let mut job = Job {
            at: clock.now(),
            mark: None,
            content: Content::New {
                parsed: parse("application/csp-report", body.as_bytes()).unwrap(),
                user_agent: FIREFOX.to_owned(),
                hash: ingest.repeats().hash(None, "", FIREFOX, body.as_bytes()),
            },
            address: index,
            answer: None,
            bytes: body.len() * 2 + 512,
        };
        while let Err(refused) = queue.push(job) {
            job = refused.0;
            std::thread::sleep(Duration::from_millis(5));
        }
        if index % (reports / 10) == 0 {
            println!("{index} reports, {}", resident());
        }
    }
    let start = clock.elapsed();
    drop(ingest);
    println!(
        "the rest in {:?}, {}",
        clock.elapsed().checked_sub(start).unwrap(),
        resident()
    );
    println!("{:?}", store.size().unwrap());
    println!("in all {:?}", clock.elapsed());
}

/// What the system says this process holds.
#[expect(
    clippy::disallowed_methods,
    reason = "a file of the system with a few lines"
)]
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap_or_default();
    line.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
