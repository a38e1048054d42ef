//! What each page of the dashboard waits for, over 10,000 groups, 10,000 connections and a million reports in SQLite.
//!
//! `cargo bench -p connect-src-server --bench pages`

#![expect(clippy::unwrap_used, reason = "a benchmark for the terminal")]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use connect_src_report::{Class, GroupKey};
use connect_src_server::clock::{Clock, Timestamp};
use connect_src_server::desk::{Compared, Desk, OverviewQuery, Verdict, VerdictFilter};
use connect_src_server::rollout::{Mark, RevisionId, Role, Rollouts, RouteKey};
use connect_src_server::store::{
    AuditQuery, Batch, Change, ConnectionIdent, ConnectionQuery, ConnectionSort, Durability,
    GroupId, GroupIdent, GroupQuery, GroupSort, Label, PageRequest, SqliteStore, Tally, TallyIdent,
};
use connect_src_server::{Config, PolicyText};
use divan::{Bencher, black_box};
use tempfile::TempDir;
use tokio::sync::broadcast;

fn main() {
    LazyLock::force(&FILLED);
    divan::main();
}

/// A desk over a store that is full.
struct Filled {
    desk: Desk,
    now: Timestamp,
    _folder: TempDir,
}

static FILLED: LazyLock<Filled> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
    let clock = Clock::manual(now);
    let file = folder.path().join("connect-src.toml");
    let text = "[[site]]\nhost = 'app.example'\n[[site.route]]\npath = '/admin'\n";
    let config = Arc::new(Config::parse(text, &file).unwrap());
    let path = folder.path().join("reports.db");
    let limits = config.retention.limits;
    let store = Arc::new(SqliteStore::open(&path, limits, Durability::Process).unwrap());
    let (events, _) = broadcast::channel(16);
    let rollouts = Rollouts::start(config, Arc::clone(&store) as _, clock.clone(), events).unwrap();
    let desk = Desk::new(Arc::clone(&store) as _, store as _, rollouts, clock);
    fill(&desk, now);
    Filled {
        desk,
        now,
        _folder: folder,
    }
});

const GROUPS: usize = 10_000;
const REPORTS_OF_A_GROUP: usize = 100;
const HOURS: i64 = 30 * 24;

fn fill(desk: &Desk, now: Timestamp) {
    let propose = |text: &str| {
        let text = PolicyText::parse(text).unwrap();
        desk.rollouts()
            .propose(&key(), &text, &change(now))
            .unwrap();
    };
    for number in 0..20 {
        propose(&format!("connect-src 'self' https://h{number}.example"));
    }
    propose(&policy(300));
    let revision = desk
        .rollouts()
        .status_of(&key())
        .unwrap()
        .state
        .stage
        .revision()
        .unwrap();
    for start in (0..GROUPS).step_by(500) {
        let mut batch = Batch::default();
        for number in start..start + 500 {
            add(&mut batch, number, revision, now);
        }
        desk.reports().commit(Arc::new(batch)).unwrap();
    }
    let mut batch = Batch::default();
    for hours in 0..HOURS {
        tallies(&mut batch, now.hour() - hours, revision);
    }
    desk.reports().commit(Arc::new(batch)).unwrap();
    desk.policies()
        .save_draft(
            &key(),
            Some(&PolicyText::parse(&policy(200)).unwrap()),
            &change(now),
        )
        .unwrap();
    for number in 1..=1000 {
        desk.mark(GroupId(number), Some(Label::Expected), &change(now))
            .unwrap();
    }
    let size = desk.reports().size().unwrap();
    assert_eq!((size.groups, size.connections), (10_000, 10_000));
    assert!(size.reports >= 1_000_000, "{size:?}");
}

fn key() -> RouteKey {
    RouteKey::new("app.example", "/")
}

fn change(now: Timestamp) -> Change {
    Change::by_itself(now, "for the benchmark")
}

/// Half of the sources allow a host of the inventory.
fn policy(sources: usize) -> String {
    let hosts = (0..sources).map(|number| format!(" https://host{}.example", number * 2));
    format!("connect-src 'self'{}", hosts.collect::<String>())
}

/// A group and a connection with 100 reports each, from 10 pages and 4 browsers.
fn add(batch: &mut Batch, number: usize, revision: RevisionId, now: Timestamp) {
    let class = if number % 10 == 9 {
        Class::Extension
    } else {
        Class::Genuine
    };
    let (host, path) = (number / 16, number % 16);
    let origin = format!("https://host{host}.example");
    let connection: Arc<ConnectionIdent> = Arc::new(ConnectionIdent {
        site: "app.example".into(),
        route: "/".into(),
        document: "https://app.example".to_owned(),
        class,
        origin: origin.clone(),
        path: format!("/v1/{path}"),
    });
    let group: Arc<GroupIdent> = Arc::new(GroupIdent {
        site: "app.example".into(),
        route: "/".into(),
        mark: Some(Mark {
            revision,
            role: Role::Trial,
        }),
        key: group_key(number, &origin, class),
    });
    for report in 0..REPORTS_OF_A_GROUP + number % 7 {
        let back = Duration::from_secs((number + report * 3600) as u64);
        let at = now.before(back);
        let page = format!("https://app.example/page/{}", (number + report % 10) % 1000);
        let browser = BROWSERS[report % BROWSERS.len()];
        batch.add_connection(Arc::clone(&connection), &page, browser, at);
        batch.add_coverage(&"app.example".into(), &page, browser, at);
        let mut entry = batch.group(Arc::clone(&group));
        entry.add(80, &page, browser, at);
        if report < 2 {
            entry.add_sample(format!("{{\"csp-report\":{{\"n\":{report}}}}}"), at, 2);
        }
        entry.delta.blocked_url = format!("{origin}/v1/{path}").into();
        entry.delta.reason = REASON.into();
        entry.delta.place = Some("https://app.example/app.js:3:7".to_owned());
    }
}

