//! Subresource Integrity metadata, as far as a source list needs it.

use crate::source_expression::{HashAlgorithm, HashSource};

/// One digest of integrity metadata.
#[derive(Clone, Copy)]
pub(crate) struct Digest<'a> {
    pub(crate) algorithm: HashAlgorithm,
    pub(crate) value: &'a str,
}

impl Digest<'_> {
    /// Whether the hash-source names this digest; base64 and base64url are the same here.
    pub(crate) fn is(&self, hash: HashSource<'_>) -> bool {
        self.algorithm == hash.algorithm
            && normalized_digest(self.value).eq(normalized_digest(hash.value))
    }
}

/// The digits of base64url as those of base64.
pub(crate) fn normalized_digest(value: &str) -> impl Iterator<Item = u8> + '_ {
    value.bytes().map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    })
}

/// Whether the metadata has a digest, and all of them are in the list.
///
/// <https://w3c.github.io/webappsec-csp/#match-integrity-metadata-to-source-list>
pub(crate) fn all_digests(metadata: &str, is_in_list: impl Fn(Digest<'_>) -> bool) -> bool {
    let mut digests = digests(metadata).peekable();
    digests.peek().is_some() && digests.all(is_in_list)
}

/// <https://w3c.github.io/webappsec-subresource-integrity/#parse-metadata>
fn digests(metadata: &str) -> impl Iterator<Item = Digest<'_>> {
    metadata.split_ascii_whitespace().filter_map(|token| {
        let (algorithm, rest) = token.split_once('-')?;
        let known = HashAlgorithm::ALL.into_iter();
        let algorithm = known
            .clone()
            .find(|one| algorithm.eq_ignore_ascii_case(one.as_str()))?;
        let value = rest.split('?').next().filter(|value| !value.is_empty())?;
        Some(Digest { algorithm, value })
    })
}
