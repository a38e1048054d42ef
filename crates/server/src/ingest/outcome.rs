//! What became of one report: everything that is kept of it.

use std::sync::Arc;

use connect_src_report::Class;

use crate::clock::Timestamp;
use crate::store::{Batch, ConnectionIdent, GroupEntry, GroupIdent, Tally, TallyIdent};

/// What became of one report. The same for every post of the same bytes, but for the time.
#[derive(Debug)]
pub struct Outcome {
    pub(super) group: Arc<GroupIdent>,
    /// `None` unless it tells of a connection.
    pub(super) connection: Option<Arc<ConnectionIdent>>,
    pub(super) score: u8,
    pub(super) reason: String,
    pub(super) page: Arc<str>,
    pub(super) browser: Arc<str>,
    pub(super) blocked_url: String,
    /// The script that caused it, with line and column.
    pub(super) place: Option<String>,
    /// Whether it is about what our policy decides, and not the application's alone.
    pub(super) is_ours: bool,
}

impl Outcome {
    /// The class of the report.
    pub fn class(&self) -> Class {
        self.group.key.class
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let key = &self.group.key;
        let group = key.site.len() + key.blocked.len() + key.reason.len();
        let connection = self.connection.as_deref();
        let connection =
            connection.map_or(0, |it| it.document.len() + it.origin.len() + it.path.len());
        let own = self.reason.len() + self.page.len() + self.browser.len() + self.blocked_url.len();
        let place = self.place.as_deref().map_or(0, str::len);
        group + connection + own + place + OUTCOME_BYTES
    }

    /// Counts it in a batch. The group may get a sample yet.
    pub(super) fn add<'b>(&self, at: Timestamp, batch: &'b mut Batch) -> GroupEntry<'b> {
        let site = &self.group.site;
        if let Some(connection) = &self.connection {
            batch.add_connection(Arc::clone(connection), &self.page, &self.browser, at);
        }
        batch.add_coverage(site, &self.page, &self.browser, at);
        batch.tally(self.tally(at), 1);
        let mut group = batch.group(Arc::clone(&self.group));
        group.add(self.score, &self.page, &self.browser, at);
        let delta = &mut *group.delta;
        // The same, mostly.
        if delta.reason != self.reason {
            delta.reason.clone_from(&self.reason);
        }
        if delta.blocked_url != self.blocked_url {
            delta.blocked_url.clone_from(&self.blocked_url);
        }
        if self.place.is_some() && delta.place != self.place {
            delta.place.clone_from(&self.place);
        }
        group
    }

    fn tally(&self, at: Timestamp) -> TallyIdent {
        TallyIdent {
            site: Arc::clone(&self.group.site),
            route: Arc::clone(&self.group.route),
            mark: self.group.mark,
            tally: Tally::Reports(self.class()),
            hour: at.hour(),
        }
    }
}

/// What an outcome takes beside its texts, about.
const OUTCOME_BYTES: usize =
    size_of::<Outcome>() + size_of::<GroupIdent>() + size_of::<ConnectionIdent>();
