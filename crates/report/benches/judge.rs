//! Reports per second: reading and judging what browsers really posted.
//!
//! `cargo bench -p connect-src-report`

#[path = "../tests/it/support.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod support;

use std::hint::black_box;
use std::time::SystemTime;

use connect_src::{CspList, Disposition};
use connect_src_report::{
    GroupKey, JudgeContext, NoiseList, Record, Scrub, Sent, SentPolicy, judge,
};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use support::{origin, posts, sent_policy};

fn main() {
    divan::main();
}

/// Every recorded post, as the collector gets it.
#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let posts = posts();
    let reports: usize = posts.iter().map(|post| post.records().len()).sum();
    let bytes: usize = posts.iter().map(|post| post.body.len()).sum();
    bencher
        .counter(ItemsCount::new(reports))
        .counter(BytesCount::new(bytes))
        .bench(|| {
            for post in &posts {
                let _ = black_box(connect_src_report::parse(
                    &post.content_type,
                    post.body.as_bytes(),
                ));
            }
        });
}

/// From the bytes to the key of the group, under a site's whole context.
#[divan::bench]
fn parse_and_judge(bencher: Bencher<'_, '_>) {
    let posts = posts();
    let reports: usize = posts.iter().map(|post| post.records().len()).sum();
    with_context(|context| {
        bencher.counter(ItemsCount::new(reports)).bench(|| {
            for post in &posts {
                let parsed = connect_src_report::parse(&post.content_type, post.body.as_bytes());
                for record in parsed.into_iter().flat_map(|parsed| parsed.records) {
                    let record = record.with_user_agent(&post.user_agent);
                    let judgement = judge(&record, context);
                    black_box(GroupKey::of(&record, &judgement));
                }
            }
        });
    });
}

/// The judgement alone.
#[divan::bench]
fn judge_alone(bencher: Bencher<'_, '_>) {
    let records: Vec<Record> = posts().iter().flat_map(support::Post::records).collect();
    with_context(|context| {
        bencher.counter(ItemsCount::new(records.len())).bench(|| {
            for record in &records {
                let _ = black_box(judge(record, context));
            }
        });
    });
}

/// What it costs to keep a record.
#[divan::bench]
fn scrub(bencher: Bencher<'_, '_>) {
    let records: Vec<Record> = posts().iter().flat_map(support::Post::records).collect();
    bencher
        .counter(ItemsCount::new(records.len()))
        .with_inputs(|| records.clone())
        .bench_local_refs(|records| {
            for record in records {
                Scrub::default().record(record);
            }
        });
}

fn with_context(run: impl FnOnce(&JudgeContext<'_>)) {
    let sent = ["test", "localhost"].map(|tld| {
        ["report-uri /legacy?rev=7", "report-to ep"]
            .map(|report| SentPolicy::new(&sent_policy(tld, report), Disposition::Report))
    });
    let sent = sent.concat();
    let in_force = CspList::from_header("connect-src 'self'", Disposition::Enforce);
    let site = [
        origin("https://app.test:18443"),
        origin("https://app.localhost:18443"),
    ];
    let context = JudgeContext::new(SystemTime::UNIX_EPOCH, NoiseList::builtin());
    run(&context
        .sent(Sent::OneOf(&sent))
        .in_force(&in_force)
        .first_party(&site));
}
