//! Targets: what a page wants to connect to, as it is typed and as it stands in files.

use connect_src::{Api, Request};
use url::Url;

use crate::error::Error;
use crate::output::sanitize::{sanitize, shorten};

/// A connection that a page wants to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) api: Api,
    pub(crate) url: Url,
    pub(crate) redirects: Vec<Url>,
}

impl Target {
    /// Understands `URL` or `API:URL`. A relative URL is the page's; a URL without an API is connected to by
    /// `api`, or else by the API that its scheme implies.
    pub(crate) fn parse(text: &str, api: Option<Api>, page: Option<&Url>) -> Result<Self, Error> {
        let (prefix, rest) = match split_api(text) {
            Some((api, rest)) => (Some(api), rest),
            None => (None, text),
        };
        let url =
            parse_url(rest, page).map_err(|problem| Error::new(format!("target {problem}")))?;
        Ok(Self {
            api: prefix.or(api).unwrap_or_else(|| Api::implied_by(&url)),
            url,
            redirects: Vec::new(),
        })
    }

    /// Follows redirects; each may be relative to the URL before it.
    pub(crate) fn redirected_to(mut self, redirects: &[String]) -> Result<Self, Error> {
        for redirect in redirects {
            let from = self.redirects.last().unwrap_or(&self.url);
            let url = parse_url(redirect, Some(from))
                .map_err(|problem| Error::new(format!("--redirect {problem}")))?;
            self.redirects.push(url);
        }
        Ok(self)
    }

    /// The request that the API makes.
    pub(crate) fn request(&self) -> Request {
        let request = Request::connect(self.api, self.url.clone());
        let redirects = self.redirects.iter().cloned();
        redirects.fold(request, Request::redirected_to)
    }
}

/// Whether a text can only be a target: an absolute URL, one with an API before it, or an absolute path.
/// No policy looks like this.
pub(crate) fn is_target(text: &str) -> bool {
    text.starts_with('/')
        || split_api(text).is_some()
        || Url::parse(text).is_ok_and(|url| is_location(&url))
}

/// Whether something could be behind the URL. `Content-Security-Policy: …` is a URL too, but none of these.
fn is_location(url: &Url) -> bool {
    url.has_host() || matches!(url.scheme(), "about" | "blob" | "data" | "filesystem")
}

/// The API before the URL. `ws://…` is a URL; `websocket:…` has an API.
fn split_api(text: &str) -> Option<(Api, &str)> {
    let (name, rest) = text.split_once(':')?;
    let is_scheme = rest.starts_with("//") || name.eq_ignore_ascii_case("ws");
    if is_scheme {
        return None;
    }
    Some((Api::parse(name)?, rest))
}

/// Parses a URL, relative to the page where there is one. The error is a fragment that quotes the text.
pub(crate) fn parse_url(text: &str, base: Option<&Url>) -> Result<Url, String> {
    match Url::options().base_url(base).parse(text) {
        Ok(url) => Ok(url),
        Err(url::ParseError::RelativeUrlWithoutBase) => Err(format!(
            "{}: expected a URL such as https://api.example.com/, found no scheme; write the scheme, or give the \
             page that it is relative to with --page",
            quoted(text)
        )),
        Err(error) => Err(format!(
            "{}: expected a URL such as https://api.example.com/, found one that cannot be read: {error}",
            quoted(text)
        )),
    }
}

/// Parses the URL of a page, which must be absolute.
pub(crate) fn parse_page(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => {
            "expected the URL of a page, found no scheme; write https:// before it".to_owned()
        }
        error => format!("expected the URL of a page, found one that cannot be read: {error}"),
    })
}

/// A text from outside in a message.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 120;
    format!("\"{}\"", shorten(&sanitize(text), LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Target {
        let page = Url::parse("https://app.example.com/cart/").unwrap();
        Target::parse(text, None, Some(&page)).unwrap()
    }

    #[test]
    fn an_api_may_stand_before_the_url() {
        for (text, api, url) in [
            ("https://a.test", Api::Fetch, "https://a.test/"),
            ("wss://a.test", Api::WebSocket, "wss://a.test/"),
            ("ws://a.test", Api::WebSocket, "ws://a.test/"),
            ("websocket:wss://a.test", Api::WebSocket, "wss://a.test/"),
            ("beacon:/b", Api::SendBeacon, "https://app.example.com/b"),
            ("Ping:x?y", Api::Ping, "https://app.example.com/cart/x?y"),
            ("fetch:data:text/plain,x", Api::Fetch, "data:text/plain,x"),
            ("data:text/plain,x", Api::Fetch, "data:text/plain,x"),
            ("/api/me", Api::Fetch, "https://app.example.com/api/me"),
        ] {
            let target = parse(text);
            assert_eq!((target.api, target.url.as_str()), (api, url), "{text}");
        }
    }

    #[test]
    fn an_api_before_the_url_wins() {
        let target = Target::parse("beacon:https://a.test", Some(Api::Fetch), None).unwrap();
        assert_eq!(target.api, Api::SendBeacon);
    }

    #[test]
    fn a_policy_does_not_look_like_a_target() {
        for target in ["https://a.test", "ws://a.test", "/a", "fetch:a", "data:,"] {
            assert!(is_target(target), "{target}");
        }
        for policy in [
            "connect-src 'self' https://a.test",
            "upgrade-insecure-requests",
            "Content-Security-Policy: connect-src *",
            "@policy.txt",
            "-",
            "",
        ] {
            assert!(!is_target(policy), "{policy}");
        }
    }

    #[test]
    fn redirects_are_relative_to_the_url_before_them() {
        let target = parse("https://a.test/x").redirected_to(&["//b.test/y/".into(), "z".into()]);
        assert_eq!(
            target.unwrap().request().current_url().as_str(),
            "https://b.test/y/z"
        );
    }
}
