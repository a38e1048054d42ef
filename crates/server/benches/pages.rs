//! How long each page of the dashboard takes, over 10,000 groups, 10,000 connections and a million reports in SQLite.
//!
//! `cargo bench --profile release -p connect-src-server --bench pages`

#![expect(clippy::unwrap_used, reason = "a benchmark for the terminal")]

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use connect_src_report::{Class, GroupKey};
use connect_src_server::clock::{Clock, Timestamp};
use connect_src_server::desk::Desk;
use connect_src_server::rollout::{Mark, RevisionId, Role, RouteKey};
use connect_src_server::server::Server;
use connect_src_server::store::{
    Batch, Change, ConnectionIdent, GroupId, GroupIdent, Label, Tally, TallyIdent,
};
use connect_src_server::{Config, PolicyText};
use divan::{Bencher, black_box};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::broadcast;

fn main() {
    LazyLock::force(&FILLED);
    divan::main();
}

/// A server whose store is full, and a browser that is logged in.
struct Filled {
    runtime: Runtime,
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    cookie: String,
    form_key: String,
    _folder: TempDir,
}

static FILLED: LazyLock<Filled> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
    let file = folder.path().join("connect-src.toml");
    let text = "listen = '127.0.0.1:0'\ndatabase = 'reports.db'\n[admin]\nlisten = '127.0.0.1:0'\n\
        [[site]]\nhost = 'app.example'\n[[site.route]]\npath = '/admin'\n";
    let config = Config::parse(text, &file).unwrap();
    let runtime = Runtime::new().unwrap();
    let clock = Clock::manual(now);
    let server = Server::start_with_clock(config, clock.clone());
    let server = runtime.block_on(server).unwrap();
    let store = server.store();
    let rollouts = server.rollouts().clone();
    let (events, _) = broadcast::channel(16);
    let desk = Desk::new(
        Arc::clone(store) as _,
        Arc::clone(store) as _,
        rollouts,
        clock,
        events,
    );
    fill(&desk, now);
    let (address, link) = (
        server.admin_address().unwrap(),
        server.login_link().unwrap(),
    );
    runtime.spawn(server.run(std::future::pending()));
    let mut filled = Filled {
        runtime,
        client: Client::builder(TokioExecutor::new()).build_http(),
        address,
        cookie: String::new(),
        form_key: String::new(),
        _folder: folder,
    };
    filled.log_in(&link);
    filled
});

impl Filled {
    fn log_in(&mut self, link: &str) {
        let (_, path) = link.split_once("/enter/").unwrap();
        let answer = self.ask(Request::get(self.url(&format!("/enter/{path}"))), "");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie
            .split(';')
            .next()
            .unwrap()
            .clone_into(&mut self.cookie);
        let page = self.get("/");
        let (_, rest) = page.split_once("name=\"key\" value=\"").unwrap();
        rest.split('"')
            .next()
            .unwrap()
            .clone_into(&mut self.form_key);
    }

    fn get(&self, path: &str) -> String {
        let answer = self.ask(Request::get(self.url(path)), "");
        assert_eq!(answer.status(), 200, "{path}");
        answer.into_body()
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("key", &self.form_key).extend_pairs(fields);
        let request = Request::post(self.url(path)).header("sec-fetch-site", "same-origin");
        let answer = self.ask(request, &form.finish());
        assert_eq!(answer.status(), 200, "{path}");
        answer.into_body()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn ask(&self, request: http::request::Builder, body: &str) -> Response<String> {
        let request = request.header("cookie", &self.cookie);
        let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
        let asked = self.client.request(request.body(body).unwrap());
        self.runtime.block_on(async {
            let (head, body) = asked.await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Response::from_parts(head, String::from_utf8(body.to_vec()).unwrap())
        })
    }
}

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

/// Each page, from the request to the last byte of the answer, over one connection on loopback.
#[divan::bench(args = [
    "/?", "/?span=week",
    "/violations?view=review", "/violations?", "/violations?sort=last-seen", "/violations?sort=blocked",
    "/violations?class=genuine&q=host62", "/violations/5001?",
    "/connections?", "/connections?sort=url", "/connections?q=host62", "/connections?verdict=draft-allowed",
    "/connections?verdict=draft-blocked", "/connections/5001?",
    "/policy?", "/policy/preview?", "/policy?revision=22&with=21", "/rollout?", "/history?",
    "/check?policy=connect-src+%27self%27&page=https://a.example/&url=wss://b.example/",
])]
fn page(path: &str) {
    // There is another route, without reports.
    black_box(FILLED.get(&format!("{path}&at=app.example+%2F")));
}

/// The preview of a text of so many sources over the 9,000 connections that are no noise, as while typing.
#[divan::bench(args = [10, 300])]
fn preview(bencher: Bencher<'_, '_>, sources: usize) {
    let text = policy(sources);
    let form = [("at", "app.example /"), ("policy", &text)];
    bencher.bench(|| FILLED.post("/policy/preview", &form));
}
