//! The contract, and what holds for this store alone.

use std::path::PathBuf;
use std::sync::Arc;

use connect_src_report::Class;
use tempfile::TempDir;

use super::{Durability, SqliteStore};
use crate::clock::Timestamp;
use crate::config::Limits;
use crate::store::contract::{self, contract, ident};
use crate::store::{
    Batch, GroupQuery, PageRequest, ReportStore as _, RolloutStore as _, StoreErrorKind,
};

contract!(open);

fn open() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(&folder, contract::limits());
    (store.unwrap(), folder)
}

fn open_in(folder: &TempDir, limits: Limits) -> Result<SqliteStore, crate::store::StoreError> {
    SqliteStore::open(&path(folder), limits, Durability::Process)
}

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("reports.db")
}

fn batch(host: &str) -> Arc<Batch> {
    let mut batch = Batch::default();
    let at = Timestamp::from_millis(1);
    let mut group = batch.group(ident("a.example", host, Class::Genuine));
    group.add(80, "page", "browser", at);
    group.add_sample("x".repeat(8000), at, 2);
    Arc::new(batch)
}

fn count(store: &SqliteStore) -> u64 {
    let page = store.groups(&GroupQuery::default(), &PageRequest::default());
    page.unwrap().total
}

#[test]
fn everything_is_there_after_a_restart() {
    let (store, folder) = open();
    store.commit(batch("https://x.example")).unwrap();
    let key = store.mark_key().unwrap();
    drop(store);
    let store = open_in(&folder, contract::limits()).unwrap();
    assert_eq!(count(&store), 1);
    let mark = crate::rollout::Mark {
        revision: crate::rollout::RevisionId(1),
        role: crate::rollout::Role::Trial,
    };
    assert_eq!(store.mark_key().unwrap().print(mark), key.print(mark));
}

#[test]
fn the_bounds_hold_after_a_restart() {
    let most = contract::limits().groups;
    let (store, folder) = open();
    for number in 1..most {
        let host = format!("https://{number}.example");
        store.commit(batch(&host)).unwrap();
    }
    drop(store);
    let store = open_in(&folder, contract::limits()).unwrap();
    let commit = |host: &str| store.commit(batch(host)).unwrap();
    assert_eq!(commit("https://last.example").shed, 0);
    assert_eq!(commit("https://more.example").shed, 1);
    assert_eq!(count(&store), u64::from(most));
}

#[test]
fn a_second_server_is_told_who_has_the_database() {
    let (store, folder) = open();
    let error = open_in(&folder, contract::limits()).err().unwrap();
    assert_eq!(error.kind(), StoreErrorKind::InUse);
    let message = error.to_string();
    let process = format!(
        "process {} has this database; stop it, or give another",
        std::process::id()
    );
    assert!(message.contains(&process), "{message}");
    drop(store);
    assert!(open_in(&folder, contract::limits()).is_ok());
}

#[test]
fn readers_need_no_lock_and_cannot_write() {
    let (store, folder) = open();
    store.commit(batch("https://x.example")).unwrap();
    let reader = SqliteStore::open_to_read(&path(&folder)).unwrap();
    assert_eq!(count(&reader), 1);
    assert!(reader.commit(batch("https://y.example")).is_err());
    assert!(SqliteStore::open_to_read(&folder.path().join("none.db")).is_err());
}

#[test]
fn a_backup_is_a_database_of_its_own() {
    let (store, folder) = open();
    store.commit(batch("https://x.example")).unwrap();
    let target = folder.path().join("backup.db");
    store.back_up(&target).unwrap();
    store.commit(batch("https://y.example")).unwrap();
    let error = store.back_up(&target).unwrap_err();
    assert!(error.to_string().contains("not there yet"), "{error}");
    let copy = SqliteStore::open(&target, contract::limits(), Durability::Power).unwrap();
    assert_eq!((count(&copy), count(&store)), (1, 2));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;

    let (store, folder) = open();
    store.commit(batch("https://x.example")).unwrap();
    store.back_up(&folder.path().join("backup.db")).unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
    }
}

#[test]
fn a_newer_database_is_not_touched() {
    let (store, folder) = open();
    drop(store);
    let connection = rusqlite::Connection::open(path(&folder)).unwrap();
    connection.pragma_update(None, "user_version", 999).unwrap();
    drop(connection);
    let error = open_in(&folder, contract::limits()).err().unwrap();
    assert_eq!(error.kind(), StoreErrorKind::Newer);
    let error = SqliteStore::open_to_read(&path(&folder)).err().unwrap();
    assert_eq!(error.kind(), StoreErrorKind::Newer);
}

#[test]
fn what_is_no_database_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        path(&folder),
        "this is a text file, and long enough to look at",
    )
    .unwrap();
    let error = open_in(&folder, contract::limits()).err().unwrap();
    assert_eq!(error.kind(), StoreErrorKind::NotADatabase);
}

#[test]
fn a_full_store_fails_whole_batches_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let limits = |database_bytes| Limits {
        database_bytes,
        ..Limits::default()
    };
    let store = open_in(&folder, limits(512 << 10)).unwrap();
    let mut committed = 0;
    let error = loop {
        match store.commit(batch(&format!("https://{committed}.example"))) {
            Ok(_) => committed += 1,
            Err(error) => break error,
        }
        assert!(committed < 1000, "the bound does not hold");
    };
    assert_eq!(error.kind(), StoreErrorKind::Full);
    assert!(error.is_passing());
    assert_eq!(
        count(&store),
        committed,
        "nothing of the failed batch is left"
    );
    drop(store);
    let store = open_in(&folder, limits(10 << 20)).unwrap();
    store.commit(batch("https://more.example")).unwrap();
    assert_eq!(count(&store), committed + 1);
}

#[test]
fn a_locked_store_says_so_and_recovers() {
    let (store, folder) = open();
    let other = rusqlite::Connection::open(path(&folder)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.commit(batch("https://x.example")).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Locked);
    other.execute_batch("ROLLBACK").unwrap();
    store.commit(batch("https://x.example")).unwrap();
    assert_eq!(count(&store), 1);
}
