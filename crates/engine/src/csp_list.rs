//! The policies of one page: should a request, a response be blocked?

use alloc::vec::Vec;

use url::Url;

use crate::browser_profile::{Quirk, Rules};
use crate::check::{self, CheckResult};
use crate::origin::Origin;
use crate::policy::{Disposition, Policy};
use crate::request::{Hop, Request};

/// The policies that apply to one page. Each of them must allow a request.
///
/// The standard's CSP list also holds the self-origin. Here it is an argument of each decision, since
/// one list is often delivered to pages of many origins.
///
/// ```
/// use connect_src::{Api, BrowserProfile, CheckResult, CspList, Disposition, Origin, Request};
/// use url::Url;
///
/// let policies = CspList::from_header("connect-src 'self', connect-src https:", Disposition::Enforce);
/// assert_eq!(policies.policies().len(), 2, "a comma divides policies");
///
/// let page = Origin::of(&Url::parse("https://app.example.com/")?);
/// let request = Request::connect(Api::Fetch, Url::parse("https://api.example.com/")?);
/// let result = policies.should_request_be_blocked(&request, &page, BrowserProfile::Chromium);
/// assert_eq!(result, CheckResult::Blocked);
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// <https://w3c.github.io/webappsec-csp/#csp-list>
#[derive(Clone, Debug, Default)]
pub struct CspList {
    policies: Vec<Policy>,
}

impl CspList {
    /// A list without policies: it allows everything.
    pub const fn new() -> Self {
        Self {
            policies: Vec::new(),
        }
    }

    /// The policies of one header's value, divided at its commas.
    ///
    /// <https://w3c.github.io/webappsec-csp/#parse-response-csp>
    pub fn from_header(value: impl AsRef<[u8]>, disposition: Disposition) -> Self {
        let mut list = Self::new();
        list.push_header(value.as_ref(), disposition);
        list
    }

    /// The policies of a response's headers. Headers of other names are passed over; the enforced
    /// policies come first, as in the standard.
    ///
    /// ```
    /// use connect_src::CspList;
    ///
    /// let headers = [
    ///     ("content-security-policy-report-only", "connect-src 'none'"),
    ///     ("Content-Type", "text/html"),
    ///     ("Content-Security-Policy", "connect-src *"),
    /// ];
    /// let list = CspList::from_headers(headers);
    /// assert_eq!(list.policies()[0].text(), "connect-src *");
    /// ```
    ///
    /// <https://w3c.github.io/webappsec-csp/#parse-response-csp>
    pub fn from_headers<N, V>(headers: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let (mut enforced, mut reported) = (Self::new(), Self::new());
        for (name, value) in headers {
            let name = name.as_ref();
            if name.eq_ignore_ascii_case("content-security-policy") {
                enforced.push_header(value.as_ref(), Disposition::Enforce);
            } else if name.eq_ignore_ascii_case("content-security-policy-report-only") {
                reported.push_header(value.as_ref(), Disposition::Report);
            }
        }
        enforced.policies.append(&mut reported.policies);
        enforced
    }

    fn push_header(&mut self, value: &[u8], disposition: Disposition) {
        let is_undecodable = core::str::from_utf8(value).is_err();
        for serialized in value.split(|byte| *byte == b',') {
            let policy = Policy::from_header(serialized, disposition);
            self.push(if is_undecodable {
                policy.of_undecodable_header()
            } else {
                policy
            });
        }
    }

    /// Adds a policy, unless it is empty.
    pub fn push(&mut self, policy: Policy) {
        if !policy.is_empty() {
            self.policies.push(policy);
        }
    }

    /// The policies.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Should the request be blocked? All its hops are looked at: the requested URL and each redirect's.
    ///
    /// Report-only policies do not block; [`violated_policies`](Self::violated_policies) tells of them too.
    ///
    /// <https://w3c.github.io/webappsec-csp/#should-block-request>
    pub fn should_request_be_blocked(
        &self,
        request: &Request,
        self_origin: &Origin,
        rules: impl Into<Rules>,
    ) -> CheckResult {
        let violated = self.violated_policies(request, self_origin, rules);
        let mut enforced = violated.filter(|one| one.policy.disposition() == Disposition::Enforce);
        CheckResult::allowed_if(enforced.next().is_none())
    }

    /// The policies of both dispositions that the request violates, each with its first violated hop.
    ///
    /// <https://w3c.github.io/webappsec-csp/#report-for-request>
    pub fn violated_policies<'p>(
        &'p self,
        request: &'p Request,
        self_origin: &'p Origin,
        rules: impl Into<Rules>,
    ) -> impl Iterator<Item = ViolatedPolicy<'p>> {
        let rules = rules.into();
        let self_origin = self.read_self_origin(self_origin, rules);
        self.policies
            .iter()
            .enumerate()
            .filter_map(move |(index, policy)| {
                let hop = request
                    .hops()
                    .find(|hop| check::violates(request, *hop, policy, self_origin, rules))?;
                Some(ViolatedPolicy { index, policy, hop })
            })
    }

    /// The self-origin as the browser sees it: where a policy sandboxes the page, it may be opaque.
    pub(crate) fn read_self_origin<'o>(&self, self_origin: &'o Origin, rules: Rules) -> &'o Origin {
        let is_opaque = rules.has(Quirk::OpaqueSelfAdmitsSecure)
            && self
                .policies
                .iter()
                .any(|policy| policy.sandboxes_into_opaque_origin(rules));
        if is_opaque {
            &Origin::Opaque
        } else {
            self_origin
        }
    }

    /// Should the response be blocked? Asked when the response has come, perhaps from a service worker
    /// and so from another URL than the request's.
    ///
    /// <https://w3c.github.io/webappsec-csp/#should-block-response>
    pub fn should_response_be_blocked(
        &self,
        request: &Request,
        response_url: &Url,
        self_origin: &Origin,
        rules: impl Into<Rules>,
    ) -> CheckResult {
        let rules = rules.into();
        let self_origin = self.read_self_origin(self_origin, rules);
        let is_blocked = self.policies.iter().any(|policy| {
            policy.disposition() == Disposition::Enforce
                && check::response_violates(request, response_url, policy, self_origin, rules)
        });
        CheckResult::allowed_if(!is_blocked)
    }
}

impl FromIterator<Policy> for CspList {
    fn from_iter<I: IntoIterator<Item = Policy>>(policies: I) -> Self {
        let mut list = Self::new();
        policies.into_iter().for_each(|policy| list.push(policy));
        list
    }
}

/// A policy that a request violates.
#[derive(Clone, Copy, Debug)]
pub struct ViolatedPolicy<'p> {
    /// Its place in the list.
    pub index: usize,
    /// The policy.
    pub policy: &'p Policy,
    /// The first hop of the request that violates it.
    pub hop: Hop<'p>,
}
