//! From what was typed to an entry.

use connect_src::{Api, HostPart, HostSource, SourceExpression};

use super::entries::entries;
use super::entry::Entry;

/// An entry that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) entry: &'static Entry,
    /// The text is no term itself but a source expression of the form that the entry is about.
    pub(crate) is_form: bool,
}

/// What to try instead of a term that has no entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotFound {
    /// Terms that are spelled almost alike, the closest first.
    SpelledLike(Vec<&'static str>),
    /// Entries whose text has the word; perhaps none.
    MentionedIn(Vec<&'static str>),
}

/// Finds the entry for a term, one of its aliases, or a source expression.
pub(crate) fn find(typed: &str) -> Result<Found, NotFound> {
    let typed = typed.trim();
    if let Some(entry) = by_name(typed) {
        let is_form = false;
        return Ok(Found { entry, is_form });
    }
    if let Some(entry) = form(typed).and_then(by_name) {
        let is_form = true;
        return Ok(Found { entry, is_form });
    }
    Err(suggestions(&normalized(typed)))
}

fn by_name(typed: &str) -> Option<&'static Entry> {
    let exactly = names().find(|(name, _)| name.eq_ignore_ascii_case(typed));
    let nearly = || {
        let typed = normalized(typed);
        names().find(|(name, _)| normalized(name) == typed)
    };
    // The engine knows how code spells its APIs.
    let spelled = || names().find(|(name, _)| Some(*name) == Api::parse(typed).map(Api::name));
    let found = exactly
        .or_else(nearly)
        .or_else(spelled)
        .or_else(|| quoted_in(typed));
    found.map(|(_, entry)| entry)
}

/// A name of several words that is part of what was typed: a whole message of a console, perhaps.
fn quoted_in(typed: &str) -> Option<(&'static str, &'static Entry)> {
    /// `failed to fetch`, and longer.
    const WORDS: usize = 3;
    let typed = typed.to_ascii_lowercase();
    names().find(|(name, _)| name.split(' ').count() >= WORDS && typed.contains(name))
}

/// Every term and alias, the terms first.
fn names() -> impl Iterator<Item = (&'static str, &'static Entry)> {
    let terms = entries().iter().map(|entry| (entry.term, entry));
    let aliases = entries()
        .iter()
        .flat_map(|entry| entry.aliases.iter().map(move |alias| (*alias, entry)));
    terms.chain(aliases)
}

/// Lower case, without the quotes of a keyword, the brackets of a call or an element, the last colon
/// of a scheme, and with hyphens for spaces.
fn normalized(text: &str) -> String {
    let text = text
        .trim_matches(|end: char| matches!(end, '\'' | '"' | '`' | '’' | '‘' | '<' | '>' | ';'))
        .trim_end_matches("()")
        .trim_end_matches([':', '.']);
    text.to_ascii_lowercase().replace([' ', '_'], "-")
}

/// The term that stands for source expressions of this form.
fn form(typed: &str) -> Option<&'static str> {
    match SourceExpression::parse(typed) {
        SourceExpression::Scheme(_) => Some("custom-scheme:"),
        SourceExpression::Nonce(_) => Some("'nonce-…'"),
        SourceExpression::Hash(_) => Some("'sha256-…'"),
        SourceExpression::Host(source) if is_word(typed, &source) => None,
        SourceExpression::Host(source) => Some(host_form(&source)),
        SourceExpression::Keyword(_) | SourceExpression::Unrecognized(_) => None,
    }
}

/// A single label is rather a misspelled term than a host.
fn is_word(typed: &str, source: &HostSource<'_>) -> bool {
    source.host == HostPart::Exact(typed) && !typed.contains('.')
}

