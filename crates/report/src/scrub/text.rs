//! URLs in the midst of other text.

use url::Url;

use super::Scrub;

/// The text with every URL in it scrubbed. A URL begins at `//` and its authority, and ends at white
/// space, a quote, an angle bracket, a backslash, or the text's end.
pub(super) fn scrubbed(scrub: Scrub, text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("//") {
        let (before, url) = rest.split_at(start + 2);
        let end = url.find(is_end).unwrap_or(url.len());
        kept.push_str(before);
        url_after_slashes(scrub, &url[..end], &mut kept);
        rest = &url[end..];
    }
    kept.push_str(rest);
    kept
}

/// A text that is meant to be a URL, but is none that can be parsed.
pub(super) fn scrubbed_url(scrub: Scrub, text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let has_authority = |slashes: &usize| !text[..*slashes].contains(['?', '#']);
    if let Some(slashes) = text.find("//").filter(has_authority) {
        let (before, rest) = text.split_at(slashes + 2);
        kept.push_str(before);
        url_after_slashes(scrub, rest, &mut kept);
    } else {
        after_authority(scrub, text, &mut kept);
    }
    kept
}

fn url_after_slashes(scrub: Scrub, url: &str, kept: &mut String) {
    let authority_end = url.find(['/', '?', '#']).unwrap_or(url.len());
    let (authority, rest) = url.split_at(authority_end);
    kept.push_str(authority.rsplit('@').next().unwrap_or(authority));
    after_authority(scrub, rest, kept);
}

fn after_authority(scrub: Scrub, rest: &str, kept: &mut String) {
    let (rest, fragment) = split_before(rest, '#');
    let (path, query) = split_before(rest, '?');
    kept.push_str(path);
    if scrub.keep_query {
        kept.push_str(query);
    }
    if scrub.keep_fragment {
        kept.push_str(fragment);
    }
}

fn split_before(text: &str, separator: char) -> (&str, &str) {
    text.split_at(text.find(separator).unwrap_or(text.len()))
}

fn is_end(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`')
}

/// A URL without a secret of its own, such as `about:srcdoc`.
pub(super) fn is_bare(url: &Url) -> bool {
    url.scheme() == "about" && url.query().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_url_of_a_text_is_scrubbed_and_nothing_else() {
        for (text, expected) in [
            (
                "see https://u@a.example/p?q=1#f.",
                "see https://a.example/p",
            ),
            (
                "'https://a.example/?q' wss://b.example?x",
                "'https://a.example/' wss://b.example",
            ),
            ("what? #1", "what? #1"),
            ("a//b@c?d", "a//c"),
            ("https:///?q", "https:///"),
            ("//", "//"),
        ] {
            assert_eq!(scrubbed(Scrub::default(), text), expected, "{text}");
        }
    }
}
