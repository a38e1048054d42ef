//! What is taken out of a report's URLs before they are kept.

mod text;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::origins;
use crate::record::{Blocked, OtherReport, Record};

/// What is kept of a report's URLs. User names and passwords never are, nor, in fields of their own, what
/// `data:`, `blob:` and `javascript:` URLs hold.
///
/// Judge a record before or after scrubbing it: no policy looks at what is taken out.
///
/// ```
/// use connect_src_report::Scrub;
///
/// let url = "https://user:secret@app.example/cart?token=1#top";
/// assert_eq!(Scrub::default().url(url), "https://app.example/cart");
/// let mut scrub = Scrub::default();
/// scrub.keep_query = true;
/// assert_eq!(scrub.url(url), "https://app.example/cart?token=1");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Scrub {
    /// Whether queries are kept.
    pub keep_query: bool,
    /// Whether fragments are kept.
    pub keep_fragment: bool,
}

impl Scrub {
    /// Scrubs every URL of the record, those in the text as it was received too.
    pub fn record(self, record: &mut Record) {
        for url in [
            &mut record.url,
            &mut record.referrer,
            &mut record.source_file,
        ] {
            self.in_place(url.as_mut());
        }
        if let Some(Blocked::Url(url) | Blocked::Origin(url)) = &mut record.blocked {
            self.in_place(Some(url));
        }
        record.raw = self.raw(&record.raw);
    }

    /// Scrubs every URL of a report of another type.
    pub fn other(self, report: &mut OtherReport) {
        self.in_place(report.url.as_mut());
        report.raw = self.raw(&report.raw);
    }

    /// Scrubs one URL, or a text that may be one. A bare scheme stays as it is.
    pub fn url(self, text: &str) -> String {
        match Url::parse(text) {
            Ok(url) if url.has_host() => self.with_host(text, url),
            Ok(url) if url.scheme() == "blob" => {
                format!("blob:{}", origins::text_of(&url).unwrap_or_default())
            }
            Ok(url) if text::is_bare(&url) => text.to_owned(),
            Ok(url) => format!("{}:", url.scheme()),
            Err(_) => {
                let kept = text::scrubbed_url(self, text);
                // What made it none may stand in what it lost.
                match Url::parse(&kept) {
                    Ok(_) => self.url(&kept),
                    Err(_) => kept,
                }
            }
        }
    }

    /// Scrubs every URL in a text, whatever stands around them: a report as it was received, for
    /// instance, whether it is whole or was cut.
    ///
    /// ```
    /// use connect_src_report::Scrub;
    ///
    /// let raw = r#"{"blocked-uri":"https:\/\/me@api.example\/v1?q=1","sample":"a?b"}"#;
    /// assert_eq!(Scrub::default().raw(raw), r#"{"blocked-uri":"https://api.example/v1","sample":"a?b"}"#);
    /// ```
    pub fn raw(self, raw: &str) -> String {
        if !raw.contains('\\') {
            return self.text(raw);
        }
        // Escapes may hide a URL's parts. What cannot be read was cut, and what is escaped there is
        // taken as it stands.
        match serde_json::from_str::<Value>(raw) {
            Ok(mut value) => {
                self.value(&mut value);
                value.to_string()
            }
            Err(_) => self.text(&raw.replace("\\/", "/")),
        }
    }

    fn with_host(self, text: &str, mut url: Url) -> String {
        let has_user_info = !url.username().is_empty() || url.password().is_some();
        let loses_query = url.query().is_some() && !self.keep_query;
        let loses_fragment = url.fragment().is_some() && !self.keep_fragment;
        if !(has_user_info || loses_query || loses_fragment) {
            return text.to_owned();
        }
        // Fails only for URLs that have neither.
        let _: Result<(), ()> = url.set_username("");
        let _: Result<(), ()> = url.set_password(None);
        if loses_query {
            url.set_query(None);
        }
        if loses_fragment {
            url.set_fragment(None);
        }
        url.into()
    }

    fn in_place(self, text: Option<&mut String>) {
        if let Some(text) = text {
            *text = self.url(text);
        }
    }

    fn value(self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(value)),
            Value::Object(object) => object.values_mut().for_each(|value| self.value(value)),
            _ => {}
        }
    }

    fn text(self, text: &str) -> String {
        text::scrubbed(self, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_loses_what_may_be_secret() {
        for (url, expected) in [
            ("https://a.example/p", "https://a.example/p"),
            ("https://a.example", "https://a.example"),
            ("https://a.example/p?q#f", "https://a.example/p"),
            ("https://u@a.example/p", "https://a.example/p"),
            ("https://u:p@a.example:8443/p?q", "https://a.example:8443/p"),
            ("https://u:p@a.example", "https://a.example/"),
            ("wss://a.example/p?token=1", "wss://a.example/p"),
            (
                "chrome-extension://abcdef/x.js?y",
                "chrome-extension://abcdef/x.js",
            ),
            ("chrome-extension", "chrome-extension"),
            ("about", "about"),
            ("about:srcdoc", "about:srcdoc"),
            ("about:blank?secret", "about:"),
            ("data:text/html,secret", "data:"),
            ("javascript:alert(1)", "javascript:"),
            ("mailto:me@a.example", "mailto:"),
            (
                "blob:https://a.example/0a1b-secret",
                "blob:https://a.example",
            ),
            ("blob:0a1b", "blob:"),
            ("/page?q=1", "/page"),
            ("https://?'a'?b", "https://"),
            ("https://[bad/p?q", "https://[bad/p"),
            ("//u:p@a.example/p?q", "//a.example/p"),
            ("wss:u:p@a.example\0?q", "wss://a.example/"),
        ] {
            assert_eq!(Scrub::default().url(url), expected, "{url}");
        }
    }

    #[test]
    fn scrubbing_twice_changes_nothing() {
        for url in [
            "https://u:p@a.example/p?q#f",
            "data:x",
            "blob:https://a.example/0",
            "%%?#@",
        ] {
            let once = Scrub::default().url(url);
            assert_eq!(Scrub::default().url(&once), once);
        }
    }

    #[test]
    fn every_field_with_a_url_is_scrubbed() {
        let secret = "https://u:hunter2@a.example/p?hunter2#hunter2";
        let body = format!(
            r#"{{"csp-report":{{"document-uri":"{secret}","referrer":"{secret}","blocked-uri":"{secret}",
                "source-file":"{secret}","effective-directive":"connect-src"}}}}"#
        );
        let parsed = crate::parse("", body.as_bytes()).unwrap();
        let mut record = parsed.records.into_iter().next().unwrap();
        Scrub::default().record(&mut record);
        assert!(!format!("{record:?}").contains("hunter2"), "{record:?}");
    }
}
