//! `connect-src scan`: formats that others read, the gate in a pipeline, and input that means harm.

#![expect(clippy::disallowed_methods, reason = "a test reads files of its own")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::json::assert_fits;
use crate::support::{connect_src, sarif_errors, stderr, stdout};

const SCHEMA: &str = include_str!("../../../../docs/schema/scan.schema.json");
const PAGE: &str = "tests/sessions/scan.in/page/blocked.html";
const POLICY: &str = "@tests/sessions/scan.in/page/policy.txt";
const APP: &str = "tests/sessions/scan.in/app";

fn scan(words: &[&str]) -> Output {
    connect_src().arg("scan").args(words).output().unwrap()
}

fn scan_in(folder: &TempDir, words: &[&str]) -> Output {
    let mut command = connect_src();
    command.arg("scan").args(words).current_dir(folder.path());
    command.output().unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// API, URL, line and result of each connection.
fn connections(report: &Value) -> Vec<(String, String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |found: &Value| {
        let line = found["place"]["line"].as_u64().unwrap();
        (
            text(&found["api"]),
            text(&found["url"]),
            line,
            text(&found["verdict"]["result"]),
        )
    };
    report["connections"]
        .as_array()
        .unwrap()
        .iter()
        .map(one)
        .collect()
}

#[test]
fn the_page_that_connects_in_every_way_has_exactly_its_connections() {
    let output = scan(&[
        "--format",
        "json",
        "--policy",
        POLICY,
        "--page",
        "https://app.example.com/",
        PAGE,
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let host = "https://malicious.website.com";
    let blocked =
        |api: &str, url: &str, line| (api.to_owned(), url.to_owned(), line, "blocked".to_owned());
    let slash = format!("{host}/");
    assert_eq!(
        connections(&report(&output)),
        [
            blocked("ping", host, 4),
            blocked("fetch", &slash, 6),
            blocked("xhr", &slash, 8),
            blocked("websocket", "wss://malicious.website.com/", 10),
            blocked("eventsource", &slash, 11),
            blocked("beacon", &slash, 12),
        ]
    );
}

#[test]
fn connections_fit_the_schema() {
    for words in [
        &["--policy", POLICY, PAGE][..],
        &[
            "--policy",
            "connect-src https://api.example.com/v1/items/me",
            APP,
        ],
        &[APP],
        &["tests/sessions/scan.in/document"],
        &["tests/sessions/scan.in/nothing"],
    ] {
        let output = scan(&[&["--format", "json"], words].concat());
        assert_fits(SCHEMA, &report(&output));
    }
}

#[test]
fn sarif_fits_the_schema_of_the_standard() {
    for words in [&["--policy", POLICY, PAGE][..], &[APP]] {
        let output = scan(&[&["--format", "sarif"], words].concat());
        assert_eq!(sarif_errors(&report(&output)), [""; 0]);
    }
}

#[test]
fn annotations_point_at_the_code_and_say_what_to_add() {
    let output = scan(&["--format", "github", "--policy", POLICY, PAGE]);
    let text = stdout(&output);
    assert_eq!(text.lines().count(), 6);
    let fetch = text.lines().find(|line| line.contains("line=6,")).unwrap();
    assert!(
        fetch.starts_with(
            "::error title=connection-blocked,file=tests/sessions/scan.in/page/blocked.html,line=6"
        ),
        "{fetch}"
    );
    assert!(
        fetch.contains("Add https://malicious.website.com to connect-src."),
        "{fetch}"
    );
}

fn git(folder: &TempDir, words: &[&str]) {
    let identity = [
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.com",
        "-c",
        "commit.gpgsign=false",
    ];
    let output = Command::new("git")
        .args(identity)
        .args(words)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn the_gate_fails_a_commit_that_connects_to_an_unlisted_host() {
    let folder = folder(&[
        ("policy.txt", b"connect-src 'self' https://api.example.com"),
        (
            "src/api.js",
            b"export const items = () => fetch('https://api.example.com/items');\n",
        ),
        (".gitignore", b"dist\n"),
        ("dist/old.js", b"fetch('https://old.example/')"),
    ]);
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "Begin"]);
    let gate = [
        "--policy",
        "@policy.txt",
        "--page",
        "https://app.example.com",
        ".",
    ];
    let before = scan_in(&folder, &gate);
    assert_eq!(
        before.status.code(),
        Some(0),
        "{}{}",
        stdout(&before),
        stderr(&before)
    );

    let change = "import { HOST } from './host';\nnavigator.sendBeacon(`${HOST}/v1/log`, 'x');\n";
    fs::write(folder.path().join("src/log.js"), change).unwrap();
    fs::write(
        folder.path().join("src/host.js"),
        "export const HOST = 'https://metrics.example';\n",
    )
    .unwrap();
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "Measure"]);
    let after = scan_in(&folder, &gate);
    assert_eq!(after.status.code(), Some(1), "{}", stdout(&after));
    let text = stdout(&after);
    assert!(
        text.contains("blocked in Chromium, Firefox and WebKit: sendBeacon()"),
        "{text}"
    );
    assert!(text.contains("src/log.js:2:"), "{text}");
    assert!(
        text.contains("add https://metrics.example/v1/log to connect-src"),
        "{text}"
    );
    assert!(!text.contains("old.example"), "{text}");
}

