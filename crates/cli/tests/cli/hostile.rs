//! Input that means harm, or is absurd: it is answered like any other, and never reaches the terminal raw.

use std::fmt::Write as _;

use crate::support::{connect_src, stderr, stdout, with_stdin};

/// What a terminal would act upon.
fn has_control(text: &str) -> bool {
    let is_bad = |character: char| {
        let is_control = character.is_control() && character != '\n';
        is_control || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
    };
    text.chars().any(is_bad)
}

#[test]
fn a_policy_of_a_megabyte_is_decided() {
    let policy = format!(
        "connect-src https://{}.test https://a.test",
        "x".repeat(1 << 20)
    );
    let mut check = connect_src();
    check.args(["check", "-", "https://a.test/", "https://b.test/"]);
    let output = with_stdin(check, policy.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("1 allowed, 1 blocked"));
    assert!(
        output.stdout.len() < 20_000,
        "{} bytes",
        output.stdout.len()
    );
}

#[test]
fn a_hundred_thousand_sources_are_decided_and_not_all_printed() {
    let mut policy = String::from("connect-src");
    for number in 0..100_000 {
        let _ = write!(policy, " https://host{number}.test");
    }
    let mut check = connect_src();
    check.args(["check", "-", "wss://host77777.test/"]);
    let output = with_stdin(check, policy.as_bytes());
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text.contains("https://host77777.test is the right host"),
        "{text}"
    );
    assert!(text.contains("more …"), "{text}");
    assert!(text.len() < 5_000, "{text}");
}

#[test]
fn many_policies_in_one_header_are_counted_and_not_all_printed() {
    let policy = "connect-src 'none',".repeat(10_000);
    let mut check = connect_src();
    check.args(["check", "--browser", "chromium", "-", "https://a.test/"]);
    let output = with_stdin(check, policy.as_bytes());
    let text = stdout(&output);
    assert!(
        text.contains("9996 more policies decide the same"),
        "{text}"
    );
    assert!(text.len() < 5_000, "{text}");
}

#[test]
fn escape_sequences_do_not_reach_the_terminal() {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\r\u{8}";
    let policies = [
        format!("connect-src https://a.test/{evil} 'self'; x{evil} y"),
        format!("connect-src a{evil}"),
        format!("conect-src {evil}; connect-src 'none'"),
    ];
    for policy in &policies {
        for target in [
            "https://b.test/".to_owned(),
            format!("https://b.test/{evil}"),
            evil.to_owned(),
        ] {
            let mut check = connect_src();
            check.args(["check", "--page", "https://app.test", "-", &target]);
            let output = with_stdin(check, policy.as_bytes());
            assert!(!has_control(&stdout(&output)), "{:?}", stdout(&output));
            assert!(!has_control(&stderr(&output)), "{:?}", stderr(&output));
        }
    }
}

#[test]
fn escape_sequences_in_arguments_do_not_reach_the_terminal() {
    let evil = "\u{1b}[2J\u{7}\u{202e}";
    for words in [
        vec!["check", evil, "https://a.test/"],
        vec!["check", "connect-src *", evil],
        vec!["check", "connect-src *", "https://a.test/", "--page", evil],
        vec![
            "check",
            "connect-src *",
            "https://a.test/",
            "--redirect",
            "https://[\u{1b}[2J",
        ],
        vec!["check", "@\u{1b}[2J", "https://a.test/"],
        vec!["explain", evil],
    ] {
        let output = connect_src().args(&words).output().unwrap();
        assert!(
            !has_control(&stdout(&output)),
            "{words:?}: {:?}",
            stdout(&output)
        );
        assert!(
            !has_control(&stderr(&output)),
            "{words:?}: {:?}",
            stderr(&output)
        );
    }
}

#[test]
fn escape_sequences_in_files_do_not_reach_the_terminal() {
    let lines = [
        r#"{"url":"https://a.test/","api":"\u001b[2J"}"#,
        r#"{"url":"\u001b[2J\u202e"}"#,
        r#"{"url":"https://a.test/","page":"\u001b[2J"}"#,
        "{\"url\":\"\u{1b}[2J\"}",
        r#"{"url":"x\u001b[2J:y"}"#,
    ];
    let mut check = connect_src();
    check.args(["check", "--from", "-", "connect-src 'none'"]);
    let output = with_stdin(check, lines.join("\n").as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(!has_control(&stdout(&output)), "{:?}", stdout(&output));
}

#[test]
fn bytes_that_are_no_utf_8_are_read_as_browsers_read_them() {
    let mut check = connect_src();
    check.args(["check", "-", "https://a.test/"]);
    let output = with_stdin(check, b"connect-src \xff\xfe; default-src 'none'");
    assert_eq!(
        output.status.code(),
        Some(1),
        "connect-src is dropped whole"
    );
}

#[test]
fn a_line_that_is_too_long_or_no_utf_8_is_bad_and_the_rest_is_decided() {
    let mut lines = vec![b'x'; 3 << 20];
    lines.extend_from_slice(b"\n{\"url\":\"\xff\"}\n{\"url\":\"https://a.test/\"}");
    let mut check = connect_src();
    check.args(["check", "--from", "-", "connect-src *"]);
    let output = with_stdin(check, &lines);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("standard input: 1 connection\n"), "{text}");
    assert!(
        text.contains("standard input:1: the line is longer than 1 MiB"),
        "{text}"
    );
    assert!(text.contains("standard input:2: "), "{text}");
}

#[test]
fn json_that_nests_without_end_is_bad() {
    let mut check = connect_src();
    check.args(["check", "--from", "-", "connect-src *"]);
    let output = with_stdin(check, "[".repeat(500_000).as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("1 bad line"));
}

#[test]
fn more_bad_lines_than_fit_are_counted() {
    let mut check = connect_src();
    check.args(["check", "--from", "-", "connect-src *"]);
    let output = with_stdin(check, "no\n".repeat(100_000).as_bytes());
    let text = stdout(&output);
    assert!(text.contains("100,000 bad lines"), "{text}");
    assert!(text.contains("and 99,980 more"), "{text}");
    assert!(
        text.contains("standard input:1: ") && text.contains("standard input:20: "),
        "{text}"
    );
}
