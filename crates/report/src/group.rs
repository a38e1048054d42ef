//! Which reports tell of the same finding.

use connect_src::Disposition;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::judge::{Class, Judgement};
use crate::origins;
use crate::record::{Blocked, Record};

/// What reports of the same finding have in common.
///
/// The path is not part of it: a policy is mended by origin, and paths are without number. Neither is the
/// source file: Firefox (of a WebSocket) and WebKit (of most requests) send two reports of one connection,
/// once with its source and once without. The reason is part of it, because what is mended differs: a
/// URL that is blocked needs a source, one that is redirected needs another.
///
/// ```
/// use std::time::SystemTime;
/// use connect_src_report::{GroupKey, JudgeContext, NoiseList, judge, parse};
///
/// let body = br#"{"csp-report":{"document-uri":"https://app.example/a","blocked-uri":"wss://live.example:443/x",
///     "effective-directive":"connect-src","original-policy":"connect-src 'none'"}}"#;
/// let record = parse("application/csp-report", body)?.records.remove(0);
/// let judgement = judge(&record, &JudgeContext::new(SystemTime::now(), NoiseList::builtin()));
/// let key = GroupKey::of(&record, &judgement);
/// assert_eq!(key.to_string(), "https://app.example connect-src wss://live.example genuine blocked");
/// # Ok::<(), connect_src_report::NotAReport>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupKey {
    /// The origin of the document; its scheme where it has none (`about:`), and empty where the report
    /// does not say.
    pub site: String,
    /// The effective directive, an open word; empty where the report does not say.
    pub effective_directive: String,
    /// The origin of what was blocked, without a default port; or a scheme with its colon; or a word in
    /// quotes, such as `'inline'`; or empty.
    pub blocked: String,
    /// `enforce` or `report`; empty where neither the browser nor the judgement says.
    pub disposition: String,
    /// The class.
    pub class: Class,
    /// The [code](crate::Reason::code) of the reason.
    pub reason: String,
}

impl GroupKey {
    /// The key of a record that was judged.
    pub fn of(record: &Record, judgement: &Judgement) -> Self {
        Self {
            site: record.url.as_deref().map(origin).unwrap_or_default(),
            effective_directive: record.effective_directive.clone().unwrap_or_default(),
            blocked: record.blocked.as_ref().map(blocked).unwrap_or_default(),
            disposition: judgement
                .disposition
                .map_or("", Disposition::as_str)
                .to_owned(),
            class: judgement.class,
            reason: judgement.reason.code().to_owned(),
        }
    }
}

/// Prints the parts with spaces between them, without those that are empty.
impl std::fmt::Display for GroupKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts = [
            &self.site,
            &self.effective_directive,
            &self.blocked,
            &self.disposition,
        ];
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            write!(formatter, "{text} ")?;
        }
        write!(formatter, "{} {}", self.class, self.reason)
    }
}

fn blocked(blocked: &Blocked) -> String {
    match blocked {
        Blocked::Url(text) | Blocked::Origin(text) => origin(text),
        Blocked::Scheme(scheme) => format!("{scheme}:"),
        Blocked::Keyword(word) => format!("'{word}'"),
    }
}

/// The origin of a URL, or what is as good.
fn origin(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) => origins::text_of(&url).unwrap_or_else(|| format!("{}:", url.scheme())),
        Err(_) if is_scheme(text) => format!("{}:", text.to_ascii_lowercase()),
        Err(_) => String::new(),
    }
}

fn is_scheme(text: &str) -> bool {
    let is_scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    !text.is_empty() && text.len() <= 32 && text.bytes().all(is_scheme_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_origin_is_the_same_group() {
        for (text, expected) in [
            ("https://A.example:443/x?y", "https://a.example"),
            ("https://a.example", "https://a.example"),
            ("http://a.example:8080/", "http://a.example:8080"),
            ("blob:https://a.example/0a", "https://a.example"),
            ("about:srcdoc", "about:"),
            ("about", "about:"),
            ("data:text/html,x", "data:"),
            ("moz-extension://0a1b/x.js", "moz-extension://0a1b"),
            ("not a url", ""),
            ("", ""),
        ] {
            assert_eq!(origin(text), expected, "{text}");
        }
    }
}
