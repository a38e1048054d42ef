//! What a configuration means, and what is said about a wrong one.

use std::path::Path;
use std::time::Duration;

use connect_src_tower::Merge;

use super::*;
use crate::rollout::StageName;

fn parse(text: &str) -> Config {
    Config::parse(text, Path::new("/etc/connect-src.toml")).unwrap()
}

/// The errors, without the file's name.
fn errors(text: &str) -> Vec<String> {
    let errors = Config::parse(text, Path::new("f")).unwrap_err();
    let lines = errors.errors().iter().map(ToString::to_string);
    lines
        .map(|line| line.strip_prefix("f:").unwrap_or(&line).to_owned())
        .collect()
}

#[test]
fn nothing_is_a_collector_with_defaults() {
    let config = parse("");
    let mut expected = Config::collector_only();
    expected.database = "/etc/connect-src.db".into();
    assert_eq!(config, expected);
}

#[test]
fn every_key_is_read() {
    let config = parse(EVERYTHING);
    assert_eq!(config.listen.port(), 443);
    assert_eq!(config.upstream.unwrap().as_str(), "http://127.0.0.1:3000/");
    assert_eq!(config.database, Path::new("/var/lib/reports.db"));
    assert_eq!(config.tls.unwrap().key, Path::new("/etc/key.pem"));
    assert!(config.trusted_proxies[0].contains("10.9.9.9".parse().unwrap()));
    assert!(config.admin.is_plain_allowed);
    assert_eq!(config.collector.path, "/csp");
    assert!(config.collector.is_durable);
    assert_eq!(config.collector.queue_bytes, 8 << 20);
    assert_eq!(config.collector.per_address, RateLimit::new(1, 2));
    assert_eq!(config.retention.groups, Duration::from_hours(24));
    assert_eq!(config.retention.limits.samples, 3);
    assert!(config.scrubbing.keep_query && !config.scrubbing.keep_fragment);
    assert_eq!(config.proxy.max_connections, 7);
    let site = &config.sites[0];
    assert_eq!(site.host.to_string(), "app.example.com");
    let [admin, root] = &site.routes[..] else {
        panic!("expected two routes, found {:?}", site.routes);
    };
    assert_eq!(root.stage, Some(StageName::Enforce));
    assert_eq!(root.share, Share::from_percent(25.0));
    assert_eq!(root.merge, Merge::Extend);
    assert_eq!(admin.merge, Merge::Replace);
    assert_eq!(admin.plan.step_back, None);
    assert_eq!(root.plan.sticky_by, StickyBy::Cookie("sid".to_owned()));
    assert_eq!(root.plan.reporting, Reporting::ReportUri);
    assert_eq!(root.plan.step_back.unwrap().minimum, 10);
}

