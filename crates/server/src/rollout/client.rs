//! Who asks, as far as a share of clients is concerned.

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};

use super::mark::MarkKey;
use super::state::RevisionId;
use crate::config::{Share, StickyBy};

/// The client of a request: its cookies, and a draw for what is left to chance.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Client<'a> {
    headers: &'a HeaderMap,
    is_secure: bool,
    draw: u64,
}

/// Whether the client is in a share, and the cookie that keeps it there.
pub(super) struct Membership {
    pub(super) is_in_share: bool,
    pub(super) set_cookie: Option<HeaderValue>,
}

impl<'a> Client<'a> {
    /// The client that sent these headers. `is_secure` says whether its connection is HTTPS; `draw` is an
    /// evenly spread random number, drawn anew for each request.
    pub fn new(headers: &'a HeaderMap, is_secure: bool, draw: u64) -> Self {
        Self {
            headers,
            is_secure,
            draw,
        }
    }

    /// Whether its connection is HTTPS.
    pub(super) fn is_secure(self) -> bool {
        self.is_secure
    }

    /// Whether this response is in a sample.
    pub(super) fn is_sampled(self, share: Share) -> bool {
        // Another draw than the one for the cookie, so that the two do not move together.
        share.holds(self.draw.wrapping_mul(SPREAD))
    }

    /// Whether the client is in the share of a revision. The same client is, until the share shrinks.
    pub(super) fn membership(
        self,
        share: Share,
        revision: RevisionId,
        sticky_by: &StickyBy,
        key: &MarkKey,
    ) -> Membership {
        if share == Share::NONE || share == Share::ALL {
            return Membership::without_cookie(share == Share::ALL);
        }
        match sticky_by {
            StickyBy::OwnCookie => self.own_cookie(share, revision, key),
            StickyBy::Cookie(name) => {
                let draw = self
                    .cookie(name)
                    .map(|value| key.draw(revision, value.as_bytes()));
                Membership::without_cookie(draw.is_some_and(|draw| share.holds(draw)))
            }
        }
    }

    fn own_cookie(self, share: Share, revision: RevisionId, key: &MarkKey) -> Membership {
        let known = self.cookie(OWN_COOKIE).and_then(parse_bucket);
        let drawn = || ((u128::from(self.draw) * u128::from(BUCKETS)) >> 64) as u16;
        let bucket = known.unwrap_or_else(drawn);
        Membership {
            is_in_share: share.holds(bucket_draw(bucket, key.draw(revision, b""))),
            set_cookie: known.is_none().then(|| own_cookie(bucket, self.is_secure)),
        }
    }

    fn cookie(self, name: &str) -> Option<&'a str> {
        let headers = self.headers.get_all(COOKIE).into_iter();
        headers
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim_ascii().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }
}

impl Membership {
    fn without_cookie(is_in_share: bool) -> Self {
        Self {
            is_in_share,
            set_cookie: None,
        }
    }
}

fn parse_bucket(value: &str) -> Option<u16> {
    let is_plain = value.len() <= 3 && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| is_plain)
}

/// Where a bucket lies among all draws. Each revision starts at another bucket, so that not the same
/// clients try everything first.
fn bucket_draw(bucket: u16, start: u64) -> u64 {
    let turned = (u64::from(bucket) + start % BUCKETS) % BUCKETS;
    turned * (u64::MAX / BUCKETS + 1)
}

fn own_cookie(bucket: u16, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie =
        format!("{OWN_COOKIE}={bucket}; Path=/; Max-Age=2592000; SameSite=Lax; HttpOnly{secure}");
    HeaderValue::try_from(cookie).expect("a number and fixed words are printable ASCII")
}

/// The cookie that holds a client's bucket.
pub(super) const OWN_COOKIE: &str = "connect-src-share";
/// Few enough that a bucket says nothing about who somebody is.
const BUCKETS: u64 = 1000;
/// The golden ratio in 64 bits: odd, so no two draws become one.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> MarkKey {
        MarkKey::new(&[1; 32])
    }

    fn with_cookie(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
        headers
    }

    fn is_in(headers: &HeaderMap, share: u16, revision: u32, sticky_by: &StickyBy) -> bool {
        let client = Client::new(headers, true, 0);
        let share = Share::from_basis_points(share);
        let membership = client.membership(share, RevisionId(revision), sticky_by, &key());
        membership.is_in_share
    }

    #[test]
    fn a_share_of_the_buckets_is_in_and_stays_in_as_it_grows() {
        let buckets = |share| -> Vec<u16> {
            let is_member = |bucket: &u16| {
                let headers = with_cookie(&format!("a=b; {OWN_COOKIE}={bucket}"));
                is_in(&headers, share, 3, &StickyBy::OwnCookie)
            };
            (0..1000).filter(is_member).collect()
        };
        let (some, more) = (buckets(500), buckets(2500));
        assert_eq!((some.len(), more.len()), (50, 250));
        assert!(some.iter().all(|bucket| more.contains(bucket)));
    }

    #[test]
    fn another_revision_tries_other_clients_first() {
        let first = |revision| {
            let is_member = |bucket: &u16| {
                let headers = with_cookie(&format!("{OWN_COOKIE}={bucket}"));
                is_in(&headers, 100, revision, &StickyBy::OwnCookie)
            };
            (0..1000).find(is_member)
        };
        assert_ne!(first(1), first(2));
    }

    #[test]
    fn a_cookie_is_set_only_while_it_decides_anything() {
        let headers = HeaderMap::new();
        let cookie = |share: Share| {
            let client = Client::new(&headers, true, 5);
            let revision = RevisionId(1);
            client
                .membership(share, revision, &StickyBy::OwnCookie, &key())
                .set_cookie
        };
        assert_eq!(cookie(Share::NONE), None);
        assert_eq!(cookie(Share::ALL), None);
        let cookie = cookie(Share::from_basis_points(10)).unwrap();
        assert_eq!(
            cookie,
            "connect-src-share=0; Path=/; Max-Age=2592000; SameSite=Lax; HttpOnly; Secure"
        );
    }

    #[test]
    fn a_hostile_cookie_is_replaced() {
        for value in ["1000", "-1", "+1", "", "1e1", "٣", "00001"] {
            assert_eq!(parse_bucket(value), None, "{value}");
        }
        let headers = with_cookie(&format!("{OWN_COOKIE}=x"));
        let client = Client::new(&headers, false, u64::MAX);
        let share = Share::from_basis_points(10);
        let membership = client.membership(share, RevisionId(1), &StickyBy::OwnCookie, &key());
        let cookie = membership.set_cookie.unwrap();
        assert!(
            cookie
                .to_str()
                .unwrap()
                .starts_with("connect-src-share=999; ")
        );
    }

    #[test]
    fn the_application_s_cookie_decides_where_the_plan_says_so() {
        let by_sid = StickyBy::Cookie("sid".to_owned());
        let members = (0..1000).filter(|number| {
            let headers = with_cookie(&format!("sid=user-{number}"));
            is_in(&headers, 5000, 1, &by_sid)
        });
        let count = members.count();
        assert!((400..600).contains(&count), "{count}");
        assert!(!is_in(&HeaderMap::new(), 9999, 1, &by_sid));
    }
}
