//! A report, read for judging.

use std::borrow::Cow;

use connect_src::{BrowserProfile, CspList, DirectiveName, Disposition, Origin, Policy};
use url::Url;

use super::browsers::Browsers;
use super::connection::{Connection, Decision};
use super::context::{JudgeContext, SentPolicy};
use super::{Missing, Reason};
use crate::noise::Traces;
use crate::origins;
use crate::record::{Blocked, Record};

pub(super) struct Case<'r> {
    pub(super) record: &'r Record,
    pub(super) context: &'r JudgeContext<'r>,
    pub(super) browsers: Browsers,
    document: Option<Url>,
    source: Option<Url>,
    blocked: Option<Url>,
}

impl<'r> Case<'r> {
    pub(super) fn new(record: &'r Record, context: &'r JudgeContext<'r>) -> Self {
        let url = |text: Option<&str>| text.and_then(|text| Url::parse(text).ok());
        Self {
            record,
            context,
            browsers: Browsers::of(record.user_agent.as_deref()),
            document: url(record.url.as_deref()).filter(Url::has_host),
            source: url(record.source_file.as_deref()).filter(Url::has_host),
            blocked: url(record.blocked.as_ref().map(Blocked::as_str)),
        }
    }

    /// The URL of what was blocked, where the report has one.
    pub(super) fn blocked(&self) -> Option<&Url> {
        self.blocked.as_ref()
    }

    /// The document's URL, if it has a host.
    pub(super) fn document(&self) -> Option<&Url> {
        self.document.as_ref()
    }

    /// A known source of noise that explains the report, unless the site itself does.
    pub(super) fn noise(&self) -> Option<Reason> {
        let source = self.foreign_part(self.record.source_file.as_deref(), self.source.as_ref());
        let blocked = self.record.blocked.as_ref().map(Blocked::as_str);
        let blocked = self.foreign_part(blocked, self.blocked.as_ref());
        let traces = Traces {
            document_host: self.document.as_ref().and_then(Url::host_str),
            source_scheme: source.0,
            source_host: source.1,
            blocked_scheme: blocked.0,
            blocked_host: blocked.1,
            sample: self.record.sample.as_deref(),
        };
        let noise = self.context.noise.find(self.unless_own_script(traces))?;
        Some(Reason::noise(noise))
    }

