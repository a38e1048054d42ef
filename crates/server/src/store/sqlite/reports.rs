//! Reports: written in batches, read in lists.

use std::sync::Arc;

use rusqlite::{Connection as Sqlite, OptionalExtension as _, Row, params};

use super::open::SqliteStore;
use super::select::{Filter, Order, escaped, page, unsigned};
use super::{audit, failure, inventory, overview, purge, upsert};
use crate::clock::Timestamp;
use crate::config::Retention;
use crate::rollout::{RevisionId, RouteKey};
use crate::store::batch::Batch;
use crate::store::error::StoreError;
use crate::store::query::{
    ConnectionQuery, ConnectionSort, GroupQuery, GroupSort, Page, PageRequest, TallyQuery,
    TimelineQuery,
};
use crate::store::rows::{
    BlockedRow, Change, Connection, ConnectionDetail, ConnectionId, Coverage, Finding, Group,
    GroupDetail, GroupId, HourCount, Inventory, Label, OtherReports, ResponseCount, SampleRow,
    SeenRow, ShedRow, Size, TallyRow, TimelineRow,
};
use crate::store::{Committed, ReportStore};

impl ReportStore for SqliteStore {
    fn commit(&self, batch: Arc<Batch>) -> Result<Committed, StoreError> {
        self.writer()?
            .write(move |session| upsert::batch(session, &batch))
    }

    fn groups(&self, query: &GroupQuery, request: &PageRequest) -> Result<Page<Group>, StoreError> {
        let (filter, order) = groups_of(query);
        self.read(|connection| {
            page(
                connection,
                "groups",
                GROUP_COLUMNS,
                filter,
                order,
                request,
                read_group,
            )
        })
    }

