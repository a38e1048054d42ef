//! What the response of a page says beside its policies.

use connection_allowlist::{Allowlist, Disposition, Parsed};
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};
use url::Url;

/// The headers of a page's response that rules ask for. What is not known of them is not guessed.
///
/// ```
/// use connect_src_lint::ResponseHeaders;
/// use url::Url;
///
/// let page = Url::parse("https://app.example.com/")?;
/// let lines = [("Reporting-Endpoints", "csp=\"/reports\""), ("Server", "any")];
/// let headers = ResponseHeaders::of_response(lines, &page);
/// assert_eq!(headers.reporting_endpoints()[0].url.as_str(), "https://app.example.com/reports");
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ResponseHeaders {
    endpoints: Vec<ReportingEndpoint>,
    allowlists: Vec<(Disposition, Parsed)>,
    has_endpoints: bool,
    has_report_to: bool,
    is_whole: bool,
}

/// An endpoint that `Reporting-Endpoints` defines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportingEndpoint {
    /// What `report-to` names.
    pub name: String,
    /// Where reports go.
    pub url: Url,
}

impl ResponseHeaders {
    /// Reads all headers of the response for `url`. A header that is not among them was not sent.
    pub fn of_response<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        headers: impl IntoIterator<Item = (N, V)>,
        url: &Url,
    ) -> Self {
        Self {
            is_whole: true,
            ..Self::of_lines(headers, url)
        }
    }

    /// Reads some headers of the response for `url`. Of a header that is not among them nothing is known.
    pub fn of_lines<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        headers: impl IntoIterator<Item = (N, V)>,
        url: &Url,
    ) -> Self {
        let headers: Vec<(N, V)> = headers.into_iter().collect();
        // Several lines of one name are one value.
        let value = |name: &str| {
            let lines = headers
                .iter()
                .filter(|(header, _)| header.as_ref().eq_ignore_ascii_case(name.as_bytes()));
            let values: Vec<&[u8]> = lines.map(|(_, value)| value.as_ref()).collect();
            (!values.is_empty()).then(|| values.join(&b", "[..]))
        };
        let endpoints = value("reporting-endpoints");
        let dispositions = [Disposition::Enforce, Disposition::Report].into_iter();
        let allowlists = dispositions.filter_map(|disposition| {
            let value = value(disposition.header())?;
            Some((disposition, Allowlist::parse(value, url, disposition)))
        });
        Self {
            allowlists: allowlists.collect(),
            has_endpoints: endpoints.is_some(),
            has_report_to: value("report-to").is_some(),
            endpoints: endpoints.map_or_else(Vec::new, |value| read_endpoints(&value, url)),
            is_whole: false,
        }
    }

    /// The endpoints that `Reporting-Endpoints` defines, in their order.
    pub fn reporting_endpoints(&self) -> &[ReportingEndpoint] {
        &self.endpoints
    }

    /// The `Connection-Allowlist` of this disposition, as it was read; `None` where there is no such header.
    pub fn allowlist(&self, disposition: Disposition) -> Option<&Parsed> {
        let mut all = self.allowlists.iter();
        let found = all.find(|(one, _)| *one == disposition);
        found.map(|(_, parsed)| parsed)
    }

    /// Whether these are all headers of the response.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether an endpoint has this name; `None` where that is not known. `Report-To`, which came before
    /// `Reporting-Endpoints`, may define any name.
    pub(crate) fn defines(&self, name: &str) -> Option<bool> {
        let is_defined = self.endpoints.iter().any(|one| one.name == name);
        let is_known = (self.is_whole || self.has_endpoints) && !self.has_report_to;
        (is_defined || is_known).then_some(is_defined)
    }

    pub(crate) fn endpoint(&self, name: &str) -> Option<&ReportingEndpoint> {
        self.endpoints.iter().find(|one| one.name == name)
    }
}

/// A member that is no string with a URL defines nothing.
///
/// <https://w3c.github.io/reporting/#process-header>
fn read_endpoints(value: &[u8], url: &Url) -> Vec<ReportingEndpoint> {
    let Ok(dictionary) = Parser::new(value).parse::<Dictionary>() else {
        return Vec::new();
    };
    let endpoint = |(name, member): (sfv::Key, ListEntry)| {
        let ListEntry::Item(Item {
            bare_item: BareItem::String(text),
            ..
        }) = member
        else {
            return None;
        };
        Some(ReportingEndpoint {
            name: name.as_str().to_owned(),
            url: url.join(text.as_str()).ok()?,
        })
    };
    dictionary.into_iter().filter_map(endpoint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)], is_whole: bool) -> ResponseHeaders {
        let page = Url::parse("https://app.example.com/a/").unwrap();
        let lines = lines.iter().copied();
        if is_whole {
            ResponseHeaders::of_response(lines, &page)
        } else {
            ResponseHeaders::of_lines(lines, &page)
        }
    }

    #[test]
    fn a_name_is_judged_only_where_the_headers_are_known() {
        let endpoints = (
            "reporting-ENDPOINTS",
            "csp=\"/r\", other=1, nel=\"https://r.test/\"",
        );
        for (lines, is_whole, name, expected) in [
            (&[][..], false, "csp", None),
            (&[], true, "csp", Some(false)),
            (&[endpoints], false, "csp", Some(true)),
            (&[endpoints], false, "nel", Some(true)),
            (&[endpoints], false, "other", Some(false)),
            (&[endpoints, ("Report-To", "{}")], true, "old", None),
            (
                &[("Reporting-Endpoints", "csp=/r")],
                true,
                "csp",
                Some(false),
            ),
        ] {
            let headers = headers(lines, is_whole);
            assert_eq!(headers.defines(name), expected, "{lines:?} {name}");
        }
    }

    #[test]
    fn lines_of_one_name_are_one_value() {
        let headers = headers(
            &[
                ("Reporting-Endpoints", "a=\"/a\""),
                ("Connection-Allowlist", "(response-origin)"),
                ("reporting-endpoints", "b=\"/b\""),
            ],
            true,
        );
        let names = headers.reporting_endpoints().iter();
        assert_eq!(names.map(|one| &*one.name).collect::<Vec<_>>(), ["a", "b"]);
        let parsed = headers.allowlist(Disposition::Enforce).unwrap();
        assert_eq!(parsed.allowlist.as_ref().unwrap().patterns().len(), 1);
        assert!(headers.allowlist(Disposition::Report).is_none());
    }
}
