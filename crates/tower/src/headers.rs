use std::borrow::Cow;

use connect_src::{Disposition, Policy};
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY, HeaderMap, HeaderName,
    HeaderValue,
};

use crate::error::{Error, ErrorKind};
use crate::merge::{self, Merge, Reporting, Sources};

/// What a response gets: policies, the reporting endpoints that they name, and how they are merged with
/// the policies that the response already has.
///
/// Everything is checked and parsed when it is added, so that sending it costs little and cannot fail.
///
/// ```
/// use connect_src_tower::{Merge, PolicyHeaders};
/// use http::HeaderMap;
///
/// let ours = PolicyHeaders::new()
///     .enforce("connect-src 'self' https://api.example.com; report-to csp")?
///     .reporting_endpoint("csp", "https://app.example.com/reports")?
///     .merge(Merge::Keep);
///
/// let mut headers = HeaderMap::new();
/// headers.insert("content-security-policy", "script-src 'self'".parse().unwrap());
/// ours.apply(&mut headers);
/// assert_eq!(headers.get_all("content-security-policy").iter().count(), 2);
/// assert_eq!(headers["reporting-endpoints"], "csp=\"https://app.example.com/reports\"");
/// # Ok::<(), connect_src_tower::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PolicyHeaders {
    policies: Vec<Ours>,
    merge: Merge,
    endpoints: Option<HeaderValue>,
    others: Vec<(HeaderName, HeaderValue)>,
}

/// One policy of ours, ready to be sent.
#[derive(Clone, Debug)]
struct Ours {
    value: HeaderValue,
    policy: Policy,
    sources: Sources,
    reporting: Reporting,
    /// Whether it is one policy more, however the others are merged.
    is_beside: bool,
}

impl PolicyHeaders {
    /// Nothing: responses stay as they are.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends this policy in `Content-Security-Policy`. Fails for what is not one policy in printable ASCII.
    pub fn enforce(mut self, policy: impl AsRef<str>) -> Result<Self, Error> {
        let ours = Ours::new(policy.as_ref(), Disposition::Enforce)?;
        self.policies.push(ours);
        Ok(self)
    }

    /// Sends this policy in `Content-Security-Policy-Report-Only`. Fails as [`enforce`](Self::enforce) does.
    pub fn report_only(mut self, policy: impl AsRef<str>) -> Result<Self, Error> {
        let ours = Ours::new(policy.as_ref(), Disposition::Report)?;
        self.policies.push(ours);
        Ok(self)
    }

    /// The same, but as one policy more, however the others are merged. For a policy that is there to watch
    /// what a page does, such as `connect-src 'none'`.
    pub fn watch(mut self, policy: impl AsRef<str>) -> Result<Self, Error> {
        let mut ours = Ours::new(policy.as_ref(), Disposition::Report)?;
        ours.is_beside = true;
        self.policies.push(ours);
        Ok(self)
    }

    /// How our policies meet those of the response. [`Merge::Keep`] without it.
    pub fn merge(mut self, merge: Merge) -> Self {
        self.merge = merge;
        self
    }

