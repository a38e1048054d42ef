//! Tokens: what a program shows to use the API.
//!
//! A token is `csrc_`, eight digits that name it, and a secret of 256 random bits. The store has the secret only as
//! an argon2 hash. Hashing takes long, so a secret that was right once is remembered, as a keyed hash of this
//! process, and compared in constant time.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::clock::Timestamp;
use crate::config::RateLimit;
use crate::limits::Limiter;
use crate::rollout::{MarkKey, keyed, lock};
use crate::store::{Change, RolloutStore, StoreError, StoreErrorKind, StoredToken, TokenRole};

/// Makes tokens, and checks them.
pub struct Tokens {
    store: Arc<dyn RolloutStore>,
    /// Of this process alone.
    key: Hmac<Sha256>,
    /// What was right, by the token's name.
    proved: Mutex<HashMap<String, Proved>>,
    /// Held while a secret is hashed, so that one at a time takes memory and time.
    hashing: Mutex<()>,
    attempts: Limiter,
    /// Names addresses, the same ones after a restart.
    names: MarkKey,
}

/// Who uses the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's owner: what the audit log says.
    pub name: String,
    /// What the token allows.
    pub role: TokenRole,
}

/// Why somebody may not use the API.
#[derive(Debug)]
#[non_exhaustive]
pub enum Denied {
    /// The token is none that was made here, or was removed.
    Wrong,
    /// Too many wrong ones came; nobody looks at more for a while.
    TooOften,
    /// The store does not say.
    Store(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Proved {
    digest: [u8; 32],
    caller: Caller,
}

impl Tokens {
    /// The tokens of a store. Fails if the system gives no randomness.
    pub fn new(store: Arc<dyn RolloutStore>) -> Result<Self, StoreError> {
        Ok(Self {
            names: store.mark_key()?,
            store,
            key: keyed(&random()?),
            proved: Mutex::default(),
            hashing: Mutex::default(),
            attempts: Limiter::new(),
        })
    }

    /// Makes a first token, that may change everything, if there is none yet. It is not to be had again.
    pub fn first(&self, now: Timestamp) -> Result<Option<String>, StoreError> {
        if !self.store.tokens()?.is_empty() {
            return Ok(None);
        }
        let change = Change::by_itself(now, "there was none");
        self.make(FIRST_OWNER, TokenRole::Change, &change).map(Some)
    }

    /// Makes a token. It is not to be had again. Fails for a name that is none, and when there are 100 tokens.
    pub fn make(&self, name: &str, role: TokenRole, change: &Change) -> Result<String, StoreError> {
        let invalid = |message: String| Err(StoreError::new(StoreErrorKind::Invalid, message));
        if !is_name(name) {
            let message = "expected a `name` of 1 to 64 printable characters of ASCII";
            return invalid(message.to_owned());
        }
        if self.store.tokens()?.len() >= MOST_TOKENS {
            return invalid(format!(
                "there are {MOST_TOKENS} tokens already; remove one first"
            ));
        }
        let id: [u8; 4] = random()?;
        let mut id_text = String::new();
        for byte in id {
            let _ = write!(id_text, "{byte:02x}");
        }
        let secret: [u8; 32] = random()?;
        let secret = URL_SAFE_NO_PAD.encode(secret);
        let token = StoredToken {
            hash: self.hash(&secret)?,
            id: id_text.clone(),
            name: name.to_owned(),
            role,
            created: change.at,
        };
        self.store.add_token(&token, change)?;
        Ok(format!("{PREFIX}{id_text}_{secret}"))
    }

    /// Removes a token. `false` if there is no such token.
    pub fn remove(&self, id: &str, change: &Change) -> Result<bool, StoreError> {
        lock(&self.proved).remove(id);
        let is_removed = self.store.remove_token(id, change)?;
        lock(&self.proved).remove(id);
        Ok(is_removed)
    }

    /// Who shows this token. Takes long the first time.
    ///
    /// An address that gave ten wrong ones in a row is locked out for a minute after each, also from right ones; those
    /// that were right before are let in. `elapsed` is the time of a clock that never jumps.
    pub fn check(
        &self,
        token: &str,
        address: IpAddr,
        now: Timestamp,
        elapsed: Duration,
    ) -> Result<Caller, Denied> {
        let (id, secret) = parse(token).ok_or(Denied::Wrong)?;
        if let Some(caller) = self.proved(id, secret)? {
            return Ok(caller);
        }
        let number = self.attempts.number(address);
        self.attempts
            .take(number, ATTEMPTS, ALL_ATTEMPTS, elapsed)
            .map_err(|_| Denied::TooOften)?;
        let name = self.names.of_address(address);
        let failures = self.store.failures(&name)?;
        if failures.count >= MOST_WRONG && now.since(failures.last) < LOCKED_OUT {
            return Err(Denied::TooOften);
        }
        let checked = self.check_secret(id, secret);
        match &checked {
            Err(Denied::Wrong) => drop(self.store.add_failure(&name, now)?),
            Ok(_) if failures.count > 0 => self.store.clear_failures(&name)?,
            _ => {}
        }
        checked
    }

    fn check_secret(&self, id: &str, secret: &str) -> Result<Caller, Denied> {
        let stored = self.store.token(id)?.ok_or(Denied::Wrong)?;
        if !self.verify(secret, &stored.hash) {
            return Err(Denied::Wrong);
        }
        let caller = Caller {
            name: stored.name,
            role: stored.role,
        };
        let proved = Proved {
            digest: self.digest(secret),
            caller: caller.clone(),
        };
        lock(&self.proved).insert(stored.id, proved);
        Ok(caller)
    }

    /// Who shows it, if it was right before, and was not removed since: `connect-src token` does that beside us.
    fn proved(&self, id: &str, secret: &str) -> Result<Option<Caller>, StoreError> {
        let Some(caller) = self.remembered(id, secret) else {
            return Ok(None);
        };
        if self.store.token(id)?.is_some() {
            return Ok(Some(caller));
        }
        lock(&self.proved).remove(id);
        Ok(None)
    }

    fn remembered(&self, id: &str, secret: &str) -> Option<Caller> {
        let known = lock(&self.proved);
        let proved = known.get(id)?;
        let mut hmac = self.key.clone();
        hmac.update(secret.as_bytes());
        // Compares in constant time.
        hmac.verify_slice(&proved.digest).ok()?;
        Some(proved.caller.clone())
    }

    fn digest(&self, secret: &str) -> [u8; 32] {
        let mut hmac = self.key.clone();
        hmac.update(secret.as_bytes());
        hmac.finalize().into_bytes().into()
    }

    fn hash(&self, secret: &str) -> Result<String, StoreError> {
        let _hashing = lock(&self.hashing);
        let hash = hasher().hash_password(secret.as_bytes());
        let hash = hash.map_err(|error| unavailable("the token cannot be hashed", &error))?;
        Ok(hash.to_string())
    }

    fn verify(&self, secret: &str, hash: &str) -> bool {
        let _hashing = lock(&self.hashing);
        let parsed = PasswordHash::new(hash);
        parsed.is_ok_and(|hash| hasher().verify_password(secret.as_bytes(), &hash).is_ok())
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tokens")
    }
}

/// Argon2id with 7 MiB, five times: little memory, since the server has little.
fn hasher() -> Argon2<'static> {
    let params = Params::new(7 * 1024, 5, 1, None).expect("7 MiB, 5 times, 1 lane are allowed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn is_name(name: &str) -> bool {
    let is_printable = name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_printable && (1..=64).contains(&name.len())
}

/// The part of a token that is no secret; `None` for what is no token.
pub fn public_part(token: &str) -> Option<&str> {
    parse(token).map(|(id, _)| id)
}

fn parse(token: &str) -> Option<(&str, &str)> {
    let (id, secret) = token.strip_prefix(PREFIX)?.split_once('_')?;
    (id.len() == 8 && secret.len() == 43).then_some((id, secret))
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(unavailable("no randomness for a token", &error)),
    }
}

fn unavailable(what: &str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, format!("{what}: {error}"))
}