    /// Scheme and host of a URL, or of a text that is a scheme alone; nothing where it is the site's own.
    fn foreign_part<'u>(
        &self,
        text: Option<&'u str>,
        url: Option<&'u Url>,
    ) -> (Option<&'u str>, Option<&'u str>) {
        match url {
            Some(url) if self.is_first_party(url) => (None, None),
            Some(url) => (Some(url.scheme()), url.host_str()),
            None => (text.and_then(|text| text.split(':').next()), None),
        }
    }

    /// A script of the site's own that connects to a host of the list is the site's doing. Extension
    /// schemes stay: content scripts run in the page and may be reported as part of it.
    fn unless_own_script(&self, traces: Traces<'r>) -> Traces<'r>
    where
        Self: 'r,
    {
        if self.has_own_script() {
            return Traces {
                blocked_host: None,
                ..traces
            };
        }
        traces
    }

    /// What a judgement needs and the report lacks.
    pub(super) fn unreadable(&self) -> Option<Reason> {
        let missing = match (&self.record.effective_directive, &self.record.blocked) {
            (None, _) => Missing::Directive,
            (Some(name), None) if is_about_requests(name) => Missing::Blocked,
            (_, Some(Blocked::Url(_) | Blocked::Origin(_))) if self.blocked.is_none() => {
                Missing::Blocked
            }
            _ if self.has_no_policy() => Missing::Policy,
            _ => return None,
        };
        Some(Reason::Unreadable(missing))
    }

    fn has_no_policy(&self) -> bool {
        self.record.original_policy.is_none() && self.context.sent.policies().is_empty()
    }

    /// The reported policy; where the report has none, those that we sent. Its disposition decides
    /// nothing here.
    fn reported_policies(&self) -> Option<Cow<'r, CspList>> {
        let sent = self.context.sent.policies();
        let Some(text) = &self.record.original_policy else {
            let policies = sent
                .iter()
                .flat_map(|sent| sent.policies().policies().iter().cloned());
            return (!sent.is_empty()).then(|| Cow::Owned(policies.collect()));
        };
        let is_it =
            |sent: &&SentPolicy| sent.policies().policies().len() == 1 && sent.has_text(text);
        match sent.iter().find(is_it) {
            Some(sent) => Some(Cow::Borrowed(sent.policies())),
            None => Some(Cow::Owned(CspList::from_header(text, Disposition::Enforce))),
        }
    }

    /// Whether the reported policy blocks it, and those in force now.
    pub(super) fn by_the_engine(&self) -> Reason {
        let policies = self.reported_policies().unwrap_or_default();
        let name = self
            .record
            .effective_directive
            .as_deref()
            .unwrap_or_default();
        let Some(directive) = DirectiveName::parse(name) else {
            return unknown_directive(name, &policies);
        };
        let connection = match Connection::of(self, directive) {
            Some(connection) => connection,
            None if is_about_urls_only(directive) => return Reason::NotAboutUrls,
            None => return in_the_page(directive, &policies),
        };
        match self.reported_decision(&connection, &policies) {
            Ok((decision, _)) if self.is_allowed_now(&connection, decision) => {
                Reason::AllowedNow(self.time_since_sent())
            }
            Ok((_, reason)) | Err(reason) => reason,
        }
    }

    /// What the browsers decide under the reported policy: a reason for a finding, or for none.
    fn reported_decision(
        &self,
        connection: &Connection,
        policies: &CspList,
    ) -> Result<(Decision, Reason), Reason> {
        match connection.worst(policies, &self.browsers.named) {
            Decision::Blocked => return Ok((Decision::Blocked, Reason::Blocked)),
            Decision::BlockedIfRedirected if self.names_script() => {}
            Decision::BlockedIfRedirected => {
                return Ok((Decision::BlockedIfRedirected, Reason::Redirected));
            }
            Decision::Allowed => {}
            Decision::NotGoverned => return Err(Reason::NoSuchDirective),
        }
        let is_blocking = |profile: &BrowserProfile| {
            connection.worst(policies, &[(*profile).into()]) == Decision::Blocked
        };
        match self.browsers.others().find(is_blocking) {
            Some(profile) => Ok((Decision::Blocked, Reason::BlockedElsewhere(profile))),
            None if self.names_script() && connection.can_be_redirected() => {
                Err(Reason::AllowedWithScript)
            }
            None => Err(Reason::Allowed),
        }
    }

    /// Whether the policies in force would cause no such report in any browser that may have sent it.
    fn is_allowed_now(&self, connection: &Connection, reported: Decision) -> bool {
        let Some(policies) = self.context.in_force else {
            return false;
        };
        match connection.worst(policies, &self.browsers.named) {
            Decision::Allowed | Decision::NotGoverned => true,
            Decision::BlockedIfRedirected => reported == Decision::Blocked,
            Decision::Blocked => false,
        }
    }

    fn time_since_sent(&self) -> Option<std::time::Duration> {
        let sent = self.context.sent.policies().iter();
        let untils = sent.map(SentPolicy::last_sent);
        let last = untils.collect::<Option<Vec<_>>>()?.into_iter().max()?;
        self.context.now.duration_since(last).ok()
    }

    /// The origins that `'self'` may stand for. A document without a URL (`about:srcdoc`) has that of the
    /// page that made it.
    pub(super) fn self_origins(&self) -> Vec<Origin> {
        if let Some(document) = &self.document {
            return vec![Origin::of(document)];
        }
        let source = self.source.iter().map(Origin::of);
        let mut origins: Vec<Origin> = source
            .chain(self.context.first_party.iter().cloned())
            .collect();
        origins.truncate(MAX_ORIGINS);
        if origins.is_empty() {
            origins.push(Origin::Opaque);
        }
        origins
    }

    /// Whether the report names a line of a script that is not the document itself.
    pub(super) fn names_script(&self) -> bool {
        let has_line = self.record.line_number.is_some_and(|line| line > 0);
        let is_document = |source: &Url| {
            self.document
                .as_ref()
                .is_some_and(|document| is_same_resource(source, document))
        };
        has_line
            && self
                .source
                .as_ref()
                .is_some_and(|source| !is_document(source))
    }

    /// Whether that script is on an origin of the site, or on the document's.
    pub(super) fn has_own_script(&self) -> bool {
        self.names_script()
            && self
                .source
                .as_ref()
                .is_some_and(|source| self.is_first_party(source))
    }

    pub(super) fn is_in_app_browser(&self) -> bool {
        let name = self.record.user_agent.as_deref();
        name.is_some_and(|name| self.context.noise.in_app_browser(name).is_some())
    }

    fn is_first_party(&self, url: &Url) -> bool {
        let is_document = |document: &Url| origins::are_same(document, url);
        let mut first_party = self.context.first_party.iter();
        self.document.as_ref().is_some_and(is_document)
            || first_party.any(|origin| origins::is_of(url, origin))
    }
}