#[test]
fn the_example_shows_the_defaults() {
    let example = include_str!("../../../../docs/connect-src.example.toml");
    let has_no_default = [
        "[",
        "cert ",
        "key ",
        "tls ",
        "upstream ",
        "share ",
        "rule ",
        "source ",
        "reason ",
        "trusted-proxies ",
    ];
    let uncommented = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if has_no_default.iter().any(|it| rest.starts_with(it)) => line.to_owned(),
        Some(rest)
            if rest
                .split_once(" = ")
                .is_some_and(|(key, _)| !key.contains(' ')) =>
        {
            rest.to_owned()
        }
        _ => line.to_owned(),
    };
    let lines: Vec<String> = example.lines().map(uncommented).collect();
    assert!(
        lines.iter().filter(|line| line.contains(" = ")).count() > 40,
        "{lines:?}"
    );
    assert_eq!(parse(&lines.join("\n")), parse(example));
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_to_do() {
    let table = [
        (
            "listen = 8080",
            "1:10: `listen`: expected an address and a port, such as \"127.0.0.1:8080\", found 8080",
        ),
        (
            "\n[collectr]\ndurable = true",
            "2:2: `collectr`: unknown key at the top; did you mean `collector`?",
        ),
        (
            "[admin]\nxyzzy = 1",
            "2:1: `admin.xyzzy`: unknown key in `admin`; the keys here are `listen`, `tls`, \
             `allow-plain-http`, `without-login`",
        ),
        (
            "[admin]\nlisten = '0.0.0.0:1'",
            "2:10: `admin.listen`: expected a loopback address, found 0.0.0.0:1, where the token would \
             travel in plain HTTP; add `[admin.tls]`, or `allow-plain-http = true` if something else \
             protects it",
        ),
        (
            "[[site]]\nhost = 'a'\nstage = 'trial'",
            "3:9: `site[0].stage`: expected a `policy` beside it, found none; add one, or leave the \
             stage to `connect-src rollout`",
        ),
        (
            "[[site]]\nhost = 'a'\npolicy = 'img-src *'",
            "3:10: `site[0].policy`: expected `connect-src` or `default-src`, found neither: the policy \
             would allow every connection",
        ),
        (
            "[[site]]\nhost = 'a'\nshare = '5%'",
            "3:9: `site[0].share`: only the stage `enforce` has a share; add `stage = \"enforce\"`",
        ),
        (
            "[[site]]\nhost = 'a'\n[[site]]\nhost = 'A'",
            "4:8: `site[1].host`: a site for this host stands above; make them one",
        ),
        (
            "[rollout]\nsteps = ['10%', '1%']",
            "1:1: `rollout.steps`: expected rising shares that end with the whole, such as \
             [\"1%\", \"10%\", \"100%\"]",
        ),
        (
            "trusted-proxies = ['10.0.0.0/8', 'home']",
            "1:34: `trusted-proxies[1]`: expected an address or a range, such as \"10.0.0.0/8\", found \
             'home'",
        ),
    ];
    for (text, message) in table {
        assert_eq!(errors(text), [message], "{text}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_their_order() {
    let errors = errors("databse = 'a'\nlisten = 1\n[scrub]\nkeep-query = 'yes'");
    assert_eq!(errors.len(), 3);
    assert!(errors[0].starts_with("1:1: `databse`"), "{errors:?}");
    assert!(
        errors[2].starts_with("4:14: `scrub.keep-query`"),
        "{errors:?}"
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_place() {
    let errors = errors("listen = \n");
    assert!(errors[0].starts_with("1:10: "), "{errors:?}");
}

#[test]
fn a_missing_file_is_told() {
    let error = Config::load(Path::new("/no/such/file.toml")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("/no/such/file.toml: cannot be read: "),
        "{message}"
    );
}

#[test]
fn the_most_special_site_and_route_win() {
    let config = parse(
        "[[site]]\nhost = '*'\n[[site]]\nhost = '*.example.com'\n[[site]]\nhost = 'a.example.com'\n\
         [[site.route]]\npath = '/x'\n[[site.route]]\npath = '/x/y'",
    );
    let found = |host: &str, path: &str| {
        let (site, route) = config.route(host, path).unwrap();
        (site.host.to_string(), route.path.to_string())
    };
    let owned = |host: &str, path: &str| (host.to_owned(), path.to_owned());
    assert_eq!(
        found("A.example.com:8080", "/x/y/z"),
        owned("a.example.com", "/x/y")
    );
    assert_eq!(found("a.example.com.", "/xy"), owned("a.example.com", "/"));
    assert_eq!(found("b.example.com", "/x"), owned("*.example.com", "/"));
    assert_eq!(found("[::1]:80", "/"), owned("*", "/"));
}

#[test]
fn a_host_that_no_site_is_for_has_no_route() {
    let config = parse("[[site]]\nhost = 'a.example'");
    assert!(config.route("b.example", "/").is_none());
}

const EVERYTHING: &str = r#"
listen = "0.0.0.0:443"
upstream = "http://127.0.0.1:3000"
database = "/var/lib/reports.db"
trusted-proxies = ["10.0.0.0/8", "::1"]

[tls]
cert = "cert.pem"
key = "key.pem"

[admin]
listen = "0.0.0.0:8081"
allow-plain-http = true
[admin.tls]
cert = "cert.pem"
key = "key.pem"

[collector]
path = "/csp"
durable = true
queue = "8 MiB"
max-body = "64 KiB"
max-inflated = "128 KiB"
per-address = { per-second = 1, burst = 2 }
total = { per-second = 3, burst = 4 }

[retention]
groups = "1d"
hours = "2d"
samples = "3d"
max-groups = 1
max-connections = 2
max-samples = 3
max-pages = 4
max-browsers = 5
max-size = "1 GiB"

[scrub]
keep-query = true
keep-fragment = false

[proxy]
max-connections = 7
max-headers = "16 KiB"
header-timeout = "1s"
idle-timeout = "2s"
connect-timeout = "3s"
response-timeout = "4s"
grace = "5s"

[rollout]
observe-share = "10%"
inventory-share = "0%"
steps = ["50%", "100%"]
sticky-by = "cookie:sid"
reporting = "report-uri"
step-back = { rate = "2%", window = "5m", minimum = 10, recovery = "20%" }

[[site]]
host = "app.example.com"
upstream = "http://127.0.0.1:3001"
policy = """
  connect-src 'self'
    https://api.example.com
"""
stage = "enforce"
share = "25%"
merge = "extend"

[[site.route]]
path = "/admin"
policy = "connect-src 'self'"
stage = "trial"
merge = "replace"
rollout = { never-step-back = true }
"#;
