//! The headers of a response, made ready once for each state of a route.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use connect_src::Disposition;
use connect_src_tower::{Merge, PolicyHeaders};
use http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};

use super::counter::Counter;
use super::mark::{Mark, MarkKey};
use super::state::{RevisionId, Stage, State};
use crate::config::Reporting;
use crate::policy_text::PolicyText;

/// In which role a revision is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// To report every connection.
    Observe,
    /// To report what it would block.
    Trial,
    /// To block.
    Enforce,
}

/// What a response gets.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct Delivery {
    /// The policies, and how they meet those of the upstream. The policy of the role
    /// [`Role::Observe`] is one policy more whatever the upstream sends, and drops nothing.
    pub headers: Arc<PolicyHeaders>,
    /// A cookie that keeps the client in its part of the clients.
    pub set_cookie: Option<HeaderValue>,
    pub(super) marks: Arc<[Mark]>,
    pub(super) counters: Arc<[Arc<Counter>]>,
}

/// The deliveries of one state, one for each variant.
#[derive(Clone, Debug)]
pub(super) struct Deliveries {
    variants: Vec<Delivery>,
}

/// What the deliveries of one state differ in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variant {
    /// The response reports every connection.
    pub(super) is_observed: bool,
    /// The client is in the share.
    pub(super) is_in_share: bool,
    /// The client's connection is HTTPS. Over any other, browsers ignore `Reporting-Endpoints`, but not the
    /// `report-to` that names one: they would send nothing at all.
    pub(super) is_secure: bool,
}

/// What the deliveries of a route are made of.
pub(super) struct Parts<'a> {
    pub(super) key: &'a MarkKey,
    /// The reserved path below which reports are posted.
    pub(super) path: &'a str,
    pub(super) reporting: Reporting,
    pub(super) merge: Merge,
    pub(super) observe: RevisionId,
    /// The text of a revision.
    pub(super) text: &'a dyn Fn(RevisionId) -> Option<PolicyText>,
}

impl Deliveries {
    pub(super) fn new(state: State, parts: &Parts<'_>) -> Result<Self, connect_src_tower::Error> {
        let variants = (0..Variant::COUNT).map(Variant::of_index);
        let deliveries = variants.map(|variant| parts.delivery(state, variant));
        Ok(Self {
            variants: deliveries.collect::<Result<_, _>>()?,
        })
    }

    /// What a response gets.
    pub(super) fn of(&self, variant: Variant) -> &Delivery {
        &self.variants[variant.index()]
    }

    /// Counts with these counters what is sent.
    pub(super) fn count_with(&mut self, counters: &HashMap<Mark, Arc<Counter>>) {
        for delivery in &mut self.variants {
            let found = delivery.marks.iter().filter_map(|mark| counters.get(mark));
            delivery.counters = found.cloned().collect();
        }
    }

    /// Every mark that is sent in this state, some of them more than once.
    pub(super) fn marks(&self) -> impl Iterator<Item = Mark> {
        self.variants
            .iter()
            .flat_map(|delivery| delivery.marks.iter().copied())
    }
}

impl Variant {
    const COUNT: usize = 8;

    fn of_index(index: usize) -> Self {
        Self {
            is_observed: index & 1 != 0,
            is_in_share: index & 2 != 0,
            is_secure: index & 4 != 0,
        }
    }

    fn index(self) -> usize {
        usize::from(self.is_observed)
            | usize::from(self.is_in_share) << 1
            | usize::from(self.is_secure) << 2
    }
}

impl Delivery {
    /// The response goes out with it: it is counted. `elapsed` is the time of the rollouts' clock.
    pub(super) fn count(&self, elapsed: Duration) {
        for counter in &*self.counters {
            counter.count_response(elapsed);
        }
    }

    /// The headers of a response that has none of them yet.
    pub fn policy_headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = HeaderMap::new();
        self.headers.apply(&mut headers);
        let cookie = self.set_cookie.clone();
        headers.extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
        headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

impl Parts<'_> {
    fn delivery(
        &self,
        state: State,
        variant: Variant,
    ) -> Result<Delivery, connect_src_tower::Error> {
        let reporting = if variant.is_secure {
            self.reporting
        } else {
            Reporting::ReportUri
        };
        let mut headers = PolicyHeaders::new().merge(self.merge);
        let mut marks = Vec::new();
        for mark in self.marks(state, variant) {
            let Some(text) = (self.text)(mark.revision) else {
                continue;
            };
            let value = format!("{text}; {}", self.directives(reporting, mark));
            headers = match mark.role {
                Role::Enforce => headers.enforce(value)?,
                Role::Trial => headers.report_only(value)?,
                Role::Observe => headers.header(mark.role.header(), printable(value)),
            };
            if reporting != Reporting::ReportUri {
                headers = headers.reporting_endpoint(&endpoint(mark), &self.url(mark))?;
            }
            marks.push(mark);
        }
        Ok(Delivery {
            headers: headers.into(),
            set_cookie: None,
            marks: marks.into(),
            counters: Arc::default(),
        })
    }

    fn marks(&self, state: State, variant: Variant) -> impl Iterator<Item = Mark> {
        let enforced = match state.stage {
            Stage::Enforce(revision, _) if variant.is_in_share => Some(revision),
            _ => state.baseline,
        };
        let on_its_way = state.stage.revision();
        let on_trial = on_its_way.filter(|revision| Some(*revision) != enforced);
        let observed = variant.is_observed.then_some(self.observe);
        [
            (enforced, Role::Enforce),
            (on_trial, Role::Trial),
            (observed, Role::Observe),
        ]
        .into_iter()
        .filter_map(|(revision, role)| revision.map(|revision| Mark { revision, role }))
    }

