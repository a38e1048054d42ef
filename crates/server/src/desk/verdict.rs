//! What a policy does with a connection of the inventory, in every browser.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::question::{Browsers, Engine, Question};
use super::{Desk, DeskError, current};
use crate::rollout::RouteKey;
use crate::store::Connection;

/// What a policy does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every browser allows it.
    Allowed,
    /// Every browser blocks it.
    Blocked,
    /// Browsers do not agree.
    Differs,
}

/// What the policies do with a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verdicts {
    /// Under the policy that is on its way, or else the enforced one; `null` without any, and for what is no URL.
    pub current: Option<Verdict>,
    /// Under the draft; likewise.
    pub draft: Option<Verdict>,
}

/// The policies that the connections of a route are held against.
pub(super) struct Policies {
    current: Option<Engine>,
    draft: Option<Engine>,
}

impl Policies {
    /// The policies of a route. None for a route that the configuration does not have any more.
    pub(super) fn of(desk: &Desk, key: &RouteKey) -> Result<Self, DeskError> {
        let status = desk.status(key).ok();
        let draft = desk.policies.draft(key)?;
        Ok(Self {
            current: status.as_ref().and_then(current).map(Engine::new),
            draft: draft.as_ref().map(|draft| Engine::new(&draft.text)),
        })
    }

    pub(super) fn verdicts(&mut self, connection: &Connection) -> Verdicts {
        let Some(question) = question(connection) else {
            return Verdicts::default();
        };
        let document = &connection.document;
        let verdict = |engine: &mut Engine| Verdict::of(engine.blocked_in(document, &question));
        Verdicts {
            current: self.current.as_mut().map(verdict),
            draft: self.draft.as_mut().map(verdict),
        }
    }
}

impl Verdict {
    pub(super) fn of(blocked: Browsers) -> Self {
        match blocked {
            Browsers::ALL => Self::Blocked,
            blocked if blocked.is_empty() => Self::Allowed,
            _ => Self::Differs,
        }
    }
}

/// `None` for what is no URL, such as a keyword.
fn question(connection: &Connection) -> Option<Question> {
    let path = connection.path.as_deref().unwrap_or_default();
    Question::of(
        &connection.document,
        &format!("{}{path}", connection.origin),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_text::PolicyText;

    #[test]
    fn a_connection_is_held_against_the_policy_of_its_page() {
        let text = PolicyText::parse("connect-src 'self' https://api.example.com/v1/").unwrap();
        let mut engine = Engine::new(&text);
        let mut of = |target: &str| {
            let document = "https://a.example";
            let question = Question::of(document, target)?;
            Some(Verdict::of(engine.blocked_in(document, &question)))
        };
        assert_eq!(of("https://a.example/x"), Some(Verdict::Allowed));
        assert_eq!(of("https://api.example.com/v1/x"), Some(Verdict::Allowed));
        assert_eq!(of("https://api.example.com/v2"), Some(Verdict::Blocked));
        assert_eq!(of("https://other.example"), Some(Verdict::Blocked));
        assert_eq!(of("blob:"), Some(Verdict::Blocked));
        assert_eq!(of("'inline'"), None);
    }
}
