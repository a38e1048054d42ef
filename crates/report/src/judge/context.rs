use std::time::SystemTime;

use connect_src::{CspList, Disposition, Origin};

use crate::noise::NoiseList;

/// A policy that we sent. It is parsed once: keep it for as long as it is sent.
///
/// ```
/// use connect_src::Disposition;
/// use connect_src_report::SentPolicy;
///
/// let sent = SentPolicy::new("connect-src 'self'; report-uri /csp?rev=7", Disposition::Report);
/// assert_eq!(sent.disposition(), Disposition::Report);
/// ```
#[derive(Clone, Debug)]
pub struct SentPolicy {
    policies: CspList,
    disposition: Disposition,
    until: Option<SystemTime>,
}

impl SentPolicy {
    /// A policy that is still sent: one header's value.
    pub fn new(text: &str, disposition: Disposition) -> Self {
        Self {
            policies: CspList::from_header(text, disposition),
            disposition,
            until: None,
        }
    }

    /// The same policy, no longer sent since then.
    pub fn until(mut self, last_sent: SystemTime) -> Self {
        self.until = Some(last_sent);
        self
    }

    /// Whether it was sent to be enforced.
    pub fn disposition(&self) -> Disposition {
        self.disposition
    }

    /// When it was last sent; `None` while it still is.
    pub fn last_sent(&self) -> Option<SystemTime> {
        self.until
    }

    /// What was sent; more than one policy where the value has commas.
    pub fn policies(&self) -> &CspList {
        &self.policies
    }
}

/// What is known of the policy that the post's revision mark names.
#[derive(Clone, Copy, Debug)]
pub enum Sent<'a> {
    /// Nobody keeps a list of what was sent, so no policy is foreign.
    Unknown,
    /// The mark is missing, or its tag does not fit: we never sent such a policy.
    Never,
    /// The mark is ours: one of these was sent with it.
    OneOf(&'a [SentPolicy]),
}

impl Sent<'_> {
    /// The disposition, where all that was sent agrees on it.
    pub(super) fn disposition(self) -> Option<Disposition> {
        let (first, rest) = self.policies().split_first()?;
        let disposition = first.disposition;
        let is_alike = |one: &SentPolicy| one.disposition == disposition;
        rest.iter().all(is_alike).then_some(disposition)
    }
}

impl<'a> Sent<'a> {
    pub(super) fn policies(self) -> &'a [SentPolicy] {
        match self {
            Self::OneOf(policies) => policies,
            Self::Unknown | Self::Never => &[],
        }
    }
}

/// What a judgement needs to know beside the report. Nothing in it is asked of a clock or a disk.
///
/// ```
/// use std::time::SystemTime;
/// use connect_src::{CspList, Disposition, Origin};
/// use connect_src_report::{JudgeContext, NoiseList, Sent, SentPolicy};
/// use url::Url;
///
/// let sent = [SentPolicy::new("connect-src 'none'", Disposition::Report)];
/// let in_force = CspList::from_header("connect-src 'self'", Disposition::Report);
/// let site = [Origin::of(&Url::parse("https://app.example/")?)];
/// let context = JudgeContext::new(SystemTime::now(), NoiseList::builtin())
///     .sent(Sent::OneOf(&sent))
///     .in_force(&in_force)
///     .first_party(&site);
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct JudgeContext<'a> {
    /// When the post came.
    pub now: SystemTime,
    /// What the post's revision mark names.
    pub sent: Sent<'a>,
    /// The policies that the page is served with now, of both dispositions; `None` if that is not known.
    /// A report that none of them would cause is out of date, so leave out those that only take stock,
    /// such as a report-only `connect-src 'none'`.
    pub in_force: Option<&'a CspList>,
    /// The origins of the site. Empty if they are not known.
    pub first_party: &'a [Origin],
    /// The known sources of noise.
    pub noise: &'a NoiseList,
}

impl<'a> JudgeContext<'a> {
    /// A context that knows nothing but the time and the sources of noise.
    pub fn new(now: SystemTime, noise: &'a NoiseList) -> Self {
        Self {
            now,
            sent: Sent::Unknown,
            in_force: None,
            first_party: &[],
            noise,
        }
    }

    /// The same context, with what the revision mark names.
    pub fn sent(mut self, sent: Sent<'a>) -> Self {
        self.sent = sent;
        self
    }

    /// The same context, with the policies that the page is served with now.
    pub fn in_force(mut self, policies: &'a CspList) -> Self {
        self.in_force = Some(policies);
        self
    }

    /// The same context, with the origins of the site.
    pub fn first_party(mut self, origins: &'a [Origin]) -> Self {
        self.first_party = origins;
        self
    }
}