    /// Names an endpoint in `Reporting-Endpoints`, for the `report-to` of a policy. Endpoints that the
    /// response already names stay; of two with one name, browsers take ours.
    ///
    /// <https://w3c.github.io/reporting/#header>
    pub fn reporting_endpoint(mut self, name: &str, url: &str) -> Result<Self, Error> {
        if !is_key(name) {
            return Err(Error::new(ErrorKind::EndpointName, name));
        }
        let bad_url = || Error::new(ErrorKind::EndpointUrl, url);
        if url.is_empty() || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(bad_url());
        }
        let quoted = url.replace('\\', "\\\\").replace('"', "\\\"");
        let before = match &self.endpoints {
            None => Cow::Borrowed(""),
            Some(endpoints) => String::from_utf8_lossy(endpoints.as_bytes()) + ", ",
        };
        let value = HeaderValue::try_from(format!("{before}{name}=\"{quoted}\""));
        self.endpoints = Some(value.map_err(|_| bad_url())?);
        Ok(self)
    }

    /// Sends one more header wherever the policies go, beside values of the same name.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.others.push((name, value));
        self
    }

    /// The policies, in the order in which they were added.
    pub fn policies(&self) -> impl ExactSizeIterator<Item = &Policy> {
        self.policies.iter().map(|ours| &ours.policy)
    }

    /// Allows connections to more sources: in each of the policies that is about connections.
    pub fn allow(mut self, sources: &Sources) -> Self {
        self.policies
            .iter_mut()
            .for_each(|ours| ours.allow(sources));
        self
    }

    /// Writes the headers, merging them with those that are there.
    pub fn apply(&self, headers: &mut HeaderMap) {
        match self.merge {
            Merge::Keep => self.append(headers, |_| true),
            Merge::Replace => self.replace(headers),
            Merge::Extend => self.extend(headers),
        }
        if let Some(endpoints) = &self.endpoints {
            headers.append(REPORTING_ENDPOINTS, endpoints.clone());
        }
        for (name, value) in &self.others {
            headers.append(name.clone(), value.clone());
        }
    }

    fn append(&self, headers: &mut HeaderMap, is_wanted: impl Fn(&Ours) -> bool) {
        for ours in self.policies.iter().filter(|ours| is_wanted(ours)) {
            headers.append(header_name(ours.policy.disposition()), ours.value.clone());
        }
    }

    fn replace(&self, headers: &mut HeaderMap) {
        for ours in self.policies.iter().filter(|ours| !ours.is_beside) {
            headers.remove(header_name(ours.policy.disposition()));
        }
        self.append(headers, |_| true);
    }

    /// What we enforce is added to both headers, what we report on to the report-only header alone.
    fn extend(&self, headers: &mut HeaderMap) {
        let (sources, reporting) = self.extension(Sources::default(), Disposition::Enforce);
        let in_enforced = extend_header(headers, Disposition::Enforce, &sources, &reporting);
        let (sources, reporting) = self.extension(sources, Disposition::Report);
        let in_reported = extend_header(headers, Disposition::Report, &sources, &reporting);
        self.append(headers, |ours| {
            let is_extended = match ours.policy.disposition() {
                Disposition::Enforce => in_enforced,
                Disposition::Report => in_reported,
            };
            !(is_extended && ours.is_extension())
        });
    }

    /// What the policies of this disposition add to others: these sources and their own, and their reporting.
    fn extension(&self, sources: Sources, disposition: Disposition) -> (Sources, Reporting) {
        let added = self
            .policies
            .iter()
            .filter(|ours| ours.policy.disposition() == disposition && ours.is_extension());
        added.fold((sources, Reporting::default()), |(sources, _), ours| {
            (sources.and(&ours.sources), ours.reporting.clone())
        })
    }
}

impl Ours {
    fn new(text: &str, disposition: Disposition) -> Result<Self, Error> {
        let text = text.trim_ascii();
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ')
        {
            return Err(Error::new(ErrorKind::Character, text));
        }
        if text.contains(',') {
            return Err(Error::new(ErrorKind::Comma, text));
        }
        let policy = Policy::from_header(text, disposition);
        if policy.is_empty() {
            return Err(Error::new(ErrorKind::EmptyPolicy, text));
        }
        let value = HeaderValue::from_str(text);
        Ok(Self {
            value: value.map_err(|_| Error::new(ErrorKind::Character, text))?,
            sources: Sources::of(&policy),
            reporting: Reporting::of(&policy),
            policy,
            is_beside: false,
        })
    }

    fn allow(&mut self, sources: &Sources) {
        let extended = merge::extend(&self.policy, sources, &Reporting::default());
        let extended = extended.map(|text| Self::new(&text, self.policy.disposition()));
        if let Some(Ok(extended)) = extended {
            *self = Self {
                is_beside: self.is_beside,
                ..extended
            };
        }
    }

    /// Whether its sources are for the policies that are there, by [`Merge::Extend`].
    fn is_extension(&self) -> bool {
        !self.is_beside && !self.sources.is_empty()
    }
}

