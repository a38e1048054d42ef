//! Opens the file, for a server or only to read.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::writer::Writer;
use super::{failure, schema};
use crate::capped;
use crate::config::Limits;
use crate::store::error::{StoreError, StoreErrorKind};

/// The store in one SQLite file.
///
/// One server at a time has the file; it holds a lock beside it (`….lock`), which the system takes
/// away however the server ends. Programs that only read, such as `connect-src reports`, need no lock.
pub struct SqliteStore {
    path: PathBuf,
    /// `None` for a store that is only read.
    writer: Option<Writer>,
    readers: Readers,
    _lock: Option<File>,
}

/// When a commit is on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// It survives the end of the program at any moment; the last ones may be lost when the power goes.
    #[default]
    Process,
    /// It survives that the power goes.
    Power,
}

impl SqliteStore {
    /// Opens the file to read and to write; makes it if there is none. Fails while another server has it.
    pub fn open(path: &Path, limits: Limits, durability: Durability) -> Result<Self, StoreError> {
        let lock = lock(path)?;
        create(path)?;
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        prepare(&connection, limits, durability)?;
        schema::migrate(&mut connection)?;
        Ok(Self {
            writer: Some(Writer::start(connection, limits)?),
            readers: Readers::default(),
            path: path.to_owned(),
            _lock: Some(lock),
        })
    }

    /// Opens the file to read and to write a little, whether or not a server has it: for commands such as
    /// `connect-src token`. It is not made, and not migrated.
    pub fn open_beside(path: &Path) -> Result<Self, StoreError> {
        let limits = Limits::default();
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::check(&connection)?;
        // The bounds are the server's to keep.
        set(&connection, "foreign_keys", 1)?;
        Ok(Self {
            writer: Some(Writer::start(connection, limits)?),
            readers: Readers::default(),
            path: path.to_owned(),
            _lock: None,
        })
    }

    /// Opens the file only to read, whether or not a server has it.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let store = Self {
            path: path.to_owned(),
            writer: None,
            readers: Readers::default(),
            _lock: None,
        };
        store.read(|connection| schema::check(connection))?;
        Ok(store)
    }

    /// Copies everything into a new file, while the store is in use. Fails if there is such a file. The copy
    /// holds the key of the marks and the hashes of the tokens, as the store itself does.
    pub fn back_up(&self, target: &Path) -> Result<(), StoreError> {
        let unavailable = |error: io::Error| {
            let message = format!(
                "{}: cannot be made: {error}; give the name of a file that is not there yet",
                target.display()
            );
            StoreError::new(StoreErrorKind::Unavailable, message)
        };
        private_file()
            .create_new(true)
            .open(target)
            .map_err(unavailable)?;
        let name = target.to_str().ok_or_else(|| {
            let message = format!("{}: expected a path in UTF-8", target.display());
            StoreError::new(StoreErrorKind::Invalid, message)
        })?;
        let source = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let copied = source.execute("VACUUM INTO ?1", [name]).map_err(failure);
        if copied.is_err() {
            let _ = std::fs::remove_file(target);
        }
        copied.map(|_| ())
    }

    /// Waits for a reader, and reads.
    pub(super) fn read<T>(
        &self,
        query: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.readers.take(&self.path)?;
        let result = query(&mut connection);
        self.readers.give_back(connection);
        result
    }

    pub(super) fn writer(&self) -> Result<&Writer, StoreError> {
        self.writer.as_ref().ok_or_else(|| {
            let message = "the database was opened only to read";
            StoreError::new(StoreErrorKind::Invalid, message)
        })
    }
}

/// A few connections that read, made when they are needed.
#[derive(Default)]
struct Readers {
    state: Mutex<ReaderState>,
    returned: Condvar,
}

#[derive(Default)]
struct ReaderState {
    idle: Vec<Connection>,
    busy: usize,
}

