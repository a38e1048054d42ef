//! The tables, and how an older database gets them.

use rusqlite::{Connection, TransactionBehavior};

use super::failure;
use crate::store::error::{StoreError, StoreErrorKind};

/// Brings the database to the newest version. Fails for one that a newer program made.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_to(connection, newest())
}

/// The same, as far as a version.
fn migrate_to(connection: &mut Connection, target: u32) -> Result<(), StoreError> {
    let version = version(connection)?;
    if version > newest() {
        return Err(newer(version));
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failure)?;
    for migration in MIGRATIONS
        .iter()
        .take(target as usize)
        .skip(version as usize)
    {
        transaction.execute_batch(migration).map_err(failure)?;
    }
    transaction
        .pragma_update(None, "user_version", target)
        .map_err(failure)?;
    transaction.commit().map_err(failure)
}

/// Fails unless the database has the newest version.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let version = version(connection)?;
    if version > newest() {
        return Err(newer(version));
    }
    if version < newest() {
        return Err(StoreError::new(
            StoreErrorKind::NotADatabase,
            format!(
                "expected a database of version {}, found version {version}; start `connect-src serve` or \
                 `connect-src collect` on it once",
                newest()
            ),
        ));
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    version.map_err(failure)
}

fn newest() -> u32 {
    MIGRATIONS.len() as u32
}

fn newer(version: u32) -> StoreError {
    StoreError::new(
        StoreErrorKind::Newer,
        format!(
            "expected a database of version {} or older, found version {version}; use the newer \
             connect-src that made it, or another `database`",
            newest()
        ),
    )
}