    fn group(&self, id: GroupId) -> Result<Option<GroupDetail>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {GROUP_COLUMNS}, policy, label_who, label_at, label_why FROM groups WHERE id = ?1"
            );
            let row = connection.query_row(&sql, [id.0], |row| {
                let policy: Option<Vec<u8>> = row.get("policy")?;
                Ok((read_group(row)?, policy, audit::labelled(row)?))
            });
            let Some((group, policy, labelled)) = row.optional().map_err(failure)? else {
                return Ok(None);
            };
            let owner = params![id.0];
            Ok(Some(GroupDetail {
                group,
                policy: policy_text(connection, policy)?,
                page_list: seen(connection, "group_pages WHERE owner = ?1", owner)?,
                browser_list: seen(connection, "group_browsers WHERE owner = ?1", owner)?,
                hours: hours(connection, id)?,
                samples: group_samples(connection, id)?,
                labelled,
            }))
        })
    }

    fn label_group(
        &self,
        id: GroupId,
        label: Option<Label>,
        change: &Change,
    ) -> Result<bool, StoreError> {
        let change = change.clone();
        self.writer()?
            .write(move |session| audit::label_group(session.transaction, id, label, &change))
    }

    fn connections(
        &self,
        query: &ConnectionQuery,
        request: &PageRequest,
    ) -> Result<Page<Connection>, StoreError> {
        let (filter, order) = connections_of(query);
        self.read(|connection| {
            let columns = CONNECTION_COLUMNS;
            page(
                connection,
                "connections",
                columns,
                filter,
                order,
                request,
                read_connection,
            )
        })
    }

    fn connection(&self, id: ConnectionId) -> Result<Option<ConnectionDetail>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {CONNECTION_COLUMNS} FROM connections WHERE id = ?1");
            let row = connection.query_row(&sql, [id.0], read_connection);
            let Some(found) = row.optional().map_err(failure)? else {
                return Ok(None);
            };
            let owner = params![id.0];
            Ok(Some(ConnectionDetail {
                connection: found,
                page_list: seen(connection, "connection_pages WHERE owner = ?1", owner)?,
                browser_list: seen(connection, "connection_browsers WHERE owner = ?1", owner)?,
            }))
        })
    }

    fn timeline(&self, query: &TimelineQuery) -> Result<Vec<TimelineRow>, StoreError> {
        self.read(|connection| overview::timeline(connection, query))
    }

    fn top_blocked(
        &self,
        site: Option<&str>,
        route: Option<&str>,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<BlockedRow>, StoreError> {
        self.read(|connection| overview::top_blocked(connection, site, route, since, most))
    }

    fn findings(&self, key: &RouteKey, most: u32) -> Result<Vec<Finding>, StoreError> {
        self.read(|connection| overview::findings(connection, key, most))
    }

    fn responses(
        &self,
        key: &RouteKey,
        since: Timestamp,
    ) -> Result<Vec<ResponseCount>, StoreError> {
        self.read(|connection| overview::responses(connection, key, since))
    }

    fn inventory(&self, key: &RouteKey, most: u32) -> Result<Inventory, StoreError> {
        self.read(|connection| inventory::read(connection, key, most))
    }

    fn witness_pages(&self, ids: &[ConnectionId]) -> Result<Vec<Vec<String>>, StoreError> {
        self.read(|connection| inventory::witness_pages(connection, ids))
    }

    fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError> {
        let sql = "SELECT hour, site, route, revision, role, tally, count FROM tallies
            WHERE hour BETWEEN ?1 AND ?2 AND (?3 IS NULL OR site = ?3) ORDER BY hour, site, route LIMIT 100000";
        let values = params![query.since.hour(), query.until.hour(), query.site];
        self.read(|connection| {
            list(connection, sql, values, |row| {
                let (revision, role) = sent_as(row)?;
                Ok(TallyRow {
                    hour: Timestamp::from_hour(row.get("hour")?),
                    site: row.get("site")?,
                    route: row.get("route")?,
                    revision,
                    role,
                    tally: row.get("tally")?,
                    count: unsigned(row.get("count")?),
                })
            })
        })
    }

    fn coverage(&self, site: &str) -> Result<Coverage, StoreError> {
        self.read(|connection| {
            let count = |table: &str| {
                let sql = format!("SELECT count(*) FROM {table} WHERE site = ?1");
                let count = connection.query_row(&sql, [site], |row| row.get(0));
                count.map(unsigned).map_err(failure)
            };
            let site = params![site];
            Ok(Coverage {
                pages: count("site_pages")?,
                browsers: count("site_browsers")?,
                page_list: seen(connection, "site_pages WHERE site = ?1", site)?,
                browser_list: seen(connection, "site_browsers WHERE site = ?1", site)?,
            })
        })
    }

    fn samples(&self, after: i64, limit: u32) -> Result<Vec<SampleRow>, StoreError> {
        let sql = "SELECT id, owner, at, raw FROM samples WHERE id > ?1 ORDER BY id LIMIT ?2";
        self.read(|connection| list(connection, sql, params![after, limit], read_sample))
    }

    fn others(&self) -> Result<Vec<OtherReports>, StoreError> {
        let sql =
            "SELECT type, count, first_seen, last_seen, sample FROM others ORDER BY count DESC";
        self.read(|connection| {
            list(connection, sql, [], |row| {
                Ok(OtherReports {
                    report_type: row.get("type")?,
                    count: unsigned(row.get("count")?),
                    first_seen: moment(row, "first_seen")?,
                    last_seen: moment(row, "last_seen")?,
                    sample: row.get("sample")?,
                })
            })
        })
    }

    fn sheds(&self, since: Timestamp) -> Result<Vec<ShedRow>, StoreError> {
        let sql =
            "SELECT hour, reason, class, count FROM sheds WHERE hour >= ?1 ORDER BY hour, reason";
        self.read(|connection| {
            list(connection, sql, [since.hour()], |row| {
                Ok(ShedRow {
                    hour: Timestamp::from_hour(row.get("hour")?),
                    reason: row.get("reason")?,
                    class: row.get("class")?,
                    count: unsigned(row.get("count")?),
                })
            })
        })
    }

    fn purge(&self, now: Timestamp, retention: &Retention) -> Result<u64, StoreError> {
        purge::run(self.writer()?, now, retention)
    }

    fn size(&self) -> Result<Size, StoreError> {
        self.read(|connection| {
            let number = |sql: &str| {
                let number = connection.query_row(sql, [], |row| row.get(0)).optional();
                number.map(|it| unsigned(it.unwrap_or(0))).map_err(failure)
            };
            let page_size = number("PRAGMA page_size")?;
            Ok(Size {
                bytes: number("PRAGMA page_count")? * page_size,
                free_bytes: number("PRAGMA freelist_count")? * page_size,
                groups: number("SELECT count(*) FROM groups")?,
                connections: number("SELECT count(*) FROM connections")?,
                samples: number("SELECT count(*) FROM samples")?,
                reports: number("SELECT count FROM totals WHERE name = 'reports'")?,
            })
        })
    }
}