#[test]
fn a_baseline_keeps_back_what_was_known_wherever_it_moves() {
    let known = "fetch('https://known.example/');\n";
    let folder = folder(&[("a.js", known.as_bytes())]);
    let policy = [
        "--policy",
        "connect-src 'self'",
        "--baseline",
        "baseline.json",
    ];
    let with = |more: &[&str]| scan_in(&folder, &[&policy[..], more, &["a.js"]].concat());
    let written = with(&["--write-baseline"]);
    assert_eq!(
        (written.status.code(), stdout(&written).as_str()),
        (Some(0), "1 finding in baseline.json\n")
    );
    fs::write(folder.path().join("a.js"), format!("\n\n{known}")).unwrap();
    let moved = with(&[]);
    assert_eq!(moved.status.code(), Some(0), "{}", stdout(&moved));
    assert!(
        stdout(&moved).contains("1 kept back by the baseline"),
        "{}",
        stdout(&moved)
    );
    fs::write(
        folder.path().join("a.js"),
        format!("{known}fetch('https://new.example/');\n{known}"),
    )
    .unwrap();
    let new = with(&["--format", "json"]);
    assert_eq!(new.status.code(), Some(1));
    let urls: Vec<_> = connections(&report(&new))
        .into_iter()
        .map(|(_, url, ..)| url)
        .collect();
    assert_eq!(
        urls,
        ["https://new.example/", "https://known.example/"],
        "the second of a kind is new"
    );
}

#[test]
fn without_a_policy_a_baseline_finds_every_new_connection() {
    let folder = folder(&[("a.js", b"fetch('/a')")]);
    let with =
        |more: &[&str]| scan_in(&folder, &[&["--baseline", "b.json"], more, &["."]].concat());
    assert_eq!(with(&["--write-baseline"]).status.code(), Some(0));
    assert_eq!(with(&[]).status.code(), Some(0));
    fs::write(folder.path().join("b.js"), "fetch('/b')").unwrap();
    assert_eq!(with(&[]).status.code(), Some(1));
}

#[test]
fn what_cannot_be_told_fails_only_where_that_is_asked() {
    let folder = folder(&[("a.js", b"export const a = (url) => fetch(url);")]);
    let with = |fail_on: &str| {
        let output = scan_in(
            &folder,
            &["--policy", "connect-src 'self'", "--fail-on", fail_on, "."],
        );
        output.status.code()
    };
    assert_eq!(with("blocked"), Some(0));
    assert_eq!(with("dynamic"), Some(1));
    assert_eq!(with("never"), Some(0));
}

#[test]
fn an_unknown_host_is_judged_where_no_host_changes_the_verdict() {
    let hosts = "`https://${region}.example.com/a`";
    for (url, policy, expected) in [
        (hosts, "https://*.example.com", "cannot-be-told"),
        (hosts, "https://eu.example.com", "cannot-be-told"),
        (hosts, "'self'", "cannot-be-told"),
        (hosts, "https:", "allowed"),
        (hosts, "*", "allowed"),
        (hosts, "'none'", "blocked"),
        (hosts, "wss:", "blocked"),
        ("anywhere", "'none'", "blocked"),
        ("anywhere", "*", "cannot-be-told"),
        ("anywhere", "https:", "cannot-be-told"),
        ("anywhere", "'self'", "cannot-be-told"),
    ] {
        let script = format!("fetch({url})");
        let folder = folder(&[("a.js", script.as_bytes())]);
        let policy = format!("connect-src {policy}");
        let page = "https://app.example.org/";
        let output = scan_in(
            &folder,
            &["--format", "json", "--policy", &policy, "--page", page, "."],
        );
        let result = &report(&output)["connections"][0]["verdict"]["result"];
        assert_eq!(result.as_str(), Some(expected), "{url} under {policy}");
    }
}

