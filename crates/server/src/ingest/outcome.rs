//! What became of one report: everything that is kept of it.

use std::sync::Arc;

use connect_src_report::Class;

use crate::clock::Timestamp;
use crate::store::{Batch, ConnectionIdent, GroupEntry, GroupIdent, Key};

/// What became of one report. The same for every post of the same bytes, but for the time.
#[derive(Debug)]
pub struct Outcome {
    pub(super) finding: Arc<Finding>,
    pub(super) page: Key<str>,
    /// The script that caused it, with line and column.
    pub(super) place: Option<String>,
}

/// What a report tells, whichever page and line it comes from.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) group: Key<GroupIdent>,
    /// `None` unless it tells of a connection.
    pub(super) connection: Option<Key<ConnectionIdent>>,
    pub(super) score: u8,
    pub(super) reason: Arc<str>,
    pub(super) browser: Key<str>,
    pub(super) blocked_url: Arc<str>,
    /// Whether it is about what our policy decides, and not the application's alone.
    pub(super) is_ours: bool,
}

impl Finding {
    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let key = &self.group.key;
        let group = key.site.len() + key.blocked.len() + key.reason.len();
        let connection = self.connection.as_deref();
        let connection =
            connection.map_or(0, |it| it.document.len() + it.origin.len() + it.path.len());
        let own = self.reason.len() + self.browser.len() + self.blocked_url.len();
        group + connection + own + FINDING_BYTES
    }
}

impl Outcome {
    /// The class of the report.
    pub fn class(&self) -> Class {
        self.finding.group.key.class
    }

    /// About how many bytes it takes, if nothing else has its finding.
    pub(super) fn bytes(&self) -> usize {
        let place = self.place.as_deref().map_or(0, str::len);
        self.finding.bytes() + self.page.len() + place + size_of::<Self>()
    }

    /// Counts it in a batch. The group may get a sample yet.
    pub(super) fn add<'b>(&self, at: Timestamp, batch: &'b mut Batch) -> GroupEntry<'b> {
        let finding = &*self.finding;
        let seen = || (self.page.clone(), finding.browser.clone());
        if let Some(connection) = &finding.connection {
            let (page, browser) = seen();
            batch.add_connection(connection.clone(), page, browser, at);
        }
        let (page, browser) = seen();
        batch.add_coverage(&finding.group.site, page, browser, at);
        let mut group = batch.group(finding.group.clone());
        let (page, browser) = seen();
        group.add(finding.score, page, browser, at);
        let delta = &mut *group.delta;
        // The same, mostly.
        if delta.reason != finding.reason {
            delta.reason.clone_from(&finding.reason);
        }
        if delta.blocked_url != finding.blocked_url {
            delta.blocked_url.clone_from(&finding.blocked_url);
        }
        if self.place.is_some() && delta.place != self.place {
            delta.place.clone_from(&self.place);
        }
        group
    }
}

/// What a finding takes beside its texts, about.
const FINDING_BYTES: usize =
    size_of::<Finding>() + size_of::<GroupIdent>() + size_of::<ConnectionIdent>();
