//! Origins of URLs, without building any where two are only compared.

use connect_src::Origin;
use url::{Position, Url};

/// The origin of a URL with a host, as text.
pub(crate) fn text_of(url: &Url) -> Option<String> {
    if url.scheme() == "blob" {
        return match Origin::of(url) {
            Origin::Opaque => None,
            origin @ Origin::Tuple(_) => Some(origin.to_string()),
        };
    }
    let authority = &url[Position::BeforeHost..Position::AfterPort];
    (!authority.is_empty()).then(|| format!("{}://{authority}", url.scheme()))
}

/// Whether the URL is of this origin.
pub(crate) fn is_of(url: &Url, origin: &Origin) -> bool {
    origin.as_tuple().is_some_and(|origin| {
        url.scheme() == origin.scheme()
            && url.host_str() == Some(origin.host())
            && url.port() == origin.port()
    })
}

/// Whether both URLs have the same scheme, host and port.
pub(crate) fn are_same(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host_str() == b.host_str() && a.port() == b.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_engines() {
        for url in [
            "https://u:p@a.example:443/x?y#z",
            "http://a.example:8080",
            "wss://[::1]:9/",
            "chrome-extension://abc/x.js",
            "blob:https://a.example/0a",
            "blob:x",
            "data:x",
            "file:///x",
        ] {
            let url = Url::parse(url).unwrap();
            let origin = Origin::of(&url);
            let expected = origin.as_tuple().map(|_| origin.to_string());
            assert_eq!(text_of(&url), expected, "{url}");
            assert_eq!(
                is_of(&url, &origin),
                expected.is_some() && url.scheme() != "blob"
            );
        }
    }
}
