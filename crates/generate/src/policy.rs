//! The text of a policy whose connect-src is extended or written out.

use connect_src::{BrowserProfile, Directive, DirectiveName, Disposition, Policy};

/// A policy to start from: what it says to connections now, and how it reads with other sources.
#[derive(Debug)]
pub(crate) struct Base {
    policy: Option<Policy>,
}

impl Base {
    pub(crate) fn new(text: Option<&str>) -> Self {
        Self {
            policy: text.map(|text| Policy::from_header(text, Disposition::Enforce)),
        }
    }

    /// The sources that govern connections now. Where `default-src` stands in, those of it that are about
    /// URLs.
    pub(crate) fn sources(&self) -> Vec<String> {
        let Some(directive) = self.governing() else {
            return Vec::new();
        };
        let is_fallback = self.is_fallback();
        let mut sources: Vec<String> = Vec::new();
        for (_, text) in directive.source_list().texts() {
            let is_known = sources.iter().any(|known| known == text);
            if !is_known && is_kept(text, is_fallback) {
                sources.push(text.to_owned());
            }
        }
        sources
    }

    /// Whether `default-src` stands in for `connect-src`.
    pub(crate) fn is_fallback(&self) -> bool {
        self.governing()
            .is_some_and(|one| one.known_name() == Some(DirectiveName::DefaultSrc))
    }

    /// The whole policy with these sources for connections.
    pub(crate) fn with_sources(&self, sources: &[String]) -> String {
        let value = match sources {
            [] => "'none'".to_owned(),
            sources => sources.join(" "),
        };
        let ours = format!("connect-src {value}");
        let Some(policy) = &self.policy else {
            return ours;
        };
        let is_connect = |one: &Directive<'_>| one.known_name() == Some(DirectiveName::ConnectSrc);
        let mut texts: Vec<String> = Vec::new();
        let mut is_written = false;
        for directive in policy.directives() {
            match (is_connect(&directive), is_written) {
                (false, _) => texts.push(directive.to_string()),
                (true, false) => {
                    is_written = true;
                    texts.push(ours.clone());
                }
                (true, true) => {} // only the first counts
            }
        }
        if !is_written {
            texts.push(ours);
        }
        texts.join("; ")
    }

    fn governing(&self) -> Option<Directive<'_>> {
        let policy = self.policy.as_ref()?;
        policy.governing_directive(DirectiveName::ConnectSrc, BrowserProfile::Standard)
    }
}

/// `'none'` means nothing beside other sources; nonces, hashes and most keywords mean nothing to a
/// connection.
fn is_kept(source: &str, is_fallback: bool) -> bool {
    if is_fallback {
        !source.starts_with('\'') || source.eq_ignore_ascii_case("'self'")
    } else {
        !source.eq_ignore_ascii_case("'none'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_policy_keeps_all_that_is_not_about_connections() {
        let sources = ["'self'".to_owned(), "https://api.example".to_owned()];
        for (base, expected) in [
            (None, "connect-src 'self' https://api.example"),
            (Some(""), "connect-src 'self' https://api.example"),
            (
                Some("img-src *"),
                "img-src *; connect-src 'self' https://api.example",
            ),
            (
                Some("Connect-Src 'none'; img-src *"),
                "connect-src 'self' https://api.example; img-src *",
            ),
            (
                Some("default-src 'self';;"),
                "default-src 'self'; connect-src 'self' https://api.example",
            ),
            (
                Some("connect-src a; report-uri /csp; connect-src b"),
                "connect-src 'self' https://api.example; report-uri /csp",
            ),
        ] {
            assert_eq!(Base::new(base).with_sources(&sources), expected);
        }
    }

    #[test]
    fn the_fallback_is_written_out_without_what_means_nothing_to_a_connection() {
        let base = Base::new(Some(
            "default-src 'self' https: https: 'nonce-a' 'unsafe-inline' 'none'",
        ));
        assert!(base.is_fallback());
        assert_eq!(base.sources(), ["'self'", "https:"]);
    }
}