/// Adds the sources to the policies in the header of this disposition. Whether one of them is about
/// connections; if none is, or there is nothing to add, the header stays as it is.
fn extend_header(
    headers: &mut HeaderMap,
    disposition: Disposition,
    sources: &Sources,
    reporting: &Reporting,
) -> bool {
    let name = header_name(disposition);
    if sources.is_empty() || !headers.contains_key(&name) {
        return false;
    }
    let extended = merge::extend_header(headers.get_all(&name), disposition, sources, reporting);
    let lines = extended.lines.into_iter().map(HeaderValue::try_from);
    let Ok(lines) = lines.collect::<Result<Vec<_>, _>>() else {
        return false;
    };
    if extended.is_governing {
        headers.remove(&name);
        for line in lines {
            headers.append(&name, line);
        }
    }
    extended.is_governing
}

const fn header_name(disposition: Disposition) -> HeaderName {
    match disposition {
        Disposition::Enforce => CONTENT_SECURITY_POLICY,
        Disposition::Report => CONTENT_SECURITY_POLICY_REPORT_ONLY,
    }
}

/// <https://www.rfc-editor.org/rfc/rfc9651#name-parsing-a-key>
fn is_key(name: &str) -> bool {
    let is_first = |byte: u8| byte.is_ascii_lowercase() || byte == b'*';
    let is_rest = |byte: u8| is_first(byte) || byte.is_ascii_digit() || b"_-.".contains(&byte);
    name.bytes().next().is_some_and(is_first) && name.bytes().all(is_rest)
}