const MAX_ORIGINS: usize = 8;

/// Queries aside: Chromium leaves them out of one of the two.
fn is_same_resource(a: &Url, b: &Url) -> bool {
    a.path() == b.path() && origins::are_same(a, b)
}

fn is_about_requests(name: &str) -> bool {
    DirectiveName::parse(name).is_some_and(DirectiveName::is_fetch_directive)
}

/// Directives that inline code and `eval()` never violate.
fn is_about_urls_only(directive: DirectiveName) -> bool {
    use DirectiveName as D;
    let is_about_code = matches!(
        directive,
        D::DefaultSrc
            | D::ScriptSrc
            | D::ScriptSrcElem
            | D::ScriptSrcAttr
            | D::StyleSrc
            | D::StyleSrcElem
            | D::StyleSrcAttr
    );
    directive.is_fetch_directive() && !is_about_code
}

/// A directive that nobody here knows: browsers add some, with or without a fallback.
fn unknown_directive(name: &str, policies: &CspList) -> Reason {
    let has = |policy: &Policy| {
        let is_it = |known: &str| known.eq_ignore_ascii_case(name) || known == "default-src";
        policy
            .directives()
            .any(|directive| is_it(&directive.name().to_ascii_lowercase()))
    };
    present(policies.policies().iter().any(has))
}

/// Something that no request shows: inline code, `eval()`, a directive about other things.
fn in_the_page(directive: DirectiveName, policies: &CspList) -> Reason {
    let governs = |policy: &Policy, rules| {
        policy.directive(directive, rules).is_some()
            || policy.governing_directive(part(directive), rules).is_some()
    };
    let browsers = BrowserProfile::BROWSERS;
    let has = |policy: &Policy| browsers.into_iter().any(|rules| governs(policy, rules));
    present(policies.policies().iter().any(has))
}

fn present(is_there: bool) -> Reason {
    if is_there {
        Reason::DecidedInThePage
    } else {
        Reason::NoSuchDirective
    }
}

/// Older browsers name the whole where newer ones name a part, whose fallback list has all.
pub(super) fn part(directive: DirectiveName) -> DirectiveName {
    match directive {
        DirectiveName::ScriptSrc => DirectiveName::ScriptSrcElem,
        DirectiveName::StyleSrc => DirectiveName::StyleSrcElem,
        DirectiveName::ChildSrc => DirectiveName::FrameSrc,
        other => other,
    }
}
