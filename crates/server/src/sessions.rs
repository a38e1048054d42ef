//! Who is logged in.
//!
//! A browser has 256 random bits in a cookie, and the store has only their hash: they are too many to be found by trying, so
//! that the hash need not be slow. Sessions end after twelve hours, and with the removal of their token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::rollout::lock;
use crate::store::{RolloutStore, StoreError, StoreErrorKind, StoredSession, TokenRole};
use crate::tokens::{self, Caller};

/// The sessions of a server, and the links that log in once.
pub(crate) struct Sessions {
    store: Arc<dyn RolloutStore>,
    links: Mutex<HashMap<[u8; 32], Link>>,
}

/// What names a session: given to one browser, kept by nobody else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionId(String);

/// Whoever logs in, and the token that lets them.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// The part of the token that is no secret.
    pub(crate) token: String,
    pub(crate) caller: Caller,
}

impl Login {
    /// Whoever has this token, which was checked.
    pub(crate) fn of_token(token: &str, caller: Caller) -> Option<Self> {
        let token = tokens::public_part(token)?.to_owned();
        Some(Self { token, caller })
    }

    /// Whoever started the server for the first time.
    pub(crate) fn of_first_token(token: &str) -> Option<Self> {
        let caller = Caller {
            name: tokens::FIRST_OWNER.to_owned(),
            role: TokenRole::Change,
        };
        Self::of_token(token, caller)
    }
}

struct Link {
    login: Login,
    until: Timestamp,
}

impl Sessions {
    /// The sessions of a store.
    pub(crate) fn new(store: Arc<dyn RolloutStore>) -> Self {
        let links = Mutex::default();
        Self { store, links }
    }

    /// Logs somebody in.
    pub(crate) fn start(&self, login: Login, now: Timestamp) -> Result<SessionId, StoreError> {
        let id = SessionId(random()?);
        self.store.add_session(&StoredSession {
            hash: id.hash(),
            token: login.token,
            name: login.caller.name,
            role: login.caller.role,
            created: now,
            last_used: now,
            expires: now.after(LIFETIME),
        })?;
        Ok(id)
    }

    /// Who is logged in with this cookie.
    pub(crate) fn find(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<(SessionId, Caller)>, StoreError> {
        if text.len() != ID_LENGTH {
            return Ok(None);
        }
        let id = SessionId(text.to_owned());
        let hash = id.hash();
        let Some(found) = self.store.session(&hash, now)? else {
            return Ok(None);
        };
        if now.since(found.last_used) > NOTED_AFTER {
            self.store.use_session(&hash, now)?;
        }
        let caller = Caller {
            name: found.name,
            role: found.role,
        };
        Ok(Some((id, caller)))
    }

    /// Logs somebody out.
    pub(crate) fn end(&self, id: &SessionId) -> Result<(), StoreError> {
        self.store.remove_session(&id.hash()).map(|_| ())
    }

    /// The path of a link that logs in once, within 15 minutes.
    pub(crate) fn link(&self, login: Login, now: Timestamp) -> Result<String, StoreError> {
        let text = random()?;
        let until = now.after(LINK_LIFETIME);
        let mut links = lock(&self.links);
        links.retain(|_, link| link.until > now);
        if links.len() >= MOST_LINKS {
            let message = "too many links are open; follow one first";
            return Err(StoreError::new(StoreErrorKind::Unavailable, message));
        }
        links.insert(digest(&text), Link { login, until });
        Ok(format!("/enter/{text}"))
    }

    /// Whom a link is for. It is worth nothing afterwards.
    pub(crate) fn follow(&self, text: &str, now: Timestamp) -> Option<Login> {
        let found = lock(&self.links).remove(&digest(text))?;
        (found.until > now).then_some(found.login)
    }
}

impl SessionId {
    /// As the cookie has it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What forms of this session show to prove that they are ours.
    pub(crate) fn form_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.form_tag().finalize().into_bytes())
    }

    /// Whether a form is of this session. Takes the same time for every text.
    pub(crate) fn is_form_key(&self, text: &str) -> bool {
        let shown = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        self.form_tag().verify_slice(&shown).is_ok()
    }

    fn form_tag(&self) -> Hmac<Sha256> {
        let tag = Hmac::<Sha256>::new_from_slice(self.0.as_bytes());
        tag.expect("HMAC takes keys of every length")
            .chain_update(FORM)
    }

    fn hash(&self) -> [u8; 32] {
        digest(&self.0)
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

fn random() -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        let message = format!("no randomness for a session: {error}");
        StoreError::new(StoreErrorKind::Unavailable, message)
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl std::fmt::Debug for SessionId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SessionId")
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sessions")
    }
}

