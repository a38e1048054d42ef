//! What can be asked of the store, a page at a time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connect_src_report::Class;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{StoreError, StoreErrorKind};
use super::rows::{Connection, Label};
use crate::clock::Timestamp;
use crate::rollout::RevisionId;

/// Which part of a long list.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// Where the page before ended; `None` for the first.
    pub after: Option<Cursor>,
    /// The most items; `None` for 100, and never over [`PageRequest::MOST`].
    pub limit: Option<u32>,
}

/// A part of a long list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where this page ends; `None` if it is the last.
    pub next: Option<Cursor>,
    /// How many items there are on all pages.
    pub total: u64,
}

/// A place in a sorted list. Opaque to those who use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// What the list is sorted by, at this place.
    pub(in crate::store) key: SortKey,
    /// The number of the row, which parts equal ones.
    pub(super) id: i64,
}

/// A value that lists are sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum SortKey {
    #[serde(rename = "n")]
    Number(i64),
    #[serde(rename = "t")]
    Text(String),
}

/// Which groups, and in which order.
#[derive(Clone, Debug, Default)]
pub struct GroupQuery {
    /// Of this site.
    pub site: Option<String>,
    /// Of this route.
    pub route: Option<String>,
    /// About this revision.
    pub revision: Option<RevisionId>,
    /// Of these classes; of all if empty.
    pub classes: Vec<Class>,
    /// `enforce` or `report`.
    pub disposition: Option<String>,
    /// For this directive.
    pub directive: Option<String>,
    /// Of blocked hosts that contain this text.
    pub blocked: Option<String>,
    /// That a person said this about.
    pub label: Option<Label>,
    /// Seen since then.
    pub since: Option<Timestamp>,
    /// Sorted by this.
    pub sort: GroupSort,
}

/// What groups are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupSort {
    /// The most reports first.
    #[default]
    Count,
    /// The last seen first.
    LastSeen,
    /// The newest first.
    FirstSeen,
    /// What was blocked, by its text.
    Blocked,
}

/// Which connections, and in which order.
#[derive(Clone, Debug, Default)]
pub struct ConnectionQuery {
    /// Of this site.
    pub site: Option<String>,
    /// Of this route.
    pub route: Option<String>,
    /// Of these classes; of all if empty.
    pub classes: Vec<Class>,
    /// Whose URL contains this text.
    pub contains: Option<String>,
    /// Seen in a browser whose name begins with this, such as `Firefox`.
    pub browser: Option<String>,
    /// Made by a `WebSocket`, or not.
    pub is_websocket: Option<bool>,
    /// Seen since then.
    pub since: Option<Timestamp>,
    /// Sorted by this.
    pub sort: ConnectionSort,
}

/// What connections are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionSort {
    /// The most reports first.
    #[default]
    Count,
    /// The last seen first.
    LastSeen,
    /// The newest first.
    FirstSeen,
    /// The URL, by its text.
    Url,
    /// The host with its port, by its text.
    Host,
    /// The most pages first.
    Pages,
}

/// Which lines of the audit log.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// About this: a route such as `app.example/`, or the number of a group, a token's name.
    pub target: Option<String>,
    /// That say that this was done.
    pub action: Option<String>,
}

/// Which counts, over which stretches of time.
#[derive(Clone, Debug)]
pub struct TimelineQuery {
    /// Of this site.
    pub site: Option<String>,
    /// Of this route.
    pub route: Option<String>,
    /// From the hour of this moment.
    pub since: Timestamp,
    /// To the hour of this moment.
    pub until: Timestamp,
    /// How many hours a stretch has; from 1. Stretches of 24 begin at midnight, UTC.
    pub hours: u32,
}

/// Which counts by the hour.
#[derive(Clone, Debug)]
pub struct TallyQuery {
    /// Of this site.
    pub site: Option<String>,
    /// From the hour of this moment.
    pub since: Timestamp,
    /// To the hour of this moment.
    pub until: Timestamp,
}

impl PageRequest {
    /// The most items of a page.
    pub const MOST: u32 = 1000;

    /// The first page, of so many items.
    pub fn first(limit: u32) -> Self {
        Self {
            after: None,
            limit: Some(limit),
        }
    }

    /// How many items, within the bounds.
    pub(crate) fn size(&self) -> usize {
        self.limit.unwrap_or(100).clamp(1, Self::MOST) as usize
    }
}

impl<T> Page<T> {
    /// The same page of other items.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
            total: self.total,
        }
    }
}

impl Cursor {
    /// The place right after a connection in a list that is sorted so.
    pub fn after_connection(connection: &Connection, sort: ConnectionSort) -> Self {
        let number = |count: u64| SortKey::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let key = match sort {
            ConnectionSort::Count => number(connection.count),
            ConnectionSort::LastSeen => SortKey::Number(connection.last_seen.as_millis()),
            ConnectionSort::FirstSeen => SortKey::Number(connection.first_seen.as_millis()),
            ConnectionSort::Url => SortKey::Text(connection.url()),
            ConnectionSort::Host => SortKey::Text(connection.host.clone()),
            ConnectionSort::Pages => number(connection.pages),
        };
        Self {
            key,
            id: connection.id.0,
        }
    }

    /// Reads what [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let invalid = || {
            StoreError::new(
                StoreErrorKind::Invalid,
                "expected the `next` of an earlier page, found another text",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (key, id) = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        Ok(Self { key, id })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = serde_json::to_vec(&(&self.key, self.id)).unwrap_or_default();
        formatter.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_and_any_other_text_is_refused() {
        let cursor = Cursor {
            key: SortKey::Text("a.example".to_owned()),
            id: 7,
        };
        assert_eq!(Cursor::parse(&cursor.to_string()).unwrap(), cursor);
        for text in ["", "x", "AAAA", "é"] {
            assert_eq!(
                Cursor::parse(text).unwrap_err().kind(),
                StoreErrorKind::Invalid
            );
        }
    }
}