fn host_form(source: &HostSource<'_>) -> &'static str {
    match *source {
        HostSource { path, .. } if path.len() > 1 => "paths",
        HostSource { port: Some(_), .. } => "ports",
        HostSource {
            host: HostPart::Exact(host),
            ..
        } if is_ipv4(host) => "ip-address",
        HostSource {
            host: HostPart::Exact("localhost"),
            ..
        } => "localhost",
        HostSource {
            host: HostPart::Subdomains(_),
            ..
        } => "*.example.com",
        HostSource {
            host: HostPart::Any,
            ..
        } => "*",
        HostSource { scheme: None, .. } => "example.com",
        HostSource {
            scheme: Some(_), ..
        } => "https://example.com",
    }
}

fn is_ipv4(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn suggestions(typed: &str) -> NotFound {
    /// More than these are no help.
    const MOST: usize = 5;
    let mut terms = spelled_like(typed);
    terms.truncate(MOST);
    if !terms.is_empty() {
        return NotFound::SpelledLike(terms);
    }
    let mentions = entries()
        .iter()
        .filter(|entry| super::entries::mentions(entry, typed));
    NotFound::MentionedIn(mentions.map(|entry| entry.term).take(MOST).collect())
}

/// Terms that are spelled almost alike, the closest first.
fn spelled_like(typed: &str) -> Vec<&'static str> {
    /// How much of a term must be right, from 0 to 1.
    const ALIKE: f64 = 0.65;
    /// How much less than the best guess the others may be.
    const WORSE: f64 = 0.1;
    let likeness = |name| strsim::normalized_damerau_levenshtein(typed, &normalized(name));
    let mut alike: Vec<_> = names()
        .map(|(name, entry)| (likeness(name), entry.term))
        .collect();
    alike.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let best = alike.first().map_or(1.0, |(likeness, _)| *likeness);
    let mut terms = Vec::new();
    for (_, term) in alike
        .into_iter()
        .filter(|(one, _)| *one >= ALIKE && *one >= best - WORSE)
    {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(typed: &str) -> &'static str {
        find(typed)
            .unwrap_or_else(|_| panic!("{typed} is not found"))
            .entry
            .term
    }

    #[test]
    fn terms_are_found_however_they_are_typed() {
        for (typed, expected) in [
            ("connect-src", "connect-src"),
            ("Connect-Src", "connect-src"),
            ("connect_src", "connect-src"),
            ("connect-src;", "connect-src"),
            ("self", "'self'"),
            ("'SELF'", "'self'"),
            ("none", "'none'"),
            ("nonce", "'nonce-…'"),
            ("hash", "'sha256-…'"),
            ("ws", "websocket"),
            ("ws:", "ws:"),
            ("wss", "wss:"),
            ("https", "https:"),
            ("fetch()", "fetch"),
            ("<a ping>", "ping"),
            ("sendBeacon", "beacon"),
            ("XMLHttpRequest", "xhr"),
            ("*", "*"),
            ("safari", "webkit"),
            ("Refused to connect", "blocked"),
            ("TypeError: Failed to fetch", "blocked"),
            (
                "Refused to connect to 'https://a.test/' because it violates …",
                "blocked",
            ),
            ("path-is-decoded-whole", "path-is-decoded-whole"),
        ] {
            assert_eq!(term(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_source_expression_leads_to_its_form() {
        for (typed, expected) in [
            ("https://api.test", "https://example.com"),
            ("api.test", "example.com"),
            ("https://*.api.test", "*.example.com"),
            ("https://api.test:8443", "ports"),
            ("*:*", "ports"),
            ("api.test/v1/", "paths"),
            ("https://api.test/", "https://example.com"),
            ("http://10.0.0.1", "ip-address"),
            ("app+v2:", "custom-scheme:"),
            ("'nonce-abc'", "'nonce-…'"),
            ("'sha384-abc'", "'sha256-…'"),
        ] {
            assert_eq!(term(typed), expected, "{typed}");
            assert!(find(typed).unwrap().is_form, "{typed}");
        }
    }

    #[test]
    fn a_misspelled_term_is_guessed() {
        for (typed, expected) in [
            ("conect-src", "connect-src"),
            ("connect-source", "connect-src"),
            ("webscoket", "websocket"),
            ("'sefl'", "'self'"),
            ("strict-dynamc", "'strict-dynamic'"),
        ] {
            let Err(NotFound::SpelledLike(terms)) = find(typed) else {
                panic!("{typed}: {:?}", find(typed))
            };
            assert_eq!(terms[0], expected, "{typed}");
        }
    }

    #[test]
    fn a_word_without_an_entry_leads_to_entries_that_have_it() {
        let found = find("candidates");
        assert!(
            matches!(&found, Err(NotFound::MentionedIn(terms)) if terms.contains(&"webrtc")),
            "{found:?}"
        );
        assert_eq!(
            find("zzzzqqq").unwrap_err(),
            NotFound::MentionedIn(Vec::new())
        );
    }
}
