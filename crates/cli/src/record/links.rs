//! Which links of a page are followed.

use std::collections::HashSet;

use connect_src_suffix::{public_suffix, registrable_domain};
use url::{Host, Url};

/// Links of one page beyond this number are not looked at.
pub(crate) const MOST_LINKS: usize = 5_000;

/// What becomes of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Follow,
    /// It is visited already, or will be: also when only values of its query differ.
    Known,
    /// No `http:` or `https:` URL.
    OtherScheme,
    OtherSite,
    /// It may end the session that the recording needs.
    Logout,
}

/// The sites that a crawl may go to: those of the URLs that it began with.
#[derive(Debug, Default)]
pub(crate) struct Sites {
    sites: Vec<Site>,
}

/// A registrable domain; or a host that has none, with its port, since another port is another application there.
#[derive(Debug, PartialEq, Eq)]
enum Site {
    Domain(String),
    Host(Host<String>, Option<u16>),
}

impl Sites {
    pub(crate) fn of<'u>(urls: impl IntoIterator<Item = &'u Url>) -> Self {
        Self {
            sites: urls.into_iter().filter_map(site).collect(),
        }
    }

    pub(crate) fn contain(&self, url: &Url) -> bool {
        site(url).is_some_and(|site| self.sites.contains(&site))
    }
}

fn site(url: &Url) -> Option<Site> {
    let host = url.host()?;
    if let Host::Domain(name) = host
        && public_suffix(name).is_some_and(|suffix| suffix.section.is_some())
        && let Some(domain) = registrable_domain(name)
    {
        return Some(Site::Domain(domain.to_owned()));
    }
    Some(Site::Host(host.to_owned(), url.port_or_known_default()))
}

/// The pages that are known to a crawl.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pages: HashSet<String>,
}

impl Known {
    /// Whether the page is new; it is known from now on.
    pub(crate) fn insert(&mut self, url: &Url) -> bool {
        self.pages.insert(key(url))
    }

    fn contains(&self, url: &Url) -> bool {
        self.pages.contains(&key(url))
    }
}

/// What two URLs of the same page have in common: all but the values of the query, and the fragment unless it is a route.
fn key(url: &Url) -> String {
    let mut names: Vec<_> = url.query_pairs().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let route = url.fragment().filter(|fragment| is_route(fragment));
    format!(
        "{}{}?{}#{}",
        url.origin().ascii_serialization(),
        url.path(),
        names.join("&"),
        route.unwrap_or_default()
    )
}

/// `#/users` and `#!/users` are pages of applications that route by the fragment.
pub(crate) fn is_route(fragment: &str) -> bool {
    fragment.starts_with('/') || fragment.starts_with("!/")
}

/// Whether a link is followed.
pub(crate) fn verdict(url: &Url, sites: &Sites, known: &Known) -> Verdict {
    if !matches!(url.scheme(), "http" | "https") {
        Verdict::OtherScheme
    } else if !sites.contain(url) {
        Verdict::OtherSite
    } else if looks_like_logout(url) {
        Verdict::Logout
    } else if known.contains(url) {
        Verdict::Known
    } else {
        Verdict::Follow
    }
}

/// What ends a session, in the words of URLs.
const LOGOUT: &[&str] = &[
    "abmelden",
    "cerrarsesion",
    "deconnexion",
    "disconnect",
    "logoff",
    "logout",
    "signoff",
    "signout",
];

fn looks_like_logout(url: &Url) -> bool {
    let text = format!(
        "{}?{}#{}",
        url.path(),
        url.query().unwrap_or_default(),
        url.fragment().unwrap_or_default()
    );
    let is_joint = |character: &char| !matches!(character, '-' | '_' | '+');
    let text: String = text.replace("%20", "").chars().filter(is_joint).collect();
    let text = text.to_ascii_lowercase();
    LOGOUT.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn verdict_of(start: &str, link: &str) -> Verdict {
        let start = url(start);
        let mut known = Known::default();
        known.insert(&start);
        verdict(&url(link), &Sites::of([&start]), &known)
    }

    #[test]
    fn links_of_the_same_site_are_followed() {
        for (start, link) in [
            ("https://app.example.com/", "https://app.example.com/a"),
            ("https://app.example.com/", "http://www.example.com:8080/"),
            ("https://a.b.example.co.uk/", "https://example.co.uk/"),
            ("http://localhost:3000/", "http://localhost:3000/a"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000/a?b=c"),
            (
                "https://app.example.com/",
                "https://app.example.com/#/users",
            ),
            (
                "https://app.example.com/",
                "https://app.example.com/?page=2",
            ),
        ] {
            assert_eq!(verdict_of(start, link), Verdict::Follow, "{start} {link}");
        }
    }

    #[test]
    fn links_of_other_sites_are_not() {
        for (start, link) in [
            ("https://app.example.com/", "https://example.org/"),
            ("https://alice.github.io/", "https://mallory.github.io/"),
            ("https://a.example.co.uk/", "https://b.co.uk/"),
            ("http://localhost:3000/", "http://localhost:4000/"),
            ("http://localhost:3000/", "http://api.localhost:3000/"),
            ("http://127.0.0.1:3000/", "http://127.0.0.2:3000/"),
        ] {
            assert_eq!(
                verdict_of(start, link),
                Verdict::OtherSite,
                "{start} {link}"
            );
        }
    }

    #[test]
    fn what_may_log_out_is_not_followed() {
        for link in [
            "https://a.example/logout",
            "https://a.example/Users/Sign_Out",
            "https://a.example/?action=log-off",
            "https://a.example/#/sign-out",
            "https://a.example/log%20out",
            "https://a.example/abmelden.php",
        ] {
            assert_eq!(
                verdict_of("https://a.example/", link),
                Verdict::Logout,
                "{link}"
            );
        }
        for link in ["https://a.example/blogs/outdoor", "https://a.example/signs"] {
            assert_eq!(
                verdict_of("https://a.example/", link),
                Verdict::Follow,
                "{link}"
            );
        }
    }

    #[test]
    fn a_page_is_known_whatever_its_fragment_and_the_values_of_its_query() {
        for link in [
            "https://a.example/list?page=2&order=up",
            "https://a.example/list?order=down&page=3",
            "https://a.example/list?page=1&order=up#row-7",
        ] {
            let start = "https://a.example/list?page=1&order=up";
            assert_eq!(verdict_of(start, link), Verdict::Known, "{link}");
        }
    }

    #[test]
    fn only_the_web_is_followed() {
        for link in [
            "mailto:a@b.example",
            "javascript:void(0)",
            "ftp://a.example/",
            "data:text/html,a",
        ] {
            assert_eq!(
                verdict_of("https://a.example/", link),
                Verdict::OtherScheme,
                "{link}"
            );
        }
    }
}
