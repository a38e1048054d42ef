use serde::{Deserialize, Serialize};

/// What a report says was blocked.
///
/// Browsers send the URL that was asked for first, also when a redirect's target was blocked. Of schemes
/// other than http(s) and ws(s) Chromium and Firefox send the scheme alone, WebKit often the whole URL.
/// Of frames and plug-ins from other origins all three send the origin.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "text")]
#[non_exhaustive]
pub enum Blocked {
    /// A URL with its path.
    Url(String),
    /// An origin: the browser withheld the path.
    Origin(String),
    /// A scheme, without its colon.
    Scheme(String),
    /// A word such as `inline`, `eval`, `wasm-eval`, `trusted-types-sink`.
    Keyword(String),
}

impl Blocked {
    /// Reads the text of a report; `None` for an empty one.
    ///
    /// ```
    /// use connect_src_report::Blocked;
    ///
    /// assert_eq!(Blocked::parse("https://a.example"), Some(Blocked::Origin("https://a.example".into())));
    /// assert_eq!(Blocked::parse("https://a.example/"), Some(Blocked::Url("https://a.example/".into())));
    /// assert_eq!(Blocked::parse("data"), Some(Blocked::Scheme("data".into())));
    /// assert_eq!(Blocked::parse("inline"), Some(Blocked::Keyword("inline".into())));
    /// assert_eq!(Blocked::parse(" "), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return None;
        }
        if is_keyword(text) {
            return Some(Self::Keyword(text.to_ascii_lowercase()));
        }
        Some(match text.split_once(':') {
            None if is_scheme(text) => Self::Scheme(text.to_ascii_lowercase()),
            None => Self::Url(with_scheme(text)),
            Some((scheme, rest)) => Self::with_colon(text, scheme, rest),
        })
    }

    fn with_colon(text: &str, scheme: &str, rest: &str) -> Self {
        if rest.starts_with(|first: char| first.is_ascii_digit()) && !is_opaque(scheme) {
            return Self::Url(with_scheme(text)); // a port, not a path
        }
        match rest.strip_prefix("//") {
            Some("") => Self::Scheme(scheme.to_ascii_lowercase()),
            Some(rest) if !rest.contains(['/', '?', '#']) => Self::Origin(text.to_owned()),
            Some(_) => Self::Url(text.to_owned()),
            None if scheme.eq_ignore_ascii_case("blob") && rest.contains("://") => {
                Self::Url(text.to_owned())
            }
            None => Self::Scheme(scheme.to_ascii_lowercase()),
        }
    }

    /// The text without its kind.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Url(text) | Self::Origin(text) | Self::Scheme(text) | Self::Keyword(text) => text,
        }
    }
}

/// The standard's words, and those of older browsers. A new word of this kind is told by its form.
///
/// <https://w3c.github.io/webappsec-csp/#violation-resource>
fn is_keyword(text: &str) -> bool {
    const WORDS: [&str; 5] = ["inline", "eval", "wasm-eval", "self", "null"];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
        || text.starts_with("trusted-types-")
        || (text.ends_with("-eval") && !text.contains(':'))
}

fn is_scheme(text: &str) -> bool {
    let is_scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-".contains(&byte);
    let is_host = text.eq_ignore_ascii_case("localhost");
    text.as_bytes()[0].is_ascii_alphabetic() && text.bytes().all(is_scheme_byte) && !is_host
}

/// Schemes whose URLs may have a digit after the colon.
fn is_opaque(scheme: &str) -> bool {
    const OPAQUE: [&str; 7] = [
        "about",
        "blob",
        "data",
        "javascript",
        "mailto",
        "sms",
        "tel",
    ];
    OPAQUE
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
}

/// A host without a scheme, as some old browsers and relays send it.
fn with_scheme(text: &str) -> String {
    format!("http://{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_a_blocked_uri_is_told_apart() {
        let url = |text: &str| Some(Blocked::Url(text.to_owned()));
        let origin = |text: &str| Some(Blocked::Origin(text.to_owned()));
        let scheme = |text: &str| Some(Blocked::Scheme(text.to_owned()));
        let keyword = |text: &str| Some(Blocked::Keyword(text.to_owned()));
        for (text, expected) in [
            (
                "https://api.example/v1?x=1",
                url("https://api.example/v1?x=1"),
            ),
            ("wss://api.example:8443", origin("wss://api.example:8443")),
            ("wss://api.example:8443/", url("wss://api.example:8443/")),
            ("https://api.example?x", url("https://api.example?x")),
            ("data", scheme("data")),
            ("data:text/html,hello", scheme("data")),
            ("DATA:1", scheme("data")),
            ("blob", scheme("blob")),
            (
                "blob:https://app.example/0a1b",
                url("blob:https://app.example/0a1b"),
            ),
            ("blob:0a1b", scheme("blob")),
            ("about:srcdoc", scheme("about")),
            ("chrome-extension", scheme("chrome-extension")),
            ("none://", scheme("none")),
            ("moz-extension://0a/x.js", url("moz-extension://0a/x.js")),
            ("localhost", url("http://localhost")),
            ("localhost:3000/x", url("http://localhost:3000/x")),
            ("127.0.0.1", url("http://127.0.0.1")),
            ("api.example", url("http://api.example")),
            ("inline", keyword("inline")),
            ("Eval", keyword("eval")),
            ("wasm-eval", keyword("wasm-eval")),
            ("trusted-types-policy", keyword("trusted-types-policy")),
            ("", None),
            ("\n", None),
        ] {
            assert_eq!(Blocked::parse(text), expected, "{text}");
        }
    }
}