const REASON: &str = "the reported policy blocks it, as the browser says";
const BROWSERS: [&str; 4] = ["Chrome 156", "Firefox 153", "Safari 26", "Edge 156"];

fn group_key(number: usize, origin: &str, class: Class) -> GroupKey {
    let key = serde_json::json!({
        "site": "https://app.example",
        "effective_directive": "connect-src",
        // Groups do not tell paths apart, so that the pages' origin does here.
        "blocked": format!("{origin}:{}", 1000 + number % 16),
        "disposition": "report",
        "class": class,
        "reason": "blocked",
    });
    serde_json::from_value(key).unwrap()
}

fn tallies(batch: &mut Batch, hour: i64, revision: RevisionId) {
    let classes = Class::ALL.into_iter().map(Tally::Reports);
    for tally in classes.chain([Tally::Responses]) {
        for role in [Role::Observe, Role::Trial, Role::Enforce] {
            let ident = TallyIdent {
                site: "app.example".into(),
                route: "/".into(),
                mark: Some(Mark { revision, role }),
                tally,
                hour,
            };
            batch.tally(ident, 70);
        }
    }
}

fn first(limit: u32) -> PageRequest {
    PageRequest::first(limit)
}

/// The overview: the last day by the hour, and the last month by the day.
#[divan::bench(args = [1, 24])]
fn overview(hours: u32) {
    let query = OverviewQuery {
        site: Some("app.example".to_owned()),
        route: None,
        since: Timestamp::from_hour(FILLED.now.hour() - i64::from(hours) * 30),
        until: FILLED.now,
        hours,
    };
    black_box(FILLED.desk.overview(&query).unwrap());
}

/// A page of groups, sorted and filtered.
#[divan::bench(args = [GroupSort::Count, GroupSort::LastSeen, GroupSort::FirstSeen, GroupSort::Blocked])]
fn groups(sort: GroupSort) {
    let query = GroupQuery {
        site: Some("app.example".to_owned()),
        route: Some("/".to_owned()),
        classes: vec![Class::Genuine],
        sort,
        ..GroupQuery::default()
    };
    black_box(FILLED.desk.reports().groups(&query, &first(50)).unwrap());
}

/// A group with its explanations under three policies.
#[divan::bench]
fn group() {
    black_box(FILLED.desk.group(GroupId(5000)).unwrap().unwrap());
}

/// A page of the inventory with verdicts and vendors.
#[divan::bench(args = [
    ConnectionSort::Count, ConnectionSort::LastSeen, ConnectionSort::FirstSeen,
    ConnectionSort::Url, ConnectionSort::Host, ConnectionSort::Pages,
])]
fn connections(sort: ConnectionSort) {
    let query = inventory(sort, None, None);
    black_box(FILLED.desk.connections(&query, None, &first(50)).unwrap());
}

/// The same with a text and a browser to filter by.
#[divan::bench]
fn connections_filtered() {
    let query = inventory(ConnectionSort::Host, Some("host62"), Some("Firefox"));
    black_box(FILLED.desk.connections(&query, None, &first(50)).unwrap());
}

/// The same by what the draft does.
#[divan::bench(args = [Verdict::Allowed, Verdict::Blocked])]
fn connections_by_verdict(verdict: Verdict) {
    let filter = VerdictFilter {
        policy: Compared::Draft,
        verdict,
    };
    let query = inventory(ConnectionSort::Count, None, None);
    black_box(
        FILLED
            .desk
            .connections(&query, Some(filter), &first(50))
            .unwrap(),
    );
}

fn inventory(
    sort: ConnectionSort,
    contains: Option<&str>,
    browser: Option<&str>,
) -> ConnectionQuery {
    ConnectionQuery {
        site: Some("app.example".to_owned()),
        route: Some("/".to_owned()),
        contains: contains.map(str::to_owned),
        browser: browser.map(str::to_owned),
        sort,
        ..ConnectionQuery::default()
    }
}

/// The draft with its notes.
#[divan::bench]
fn draft() {
    black_box(FILLED.desk.draft(&key()).unwrap());
}

/// What a text of so many sources does with the 9,000 connections that are no noise, as while typing.
#[divan::bench(args = [10, 300])]
fn preview(bencher: Bencher<'_, '_>, sources: usize) {
    let text = PolicyText::parse(&policy(sources)).unwrap();
    bencher.bench(|| FILLED.desk.preview(&key(), &text).unwrap());
}

/// The revisions, and the difference of two.
#[divan::bench]
fn revisions() {
    let page = FILLED
        .desk
        .policies()
        .revisions(Some(&key()), &first(50))
        .unwrap();
    let ids: Vec<RevisionId> = page.items.iter().map(|it| it.id).collect();
    black_box(FILLED.desk.diff_revisions(ids[1], ids[0]).unwrap());
}

/// The steps of the rollout, and a page of the audit log.
#[divan::bench]
fn history() {
    let policies = FILLED.desk.policies();
    black_box(policies.transitions(Some(&key()), &first(50)).unwrap());
    black_box(
        policies
            .audit_log(&AuditQuery::default(), &first(50))
            .unwrap(),
    );
}
