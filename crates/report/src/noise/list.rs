use std::collections::HashMap;
use std::sync::LazyLock;

use super::{NoiseError, NoiseKind, NoiseSource};
use crate::judge::Class;

/// Known sources of noise, indexed.
///
/// A list never hides a finding of the site itself: loopback addresses cannot be in it, a host that is
/// the site's own is not looked up, and a script of the site's own outweighs it.
#[derive(Clone, Debug, Default)]
pub struct NoiseList {
    sources: Vec<NoiseSource>,
    by_scheme: HashMap<String, usize>,
    by_host: HashMap<String, usize>,
    by_document_host: HashMap<String, usize>,
}

impl NoiseList {
    /// The list that comes with this crate, `data/noise.json`.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<NoiseList> = LazyLock::new(|| {
            NoiseList::from_json(include_str!("../../data/noise.json"))
                .expect("a test reads the same file")
        });
        &BUILTIN
    }

    /// A list from JSON: an array of [`NoiseSource`]s.
    ///
    /// Fails with line and column where the text is no such array, and with the entry's pattern where the
    /// entry could hide a finding: a loopback host, a scheme that sites connect to, a class that is no noise.
    ///
    /// ```
    /// use connect_src_report::NoiseList;
    ///
    /// let list = NoiseList::from_json(r#"[{"pattern": "proxy.corp.example", "kind": "host", "class": "injected",
    ///     "what": "our own filtering proxy", "source": "the network team", "date": "2026-11-01"}]"#)?;
    /// assert_eq!(list.sources().len(), 1);
    ///
    /// let error = NoiseList::from_json(r#"[{"pattern": "localhost", "kind": "host", "class": "injected",
    ///     "what": "a local program", "source": "a blog", "date": "2026-11-01"}]"#).unwrap_err();
    /// assert!(error.to_string().contains("loopback"));
    /// # Ok::<(), connect_src_report::NoiseError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, NoiseError> {
        let sources: Vec<NoiseSource> = serde_json::from_str(text).map_err(NoiseError::new)?;
        let mut list = Self::default();
        for source in sources {
            list.push(source)?;
        }
        Ok(list)
    }

    /// Both lists in one. Where both know a pattern, `other` counts.
    pub fn and(&self, other: &Self) -> Self {
        let mut list = self.clone();
        for source in &other.sources {
            list.insert(source.clone());
        }
        list
    }

    /// The sources.
    pub fn sources(&self) -> &[NoiseSource] {
        &self.sources
    }

    fn push(&mut self, source: NoiseSource) -> Result<(), NoiseError> {
        match objection(&source) {
            None => self.insert(source),
            Some(why) => {
                let pattern = &source.pattern;
                return Err(NoiseError::new(format!("noise source `{pattern}`: {why}")));
            }
        }
        Ok(())
    }

    fn insert(&mut self, source: NoiseSource) {
        let pattern = source.pattern.to_ascii_lowercase();
        let index = match source.kind {
            NoiseKind::Scheme => Some(&mut self.by_scheme),
            NoiseKind::Host => Some(&mut self.by_host),
            NoiseKind::DocumentHost => Some(&mut self.by_document_host),
            NoiseKind::Sample | NoiseKind::UserAgent => None,
        };
        if let Some(index) = index {
            index.insert(pattern, self.sources.len());
        }
        self.sources.push(source);
    }
}

/// What a report shows of whatever caused it, to be looked up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traces<'r> {
    pub(crate) document_host: Option<&'r str>,
    pub(crate) source_scheme: Option<&'r str>,
    pub(crate) source_host: Option<&'r str>,
    pub(crate) blocked_scheme: Option<&'r str>,
    pub(crate) blocked_host: Option<&'r str>,
    pub(crate) sample: Option<&'r str>,
}

impl NoiseList {
    /// The source that explains the report, the surest first.
    pub(crate) fn find(&self, traces: Traces<'_>) -> Option<&NoiseSource> {
        let scheme = |scheme: Option<&str>| self.by_scheme.get(scheme?);
        let host = |host: Option<&str>| with_parents(host?).find_map(|one| self.by_host.get(one));
        let document = || {
            let mut hosts = with_parents(traces.document_host?);
            hosts.find_map(|one| self.by_document_host.get(one))
        };
        let found = scheme(traces.source_scheme)
            .or_else(|| scheme(traces.blocked_scheme))
            .or_else(document)
            .or_else(|| host(traces.source_host))
            .or_else(|| host(traces.blocked_host));
        match found {
            Some(index) => self.sources.get(*index),
            None => self.containing(NoiseKind::Sample, traces.sample?),
        }
    }

