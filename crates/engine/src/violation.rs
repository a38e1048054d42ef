//! Violations as browsers report them, in both JSON shapes.

use alloc::string::String;

use url::Url;

use crate::browser_profile::{BrowserProfile, Rules};
use crate::directive::{DirectiveName, effective_directive};
use crate::policy::{Disposition, Policy};
use crate::request::Request;

/// A violation of a policy by a request.
///
/// ```
/// use connect_src::{Api, BrowserProfile, Disposition, Policy, Request, Violation};
/// use url::Url;
///
/// let policy = Policy::from_header("connect-src 'self'", Disposition::Enforce);
/// let page = Url::parse("https://app.example.com/cart#pay")?;
/// let request = Request::connect(Api::Fetch, Url::parse("https://user@evil.example/?q=1#top")?);
/// let violation = Violation::of(&request, &policy, &page, BrowserProfile::Chromium).unwrap();
/// assert_eq!(violation.blocked_uri(), "https://evil.example/?q=1");
/// assert_eq!(violation.document_uri(), "https://app.example.com/cart");
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// <https://w3c.github.io/webappsec-csp/#framework-violation>
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Violation {
    /// The page.
    pub url: Url,
    /// The HTTP status of the page; 0 when it is not known.
    pub status: u16,
    /// What violated the policy: the URL that was asked for, not one that it was redirected to.
    pub resource: Url,
    /// The page's referrer.
    pub referrer: Option<Url>,
    /// The text of the violated policy.
    pub policy: String,
    /// The disposition of the violated policy.
    pub disposition: Disposition,
    /// The directive that governs the request, though another may have stood in for it.
    pub effective_directive: DirectiveName,
    /// The script that asked, as the page asked for it.
    pub source_file: Option<Url>,
    /// Where in the script, from 1; 0 when it is not known.
    pub line_number: u32,
    /// Where in the line, from 1; 0 when it is not known.
    pub column_number: u32,
    /// The first characters of an inline block. A connection has none.
    pub sample: String,
    rules: Rules,
}

impl Violation {
    /// The violation that a browser reports when `request` violates `policy` on the page `url`. `None` when no
    /// directive governs the request. Whether it is violated at all is not asked again.
    ///
    /// <https://w3c.github.io/webappsec-csp/#create-violation-for-request>
    pub fn of(
        request: &Request,
        policy: &Policy,
        url: &Url,
        rules: impl Into<Rules>,
    ) -> Option<Self> {
        let rules = rules.into();
        Some(Self {
            url: url.clone(),
            status: 0,
            resource: request.url().clone(),
            referrer: None,
            policy: policy.text().into(),
            disposition: policy.disposition(),
            effective_directive: effective_directive(request, rules)?,
            source_file: None,
            line_number: 0,
            column_number: 0,
            sample: String::new(),
            rules,
        })
    }

    /// The page's URL as reports show it.
    pub fn document_uri(&self) -> String {
        strip_url_for_use_in_reports(&self.url, BrowserProfile::Standard)
    }

    /// The blocked URL as reports show it.
    ///
    /// <https://w3c.github.io/webappsec-csp/#obtain-violation-blocked-uri>
    pub fn blocked_uri(&self) -> String {
        strip_url_for_use_in_reports(&self.resource, self.rules)
    }

    #[cfg(feature = "serde")]
    fn source_file(&self) -> Option<String> {
        let url = self.source_file.as_ref()?;
        Some(strip_url_for_use_in_reports(url, BrowserProfile::Standard))
    }

    #[cfg(feature = "serde")]
    fn referrer(&self) -> Option<String> {
        let url = self.referrer.as_ref()?;
        Some(strip_url_for_use_in_reports(url, BrowserProfile::Standard))
    }
}

/// A URL without what a report must not tell: its fragment, user name and password. Of a URL that is not HTTP(S) only
/// the scheme is left; the browsers' rules keep ws: and wss: URLs whole.
///
/// <https://w3c.github.io/webappsec-csp/#strip-url-for-use-in-reports>
pub fn strip_url_for_use_in_reports(url: &Url, rules: impl Into<Rules>) -> String {
    let is_browser = rules.into().profile() != BrowserProfile::Standard;
    match url.scheme() {
        "http" | "https" => {}
        "ws" | "wss" if is_browser => {}
        scheme => return scheme.into(),
    }
    let mut url = url.clone();
    url.set_fragment(None);
    // These URLs have a host, so they can have neither refused.
    let _: Result<(), ()> = url.set_username("");
    let _: Result<(), ()> = url.set_password(None);
    url.into()
}

#[cfg(feature = "serde")]
mod json {
    use alloc::string::String;

    use serde::Serialize;

    use super::Violation;
    use crate::policy::Disposition;

