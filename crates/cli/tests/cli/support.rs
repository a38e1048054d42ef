//! What the tests share.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The command, with no colours asked for by the environment.
pub(crate) fn connect_src() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_connect-src"));
    command
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("HTTP_PROXY")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    for proxy in [
        "HTTPS_PROXY",
        "https_proxy",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env_remove(proxy);
    }
    command
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// Runs a command with this standard input.
pub(crate) fn with_stdin(mut command: Command, stdin: &[u8]) -> Output {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it can be started");
    // A command that fails early does not read all of it.
    let _ = child.stdin.take().expect("it is piped").write_all(stdin);
    child.wait_with_output().expect("it ends")
}

/// What in a log departs from the schema of SARIF.
pub(crate) fn sarif_errors(log: &Value) -> Vec<String> {
    let text = include_str!("../data/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(text).unwrap();
    // The standard's pattern for the language has a bracket too many; we write no language.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator
        .iter_errors(log)
        .map(|error| error.to_string())
        .collect()
}
