//! Where a policy is for: production never has what is only there on a developer's machine.

use connect_src::{HostPart, SourceExpression};
use serde::Serialize;
use url::{Host, Url};

/// Where a policy is for.
///
/// ```
/// use connect_src::Api;
/// use connect_src_generate::{Environment, Evidence, Options, suggest};
/// use url::Url;
///
/// let evidence = ["https://api.example/v1", "http://localhost:4000/v1"].map(|url| {
///     Evidence::new(Api::Fetch, Url::parse(url).expect("a URL"))
/// });
/// let mut options = Options::default();
/// options.environment = Environment::Production;
/// assert_eq!(suggest(&evidence, &options).policy, "connect-src https://api.example");
/// assert_eq!(suggest(&evidence, &options).unresolved[0].target, "http://localhost:4000");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Environment {
    /// Whatever the evidence says.
    #[default]
    Any,
    /// A developer's machine: whatever the evidence says, and the servers on it, whose reloading over a WebSocket no
    /// evidence shows before the policy is there.
    Development,
    /// Visitors' machines: nothing on the machine itself or in a private network, but the page's own host.
    Production,
}

impl Environment {
    /// Every environment.
    pub const ALL: [Self; 3] = [Self::Any, Self::Development, Self::Production];

    /// The environment as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// What it needs, whatever the evidence.
    pub(crate) fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Any | Self::Production => &[],
            Self::Development => &["http://localhost:*", "ws://localhost:*"],
        }
    }

    pub(crate) fn has_url(self, url: &Url) -> bool {
        self != Self::Production || !is_local(url)
    }

    pub(crate) fn has_source(self, source: &str) -> bool {
        self != Self::Production || !is_local_source(source)
    }
}

/// Whether a URL is on the machine of whoever asks, or in a network that the Internet does not reach.
pub fn is_local(url: &Url) -> bool {
    url.host().is_some_and(|host| match host {
        Host::Domain(name) => is_local_name(name),
        Host::Ipv4(address) => {
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
        }
        Host::Ipv6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    })
}

/// Names that no public server has: RFC 6761, RFC 6762, and `.internal`, which ICANN keeps out of the root.
fn is_local_name(name: &str) -> bool {
    const SUFFIXES: [&str; 5] = ["localhost", "local", "internal", "test", "home.arpa"];
    let name = name.strip_suffix('.').unwrap_or(name);
    SUFFIXES.iter().any(|suffix| {
        name.strip_suffix(suffix)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

fn is_local_source(source: &str) -> bool {
    let SourceExpression::Host(source) = SourceExpression::parse(source) else {
        return false;
    };
    let host = match source.host {
        HostPart::Exact(host) | HostPart::Subdomains(host) => host,
        HostPart::Any => return false,
    };
    Url::parse(&format!("http://{host}/")).is_ok_and(|url| is_local(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_internet_does_not_reach_is_local() {
        for (url, expected) in [
            ("http://localhost:3000/", true),
            ("ws://app.localhost/", true),
            ("http://127.0.0.2/", true),
            ("http://10.1.2.3/", true),
            ("http://192.168.0.1/", true),
            ("http://169.254.169.254/", true),
            ("http://[::1]/", true),
            ("http://[fd00::1]/", true),
            ("http://printer.local/", true),
            ("http://api.corp.internal./", true),
            ("http://0.0.0.0/", true),
            ("https://localhost.example/", false),
            ("https://notlocal/", false),
            ("https://8.8.8.8/", false),
            ("https://api.example/", false),
            ("data:,x", false),
        ] {
            assert_eq!(is_local(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn local_sources_are_known_whatever_their_port() {
        for (source, expected) in [
            ("http://localhost:*", true),
            ("localhost", true),
            ("*.localhost:3000", true),
            ("ws://127.0.0.1:5173", true),
            ("'self'", false),
            ("http:", false),
            ("*", false),
            ("https://api.example", false),
        ] {
            assert_eq!(is_local_source(source), expected, "{source}");
        }
    }
}
