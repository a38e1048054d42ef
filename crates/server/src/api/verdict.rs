//! What a policy does with a connection of the inventory, in every browser.

use connect_src::{Api as ConnectApi, BrowserProfile, CspList, Disposition, Origin, Request};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::Parts;
use crate::policy_text::PolicyText;
use crate::rollout::RouteKey;
use crate::store::Connection;

/// What a policy does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// Every browser allows it.
    Allowed,
    /// Every browser blocks it.
    Blocked,
    /// Browsers do not agree.
    Differs,
}

/// The policies that a connection is held against.
pub(super) struct Policies {
    current: Option<CspList>,
    draft: Option<CspList>,
}

/// What the policies do with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Verdicts {
    /// Under the policy that is on its way, or else the enforced one; `null` without any.
    current: Option<Verdict>,
    /// Under the draft; `null` without one.
    draft: Option<Verdict>,
}

impl Policies {
    /// The policies of a route. None for a route that the configuration does not have any more.
    pub(super) fn of(api: &Parts, key: &RouteKey) -> Result<Self, Problem> {
        let status = api.rollouts.status_of(key).ok();
        let current = status.and_then(|status| status.policy.or(status.baseline));
        let draft = api.policies.draft(key)?;
        Ok(Self {
            current: current.as_ref().map(list),
            draft: draft.as_ref().map(|draft| list(&draft.text)),
        })
    }

    pub(super) fn verdicts(&self, connection: &Connection) -> Verdicts {
        let of = |policies: Option<&CspList>| verdict(policies?, connection);
        Verdicts {
            current: of(self.current.as_ref()),
            draft: of(self.draft.as_ref()),
        }
    }
}

fn list(text: &PolicyText) -> CspList {
    [text.policy(Disposition::Enforce)].into_iter().collect()
}

/// `None` for what is no URL, such as a connection of which only the scheme is known.
fn verdict(policies: &CspList, connection: &Connection) -> Option<Verdict> {
    let path = connection.path.as_deref().unwrap_or_default();
    let url = Url::parse(&format!("{}{path}", connection.origin)).ok()?;
    let document = Url::parse(&connection.document).ok();
    let page = document.map_or(Origin::Opaque, |url| Origin::of(&url));
    let request = Request::connect(ConnectApi::implied_by(&url), url);
    let blocks = |profile: &BrowserProfile| {
        let result = policies.should_request_be_blocked(&request, &page, *profile);
        result.is_blocked()
    };
    let browsers = BrowserProfile::BROWSERS;
    match browsers.iter().filter(|profile| blocks(profile)).count() {
        0 => Some(Verdict::Allowed),
        count if count == browsers.len() => Some(Verdict::Blocked),
        _ => Some(Verdict::Differs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::store::ConnectionId;

    fn connection(origin: &str, path: Option<&str>) -> Connection {
        Connection {
            id: ConnectionId(1),
            site: "a.example".to_owned(),
            route: "/".to_owned(),
            document: "https://a.example".to_owned(),
            origin: origin.to_owned(),
            path: path.map(str::to_owned),
            class: "genuine".to_owned(),
            count: 1,
            first_seen: Timestamp::default(),
            last_seen: Timestamp::default(),
            pages: 1,
            browsers: 1,
        }
    }

    #[test]
    fn a_connection_is_held_against_the_policy_of_its_page() {
        let text = PolicyText::parse("connect-src 'self' https://api.example.com/v1/").unwrap();
        let of = |origin, path| verdict(&list(&text), &connection(origin, path));
        assert_eq!(of("https://a.example", Some("/x")), Some(Verdict::Allowed));
        assert_eq!(
            of("https://api.example.com", Some("/v1/x")),
            Some(Verdict::Allowed)
        );
        assert_eq!(
            of("https://api.example.com", Some("/v2")),
            Some(Verdict::Blocked)
        );
        assert_eq!(of("https://other.example", None), Some(Verdict::Blocked));
        assert_eq!(of("'inline'", None), None);
    }
}