/// The cookie that has it; with TLS, its name has a prefix.
pub(crate) const COOKIE: &str = "connect-src-session";
/// How long a session lasts.
pub(crate) const LIFETIME: Duration = Duration::from_hours(12);
const LINK_LIFETIME: Duration = Duration::from_mins(15);
/// The use of a session is not written down more often.
const NOTED_AFTER: Duration = Duration::from_mins(1);
const MOST_LINKS: usize = 100;
/// 32 bytes in Base64.
const ID_LENGTH: usize = 43;
const FORM: &[u8] = b"connect-src form\0";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use crate::store::{Change, Durability, SqliteStore};
    use crate::tokens::Tokens;

    const START: Timestamp = Timestamp::from_millis(1_000_000_000);

    fn sessions() -> (Sessions, Arc<SqliteStore>, Login, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports.db");
        let store = SqliteStore::open(&path, Limits::default(), Durability::Process).unwrap();
        let store = Arc::new(store);
        let tokens = Tokens::new(Arc::clone(&store) as _).unwrap();
        let token = tokens.first(START).unwrap().unwrap();
        let login = Login::of_first_token(&token).unwrap();
        (Sessions::new(Arc::clone(&store) as _), store, login, folder)
    }

    #[test]
    fn a_session_ends_when_it_is_ended_and_when_its_time_is_over() {
        let (sessions, _store, login, _folder) = sessions();
        let id = sessions.start(login.clone(), START).unwrap();
        let find = |now| {
            sessions
                .find(id.as_str(), now)
                .unwrap()
                .map(|(_, caller)| caller)
        };
        assert_eq!(find(START), Some(login.caller));
        assert_eq!(find(START.after(LIFETIME)), None);
        sessions.end(&id).unwrap();
        assert_eq!(find(START), None);
        assert!(sessions.find("", START).unwrap().is_none());
        assert!(sessions.find(&"A".repeat(43), START).unwrap().is_none());
    }

    #[test]
    fn a_session_ends_with_its_token() {
        let (sessions, store, login, _folder) = sessions();
        let id = sessions.start(login.clone(), START).unwrap();
        store
            .remove_token(&login.token, &Change::by_itself(START, ""))
            .unwrap();
        assert!(sessions.find(id.as_str(), START).unwrap().is_none());
    }

    #[test]
    fn a_link_logs_in_once_and_within_its_time() {
        let (sessions, _store, login, _folder) = sessions();
        let link = || {
            let link = sessions.link(login.clone(), START).unwrap();
            link.strip_prefix("/enter/").unwrap().to_owned()
        };
        let text = link();
        assert!(sessions.follow(&text, START).is_some());
        assert!(sessions.follow(&text, START).is_none());
        assert!(
            sessions
                .follow(&link(), START.after(LINK_LIFETIME))
                .is_none()
        );
    }

    #[test]
    fn a_form_key_is_of_one_session() {
        let [one, other] = [0, 1].map(|_| SessionId(random().unwrap()));
        assert!(one.is_form_key(&one.form_key()));
        assert!(!other.is_form_key(&one.form_key()));
        assert!(!one.is_form_key(""));
        assert!(!one.is_form_key(one.as_str()));
    }
}
