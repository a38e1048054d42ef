//! Builds the queries of sorted, filtered lists.

use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::failure;
use crate::store::error::{StoreError, StoreErrorKind};
use crate::store::query::{Cursor, Page, PageRequest, SortKey};

/// The conditions of a query, and the values in them.
#[derive(Default)]
pub(super) struct Filter {
    conditions: Vec<String>,
    values: Vec<Value>,
}

/// A column that a list is sorted by, and the direction.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) column: &'static str,
    pub(super) is_descending: bool,
    pub(super) is_text: bool,
}

impl Filter {
    /// A condition with one `?` for the value; none without a value.
    pub(super) fn and(mut self, condition: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.conditions.push(condition.to_owned());
            self.values.push(value.into());
        }
        self
    }

    /// One of these words; any without a word.
    pub(super) fn and_one_of<'w>(
        mut self,
        column: &str,
        words: impl ExactSizeIterator<Item = &'w str>,
    ) -> Self {
        if words.len() > 0 {
            let marks = vec!["?"; words.len()].join(", ");
            self.conditions.push(format!("{column} IN ({marks})"));
            self.values
                .extend(words.map(|word| Value::Text(word.to_owned())));
        }
        self
    }

    /// Holds, without a value of its own; nothing if it is not asked for.
    pub(super) fn and_that(mut self, condition: Option<&str>) -> Self {
        self.conditions.extend(condition.map(str::to_owned));
        self
    }

    /// Contains this text, whatever its ASCII case.
    pub(super) fn and_contains(self, column: &str, text: Option<&str>) -> Self {
        let escaped = text.map(|text| format!("%{}%", escaped(text)));
        self.and(&format!("{column} LIKE ? ESCAPE '\\'"), escaped)
    }

    fn after(mut self, cursor: Option<&Cursor>, order: Order) -> Result<Self, StoreError> {
        let Some(cursor) = cursor else {
            return Ok(self);
        };
        let key = match &cursor.key {
            SortKey::Number(number) if !order.is_text => Value::Integer(*number),
            SortKey::Text(text) if order.is_text => Value::Text(text.clone()),
            SortKey::Number(_) | SortKey::Text(_) => {
                let message =
                    "expected the `next` of a page with the same sorting, found another one";
                return Err(StoreError::new(StoreErrorKind::Invalid, message));
            }
        };
        let sign = if order.is_descending { '<' } else { '>' };
        self.conditions
            .push(format!("({}, id) {sign} (?, ?)", order.column));
        self.values.extend([key, Value::Integer(cursor.id)]);
        Ok(self)
    }

    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    pub(super) fn sql(&self) -> String {
        match self.conditions.as_slice() {
            [] => String::new(),
            conditions => format!(" WHERE {}", conditions.join(" AND ")),
        }
    }
}

/// Reads one page. `columns` have to hold the column of the order under its name, and `id`.
pub(super) fn page<T>(
    connection: &Connection,
    table: &str,
    columns: &str,
    filter: Filter,
    order: Order,
    request: &PageRequest,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Page<T>, StoreError> {
    let total = total(connection, table, &filter)?;
    let size = request.size();
    let filter = filter.after(request.after.as_ref(), order)?;
    let sql = page_sql(table, columns, &filter, order, size);
    let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
    let values = rusqlite::params_from_iter(filter.values);
    let rows = statement
        .query_map(values, |row| Ok((read(row)?, place(row, order)?)))
        .map_err(failure)?;
    let mut rows: Vec<(T, Cursor)> = rows.collect::<Result<_, _>>().map_err(failure)?;
    let has_more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().map(|(_, place)| place.clone());
    Ok(Page {
        next: next.filter(|_| has_more),
        items: rows.into_iter().map(|(item, _)| item).collect(),
        total,
    })
}

/// One row more than the page has says whether there is a next one.
fn page_sql(table: &str, columns: &str, filter: &Filter, order: Order, size: usize) -> String {
    let direction = if order.is_descending { "DESC" } else { "ASC" };
    format!(
        "SELECT {columns} FROM {table}{} ORDER BY {} {direction}, id {direction} LIMIT {}",
        filter.sql(),
        order.column,
        size + 1
    )
}

/// How SQLite goes about a page.
#[cfg(test)]
pub(super) fn plan(
    connection: &Connection,
    table: &str,
    columns: &str,
    filter: Filter,
    order: Order,
    after: Option<&Cursor>,
) -> Vec<String> {
    let filter = filter.after(after, order).unwrap();
    let sql = page_sql(table, columns, &filter, order, 100);
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let values = rusqlite::params_from_iter(filter.values);
    let steps = statement
        .query_map(values, |row| row.get("detail"))
        .unwrap();
    steps.collect::<Result<_, _>>().unwrap()
}

/// A text that stands for itself in a pattern of `LIKE`.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

fn total(connection: &Connection, table: &str, filter: &Filter) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM {table}{}", filter.sql());
    let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
    let values = rusqlite::params_from_iter(&filter.values);
    let total: i64 = statement
        .query_row(values, |row| row.get(0))
        .map_err(failure)?;
    Ok(unsigned(total))
}

fn place(row: &Row<'_>, order: Order) -> rusqlite::Result<Cursor> {
    let key = if order.is_text {
        SortKey::Text(row.get(order.column)?)
    } else {
        SortKey::Number(row.get(order.column)?)
    };
    Ok(Cursor {
        key,
        id: row.get("id")?,
    })
}

/// A count that was written from an unsigned one.
pub(super) fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
