//! Where a finding is, for formats that point into files.

use connect_src::Policy;
use connect_src_lint::Diagnostic;

use crate::input::Provenance;

/// A place in a file, or in a text that is in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Option<String>,
    /// Lines and columns in characters, from 1; `None` where the policy is not found as it is in the file.
    pub(crate) start: Option<(usize, usize)>,
    pub(crate) end: Option<(usize, usize)>,
}

impl Place {
    pub(super) fn of(
        finding: &Diagnostic,
        policy: &Policy,
        provenance: Option<&Provenance>,
        file: Option<&[u8]>,
    ) -> Self {
        let name = provenance.and_then(|one| one.place.clone());
        let line = provenance.and_then(|one| one.line).map(|line| (line, 1));
        let at = file.and_then(|bytes| Some((bytes, find_once(bytes, policy.text().as_bytes())?)));
        match at {
            Some((bytes, at)) => {
                let place = |offset: u32| Some(position(bytes, at + offset as usize));
                Self {
                    file: name,
                    start: place(finding.span.start),
                    end: place(finding.span.end),
                }
            }
            None => Self {
                file: name,
                start: line,
                end: None,
            },
        }
    }
}

/// Where a text stands in a file, if it stands there once.
pub(super) fn find_once(file: &[u8], text: &[u8]) -> Option<usize> {
    let mut places = memchr::memmem::find_iter(file, text);
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

fn position(bytes: &[u8], offset: usize) -> (usize, usize) {
    let before = &bytes[..offset.min(bytes.len())];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    (
        line,
        String::from_utf8_lossy(&before[start..]).chars().count() + 1,
    )
}
