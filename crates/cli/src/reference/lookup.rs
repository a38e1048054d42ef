//! From what was typed to an entry.

use connect_src::{HostPart, HostSource, SourceExpression};

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
    let exactly = entries()
        .iter()
        .find(|entry| entry.term.eq_ignore_ascii_case(typed));
    exactly.or_else(|| {
        let typed = normalized(typed);
        let mut names = names();
        let found = names.find(|(name, _)| normalized(name) == typed);
        found.map(|(_, entry)| entry)
    })
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
        HostSource { host: HostPart::Exact(host), .. } if is_ipv4(host) => "ip-address",
        HostSource { host: HostPart::Exact("localhost"), .. } => "localhost",
        HostSource { host: HostPart::Subdomains(_), .. } => "*.example.com",
        HostSource { host: HostPart::Any, .. } => "*",
        HostSource { scheme: None, .. } => "example.com",
        HostSource { scheme: Some(_), .. } => "https://example.com",
    }
}

fn is_ipv4(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn suggestions(typed: &str) -> NotFound {
    /// How much of a term must be right, from 0 to 1.
    const ALIKE: f64 = 0.7;
    /// More than these are no help.
    const MOST: usize = 5;
    let mut alike: Vec<_> = names()
        .map(|(name, entry)| (strsim::normalized_damerau_levenshtein(typed, &normalized(name)), entry.term))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut terms: Vec<&str> = Vec::new();
    for (_, term) in alike {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms.truncate(MOST);
    if !terms.is_empty() {
        return NotFound::SpelledLike(terms);
    }
    let mentions = entries().iter().filter(|entry| super::entries::mentions(entry, typed));
    NotFound::MentionedIn(mentions.map(|entry| entry.term).take(MOST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(typed: &str) -> &'static str {
        find(typed).unwrap_or_else(|_| panic!("{typed} is not found")).entry.term
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
            ("ipc:", "custom-scheme:"),
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
            ("websockets", "websocket"),
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
        let found = find("stun");
        assert!(
            matches!(&found, Err(NotFound::MentionedIn(terms)) if terms.contains(&"webrtc")),
            "{found:?}"
        );
        assert_eq!(find("zzzzqqq").unwrap_err(), NotFound::MentionedIn(Vec::new()));
    }
}