/// So many wrong ones in a row lock an address out.
const MOST_WRONG: u32 = 10;
const LOCKED_OUT: Duration = Duration::from_mins(1);
const MOST_TOKENS: usize = 100;
/// Whose the first token is.
pub const FIRST_OWNER: &str = "operator";
const PREFIX: &str = "csrc_";
/// Secrets that are not remembered, from one address.
const ATTEMPTS: RateLimit = RateLimit::new(1, 10);
/// The same from all addresses together.
const ALL_ATTEMPTS: RateLimit = RateLimit::new(5, 30);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use crate::store::{Durability, SqliteStore};

    fn tokens() -> (Tokens, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports.db");
        let store = SqliteStore::open(&path, Limits::default(), Durability::Process).unwrap();
        (Tokens::new(Arc::new(store)).unwrap(), folder)
    }

    /// Shows a token so long after the start.
    fn check(
        tokens: &Tokens,
        token: &str,
        address: u8,
        elapsed: Duration,
    ) -> Result<Caller, Denied> {
        let address = IpAddr::from([192, 0, 2, address]);
        let now = Timestamp::default().after(elapsed);
        tokens.check(token, address, now, elapsed)
    }

    #[test]
    fn the_first_token_is_made_once_and_stored_only_as_a_hash() {
        let (tokens, _folder) = tokens();
        let token = tokens.first(Timestamp::default()).unwrap().unwrap();
        assert_eq!(tokens.first(Timestamp::default()).unwrap(), None);
        let caller = check(&tokens, &token, 1, Duration::ZERO).unwrap();
        assert_eq!(
            (&*caller.name, caller.role),
            ("operator", TokenRole::Change)
        );
        let stored = tokens.store.tokens().unwrap().remove(0);
        assert!(
            stored.hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"),
            "{}",
            stored.hash
        );
        let secret = token.rsplit_once('_').unwrap().1;
        assert!(!stored.hash.contains(secret));
    }

    #[test]
    fn a_removed_token_is_wrong_at_once() {
        let (tokens, _folder) = tokens();
        let token = tokens
            .make(
                "ci",
                TokenRole::View,
                &Change::by_itself(Timestamp::default(), ""),
            )
            .unwrap();
        assert!(check(&tokens, &token, 1, Duration::ZERO).is_ok());
        let change = Change::by_itself(Timestamp::default(), "");
        assert!(tokens.remove(&token[5..13], &change).unwrap());
        let denied = check(&tokens, &token, 1, Duration::ZERO);
        assert!(matches!(denied, Err(Denied::Wrong)));
    }

    #[test]
    fn a_token_that_another_process_removed_is_wrong_at_once() {
        let (tokens, folder) = tokens();
        let token = tokens.first(Timestamp::default()).unwrap().unwrap();
        assert!(check(&tokens, &token, 1, Duration::ZERO).is_ok());
        let path = folder.path().join("reports.db");
        let beside = Tokens::new(Arc::new(SqliteStore::open_beside(&path).unwrap())).unwrap();
        let change = Change::by_itself(Timestamp::default(), "");
        let new = beside.make("ada", TokenRole::View, &change).unwrap();
        assert!(
            beside
                .remove(public_part(&token).unwrap(), &change)
                .unwrap()
        );
        let denied = check(&tokens, &token, 1, Duration::ZERO);
        assert!(matches!(denied, Err(Denied::Wrong)));
        let caller = check(&tokens, &new, 1, Duration::ZERO).unwrap();
        assert_eq!((&*caller.name, caller.role), ("ada", TokenRole::View));
    }

    #[test]
    fn a_name_that_would_not_fit_the_log_is_refused() {
        let (tokens, _folder) = tokens();
        let change = Change::by_itself(Timestamp::default(), "");
        for name in ["", "a\nb", "é", &"x".repeat(65)] {
            let made = tokens.make(name, TokenRole::View, &change);
            assert_eq!(
                made.unwrap_err().kind(),
                StoreErrorKind::Invalid,
                "{name:?}"
            );
        }
    }

    #[test]
    fn wrong_tokens_are_refused_and_soon_not_even_looked_at() {
        let (tokens, _folder) = tokens();
        let token = tokens.first(Timestamp::default()).unwrap().unwrap();
        check(&tokens, &token, 1, Duration::ZERO).unwrap();
        let mut wrong = token.clone();
        let last = if wrong.ends_with('A') { 'B' } else { 'A' };
        wrong.pop();
        wrong.push(last);
        for text in [
            "",
            "csrc_",
            "csrc_00000000_",
            &token[..token.len() - 1],
            "Bearer x",
            &wrong,
        ] {
            let denied = check(&tokens, text, 2, Duration::ZERO);
            assert!(matches!(denied, Err(Denied::Wrong)), "{text}");
        }
        let unknown = format!("csrc_00000000_{}", "A".repeat(43));
        let refused = |elapsed| check(&tokens, &unknown, 2, elapsed).unwrap_err();
        let tried = (0..20).find(|_| matches!(refused(Duration::ZERO), Denied::TooOften));
        assert!(tried.is_some(), "nobody stops the trying");
        assert!(matches!(refused(Duration::from_mins(1)), Denied::Wrong));
        assert!(
            check(&tokens, &token, 2, Duration::ZERO).is_ok(),
            "what is right stays right"
        );
    }

    #[test]
    fn ten_wrong_tokens_lock_an_address_out_for_a_minute_also_after_a_restart() {
        let (tokens, _folder) = tokens();
        let token = tokens.first(Timestamp::default()).unwrap().unwrap();
        let unknown = format!("csrc_00000000_{}", "A".repeat(43));
        let second = Duration::from_secs;
        for number in 0..10 {
            let denied = check(&tokens, &unknown, 2, second(10 * number));
            assert!(matches!(denied, Err(Denied::Wrong)), "{number}");
        }
        let tokens = Tokens::new(Arc::clone(&tokens.store)).unwrap();
        let locked = check(&tokens, &token, 2, second(100));
        assert!(
            matches!(locked, Err(Denied::TooOften)),
            "not even a right one"
        );
        assert!(
            check(&tokens, &token, 3, second(100)).is_ok(),
            "others are let in"
        );
        let tokens = Tokens::new(Arc::clone(&tokens.store)).unwrap();
        assert!(check(&tokens, &token, 2, second(150)).is_ok());
        let denied = check(&tokens, &unknown, 2, second(151));
        assert!(matches!(denied, Err(Denied::Wrong)), "the count began anew");
    }
}