pub(super) const GROUP_COLUMNS: &str = "id, site, route, revision, role, origin, directive, blocked, blocked_url,
    disposition, class, reason_code, reason, place, score, count, first_seen, last_seen, pages, browsers, label";
pub(super) const CONNECTION_COLUMNS: &str = "id, site, route, document, class, origin, host, path, url, count, first_seen, last_seen, pages, browsers";

/// Which groups, and in which order.
///
/// The plus keeps SQLite from an index that finds the rows but not their order: it would sort them all for each page.
pub(super) fn groups_of(query: &GroupQuery) -> (Filter, Order) {
    let filter = Filter::default()
        .and("site = ?", query.site.clone())
        .and("+route = ?", query.route.clone())
        .and("+revision = ?", query.revision.map(|id| id.0))
        .and_one_of("+class", query.classes.iter().map(|class| class.as_str()))
        .and("disposition = ?", query.disposition.clone())
        .and("directive = ?", query.directive.clone())
        .and_contains("blocked", query.blocked.as_deref())
        .and("label = ?", query.label.map(|it| it.as_str().to_owned()))
        .and("+last_seen >= ?", query.since.map(Timestamp::as_millis));
    let order = match query.sort {
        GroupSort::Count => number("count"),
        GroupSort::LastSeen => number("last_seen"),
        GroupSort::FirstSeen => number("first_seen"),
        GroupSort::Blocked => text("blocked"),
    };
    (filter, order)
}

/// Which connections, and in which order. As [`groups_of`].
pub(super) fn connections_of(query: &ConnectionQuery) -> (Filter, Order) {
    let filter = Filter::default()
        .and("site = ?", query.site.clone())
        .and("+route = ?", query.route.clone())
        .and_one_of("+class", query.classes.iter().map(|class| class.as_str()))
        .and_contains("url", query.contains.as_deref())
        .and(
            "EXISTS (SELECT 1 FROM connection_browsers
                WHERE owner = connections.id AND name LIKE ? ESCAPE '\\')",
            query
                .browser
                .as_deref()
                .map(|name| format!("{}%", escaped(name))),
        )
        .and_that(query.is_websocket.map(of_websocket))
        .and("+last_seen >= ?", query.since.map(Timestamp::as_millis));
    let order = match query.sort {
        ConnectionSort::Count => number("count"),
        ConnectionSort::LastSeen => number("last_seen"),
        ConnectionSort::FirstSeen => number("first_seen"),
        ConnectionSort::Url => text("url"),
        ConnectionSort::Host => text("host"),
        ConnectionSort::Pages => number("pages"),
    };
    (filter, order)
}

fn of_websocket(is_websocket: bool) -> &'static str {
    if is_websocket {
        "(origin LIKE 'ws://%' OR origin LIKE 'wss://%')"
    } else {
        "origin NOT LIKE 'ws://%' AND origin NOT LIKE 'wss://%'"
    }
}

