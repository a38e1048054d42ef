//! All groups as one text, in pieces: for a download, and for `connect-src reports`.

mod csv;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::{Cursor, Group, GroupQuery, PageRequest, ReportStore, StoreError};

/// How an export is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// One array of groups.
    #[default]
    Json,
    /// One line for each group, after a line of names. Safe to open in a spreadsheet.
    Csv,
}

/// The pieces of an export, read from the store as they are asked for. After an error there is none.
pub struct Export<'s> {
    store: &'s dyn ReportStore,
    query: GroupQuery,
    format: ExportFormat,
    place: Place,
}

enum Place {
    Start,
    After(Cursor),
    End,
}

impl<'s> Export<'s> {
    /// All groups that the query asks for.
    pub fn new(store: &'s dyn ReportStore, query: GroupQuery, format: ExportFormat) -> Self {
        Self {
            store,
            query,
            format,
            place: Place::Start,
        }
    }

    fn text(&self, groups: &[Group], is_first: bool) -> String {
        let is_last = matches!(self.place, Place::End);
        match self.format {
            ExportFormat::Json => json(groups, is_first, is_last),
            ExportFormat::Csv => csv::lines(groups, is_first),
        }
    }
}

impl Iterator for Export<'_> {
    type Item = Result<String, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (after, is_first) = match std::mem::replace(&mut self.place, Place::End) {
            Place::Start => (None, true),
            Place::After(cursor) => (Some(cursor), false),
            Place::End => return None,
        };
        let request = PageRequest {
            after,
            limit: Some(PageRequest::MOST),
        };
        let page = match self.store.groups(&self.query, &request) {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        self.place = page.next.map_or(Place::End, Place::After);
        Some(Ok(self.text(&page.items, is_first)))
    }
}

fn json(groups: &[Group], is_first: bool, is_last: bool) -> String {
    let mut text = String::from(if is_first { "[" } else { "" });
    for (index, group) in groups.iter().enumerate() {
        if index > 0 || !is_first {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(group).unwrap_or_default());
    }
    if is_last {
        text.push_str("]\n");
    }
    text
}
