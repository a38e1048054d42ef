//! The keys of rows: a hash of what makes two reports the same.

use sha2::{Digest as _, Sha256};

use crate::store::batch::{ConnectionIdent, GroupIdent};

/// Long enough that two findings never meet, even if somebody looks for such a pair.
pub(super) const KEY_BYTES: usize = 20;

pub(super) fn of_group(ident: &GroupIdent) -> [u8; KEY_BYTES] {
    let mark = ident.mark.map(|mark| mark.to_string()).unwrap_or_default();
    hash(&[
        &ident.site,
        &ident.route,
        &mark,
        &ident.key.site,
        &ident.key.effective_directive,
        &ident.key.blocked,
        &ident.key.disposition,
        ident.key.class.as_str(),
        &ident.key.reason,
    ])
}

/// `has_path` is false for the row that stands for the remaining paths of an origin.
pub(super) fn of_connection(ident: &ConnectionIdent, has_path: bool) -> [u8; KEY_BYTES] {
    let (kind, path) = if has_path {
        ("path", ident.path.as_str())
    } else {
        ("rest", "")
    };
    hash(&[
        &ident.site,
        &ident.route,
        &ident.document,
        ident.class.as_str(),
        &ident.origin,
        kind,
        path,
    ])
}

/// The name of a policy's text.
pub(super) fn of_policy(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn hash(texts: &[&str]) -> [u8; KEY_BYTES] {
    let mut hash = Sha256::new();
    for text in texts {
        // The length, so that `a`, `bc` is not `ab`, `c`.
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (key, _) = digest.split_first_chunk().expect("32 bytes have 20");
    *key
}
