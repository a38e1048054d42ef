//! `connect-src token`, on a database that a server has.

use std::path::{Path, PathBuf};
use std::process::Output;

use connect_src_server::config::Limits;
use connect_src_server::store::{Durability, SqliteStore};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{connect_src, stderr, stdout};

/// A database that a server has, as its lock says.
fn database() -> (TempDir, PathBuf, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reports.db");
    let server = SqliteStore::open(&path, Limits::default(), Durability::Process).unwrap();
    (folder, path, server)
}

fn token(words: &[&str], database: &Path) -> Output {
    let mut command = connect_src();
    command.arg("token").args(words).arg("--db").arg(database);
    command.output().unwrap()
}

fn json(words: &[&str], database: &Path) -> Value {
    let words = [words, &["--format", "json"]].concat();
    let output = token(&words, database);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn tokens_are_made_listed_and_revoked_while_a_server_has_the_database() {
    let (_folder, path, _server) = database();
    let made = json(&["new", "--role", "view", "--name", "ada"], &path);
    let secret = made["token"].as_str().unwrap().to_owned();
    let id = made["id"].as_str().unwrap().to_owned();
    assert!(secret.starts_with(&format!("csrc_{id}_")), "{made}");
    assert_eq!(
        (&made["role"], &made["name"]),
        (&"view".into(), &"ada".into())
    );

    let list = json(&["list"], &path);
    assert_eq!(list["tokens"][0]["id"], id.as_str());
    assert!(!list.to_string().contains(&secret), "secrets are not kept");

    let revoked = token(&["revoke", &secret], &path);
    assert_eq!(revoked.status.code(), Some(0), "{}", stderr(&revoked));
    assert!(stdout(&revoked).starts_with(&format!("{id}: revoked")));
    let again = token(&["revoke", &id], &path);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("there is no such token"));
    assert_eq!(json(&["list"], &path)["tokens"], serde_json::json!([]));
}

#[test]
fn who_reads_is_told_what_to_do_with_a_token() {
    let (_folder, path, _server) = database();
    let empty = stdout(&token(&["list"], &path));
    assert!(
        empty.contains("connect-src token new --role change"),
        "{empty}"
    );
    let made = stdout(&token(&["new", "--role", "change"], &path));
    assert!(
        made.contains("csrc_") && made.contains("shown this once"),
        "{made}"
    );
    assert!(made.contains("change, for operator"), "{made}");
    let list = stdout(&token(&["list"], &path));
    assert!(
        list.contains("operator") && list.contains("change"),
        "{list}"
    );
}

#[test]
fn what_cannot_be_done_says_why() {
    let (folder, path, _server) = database();
    let nothing = folder.path().join("nothing.db");
    for (words, database, why) in [
        (&["new"][..], &path, "--role"),
        (
            &["new", "--role", "all"],
            &path,
            "[possible values: view, change]",
        ),
        (
            &["new", "--role", "view", "--name", "a\nb"],
            &path,
            "printable",
        ),
        (&["new", "--role", "view"], &nothing, "cannot be opened"),
        (&["list"], &nothing, "cannot be opened"),
        (&["revoke", "\u{1b}[31m"], &path, "there is no such token"),
    ] {
        let output = token(words, database);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let said = stderr(&output);
        assert!(said.contains(why), "{words:?}: {said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
    assert!(!nothing.exists(), "none is made");
}