#[test]
fn the_page_s_own_connections_are_told_without_a_page_where_that_can_be() {
    let folder = folder(&[("a.js", b"fetch('/a')")]);
    let result = |policy: &str, page: &[&str]| {
        let output = scan_in(
            &folder,
            &[&["--format", "json", "--policy", policy], page, &["."]].concat(),
        );
        let found = report(&output)["connections"][0].clone();
        assert!(!stdout(&output).contains(".invalid"), "{}", stdout(&output));
        let add = found["verdict"]["add"][0]["source"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (found["verdict"]["result"].as_str().unwrap().to_owned(), add)
    };
    let own = |result: &str, add: &str| (result.to_owned(), add.to_owned());
    assert_eq!(result("connect-src 'self'", &[]), own("allowed", ""));
    assert_eq!(result("connect-src 'none'", &[]), own("blocked", "'self'"));
    assert_eq!(
        result("connect-src https://app.example.com", &[]),
        own("cannot-be-told", "")
    );
    let page = ["--page", "https://app.example.com/"];
    assert_eq!(
        result("connect-src https://app.example.com", &page),
        own("allowed", "")
    );
    assert_eq!(
        result("connect-src 'none'", &page),
        own("blocked", "https://app.example.com/a")
    );
}

#[test]
fn the_environment_comes_from_files_of_the_mode_and_the_command_line_goes_first() {
    let folder = folder(&[
        (".env", b"VITE_API=https://all.example"),
        (".env.staging", b"VITE_API=https://staging.example"),
        (".gitignore", b".env*"),
        ("a.js", b"fetch(import.meta.env.VITE_API + '/a')"),
    ]);
    let url = |words: &[&str]| {
        let output = scan_in(&folder, &[&["--format", "json"], words, &["."]].concat());
        report(&output)["connections"][0]["url"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(url(&[]), "https://all.example/a");
    assert_eq!(url(&["--mode", "staging"]), "https://staging.example/a");
    assert_eq!(
        url(&["--env", "VITE_API=https://given.example"]),
        "https://given.example/a"
    );
}

#[test]
fn a_source_map_leads_to_the_original_source() {
    // fetch( begins in column 0 of the bundle, and in line 3, column 2 of the source.
    let map = json!({
        "version": 3, "names": [], "sources": ["webpack://app/./src/api.ts"],
        "sourcesContent": ["\n\n  fetch('/a')\n"], "mappings": "AAEE",
    });
    let folder = folder(&[
        ("dist/b.js", b"fetch('/a')\n//# sourceMappingURL=b.js.map\n"),
        ("dist/b.js.map", map.to_string().as_bytes()),
        (
            "dist/lying.js",
            b"fetch('/b')\n//# sourceMappingURL=lying.js.map\n",
        ),
        (
            "dist/lying.js.map",
            map.to_string().replace("AAEE", "AA2jB").as_bytes(),
        ),
    ]);
    let report = report(&scan_in(&folder, &["--format", "json", "dist"]));
    let place = |url: &str, field: &str| {
        let found = report["connections"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["url"] == url);
        found.unwrap()[field]["file"].as_str().map(str::to_owned)
    };
    assert_eq!(place("/a", "place").as_deref(), Some("src/api.ts"));
    assert_eq!(place("/a", "generated").as_deref(), Some("dist/b.js"));
    assert_eq!(place("/b", "place").as_deref(), Some("dist/lying.js"));
    assert!(
        report["notes"][0].as_str().unwrap().contains("source map"),
        "{report:#}"
    );
}

#[test]
fn unchanged_files_are_known_from_the_last_run_and_changed_ones_are_read() {
    let folder = folder(&[("src/a.js", b"fetch('/a')"), ("src/b.js", b"fetch('/b')")]);
    let words = ["--format", "json", "--cache", "cache", "src"];
    let urls = || {
        let found = connections(&report(&scan_in(&folder, &words)));
        found
            .into_iter()
            .map(|(_, url, ..)| url)
            .collect::<Vec<_>>()
    };
    assert_eq!(urls(), ["/a", "/b"]);
    assert_eq!(urls(), ["/a", "/b"]);
    fs::write(folder.path().join("src/b.js"), "fetch('/c')").unwrap();
    assert_eq!(
        urls(),
        ["/a", "/c"],
        "of the same size, and changed within the same second"
    );
    fs::remove_file(folder.path().join("src/a.js")).unwrap();
    assert_eq!(urls(), ["/c"]);
}

#[test]
fn a_broken_cache_is_as_good_as_none() {
    let folder = folder(&[("src/a.js", b"fetch('/a')")]);
    let run = || scan_in(&folder, &["--format", "json", "--cache", "cache", "src"]);
    run();
    let file = fs::read_dir(folder.path().join("cache"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let good = fs::read(&file).unwrap();
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for bytes in [
        &flipped[..],
        &good[..good.len() / 2],
        b"",
        b"connect-src scan",
        &[0xff; 4096],
    ] {
        fs::write(&file, bytes).unwrap();
        let output = run();
        assert_eq!(
            connections(&report(&output)).len(),
            1,
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn secrets_of_env_files_are_not_kept() {
    let folder = folder(&[(".env", b"SECRET=hunter2hunter2"), ("a.js", b"fetch('/a')")]);
    scan_in(&folder, &["--cache", "cache", "."]);
    let files = fs::read_dir(folder.path().join("cache")).unwrap();
    for file in files {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert_eq!(memchr::memmem::find(&bytes, b"hunter2"), None);
    }
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let output = scan(&["no/such/path"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("no/such/path: cannot be read: there is no such file"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn hostile_files_leave_a_note_and_the_rest_of_the_scan() {
    let long = [b"fetch('/l');".as_slice(), &b"a=1;".repeat(25 << 20)].concat();
    let doubled = (1..=5000).map(|at| format!("const a{at} = a{0} + a{0};", at - 1));
    let doubled: Vec<_> = doubled.collect();
    let chain = format!("const a0 = '/x';{}fetch(a5000)", doubled.concat());
    let folder = folder(&[
        ("good.js", b"fetch('/good')"),
        ("long.js", &long),
        ("binary.js", b"fetch('/b')\0\x01\x02"),
        ("latin.js", b"// caf\xe9\nfetch('/latin')"),
        ("broken.js", b"fetch('/broken'); }}}} ((( '"),
        ("deep.js", "[".repeat(200_000).as_bytes()),
        ("chain.js", chain.as_bytes()),
        ("page.html", b"<a ping=/p><script>fetch('/h'"),
        ("escape.js", b"fetch('https://a.example/\x1b[31m')"),
        (".env", b"A=${B}\nB=${A}\n"),
    ]);
    drop(long);
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
    let output = scan_in(&folder, &["--format", "json", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = report(&output);
    let urls: Vec<_> = connections(&report)
        .into_iter()
        .map(|(_, url, ..)| url)
        .collect();
    for url in ["/good", "/latin", "/p"] {
        assert_eq!(
            urls.iter().filter(|found| *found == url).count(),
            1,
            "{url}: {urls:?}"
        );
    }
    let notes = report["notes"].to_string();
    for file in ["long.js", "binary.js", "latin.js", "broken.js"] {
        assert!(notes.contains(file), "{file}: {notes}");
    }
    let human = scan_in(
        &folder,
        &["--color", "never", "--policy", "connect-src 'self'", "."],
    );
    assert!(!stdout(&human).contains('\u{1b}'));
}

#[test]
fn the_action_s_script_fails_the_job_and_writes_sarif() {
    let folder = folder(&[
        ("src/a b.js", b"fetch('https://a.example/')"),
        ("lib/c.js", b"fetch('/c')"),
        ("policy.txt", b"connect-src 'self'"),
    ]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/action/scan.sh");
    let run = |policy: &str, paths: &str| {
        Command::new("bash")
            .arg(&script)
            .current_dir(folder.path())
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("BINARY", env!("CARGO_BIN_EXE_connect-src"))
            .env("POLICY", policy)
            .env("PATHS", paths)
            .env("SARIF", "out.sarif")
            .output()
            .unwrap()
    };
    let failed = run("@policy.txt", "src/a b.js\nlib");
    assert_eq!(failed.status.code(), Some(1), "{}", stderr(&failed));
    assert!(
        stdout(&failed).starts_with("::error title=connection-blocked,file=src/a b.js,line=1"),
        "{}",
        stdout(&failed)
    );
    let sarif: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif_errors(&sarif), [""; 0]);
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    let passed = run("@policy.txt", "lib");
    assert_eq!(passed.status.code(), Some(0), "{}", stderr(&passed));
    let mischief = run("connect-src 'self'; $(touch hacked)", "src");
    assert_eq!(mischief.status.code(), Some(1), "{}", stderr(&mischief));
    assert!(!folder.path().join("hacked").exists());
}
