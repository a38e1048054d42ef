//! `kill -9` in the middle of writing: what was committed is there, and the next start works by itself.

use std::env;
use std::io::{BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use connect_src_report::Class;
use connect_src_server::clock::Timestamp;
use connect_src_server::config::Limits;
use connect_src_server::store::{
    Batch, Durability, ReportStore as _, SqliteStore, Tally, TallyIdent,
};

const FOLDER: &str = "CONNECT_SRC_TEST_FOLDER";

/// Not a test: what the test below starts and kills. Writes the number of each committed batch.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else {
        return;
    };
    let store = open(Path::new(&folder));
    let mut out = std::io::stdout();
    for number in 0u64.. {
        store.commit(batch(number)).unwrap();
        out.write_all(b".").unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn nothing_that_was_committed_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = 0;
    for round in 0..5u64 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "kill::child_that_writes_until_it_is_killed",
                "--nocapture",
            ])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // What the test harness prints first has no dots of ours behind it.
        let mut dots = 0;
        let mut byte = [0];
        while dots < 20 + round * 7 && out.read(&mut byte).unwrap() > 0 {
            dots += u64::from(byte[0] == b'.');
        }
        std::thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "what is left in a pipe is little"
        )]
        let rest = {
            let mut rest = Vec::new();
            out.read_to_end(&mut rest).unwrap();
            rest
        };
        dots += rest.iter().filter(|byte| **byte == b'.').count() as u64;
        assert!(dots >= 20, "the child wrote {dots} batches");
        // The words before ours may hold a dot or two; none do today.
        expected += dots;
        let store = open(folder.path());
        let reports = store.size().unwrap().reports;
        assert!(reports >= expected, "{reports} of {expected} are left");
        assert!(
            reports <= expected + 1,
            "at most one was committed and not told: {reports}, {expected}"
        );
        expected = reports;
        let database = folder.path().join("reports.db");
        let connection = rusqlite::Connection::open(database).unwrap();
        let check: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(check, "ok");
    }
}

fn open(folder: &Path) -> SqliteStore {
    let path = folder.join("reports.db");
    SqliteStore::open(&path, Limits::default(), Durability::Process).unwrap()
}

fn batch(number: u64) -> Arc<Batch> {
    let mut batch = Batch::default();
    let at = Timestamp::from_millis(1);
    batch.add_other(&format!("type-{}", number % 50), &"x".repeat(2000), at);
    let ident = TallyIdent {
        site: "a.example".into(),
        route: "/".into(),
        mark: None,
        tally: Tally::Reports(Class::Genuine),
        hour: 0,
    };
    batch.tally(ident, 1);
    Arc::new(batch)
}
