//! Finds the sources that allow connections, and asks the engine whether they do.

use connect_src::{Api, BrowserProfile, CspList, Disposition, Origin, Request};
use url::Url;

/// A page's origin, and what the page connects to: an origin, or a scheme with its colon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    /// Whether it is on the page's own host, which goes first, so that `'self'` covers all it can.
    is_elsewhere: bool,
    pub(super) blocked: String,
    page: String,
}

/// Sources, and which of them cover what.
#[derive(Default)]
pub(super) struct Cover {
    sources: Vec<String>,
}

impl Pair {
    pub(super) fn new(page: &str, blocked: &str) -> Self {
        Self {
            is_elsewhere: !super::is_same_host(page, blocked),
            blocked: blocked.to_owned(),
            page: page.to_owned(),
        }
    }

    /// What a browser would ask for; `None` for what is no URL.
    fn request(&self) -> Option<Request> {
        let url = match self.blocked.strip_suffix(':') {
            Some("blob") => Url::parse(&format!("blob:{}/0", self.page)),
            Some(scheme) => Url::parse(&format!("{scheme}:x")),
            None => Url::parse(&self.blocked),
        };
        let url = url.ok()?;
        Some(Request::connect(Api::implied_by(&url), url))
    }

    /// The sources that may cover it, the narrowest first.
    fn candidates(&self) -> impl Iterator<Item = &str> {
        let own = (!self.is_elsewhere).then_some("'self'");
        own.into_iter().chain([&*self.blocked])
    }
}

impl Cover {
    /// The source that allows the connection in every browser, which is added if there is none; `None` if no
    /// source does.
    pub(super) fn index_of_source(&mut self, pair: &Pair) -> Option<usize> {
        let request = pair.request()?;
        let page = Url::parse(&pair.page);
        let page = page.map_or(Origin::Opaque, |url| Origin::of(&url));
        let allows = |source: &str| is_allowed(source, &request, &page);
        if let Some(index) = self.sources.iter().position(|source| allows(source)) {
            return Some(index);
        }
        let source = pair.candidates().find(|source| allows(source))?;
        self.sources.push(source.to_owned());
        Some(self.sources.len() - 1)
    }

    pub(super) fn into_sources(self) -> Vec<String> {
        self.sources
    }
}

fn is_allowed(source: &str, request: &Request, page: &Origin) -> bool {
    let policy = format!("connect-src {source}");
    let policies = CspList::from_header(policy, Disposition::Enforce);
    BrowserProfile::BROWSERS.iter().all(|browser| {
        !policies
            .should_request_be_blocked(request, page, *browser)
            .is_blocked()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sources for connections of one page.
    fn sources(page: &str, blocked: &[&str]) -> Vec<String> {
        let mut pairs: Vec<Pair> = blocked.iter().map(|one| Pair::new(page, one)).collect();
        pairs.sort();
        let mut cover = Cover::default();
        for pair in &pairs {
            cover.index_of_source(pair);
        }
        cover.into_sources()
    }

    #[test]
    fn the_page_s_own_origin_is_self() {
        let found = sources(
            "https://app.example",
            &["https://app.example", "https://api.example"],
        );
        assert_eq!(found, ["'self'", "https://api.example"]);
    }

    #[test]
    fn a_socket_to_the_own_host_is_self_only_where_every_browser_says_so() {
        let page = "https://app.example";
        let request = Request::connect(Api::WebSocket, Url::parse("wss://app.example").unwrap());
        let origin = Origin::of(&Url::parse(page).unwrap());
        let found = sources(page, &["https://app.example", "wss://app.example"]);
        let expected = if is_allowed("'self'", &request, &origin) {
            vec!["'self'"]
        } else {
            vec!["'self'", "wss://app.example"]
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn schemes_without_hosts_are_sources() {
        let found = sources("https://app.example", &["blob:", "data:"]);
        assert_eq!(found, ["blob:", "data:"]);
    }

    #[test]
    fn what_no_source_can_stand_for_is_left_out() {
        let found = sources("https://app.example", &["http://[::1]:3000", "'eval'", ""]);
        assert_eq!(found, Vec::<String>::new());
    }
}