    /// The reporting directives of a policy.
    fn directives(&self, reporting: Reporting, mark: Mark) -> String {
        let uri = format!("report-uri {}", self.url(mark));
        let to = format!("report-to {}", endpoint(mark));
        match reporting {
            Reporting::Both => format!("{uri}; {to}"),
            Reporting::ReportUri => uri,
            Reporting::ReportTo => to,
        }
    }

    fn url(&self, mark: Mark) -> String {
        format!("{}/{}", self.path, self.key.print(mark))
    }
}

fn endpoint(mark: Mark) -> String {
    format!("connect-src-{mark}")
}

fn printable(value: String) -> HeaderValue {
    HeaderValue::try_from(value).expect("policies, paths and marks are printable ASCII")
}

impl Role {
    /// Whether it blocks.
    pub const fn disposition(self) -> Disposition {
        match self {
            Self::Observe | Self::Trial => Disposition::Report,
            Self::Enforce => Disposition::Enforce,
        }
    }

    /// The header that it is sent in.
    pub fn header(self) -> HeaderName {
        match self.disposition() {
            Disposition::Enforce => http::header::CONTENT_SECURITY_POLICY,
            Disposition::Report => http::header::CONTENT_SECURITY_POLICY_REPORT_ONLY,
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Trial => "trial",
            Self::Enforce => "enforce",
        }
    }

    pub(super) const fn letter(self) -> u8 {
        match self {
            Self::Observe => b'o',
            Self::Trial => b't',
            Self::Enforce => b'e',
        }
    }

    pub(super) fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "o" => Some(Self::Observe),
            "t" => Some(Self::Trial),
            "e" => Some(Self::Enforce),
            _ => None,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Share;

    fn text(revision: RevisionId) -> Option<PolicyText> {
        match revision.0 {
            1 => Some(PolicyText::observe()),
            2 => PolicyText::parse("connect-src 'self'").ok(),
            3 => PolicyText::parse("connect-src https:").ok(),
            _ => None,
        }
    }

    /// The headers over HTTPS, one line each.
    fn sent(
        state: State,
        is_observed: bool,
        is_in_share: bool,
        reporting: Reporting,
    ) -> Vec<String> {
        let variant = Variant {
            is_observed,
            is_in_share,
            is_secure: true,
        };
        sent_as(state, variant, reporting)
    }

    fn sent_as(state: State, variant: Variant, reporting: Reporting) -> Vec<String> {
        let key = MarkKey::new(&[1; 32]);
        let parts = Parts {
            key: &key,
            path: "/_c",
            reporting,
            merge: Merge::Keep,
            observe: RevisionId(1),
            text: &text,
        };
        let deliveries = Deliveries::new(state, &parts).unwrap();
        let delivery = deliveries.of(variant);
        let headers = delivery.policy_headers().into_iter();
        let mut lines: Vec<String> = headers
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        // `content-security-policy` before its longer sister.
        lines.sort_by_key(|line| line.replace(':', " "));
        lines
    }

    #[test]
    fn observing_reports_every_connection() {
        let lines = sent(State::new(), true, false, Reporting::Both);
        assert_eq!(lines.len(), 2);
        let policy = &lines[0];
        let start = "content-security-policy-report-only: connect-src 'none'; report-uri /_c/1o-";
        assert!(policy.starts_with(start), "{policy}");
        assert!(policy.ends_with("; report-to connect-src-1o"), "{policy}");
        let start = "reporting-endpoints: connect-src-1o=\"/_c/1o-";
        assert!(lines[1].starts_with(start), "{lines:?}");
        assert!(sent(State::new(), false, false, Reporting::Both).is_empty());
    }

    #[test]
    fn over_plain_http_the_only_way_that_browsers_go_is_named() {
        let variant = Variant {
            is_observed: true,
            is_in_share: false,
            is_secure: false,
        };
        for reporting in [Reporting::Both, Reporting::ReportTo, Reporting::ReportUri] {
            let lines = sent_as(State::new(), variant, reporting);
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].contains("; report-uri /_c/1o-"), "{lines:?}");
            assert!(!lines[0].contains("report-to"), "{lines:?}");
        }
    }

    #[test]
    fn every_variant_has_a_place_of_its_own() {
        for index in 0..Variant::COUNT {
            assert_eq!(Variant::of_index(index).index(), index);
        }
    }

    #[test]
    fn a_trial_blocks_nothing_but_what_was_blocked_before() {
        let state = State {
            stage: Stage::Trial(RevisionId(3)),
            baseline: Some(RevisionId(2)),
            is_held: false,
        };
        let lines = sent(state, false, false, Reporting::ReportUri);
        assert_eq!(lines.len(), 2, "no endpoint is named: {lines:?}");
        let start = "content-security-policy: connect-src 'self'; report-uri /_c/2e-";
        assert!(lines[0].starts_with(start), "{lines:?}");
        let start = "content-security-policy-report-only: connect-src https:; report-uri /_c/3t-";
        assert!(lines[1].starts_with(start), "{lines:?}");
    }

    #[test]
    fn in_the_share_the_new_policy_blocks_and_out_of_it_the_old_one() {
        let state = State {
            stage: Stage::Enforce(RevisionId(3), Share::from_basis_points(100)),
            baseline: Some(RevisionId(2)),
            is_held: false,
        };
        let inside = sent(state, false, true, Reporting::ReportTo);
        let expected = "content-security-policy: connect-src https:; report-to connect-src-3e";
        assert_eq!(inside[0], expected);
        assert_eq!(inside.len(), 2);
        let outside = sent(state, false, false, Reporting::ReportTo);
        assert!(outside[0].starts_with("content-security-policy: connect-src 'self';"));
        assert!(outside[1].starts_with("content-security-policy-report-only: connect-src https:;"));
        assert_eq!(outside.len(), 3);
    }
}
