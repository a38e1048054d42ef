//! `connect-src lint`: formats that others read, and files that it changes.

#![expect(clippy::disallowed_methods, reason = "a test reads files of its own")]

use std::fs;
use std::path::Path;

use crate::support::{connect_src, sarif_errors, stderr, stdout, with_stdin};
use serde_json::Value;

const POLICY: &str =
    "connect-src 'self' 'none' https: https://*.supabase.co self; img-src \u{1b}[31m*";

fn lint(words: &[&str]) -> std::process::Output {
    connect_src().arg("lint").args(words).output().unwrap()
}

#[test]
fn sarif_fits_the_schema_of_the_standard() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy of a page.txt");
    fs::write(&file, "connect-src *\n").unwrap();
    let file = format!("@{}", file.display());
    for words in [
        &[POLICY][..],
        &[&file],
        &["default-src 'none'; form-action 'none'; base-uri 'none'"],
    ] {
        let output = lint(&[&["--format", "sarif"], words].concat());
        let log: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(sarif_errors(&log), [""; 0]);
    }
}

#[test]
fn json_lines_fit_their_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../docs/schema/lint.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let output = lint(&["--format", "json", POLICY]);
    assert!(stdout(&output).lines().count() > 3);
    for line in stdout(&output).lines() {
        let finding: Value = serde_json::from_str(line).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&finding)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{line}");
    }
}

#[test]
fn a_policy_cannot_paint_the_terminal() {
    for format in ["human", "github", "junit"] {
        let output = lint(&["--format", format, "--color", "never", POLICY]);
        assert!(!stdout(&output).contains('\u{1b}'), "{format}");
    }
}

#[test]
fn a_fixed_file_keeps_what_is_around_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("headers");
    fs::write(
        &file,
        "Server: a\nContent-Security-Policy: connect-src 'self' 'none'\nX-Other: b\n",
    )
    .unwrap();
    let output = lint(&["--fix", &format!("@{}", file.display())]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "Server: a\nContent-Security-Policy: connect-src 'self'\nX-Other: b\n"
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[cfg(unix)]
#[test]
fn a_fixed_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy");
    fs::write(&file, "connect-src 'self' 'self'").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    lint(&["--fix", &format!("@{}", file.display())]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "connect-src 'self'");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn nothing_is_written_if_one_file_cannot_be_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        format!("@{}", file.display())
    };
    let good = write("good", "connect-src 'self' 'self'");
    // The text of the policy does not stand in the file: its quotes are references there.
    let bad = write(
        "bad.html",
        "<meta http-equiv=content-security-policy content=\"connect-src &#39;self&#39; &#39;self&#39;\">",
    );
    let output = lint(&["--fix", &good, &bad]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("cannot be changed"),
        "{}",
        stderr(&output)
    );
    let text = fs::read_to_string(Path::new(&good[1..])).unwrap();
    assert_eq!(text, "connect-src 'self' 'self'");
}

#[test]
fn a_diff_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy");
    fs::write(&file, "connect-src 'self' 'self'").unwrap();
    let output = lint(&["--fix", "--diff", &format!("@{}", file.display())]);
    assert!(
        stdout(&output).contains("+connect-src 'self'\n"),
        "{}",
        stdout(&output)
    );
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "connect-src 'self' 'self'"
    );
}

