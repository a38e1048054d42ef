//! HTML documents: `<meta http-equiv="Content-Security-Policy" content="…">`.

use connect_src_scan::meta_policies;

use super::delivered::{Delivered, Delivery};

/// What a document delivers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) policies: Vec<Delivered>,
    /// The lines of `<meta>` elements that browsers ignore, because they are not in the head.
    pub(crate) ignored: Vec<usize>,
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
    }
}
