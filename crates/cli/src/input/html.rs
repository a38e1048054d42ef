//! HTML documents: `<meta http-equiv="Content-Security-Policy" content="…">`.

use connect_src_scan::meta_policies;

use super::delivered::{Delivered, Delivery};

/// What a document delivers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) policies: Vec<Delivered>,
    /// The lines of `<meta>` elements that browsers ignore, because they are not in the head.
    pub(crate) ignored: Vec<usize>,
    /// The lines of report-only `<meta>` elements, which HTML does not know.
    pub(crate) report_only: Vec<usize>,
}

impl Document {
    /// The same document where it begins in a later line of its file.
    pub(super) fn beginning_in_line(mut self, first: usize) -> Self {
        let policies = self.policies.iter_mut();
        let delivered = policies.filter_map(|one| one.line.as_mut());
        for line in delivered
            .chain(&mut self.ignored)
            .chain(&mut self.report_only)
        {
            *line += first - 1;
        }
        self
    }
}

/// Finds the policies of a document.
pub(crate) fn read(html: &[u8]) -> Document {
    let found = meta_policies(html);
    let delivered = |(text, line): (String, usize)| Delivered {
        value: text.into_bytes(),
        by: Delivery::Meta,
        line: Some(line),
    };
    Document {
        policies: found.policies.into_iter().map(delivered).collect(),
        ignored: found.ignored,
        report_only: found.report_only,
    }
}