const REPORTING_ENDPOINTS: HeaderName = HeaderName::from_static("reporting-endpoints");

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(texts: &[&str]) -> Sources {
        Sources::new(texts).unwrap()
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn applied(ours: &PolicyHeaders, before: &[(&'static str, &str)]) -> Vec<(String, String)> {
        let mut headers = headers(before);
        ours.apply(&mut headers);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let lines = headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)));
        lines.collect()
    }

    fn lines(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = expected
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        owned.collect()
    }

    const CSP: &str = "content-security-policy";
    const CSPRO: &str = "content-security-policy-report-only";

    #[test]
    fn what_could_leave_the_header_is_refused() {
        let table = [
            (
                "connect-src 'self'\r\nSet-Cookie: a=b",
                ErrorKind::Character,
            ),
            ("connect-src b\u{fc}cher.example", ErrorKind::Character),
            ("connect-src 'self', script-src *", ErrorKind::Comma),
            (" ; ", ErrorKind::EmptyPolicy),
            ("", ErrorKind::EmptyPolicy),
        ];
        for (policy, kind) in table {
            let error = PolicyHeaders::new().enforce(policy).unwrap_err();
            assert_eq!(error.kind(), kind, "{policy:?}");
        }
        for source in [
            "a.example;script-src",
            "a.example b.example",
            "'none'",
            "'nonce-abc'",
            "",
            "a,b",
        ] {
            assert_eq!(
                Sources::new([source]).unwrap_err().kind(),
                ErrorKind::Source,
                "{source:?}"
            );
        }
        for name in ["", "A", "1a", "a b", "a\"", "a\r\n"] {
            let error = PolicyHeaders::new()
                .reporting_endpoint(name, "/reports")
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::EndpointName, "{name:?}");
        }
        for url in ["", "/a b", "/a\r\nb", "/\u{e9}"] {
            let error = PolicyHeaders::new()
                .reporting_endpoint("csp", url)
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::EndpointUrl, "{url:?}");
        }
    }

    #[test]
    fn endpoints_are_quoted_and_stand_beside_those_of_the_response() {
        let ours = PolicyHeaders::new()
            .reporting_endpoint("a", "/a?\"b\\")
            .unwrap()
            .reporting_endpoint("b", "https://b.example/")
            .unwrap();
        assert_eq!(
            applied(&ours, &[("reporting-endpoints", "default=\"/d\"")]),
            lines(&[
                ("reporting-endpoints", "default=\"/d\""),
                (
                    "reporting-endpoints",
                    r#"a="/a?\"b\\", b="https://b.example/""#
                ),
            ])
        );
    }

    #[test]
    fn replace_leaves_the_other_disposition() {
        let ours = PolicyHeaders::new()
            .report_only("connect-src 'none'")
            .unwrap()
            .merge(Merge::Replace);
        assert_eq!(
            applied(
                &ours,
                &[
                    (CSP, "script-src 'self'"),
                    (CSPRO, "img-src *"),
                    (CSPRO, "a")
                ]
            ),
            lines(&[(CSP, "script-src 'self'"), (CSPRO, "connect-src 'none'")])
        );
    }

    #[test]
    fn extend_adds_enforced_sources_to_both_dispositions() {
        let ours = PolicyHeaders::new()
            .enforce("connect-src https://a.example; report-uri /r")
            .unwrap()
            .merge(Merge::Extend);
        assert_eq!(
            applied(
                &ours,
                &[
                    (CSP, "default-src 'self'"),
                    (CSPRO, "connect-src 'none'; report-to x")
                ]
            ),
            lines(&[
                (
                    CSP,
                    "default-src 'self'; connect-src 'self' https://a.example; report-uri /r"
                ),
                (CSPRO, "connect-src https://a.example; report-to x"),
            ])
        );
    }

    #[test]
    fn extend_does_not_loosen_an_enforced_policy_by_what_is_only_reported_on() {
        let ours = PolicyHeaders::new()
            .report_only("connect-src https://a.example; report-uri /r")
            .unwrap()
            .merge(Merge::Extend);
        let upstream = [
            (CSP, "connect-src 'self'"),
            (CSPRO, "connect-src 'self'; report-uri /u"),
        ];
        assert_eq!(
            applied(&ours, &upstream),
            lines(&[
                (CSP, "connect-src 'self'"),
                (
                    CSPRO,
                    "connect-src 'self' https://a.example; report-uri /u /r"
                ),
            ])
        );
        assert_eq!(
            applied(&ours, &upstream[..1]),
            lines(&[
                (CSP, "connect-src 'self'"),
                (CSPRO, "connect-src https://a.example; report-uri /r"),
            ])
        );
    }

    #[test]
    fn extend_sends_ours_where_nothing_is_about_connections_or_there_is_nothing_to_add() {
        let ours = PolicyHeaders::new()
            .enforce("connect-src https://a.example")
            .unwrap()
            .report_only("connect-src 'none'")
            .unwrap()
            .merge(Merge::Extend);
        assert_eq!(
            applied(
                &ours,
                &[(CSP, "script-src 'self'"), (CSPRO, "connect-src 'self'")]
            ),
            lines(&[
                (CSP, "script-src 'self'"),
                (CSP, "connect-src https://a.example"),
                (CSPRO, "connect-src 'self' https://a.example"),
                (CSPRO, "connect-src 'none'"),
            ])
        );
    }

    #[test]
    fn a_watching_policy_is_always_one_more() {
        let upstream = [(CSP, "connect-src 'self'"), (CSPRO, "connect-src 'self'")];
        for (merge, expected) in [
            (Merge::Keep, "connect-src 'self'"),
            (Merge::Replace, "connect-src https://b.example"),
            (Merge::Extend, "connect-src 'self' https://b.example"),
        ] {
            let ours = PolicyHeaders::new()
                .report_only("connect-src https://b.example")
                .unwrap()
                .watch("connect-src 'none'")
                .unwrap()
                .merge(merge);
            let lines = applied(&ours, &upstream);
            assert_eq!(lines[0].1, "connect-src 'self'", "{merge:?}");
            assert_eq!(lines[1].1, expected, "{merge:?}");
            assert_eq!(lines.last().unwrap().1, "connect-src 'none'", "{merge:?}");
        }
    }

    #[test]
    fn allow_adds_to_both_policies() {
        let ours = PolicyHeaders::new()
            .enforce("default-src 'self'")
            .unwrap()
            .report_only("connect-src 'none'; report-uri /r")
            .unwrap()
            .allow(&sources(&["https://a.example"]));
        assert_eq!(
            applied(&ours, &[]),
            lines(&[
                (
                    CSP,
                    "default-src 'self'; connect-src 'self' https://a.example"
                ),
                (CSPRO, "connect-src https://a.example; report-uri /r"),
            ])
        );
    }
}