#[test]
fn a_baseline_keeps_back_what_was_known_wherever_it_moves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("baseline.json");
    let file = file.to_str().unwrap();
    let output = lint(&[
        "--baseline",
        file,
        "--write-baseline",
        "connect-src https:; img-src 'self'",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let moved = lint(&["--baseline", file, "img-src 'self';  connect-src  https:"]);
    assert_eq!(moved.status.code(), Some(0), "{}", stdout(&moved));
    let new = lint(&[
        "--baseline",
        file,
        "img-src 'self'; connect-src https: self",
    ]);
    assert_eq!(new.status.code(), Some(1));
    assert!(stdout(&new).contains("unquoted-keyword") && !stdout(&new).contains("any-host-source"));
}

#[test]
fn a_broken_baseline_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("baseline.json");
    fs::write(&file, "{\"schema_version\": 1, \"findings\": {").unwrap();
    let output = lint(&["--baseline", file.to_str().unwrap(), "connect-src *"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("baseline.json: expected a baseline"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_configuration_sets_levels_and_suppresses_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("connect-src.toml");
    let text = "[lint]\nallow = ['script', 'reporting', 'missing-default-src', 'missing-form-action', 'missing-base-uri']\n\
                [[lint.suppress]]\nrule = 'multi-tenant-host'\nsource = 'https://*.supabase.co'\nreason = 'ours'\n";
    fs::write(&file, text).unwrap();
    let mut command = connect_src();
    command
        .current_dir(folder.path())
        .args(["lint", "connect-src https://*.supabase.co"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(
        stdout(&output).contains("1 kept back"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn an_inventory_is_compared_with_the_policy() {
    let mut command = connect_src();
    command.args([
        "lint",
        "--from",
        "-",
        "--format",
        "json",
        "connect-src https://a.test",
    ]);
    let output = with_stdin(
        command,
        b"{\"url\": \"wss://a.test/live\"}\n{\"url\": \"https://a.test/\"}\n",
    );
    let rules: Vec<String> = stdout(&output)
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["rule"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(
        rules.contains(&"websocket-not-covered".to_owned()),
        "{rules:?}"
    );
}

#[test]
fn an_inventory_that_cannot_be_read_is_an_error_with_its_line() {
    let mut command = connect_src();
    command.args(["lint", "--from", "-", "connect-src https://a.test"]);
    let output = with_stdin(command, b"{\"url\": \"https://a.test/\"}\n{\"url\"\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("standard input:2:"),
        "{}",
        stderr(&output)
    );
}

/// The rules of the findings.
fn rules(words: &[&str]) -> Vec<String> {
    let output = lint(&[&["--format", "json"], words].concat());
    let rule = |line: &str| {
        let finding: Value = serde_json::from_str(line).unwrap();
        finding["rule"].as_str().unwrap().to_owned()
    };
    assert_ne!(output.status.code(), Some(2), "{}", stderr(&output));
    stdout(&output).lines().map(rule).collect()
}

#[test]
fn headers_of_the_same_response_are_compared_with_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("response");
    let argument = format!("@{}", file.display());
    let policy = "Content-Security-Policy: connect-src 'self' https://a.test; report-to csp\n";
    for (text, rule, is_found) in [
        (format!("HTTP/2 200\n{policy}"), "invalid-report-to", true),
        (
            format!("HTTP/2 200\n{policy}reporting-endpoints: csp=\"/r\"\n"),
            "invalid-report-to",
            false,
        ),
        (policy.to_owned(), "invalid-report-to", false),
        (
            format!("{policy}Reporting-Endpoints: main=\"/r\"\n"),
            "invalid-report-to",
            true,
        ),
        (
            format!("HTTP/2 200\n{policy}Connection-Allowlist: ()\n"),
            "allowlist-mismatch",
            true,
        ),
        (
            format!("{policy}Connection-Allowlist: (\"https://a.test\")\n"),
            "allowlist-mismatch",
            false,
        ),
        (
            format!("{policy}Reporting-Endpoints: csp=\"https://b.test/\"\n"),
            "cross-origin-report-to",
            true,
        ),
    ] {
        fs::write(&file, &text).unwrap();
        let found = rules(&["--page", "https://app.test/", &argument]);
        assert_eq!(
            found.iter().any(|one| one == rule),
            is_found,
            "{text}{found:?}"
        );
    }
}

#[test]
fn a_document_is_looked_at_with_its_headers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("response");
    let argument = format!("@{}", file.display());
    let meta = "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">\
                <meta http-equiv=content-security-policy-report-only content=\"img-src *\">\n";
    for (head, is_known) in [("HTTP/1.1 200 OK\nServer: a\n\n", true), ("", false)] {
        fs::write(&file, format!("{head}{meta}")).unwrap();
        let found = rules(&[&argument]);
        let has = |rule: &str| found.iter().any(|one| one == rule);
        assert!(has("report-only-meta"), "{found:?}");
        assert_eq!(has("meta-alone"), is_known, "{found:?}");
    }
}

#[test]
fn other_pages_of_the_origin_and_workers_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let error_page = folder.path().join("404");
    fs::write(&error_page, "HTTP/2 404\nserver: a\n").unwrap();
    let beside = format!("@{}", error_page.display());
    let found = rules(&["--beside", &beside, "connect-src 'self'"]);
    assert!(
        found.contains(&"looser-page-beside".to_owned()),
        "{found:?}"
    );
    let found = rules(&["--beside", "connect-src 'none'", "connect-src 'self'"]);
    assert!(
        !found.contains(&"looser-page-beside".to_owned()),
        "{found:?}"
    );
    let inventory = folder.path().join("inventory");
    fs::write(
        &inventory,
        "{\"url\": \"https://a.test/w.js\", \"api\": \"worker\"}\n",
    )
    .unwrap();
    let found = rules(&[
        "--from",
        inventory.to_str().unwrap(),
        "default-src https://a.test",
    ]);
    assert!(
        found.contains(&"worker-with-own-policy".to_owned()),
        "{found:?}"
    );
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let half = folder.path().join("half");
    fs::write(&half, "HTTP/2 200\ncontent-secur").unwrap();
    let half = format!("@{}", half.display());
    let missing = format!("@{}", folder.path().join("missing").display());
    let directory = format!("@{}", folder.path().display());
    for (argument, said) in [
        (&half, "half: expected a policy, found none"),
        (&missing, "missing: cannot be read: there is no such file"),
        (&directory, "cannot be read: it is a directory"),
    ] {
        for words in [&[argument.as_str()][..], &["--fix", argument]] {
            let output = lint(words);
            assert_eq!(output.status.code(), Some(2), "{words:?}");
            assert!(stderr(&output).contains(said), "{}", stderr(&output));
            assert!(output.stdout.is_empty(), "{words:?}");
        }
    }
}

#[test]
fn a_rule_has_its_page() {
    let output = connect_src()
        .args(["explain", "scheme-source"])
        .output()
        .unwrap();
    assert!(
        stdout(&output).starts_with("any-host-source"),
        "an older name leads to the rule"
    );
}
