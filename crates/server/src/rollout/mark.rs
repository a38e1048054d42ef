//! The mark in a report URL: it ties a report to what we sent, and nobody else can make one.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::delivery::Role;
use super::state::RevisionId;

/// The revision that a report is about, and the role in which it was sent.
///
/// Printed with its tag by [`MarkKey::print`]: `12t-` and 16 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark {
    /// The revision.
    pub revision: RevisionId,
    /// How it was sent.
    pub role: Role,
}

/// The key that marks are tagged with. It never leaves the server.
#[derive(Clone)]
pub struct MarkKey(Hmac<Sha256>);

impl MarkKey {
    /// How many bytes a key has.
    pub const BYTES: usize = 32;

    /// The key of these bytes.
    pub fn new(bytes: &[u8; Self::BYTES]) -> Self {
        Self(keyed(bytes))
    }

    /// The mark as it stands in the report URL.
    pub fn print(&self, mark: Mark) -> String {
        let tag = self.tagged(mark).finalize().into_bytes();
        let tag = URL_SAFE_NO_PAD.encode(&tag[..TAG_BYTES]);
        format!("{mark}-{tag}")
    }

    /// The mark of a report URL; `None` unless this key made it. Takes the same time for every tag.
    pub fn read(&self, text: &str) -> Option<Mark> {
        let (mark, tag) = text.split_once('-')?;
        let mark = Mark::parse(mark)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        if tag.len() != TAG_BYTES {
            return None;
        }
        self.tagged(mark).verify_truncated_left(&tag).ok()?;
        Some(mark)
    }

    /// The name that an address is stored under, which says nothing without the key. Of IPv6 the first 64 bits
    /// count, since one client has all addresses that begin with them.
    pub(crate) fn of_address(&self, address: IpAddr) -> [u8; 16] {
        let mut hmac = self.0.clone();
        hmac.update(ADDRESS_PURPOSE);
        match address.to_canonical() {
            IpAddr::V4(address) => hmac.update(&address.octets()),
            IpAddr::V6(address) => hmac.update(&address.octets()[..8]),
        }
        let name: [u8; 32] = hmac.finalize().into_bytes().into();
        let (name, _) = name.split_first_chunk().expect("32 bytes have 16");
        *name
    }

    /// An evenly spread number that only this key gives for a revision and a client's name.
    pub(super) fn draw(&self, revision: RevisionId, client: &[u8]) -> u64 {
        let mut hmac = self.0.clone();
        hmac.update(SHARE_PURPOSE);
        hmac.update(&revision.0.to_be_bytes());
        hmac.update(client);
        let bytes = hmac.finalize().into_bytes();
        bytes[..8]
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn tagged(&self, mark: Mark) -> Hmac<Sha256> {
        let mut hmac = self.0.clone();
        hmac.update(PURPOSE);
        hmac.update(&mark.revision.0.to_be_bytes());
        hmac.update(&[mark.role.letter()]);
        hmac
    }
}

impl fmt::Debug for MarkKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MarkKey")
    }
}

impl Mark {
    fn parse(text: &str) -> Option<Self> {
        let (number, letter) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain || (number.len() > 1 && number.starts_with('0')) {
            return None;
        }
        Some(Self {
            revision: RevisionId(number.parse().ok()?),
            role: Role::from_letter(letter)?,
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}{}",
            self.revision,
            char::from(self.role.letter())
        )
    }
}

/// HMAC-SHA-256 with this key.
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of every length")
}

/// 96 bits: a forger would have to post for longer than the site stands.
const TAG_BYTES: usize = 12;
const PURPOSE: &[u8] = b"connect-src revision mark\0";
const ADDRESS_PURPOSE: &[u8] = b"connect-src address\0";
const SHARE_PURPOSE: &[u8] = b"connect-src share\0";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> MarkKey {
        MarkKey::new(&[7; 32])
    }

    fn mark() -> Mark {
        Mark {
            revision: RevisionId(12),
            role: Role::Trial,
        }
    }

    #[test]
    fn a_mark_is_read_only_with_the_key_that_made_it() {
        let text = key().print(mark());
        assert!(text.starts_with("12t-"), "{text}");
        assert_eq!(text.len(), 4 + 16);
        assert_eq!(key().read(&text), Some(mark()));
        assert_eq!(MarkKey::new(&[8; 32]).read(&text), None);
    }

    #[test]
    fn a_tag_is_for_one_revision_and_one_role() {
        let text = key().print(mark());
        let tag = text.strip_prefix("12t").unwrap();
        for forged in ["13t", "12e", "012t", "1t", "t", ""] {
            assert_eq!(key().read(&format!("{forged}{tag}")), None, "{forged}");
        }
        assert_eq!(key().read(&text[..text.len() - 1]), None);
        assert_eq!(key().read("12t-"), None);
    }

    proptest! {
        #[test]
        fn any_mark_survives_and_any_text_is_harmless(revision: u32, text: String) {
            let mark = Mark { revision: RevisionId(revision), role: Role::Enforce };
            prop_assert_eq!(key().read(&key().print(mark)), Some(mark));
            prop_assert_eq!(key().read(&text), None);
        }
    }
}