/// One step each. What was released is never changed; a change is one step more.
const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE policies (
    hash BLOB NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    policy BLOB NOT NULL,
    notes TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX revisions_by_route ON revisions (site, route, id);

CREATE TABLE routes (
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    observe INTEGER NOT NULL,
    stage TEXT NOT NULL,
    revision INTEGER,
    share INTEGER NOT NULL,
    baseline INTEGER,
    is_held INTEGER NOT NULL,
    since INTEGER NOT NULL,
    configured TEXT,
    PRIMARY KEY (site, route)
) STRICT, WITHOUT ROWID;

CREATE TABLE transitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    from_stage TEXT NOT NULL,
    from_revision INTEGER,
    from_share INTEGER NOT NULL,
    from_baseline INTEGER,
    from_held INTEGER NOT NULL,
    to_stage TEXT NOT NULL,
    to_revision INTEGER,
    to_share INTEGER NOT NULL,
    to_baseline INTEGER,
    to_held INTEGER NOT NULL,
    cause TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX transitions_by_route ON transitions (site, route, id);

CREATE TABLE drafts (
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    text TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (site, route)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    hash TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    revision INTEGER,
    role TEXT,
    origin TEXT NOT NULL,
    directive TEXT NOT NULL,
    blocked TEXT NOT NULL,
    blocked_url TEXT NOT NULL,
    disposition TEXT NOT NULL,
    class TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    place TEXT,
    policy BLOB,
    score INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    browsers INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    label TEXT
) STRICT;
CREATE INDEX groups_by_count ON groups (count DESC, id DESC);
CREATE INDEX groups_by_last_seen ON groups (last_seen DESC, id DESC);
CREATE INDEX groups_by_site ON groups (site, class);

CREATE TABLE group_hours (
    owner INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    hour INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (owner, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_pages (
    owner INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_browsers (
    owner INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    at INTEGER NOT NULL,
    raw TEXT NOT NULL
) STRICT;
CREATE INDEX samples_by_owner ON samples (owner);
CREATE INDEX samples_by_time ON samples (at);

CREATE TABLE connections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    document TEXT NOT NULL,
    class TEXT NOT NULL,
    origin TEXT NOT NULL,
    path TEXT,
    url TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    browsers INTEGER NOT NULL
) STRICT;
CREATE INDEX connections_by_origin ON connections (site, origin);
CREATE INDEX connections_by_count ON connections (count DESC, id DESC);
CREATE INDEX connections_by_last_seen ON connections (last_seen DESC, id DESC);
CREATE INDEX connections_by_url ON connections (url, id);

CREATE TABLE connection_pages (
    owner INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE connection_browsers (
    owner INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE site_pages (
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (site, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE site_browsers (
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (site, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE tallies (
    hour INTEGER NOT NULL,
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    revision INTEGER NOT NULL,
    role TEXT NOT NULL,
    tally TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (hour, site, route, revision, role, tally)
) STRICT, WITHOUT ROWID;

CREATE TABLE sheds (
    hour INTEGER NOT NULL,
    reason TEXT NOT NULL,
    class TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (hour, reason, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE others (
    type TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    sample TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE totals (
    name TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
",
    "
CREATE TABLE draft_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    text TEXT,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX draft_edits_by_route ON draft_edits (site, route, id);
INSERT INTO draft_edits (site, route, text, who, at, why)
    SELECT site, route, text, who, at, why FROM drafts ORDER BY at;
DROP TABLE drafts;

ALTER TABLE audit ADD COLUMN before TEXT;
ALTER TABLE audit ADD COLUMN after TEXT;
ALTER TABLE audit ADD COLUMN undoes INTEGER;
ALTER TABLE audit ADD COLUMN undone_by INTEGER;
CREATE INDEX audit_by_target ON audit (target, id);
CREATE INDEX audit_by_action ON audit (action, id);

ALTER TABLE groups ADD COLUMN label_who TEXT;
ALTER TABLE groups ADD COLUMN label_at INTEGER;
ALTER TABLE groups ADD COLUMN label_why TEXT;
CREATE INDEX groups_by_first_seen ON groups (first_seen DESC, id DESC);
CREATE INDEX groups_by_blocked ON groups (blocked, id);
CREATE INDEX groups_of_site_by_count ON groups (site, count DESC, id DESC);
CREATE INDEX groups_of_site_by_last_seen ON groups (site, last_seen DESC, id DESC);
CREATE INDEX groups_of_site_by_first_seen ON groups (site, first_seen DESC, id DESC);
CREATE INDEX groups_of_site_by_blocked ON groups (site, blocked, id);
CREATE INDEX groups_by_revision ON groups (site, route, revision, class);

ALTER TABLE connections ADD COLUMN host TEXT NOT NULL DEFAULT '';
UPDATE connections SET host = CASE instr(origin, '://')
    WHEN 0 THEN origin ELSE substr(origin, instr(origin, '://') + 3) END;
CREATE INDEX connections_by_first_seen ON connections (first_seen DESC, id DESC);
CREATE INDEX connections_by_host ON connections (host, id);
CREATE INDEX connections_by_pages ON connections (pages DESC, id DESC);
CREATE INDEX connections_of_site_by_count ON connections (site, count DESC, id DESC);
CREATE INDEX connections_of_site_by_last_seen ON connections (site, last_seen DESC, id DESC);
CREATE INDEX connections_of_site_by_first_seen ON connections (site, first_seen DESC, id DESC);
CREATE INDEX connections_of_site_by_url ON connections (site, url, id);
CREATE INDEX connections_of_site_by_host ON connections (site, host, id);
CREATE INDEX connections_of_site_by_pages ON connections (site, pages DESC, id DESC);
CREATE INDEX connections_by_route ON connections (site, route, class);

CREATE INDEX tallies_by_site ON tallies (site, route, hour, tally, count);

CREATE TABLE sessions (
    hash BLOB NOT NULL PRIMARY KEY,
    token TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created INTEGER NOT NULL,
    last_used INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE failures (
    key BLOB NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_database_holds_is_kept() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_to(&mut connection, 1).unwrap();
        connection
            .execute_batch(
                "INSERT INTO drafts VALUES ('a.example', '/', 'connect-src a', 'ada', 5, 'why');
                 INSERT INTO audit (who, at, why, action, target, detail)
                    VALUES ('ada', 5, '', 'draft', 'a.example/', '{}');
                 INSERT INTO connections (key, site, route, document, class, origin, path, url,
                    count, first_seen, last_seen, pages, browsers) VALUES
                    (x'01', 'a', '/', 'd', 'genuine', 'https://x:8443', '/', 'u', 1, 1, 1, 1, 1),
                    (x'02', 'a', '/', 'd', 'genuine', 'blob:', '', 'u', 1, 1, 1, 1, 1);",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let text = |sql: &str| -> String {
            let row = connection.query_row(sql, [], |row| row.get(0));
            row.unwrap()
        };
        let draft = "SELECT text || who || at || why FROM draft_edits WHERE site = 'a.example'";
        assert_eq!(text(draft), "connect-src aada5why");
        assert_eq!(text("SELECT coalesce(before, 'none') FROM audit"), "none");
        let hosts =
            "SELECT group_concat(host, ' ') FROM (SELECT host FROM connections ORDER BY id)";
        assert_eq!(text(hosts), "x:8443 blob:");
        check(&connection).unwrap();
    }
}