impl Readers {
    fn take(&self, path: &Path) -> Result<Connection, StoreError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_taken = |state: &mut ReaderState| state.busy >= MOST_READERS;
        let waited = self.returned.wait_timeout_while(state, PATIENCE, is_taken);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            let message = "all readers of the database are busy; try again";
            return Err(StoreError::new(StoreErrorKind::Locked, message));
        }
        state.busy += 1;
        let idle = state.idle.pop();
        drop(state);
        let connection = match idle {
            Some(connection) => Ok(connection),
            None => connect_to_read(path),
        };
        if connection.is_err() {
            self.free(None);
        }
        connection
    }

    fn give_back(&self, connection: Connection) {
        self.free(Some(connection));
    }

    fn free(&self, connection: Option<Connection>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.busy -= 1;
        state.idle.extend(connection);
        self.returned.notify_one();
    }
}

fn connect_to_read(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    set(&connection, "cache_size", -1024)?;
    set(&connection, "query_only", 1)?;
    Ok(connection)
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| {
        let message = format!("{}: cannot be opened: {error}", path.display());
        StoreError::new(StoreErrorKind::NotADatabase, message)
    })?;
    connection.busy_timeout(PATIENCE).map_err(failure)?;
    set(&connection, "trusted_schema", 0)?;
    Ok(connection)
}

fn prepare(
    connection: &Connection,
    limits: Limits,
    durability: Durability,
) -> Result<(), StoreError> {
    // Before the first table, or it has no effect.
    set(connection, "auto_vacuum", 2)?;
    let mode = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))
        .map_err(failure)?;
    if mode != "wal" {
        let message =
            format!("expected a file system on which SQLite can use `wal`, found `{mode}`");
        return Err(StoreError::new(StoreErrorKind::Unavailable, message));
    }
    let synchronous = match durability {
        Durability::Process => 1,
        Durability::Power => 2,
    };
    set(connection, "synchronous", synchronous)?;
    set(connection, "foreign_keys", 1)?;
    // Pages that a commit changes and that find no room here are written twice.
    set(connection, "cache_size", -8192)?;
    // Pages change again and again: what is copied into the file seldom is copied less.
    set(connection, "wal_autocheckpoint", 4000)?;
    connection.set_prepared_statement_cache_capacity(MOST_STATEMENTS);
    set(connection, "journal_size_limit", 64 << 20)?;
    let page_size = connection.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0));
    let page_size = page_size.map_err(failure)?.max(512);
    let most = i64::try_from(limits.database_bytes).unwrap_or(i64::MAX) / page_size;
    // Answers with a row, which `set` does not expect.
    connection
        .pragma_update_and_check(None, "max_page_count", most.max(1), |_| Ok(()))
        .map_err(failure)
}

fn set(connection: &Connection, pragma: &str, value: i64) -> Result<(), StoreError> {
    let sql = format!("PRAGMA {pragma} = {value}");
    let mut statement = connection.prepare(&sql).map_err(failure)?;
    // Some of them answer with a row.
    let mut rows = statement.query([]).map_err(failure)?;
    rows.next().map_err(failure).map(|_| ())
}

/// The file, so that only its owner can read it from the first moment on.
fn create(path: &Path) -> Result<(), StoreError> {
    private_file()
        .create(true)
        .open(path)
        .map(|_| ())
        .map_err(|error| unavailable(path, &error))
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let opened = private_file().create(true).open(&name);
    let mut file = opened.map_err(|error| unavailable(&name, &error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(in_use(path, &name)),
        Err(TryLockError::Error(error)) => return Err(unavailable(&name, &error)),
    }
    // For the message of the next one who comes; the lock holds without it.
    let _ = file.set_len(0);
    let _ = write!(file, "{}", std::process::id());
    Ok(file)
}

fn in_use(path: &Path, lock: &Path) -> StoreError {
    let process = capped::read_text(lock, 32).unwrap_or_default();
    let holder = match process.trim_ascii() {
        digits if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) => {
            format!("process {digits}")
        }
        _ => "another process".to_owned(),
    };
    StoreError::new(
        StoreErrorKind::InUse,
        format!(
            "{}: {holder} has this database; stop it, or give another `database`",
            path.display()
        ),
    )
}

fn unavailable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        format!("{}: cannot be opened: {error}", path.display()),
    )
}

/// Opens files that only their owner may read.
fn private_file() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// How long we wait for somebody else to let the database go.
const PATIENCE: Duration = Duration::from_secs(2);
const MOST_READERS: usize = 4;
/// More than writing a batch has, so that none of them is prepared twice.
const MOST_STATEMENTS: usize = 64;