fn read_group(row: &Row<'_>) -> rusqlite::Result<Group> {
    let count = unsigned(row.get("count")?);
    let score = unsigned(row.get("score")?) / count.max(1);
    let label: Option<String> = row.get("label")?;
    Ok(Group {
        id: GroupId(row.get("id")?),
        site: row.get("site")?,
        route: row.get("route")?,
        revision: row.get::<_, Option<u32>>("revision")?.map(RevisionId),
        role: row.get("role")?,
        origin: row.get("origin")?,
        directive: row.get("directive")?,
        blocked: row.get("blocked")?,
        blocked_url: row.get("blocked_url")?,
        disposition: row.get("disposition")?,
        place: row.get("place")?,
        class: row.get("class")?,
        reason_code: row.get("reason_code")?,
        reason: row.get("reason")?,
        score: u8::try_from(score).unwrap_or(100),
        count,
        first_seen: moment(row, "first_seen")?,
        last_seen: moment(row, "last_seen")?,
        pages: unsigned(row.get("pages")?),
        browsers: unsigned(row.get("browsers")?),
        label: label.and_then(|word| Label::parse(&word)),
    })
}

fn read_connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    Ok(Connection {
        id: ConnectionId(row.get("id")?),
        site: row.get("site")?,
        route: row.get("route")?,
        document: row.get("document")?,
        origin: row.get("origin")?,
        host: row.get("host")?,
        path: row.get("path")?,
        class: row.get("class")?,
        count: unsigned(row.get("count")?),
        first_seen: moment(row, "first_seen")?,
        last_seen: moment(row, "last_seen")?,
        pages: unsigned(row.get("pages")?),
        browsers: unsigned(row.get("browsers")?),
    })
}

fn read_sample(row: &Row<'_>) -> rusqlite::Result<SampleRow> {
    Ok(SampleRow {
        id: row.get("id")?,
        group: GroupId(row.get("owner")?),
        at: moment(row, "at")?,
        raw: row.get("raw")?,
    })
}

/// The names of a table, those with the most reports first.
fn seen(
    connection: &Sqlite,
    table: &str,
    owner: &[&dyn rusqlite::ToSql],
) -> Result<Vec<SeenRow>, StoreError> {
    let sql = format!(
        "SELECT name, count, first_seen, last_seen FROM {table} ORDER BY count DESC, name LIMIT 100"
    );
    list(connection, &sql, owner, |row| {
        Ok(SeenRow {
            name: row.get("name")?,
            count: unsigned(row.get("count")?),
            first_seen: moment(row, "first_seen")?,
            last_seen: moment(row, "last_seen")?,
        })
    })
}

fn hours(connection: &Sqlite, id: GroupId) -> Result<Vec<HourCount>, StoreError> {
    let sql = "SELECT hour, count FROM group_hours WHERE owner = ?1 ORDER BY hour";
    list(connection, sql, [id.0], |row| {
        Ok(HourCount {
            hour: Timestamp::from_hour(row.get("hour")?),
            count: unsigned(row.get("count")?),
        })
    })
}

fn group_samples(connection: &Sqlite, id: GroupId) -> Result<Vec<SampleRow>, StoreError> {
    let sql = "SELECT id, owner, at, raw FROM samples WHERE owner = ?1 ORDER BY id DESC LIMIT 100";
    list(connection, sql, [id.0], read_sample)
}

fn policy_text(connection: &Sqlite, hash: Option<Vec<u8>>) -> Result<Option<String>, StoreError> {
    let sql = "SELECT text FROM policies WHERE hash = ?1";
    let row = connection.query_row(sql, [hash], |row| row.get(0));
    row.optional().map_err(failure)
}

pub(super) fn list<T>(
    connection: &Sqlite,
    sql: &str,
    values: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let rows = statement.query_map(values, read).map_err(failure)?;
    rows.collect::<Result<_, _>>().map_err(failure)
}

/// The revision and the role of what is counted; none for what carried no policy of ours.
pub(super) fn sent_as(row: &Row<'_>) -> rusqlite::Result<(Option<RevisionId>, Option<String>)> {
    let revision: u32 = row.get("revision")?;
    let role: String = row.get("role")?;
    let revision = (revision > 0).then_some(RevisionId(revision));
    Ok((revision, (!role.is_empty()).then_some(role)))
}

pub(super) fn moment(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

fn number(column: &'static str) -> Order {
    Order {
        column,
        is_descending: true,
        is_text: false,
    }
}

fn text(column: &'static str) -> Order {
    Order {
        column,
        is_descending: false,
        is_text: true,
    }
}
