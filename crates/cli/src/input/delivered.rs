//! What a format finds: policies as they were delivered, before they are parsed.

use connect_src::{Disposition, Policy};

/// One delivery: the value of a header (which may hold several policies), or a `<meta>` element's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivered {
    pub(crate) value: Vec<u8>,
    pub(crate) by: Delivery,
    /// The line of the file; `None` where lines mean nothing.
    pub(crate) line: Option<usize>,
}

/// How a policy reaches a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As the bare value of a header.
    Value,
    Header(Disposition),
    Meta,
}

impl Delivery {
    /// The delivery by the header of this name, if it is one that carries policies.
    pub(crate) fn by_header(name: &[u8]) -> Option<Self> {
        if name.eq_ignore_ascii_case(b"content-security-policy") {
            Some(Self::Header(Disposition::Enforce))
        } else if name.eq_ignore_ascii_case(b"content-security-policy-report-only") {
            Some(Self::Header(Disposition::Report))
        } else {
            None
        }
    }
}

impl Delivered {
    /// The policies, which a comma divides in a header; also those that browsers drop because nothing in
    /// them counts.
    pub(crate) fn policies(&self) -> Vec<Policy> {
        let disposition = match self.by {
            Delivery::Meta => return vec![Policy::from_meta(String::from_utf8_lossy(&self.value))],
            Delivery::Value => Disposition::Enforce,
            Delivery::Header(disposition) => disposition,
        };
        let values = self.value.split(|byte| *byte == b',');
        values
            .map(|value| Policy::from_header(value, disposition))
            .collect()
    }
}
