//! Posts that came before, byte by byte but for their age: most posts of a flood. They are neither read nor judged
//! again.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};
use std::sync::{Arc, Mutex};

use super::outcome::Outcome;
use crate::rollout::lock;

/// What became of posts, by a keyed hash of what they were. Of a fixed number of places; who comes later
/// takes the place.
#[derive(Debug)]
pub struct Repeats {
    places: Box<[Mutex<Option<Known>>]>,
    hasher: RandomState,
}

/// The hash of a post. Only this process can make it, so nobody finds two posts with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostHash(u64);

#[derive(Debug)]
struct Known {
    hash: PostHash,
    /// What was sent and is in force may change a judgement.
    generation: u64,
    outcomes: Arc<[Outcome]>,
}

impl Repeats {
    /// Nothing came before.
    pub fn new() -> Self {
        let place = || Mutex::new(None);
        Self {
            places: std::iter::repeat_with(place).take(PLACES).collect(),
            hasher: RandomState::new(),
        }
    }

    /// The hash of a post: of everything that its outcome depends on. How long a browser kept a report before it sent
    /// it is no such thing, and different in almost every post of the Reporting API.
    pub fn hash(
        &self,
        mark: Option<&str>,
        media_type: &str,
        user_agent: &str,
        body: &[u8],
    ) -> PostHash {
        let mut hasher = self.hasher.build_hasher();
        (mark, media_type, user_agent).hash(&mut hasher);
        let mut rest = body;
        // Only arrays have ages.
        while body.first() == Some(&b'[')
            && let Some((before, after)) = around_age(rest)
        {
            hasher.write(before);
            // Stands for a number: no JSON has this byte outside of a string.
            hasher.write_u8(0xFF);
            rest = after;
        }
        hasher.write(rest);
        PostHash(hasher.finish())
    }

    /// What became of the same post, if it came while the rollouts were as they are.
    pub fn find(&self, hash: PostHash, generation: u64) -> Option<Arc<[Outcome]>> {
        let place = lock(self.place(hash));
        let known = place.as_ref()?;
        let is_same = known.hash == hash && known.generation == generation;
        is_same.then(|| Arc::clone(&known.outcomes))
    }

    pub(super) fn keep(&self, hash: PostHash, generation: u64, outcomes: Vec<Outcome>) {
        let bytes: usize = outcomes.iter().map(Outcome::bytes).sum();
        if bytes > MOST_BYTES {
            return;
        }
        let known = Known {
            hash,
            generation,
            outcomes: outcomes.into(),
        };
        *lock(self.place(hash)) = Some(known);
    }

    fn place(&self, hash: PostHash) -> &Mutex<Option<Known>> {
        &self.places[(hash.0 % PLACES as u64) as usize]
    }
}

impl Default for Repeats {
    fn default() -> Self {
        Self::new()
    }
}

/// Posts of more reports than this are not remembered.
pub(super) const MOST_OUTCOMES: usize = 4;
/// The most bytes that are remembered of a post; what more has, only an attacker sends.
const MOST_BYTES: usize = 2 << 10;
/// Full of the largest posts, 16 MiB; usually two, since findings are shared.
const PLACES: usize = 1 << 13;

/// What stands before and behind the first number that is an age, if it is one that JSON allows.
fn around_age(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let key = memchr::memmem::find(body, AGE)?;
    let (before, rest) = body.split_at(key + AGE.len());
    let digits = rest.iter().take_while(|it| it.is_ascii_digit()).count();
    let (number, after) = rest.split_at(digits);
    let is_plain = match number {
        [] => false,
        [b'0', rest @ ..] => rest.is_empty(),
        _ => digits <= MOST_DIGITS,
    };
    is_plain.then_some((before, after))
}

/// In a string its quotes would have backslashes before them.
const AGE: &[u8] = br#""age":"#;
/// Far within what numbers in reports may be.
const MOST_DIGITS: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_known_only_as_a_whole_and_while_nothing_changed() {
        let repeats = Repeats::new();
        let hash = |mark, body: &str| {
            repeats.hash(mark, "application/csp-report", "Firefox", body.as_bytes())
        };
        repeats.keep(hash(Some("1o-x"), "{}"), 1, Vec::new());
        assert!(repeats.find(hash(Some("1o-x"), "{}"), 1).is_some());
        assert!(repeats.find(hash(Some("1o-x"), "{}"), 2).is_none());
        assert!(repeats.find(hash(Some("1o-y"), "{}"), 1).is_none());
        assert!(repeats.find(hash(None, "{}"), 1).is_none());
        assert!(repeats.find(hash(Some("1o-x"), "{} "), 1).is_none());
        assert!(Repeats::new().find(hash(Some("1o-x"), "{}"), 1).is_none());
    }

    #[test]
    fn posts_that_differ_only_in_age_are_the_same() {
        let repeats = Repeats::new();
        let hash = |body: &str| repeats.hash(None, "application/reports+json", "", body.as_bytes());
        let two =
            |one, other| format!(r#"[{{"age":{one},"url":"a"}},{{"url":"b","age":{other}}}]"#);
        assert_eq!(hash(&two("0", "7")), hash(&two("59123", "0")));
        // Neither is JSON, while the other one is.
        for no_number in ["", "00", "01", "x", "-", "1234567890123456"] {
            assert_ne!(
                hash(&two("1", "1")),
                hash(&two("1", no_number)),
                "{no_number}"
            );
        }
        assert_ne!(hash(&two("1", "1.5")), hash(&two("1", "1")));
        assert_ne!(hash(r#"[{"url":"1"}]"#), hash(r#"[{"url":"2"}]"#));
        assert_ne!(hash(r#"{"age":1}"#), hash(r#"{"age":2}"#));
    }
}
