//! Where decisions depend on the path of a URL. Where they do not, one decision serves a whole origin.

use connect_src::{CspList, Directive, HostPart, Policy, SourceExpression};
use hashbrown::HashSet;
use url::Url;

/// The hosts of the sources that have a path.
#[derive(Debug, Default)]
pub(super) struct PathHosts {
    exact: HashSet<String>,
    /// With a dot before them.
    suffixes: Vec<String>,
    /// In doubt, a decision depends on the path.
    is_any: bool,
}

impl PathHosts {
    pub(super) fn of(list: &CspList) -> Self {
        let mut hosts = Self::default();
        let directives = list.policies().iter().flat_map(Policy::directives);
        for directive in directives.filter(|one| may_have_sources(*one)) {
            hosts.is_any |= is_odd(directive.value());
            for (_, source) in directive.source_list().texts() {
                hosts.add(source);
            }
        }
        hosts
    }

    /// Whether a source with a path may have the URL's host.
    pub(super) fn contain(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return true;
        };
        let is_below = |suffix: &String| host.ends_with(suffix.as_str());
        self.is_any || self.exact.contains(host) || self.suffixes.iter().any(is_below)
    }

    fn add(&mut self, source: &str) {
        let after_scheme = source.split_once("://").map_or(source, |(_, rest)| rest);
        if !after_scheme.contains('/') {
            return;
        }
        match SourceExpression::parse(source) {
            SourceExpression::Host(host) => match host.host {
                HostPart::Exact(host) => {
                    self.exact.insert(host.to_ascii_lowercase());
                }
                HostPart::Subdomains(suffix) => {
                    self.suffixes
                        .push(format!(".{}", suffix.to_ascii_lowercase()));
                }
                HostPart::Any => self.is_any = true,
            },
            // Some browser may read it as a source.
            _ => self.is_any = true,
        }
    }
}

/// A control character may be white space to a browser, and an escaped one may divide a path or a policy.
fn is_odd(value: &str) -> bool {
    let is_odd =
        |byte: u8| byte == b'%' || (byte.is_ascii_control() && !byte.is_ascii_whitespace());
    value.bytes().any(is_odd)
}

/// Unlike report-uri, for instance, whose value has paths that mean nothing here.
fn may_have_sources(directive: Directive<'_>) -> bool {
    directive
        .known_name()
        .is_none_or(connect_src::DirectiveName::has_source_list)
}

#[cfg(test)]
mod tests {
    use connect_src::Disposition;

    use super::*;

    #[test]
    fn only_hosts_of_sources_with_a_path_depend_on_it() {
        for (policy, expected) in [
            (
                "connect-src https://a.test *.b.test https: *; report-uri /x",
                [false; 3],
            ),
            ("connect-src https://A.test/x", [true, false, false]),
            ("connect-src *.b.test/", [false, true, false]),
            ("connect-src */x", [true; 3]),
            ("connect-src https://é/x", [true; 3]),
            ("connect-src https://x.test#/x", [true; 3]),
            ("connect-src https://a.test/%2f", [true; 3]),
            ("connect-src x\u{b}https://a.test/x", [true; 3]),
        ] {
            let list = CspList::from_header(policy, Disposition::Enforce);
            let list = list.policies().iter().cloned().collect();
            let hosts = PathHosts::of(&list);
            let urls = ["https://a.test/", "https://c.b.test/", "https://c.test/"];
            let found = urls.map(|url| hosts.contain(&Url::parse(url).unwrap()));
            // A policy whose only directive is dropped has no sources at all.
            if !list.policies().is_empty() {
                assert_eq!(found, expected, "{policy}");
            }
        }
    }
}