    impl Violation {
        /// The JSON of the deprecated `report-uri`: `{"csp-report": {…}}`, sent as `application/csp-report`.
        ///
        /// <https://w3c.github.io/webappsec-csp/#deprecated-serialize-violation>
        pub fn to_csp_report(&self) -> impl Serialize + use<> {
            CspReport {
                csp_report: CspReportBody {
                    document_uri: self.document_uri(),
                    referrer: self.referrer().unwrap_or_default(),
                    blocked_uri: self.blocked_uri(),
                    effective_directive: self.effective_directive.as_str(),
                    violated_directive: self.effective_directive.as_str(),
                    original_policy: self.policy.clone(),
                    disposition: self.disposition,
                    status_code: self.status,
                    script_sample: self.sample.clone(),
                    line_number: self.source_file.as_ref().map(|_| self.line_number),
                    column_number: self.source_file.as_ref().map(|_| self.column_number),
                    source_file: self.source_file(),
                },
            }
        }

        /// One report of the Reporting API, sent in an array as `application/reports+json`.
        /// `age` is the time since the violation in milliseconds.
        ///
        /// <https://w3c.github.io/webappsec-csp/#reporting>
        pub fn to_report(&self, age: u64, user_agent: &str) -> impl Serialize + use<> {
            Report {
                age,
                r#type: "csp-violation",
                url: self.document_uri(),
                user_agent: user_agent.into(),
                body: ReportBody {
                    document_url: self.document_uri(),
                    referrer: self.referrer().unwrap_or_default(),
                    blocked_url: self.blocked_uri(),
                    effective_directive: self.effective_directive.as_str(),
                    original_policy: self.policy.clone(),
                    source_file: self.source_file(),
                    sample: self.sample.clone(),
                    disposition: self.disposition,
                    status_code: self.status,
                    line_number: self.source_file.as_ref().map(|_| self.line_number),
                    column_number: self.source_file.as_ref().map(|_| self.column_number),
                },
            }
        }
    }

    #[derive(Serialize)]
    struct CspReport {
        #[serde(rename = "csp-report")]
        csp_report: CspReportBody,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    struct CspReportBody {
        document_uri: String,
        referrer: String,
        blocked_uri: String,
        effective_directive: &'static str,
        violated_directive: &'static str,
        original_policy: String,
        disposition: Disposition,
        status_code: u16,
        script_sample: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        source_file: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        line_number: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        column_number: Option<u32>,
    }

    #[derive(Serialize)]
    struct Report {
        age: u64,
        r#type: &'static str,
        url: String,
        user_agent: String,
        body: ReportBody,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ReportBody {
        #[serde(rename = "documentURL")]
        document_url: String,
        referrer: String,
        #[serde(rename = "blockedURL")]
        blocked_url: String,
        effective_directive: &'static str,
        original_policy: String,
        source_file: Option<String>,
        sample: String,
        disposition: Disposition,
        status_code: u16,
        line_number: Option<u32>,
        column_number: Option<u32>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Api;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn only_the_scheme_is_told_of_what_is_not_http() {
        for (text, standard, browser) in [
            (
                "https://u:p@h.test/a?q#f",
                "https://h.test/a?q",
                "https://h.test/a?q",
            ),
            ("wss://h.test/live", "wss", "wss://h.test/live"),
            ("data:text/plain,secret", "data", "data"),
            ("blob:https://h.test/1", "blob", "blob"),
        ] {
            let strip = |profile| strip_url_for_use_in_reports(&url(text), profile);
            assert_eq!(strip(BrowserProfile::Standard), standard);
            assert_eq!(strip(BrowserProfile::Firefox), browser);
        }
    }

    #[test]
    fn a_redirect_does_not_show_where_it_led() {
        let policy = Policy::from_header("connect-src 'self'", Disposition::Report);
        let request = Request::connect(Api::Fetch, url("https://a.test/redirect"))
            .redirected_to(url("https://b.test/secret"));
        let violation = Violation::of(
            &request,
            &policy,
            &url("https://a.test/"),
            BrowserProfile::WebKit,
        );
        assert_eq!(
            violation.expect("a violation").blocked_uri(),
            "https://a.test/redirect"
        );
    }

    #[cfg(feature = "serde")]
    #[test]
    fn both_shapes_name_their_fields_as_browsers_do() {
        let policy = Policy::from_header("default-src 'none'", Disposition::Enforce);
        let request = Request::connect(Api::Fetch, url("https://b.test/x"));
        let page = url("https://a.test/");
        let violation = Violation::of(&request, &policy, &page, BrowserProfile::Chromium);
        let violation = violation.expect("a violation");
        let legacy = serde_json::to_value(violation.to_csp_report()).expect("JSON");
        assert_eq!(legacy["csp-report"]["blocked-uri"], "https://b.test/x");
        assert_eq!(legacy["csp-report"]["violated-directive"], "connect-src");
        let report = serde_json::to_value(violation.to_report(7, "UA")).expect("JSON");
        assert_eq!(report["body"]["documentURL"], "https://a.test/");
        assert_eq!(report["body"]["disposition"], "enforce");
        assert_eq!(report["type"], "csp-violation");
    }
}