    /// The in-app browser that the name is of.
    pub(crate) fn in_app_browser(&self, user_agent: &str) -> Option<&NoiseSource> {
        self.containing(NoiseKind::UserAgent, user_agent)
    }

    fn containing(&self, kind: NoiseKind, text: &str) -> Option<&NoiseSource> {
        let mut sources = self.sources.iter().filter(|source| source.kind == kind);
        sources.find(|source| contains(text, &source.pattern))
    }
}

/// The host and every domain above it.
fn with_parents(host: &str) -> impl Iterator<Item = &str> {
    core::iter::successors(Some(host), |host| Some(host.split_once('.')?.1))
}

fn contains(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let Some(first) = pattern.first() else {
        return false;
    };
    text.windows(pattern.len())
        .any(|window| window[0].eq_ignore_ascii_case(first) && window.eq_ignore_ascii_case(pattern))
}

/// Why an entry could hide a finding, if it could.
fn objection(source: &NoiseSource) -> Option<&'static str> {
    const NETWORK: [&str; 7] = ["http", "https", "ws", "wss", "data", "blob", "about"];
    let pattern = source.pattern.to_ascii_lowercase();
    let is_host = matches!(source.kind, NoiseKind::Host | NoiseKind::DocumentHost);
    if pattern.len() < 2 {
        return Some("the pattern is too short to mean anything; write at least two characters");
    }
    if is_host && is_loopback(&pattern) {
        return Some("a connection to a loopback address is a finding, not noise");
    }
    if source.kind == NoiseKind::Scheme && NETWORK.contains(&pattern.as_str()) {
        return Some("sites themselves connect to this scheme");
    }
    if !matches!(source.class, Class::Extension | Class::Injected) {
        return Some("the class must be `extension` or `injected`");
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_source_says_what_it_is_and_where_it_is_known_from() {
        let sources = NoiseList::builtin().sources();
        assert!(sources.len() > 50);
        for source in sources {
            assert!(
                !source.what.is_empty() && source.source.len() > 8,
                "{source:?}"
            );
            let date: Vec<usize> = source.date.split('-').map(str::len).collect();
            assert_eq!(date, [4, 2, 2], "{source:?}");
        }
    }

    #[test]
    fn no_builtin_source_is_there_twice() {
        let mut patterns: Vec<_> = NoiseList::builtin()
            .sources()
            .iter()
            .map(|source| {
                (
                    format!("{:?}", source.kind),
                    source.pattern.to_ascii_lowercase(),
                )
            })
            .collect();
        patterns.sort();
        let count = patterns.len();
        patterns.dedup();
        assert_eq!(patterns.len(), count);
    }

    #[test]
    fn a_host_is_found_by_the_domains_above_it_only() {
        let find = |host| {
            let traces = Traces {
                blocked_host: Some(host),
                ..Traces::default()
            };
            NoiseList::builtin().find(traces).is_some()
        };
        assert!(find("kaspersky-labs.com"));
        assert!(find("gc.kis.v2.scr.kaspersky-labs.com"));
        assert!(!find("notkaspersky-labs.com"));
        assert!(!find("kaspersky-labs.com.evil.example"));
        assert!(!find("com"));
    }

    #[test]
    fn an_entry_that_could_hide_a_finding_is_refused() {
        for (pattern, kind, class) in [
            ("localhost", "host", "injected"),
            ("127.0.0.1", "host", "injected"),
            ("[::1]", "host", "injected"),
            ("app.localhost", "document-host", "injected"),
            ("https", "scheme", "injected"),
            ("blob", "scheme", "extension"),
            ("x", "sample", "injected"),
            ("evil.example", "host", "genuine"),
        ] {
            let json = format!(
                r#"[{{"pattern":"{pattern}","kind":"{kind}","class":"{class}","what":"-","source":"-","date":"-"}}]"#
            );
            let error = NoiseList::from_json(&json).unwrap_err().to_string();
            assert!(error.contains(pattern), "{error}");
        }
    }
}
