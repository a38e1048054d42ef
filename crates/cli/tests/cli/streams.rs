//! Colours, pipes and exit statuses.

use std::process::Stdio;

use crate::support::{connect_src, stderr, stdout, with_stdin};

const BLOCKED: [&str; 3] = ["check", "connect-src 'none'", "https://a.test/"];

#[test]
fn the_exit_status_is_the_answer() {
    for (words, expected) in [
        (&["check", "connect-src *", "https://a.test/"][..], 0),
        (&BLOCKED, 1),
        (
            &[
                "check",
                "connect-src https://a.test",
                "https://a.test/",
                "https://b.test/",
            ],
            1,
        ),
        // WebKit alone allows it.
        (&["check", "connect-src wss://a.test", "https://a.test/"], 1),
        (
            &[
                "check",
                "connect-src wss://a.test",
                "https://a.test/",
                "--browser",
                "webkit",
            ],
            0,
        ),
        (&["check"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["check", "--help"], 0),
        (&[], 2),
        (&["no-such-command"], 2),
    ] {
        let output = connect_src().args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(expected), "{words:?}");
    }
}

#[test]
fn there_are_no_colours_in_a_pipe() {
    for words in [
        &BLOCKED[..],
        &["check"],
        &["--help"],
        &["check", "@missing", "https://a.test/"],
    ] {
        let output = connect_src().args(words).output().unwrap();
        assert!(!stdout(&output).contains('\u{1b}'), "{words:?}");
        assert!(!stderr(&output).contains('\u{1b}'), "{words:?}");
    }
}

#[test]
fn colours_can_be_asked_for_and_refused() {
    let is_coloured = |environment: &[(&str, &str)], words: &[&str]| {
        let output = connect_src()
            .args(BLOCKED)
            .args(words)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        stdout(&output).contains('\u{1b}')
    };
    assert!(is_coloured(&[], &["--color", "always"]));
    assert!(
        is_coloured(&[("NO_COLOR", "1")], &["--color", "always"]),
        "the flag wins"
    );
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!is_coloured(
        &[("CLICOLOR_FORCE", "1")],
        &["--color", "never"]
    ));
}

#[test]
fn a_reader_that_hangs_up_is_no_error() {
    let targets = vec!["https://a.test/"; 2000];
    let mut check = connect_src();
    check.args(["check", "connect-src 'none'"]).args(targets);
    let mut child = check
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(1), "the answer is the same");
}

#[test]
fn standard_input_holds_the_policy_or_the_connections() {
    let mut check = connect_src();
    check.args(["check", "-", "https://a.test/"]);
    let dump = b"HTTP/1.1 200 OK\r\ncontent-security-policy: connect-src 'none'\r\n\r\n";
    assert_eq!(with_stdin(check, dump).status.code(), Some(1));
    let mut check = connect_src();
    check.args(["check", "--from", "-", "connect-src 'none'"]);
    assert_eq!(
        with_stdin(check, b"{\"url\":\"https://a.test/\"}")
            .status
            .code(),
        Some(1)
    );
}

#[test]
fn nothing_is_drawn_where_no_terminal_is() {
    let mut check = connect_src();
    check.args(["check", "--from", "-", "connect-src 'none'"]);
    let output = with_stdin(
        check,
        "{\"url\":\"https://a.test/\"}\n".repeat(50_000).as_bytes(),
    );
    assert_eq!(stderr(&output), "");
    assert!(
        stdout(&output).contains("50,000  a.test"),
        "{}",
        stdout(&output)
    );
}
