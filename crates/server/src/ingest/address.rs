//! The URLs that reports are about, read and scrubbed once: pages and scripts are few, and come again and again.

use std::sync::Arc;

use connect_src_report::Scrub;
use url::Url;

use super::memo::Memo;
use super::text::scrubbed;
use crate::store::Key;

/// A URL of a report, or a text that may be one.
#[derive(Debug, Default)]
pub(super) struct Address {
    /// `None` for what is no URL.
    pub(super) url: Option<Url>,
    /// What is kept of it.
    pub(super) scrubbed: Key<str>,
}

/// The addresses that came lately.
#[derive(Debug)]
pub(super) struct Addresses {
    known: Memo<Arc<Address>>,
    nothing: Arc<Address>,
}

impl Addresses {
    pub(super) fn new() -> Self {
        Self {
            known: Memo::new(MOST_ADDRESSES),
            nothing: Arc::default(),
        }
    }

    /// The address that a text stands for.
    pub(super) fn of(&mut self, text: Option<&str>, scrub: Scrub) -> Arc<Address> {
        let Some(text) = text else {
            return Arc::clone(&self.nothing);
        };
        let hash = self.known.hash(text);
        if let Some(known) = self.known.find(hash) {
            return Arc::clone(known);
        }
        let address = Arc::new(Address {
            url: Url::parse(text).ok(),
            scrubbed: Key::from(&*scrubbed(scrub, Some(text))),
        });
        if text.len() <= LONGEST_KNOWN {
            self.known.keep(hash, Arc::clone(&address));
        }
        address
    }

    /// What is kept of URLs has changed.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }
}

/// Full of the longest, 4 MiB.
const MOST_ADDRESSES: usize = 2048;
const LONGEST_KNOWN: usize = 512;
