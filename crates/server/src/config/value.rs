//! What single values of the configuration mean: shares, durations, sizes, hosts, paths, addresses.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use connect_src_tower::Merge;
use url::{Host, Url};

/// A share of a whole, from 0 % to 100 % in steps of a hundredth of a percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

impl Share {
    /// Nobody.
    pub const NONE: Self = Self(0);
    /// Everybody.
    pub const ALL: Self = Self(Self::WHOLE);
    const WHOLE: u16 = 10_000;

    /// A share of so many hundredths of a percent; more than the whole is the whole.
    pub const fn from_basis_points(points: u16) -> Self {
        if points > Self::WHOLE {
            Self::ALL
        } else {
            Self(points)
        }
    }

    /// Hundredths of a percent, from 0 to 10,000.
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// So many percent; `None` outside of 0 to 100. Rounded to hundredths of a percent.
    pub fn from_percent(percent: f64) -> Option<Self> {
        if !(0.0..=100.0).contains(&percent) {
            return None;
        }
        #[expect(clippy::cast_sign_loss, reason = "checked to be in 0 to 100")]
        let points = (percent * 100.0).round() as u16;
        Some(Self(points))
    }

    /// Percent, from 0 to 100.
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// A fraction, from 0 to 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }

    /// Whether an evenly spread draw falls into the share. A draw that falls into a share falls
    /// into every greater one too.
    pub fn holds(self, draw: u64) -> bool {
        let scaled = (u128::from(draw) * u128::from(Self::WHOLE)) >> 64;
        scaled < u128::from(self.0)
    }

    /// Reads `25%` or `0.5%`.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix('%')?.trim_end();
        let is_plain = number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_plain {
            return None;
        }
        Self::from_percent(number.parse().ok()?)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}%", self.percent())
    }
}

/// Which hosts a site is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HostPattern {
    /// This host alone, in lower case.
    Exact(String),
    /// Every host below this one, which is written `*.example.com`; the host itself is not among them.
    Below(String),
    /// Every host.
    Any,
}

impl HostPattern {
    /// Reads `app.example.com`, `*.example.com`, `[::1]` or `*`. Ports are not part of it.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let (host, below) = match text.strip_prefix("*.") {
            Some(host) => (host, true),
            None => (text, false),
        };
        if host.contains('*') {
            return None;
        }
        match (Host::parse(host).ok()?, below) {
            (Host::Domain(name), true) => Some(Self::Below(name)),
            (_, true) => None,
            (host, false) => Some(Self::Exact(host.to_string())),
        }
    }

    /// Whether a request to this host is for the site. `host` is in lower case and has no port.
    pub fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => name == host,
            Self::Below(name) => host
                .strip_suffix(name.as_str())
                .is_some_and(|rest| rest.ends_with('.') && rest.len() > 1),
            Self::Any => true,
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => formatter.write_str(name),
            Self::Below(name) => write!(formatter, "*.{name}"),
            Self::Any => formatter.write_str("*"),
        }
    }
}

/// Which paths a route is for: this path and those below it, by whole segments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathPrefix(String);

impl PathPrefix {
    /// The prefix of every path.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// Reads an absolute path, such as `/admin`. A slash at its end does not count.
    pub fn parse(text: &str) -> Option<Self> {
        let is_path = text.starts_with('/')
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !text.contains(['?', '#', '\\'])
            && !text.contains("//");
        let trimmed = text.trim_end_matches('/');
        is_path.then(|| Self(if trimmed.is_empty() { "/" } else { trimmed }.to_owned()))
    }

    /// The path, without a slash at its end unless it is only that.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the path is this one or below it.
    pub fn matches(&self, path: &str) -> bool {
        if self.0 == "/" {
            return true;
        }
        path.strip_prefix(self.0.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for PathPrefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A range of addresses, written `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressRange {
    address: IpAddr,
    bits: u8,
}

impl AddressRange {
    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { address, bits })
    }

    /// Whether the address is in the range. An IPv4 address in IPv6 clothes counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                let differing = u32::from(range) ^ u32::from(address);
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                let differing = u128::from(range) ^ u128::from(address);
                differing.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

/// Reads a duration: a whole number and `ms`, `s`, `m`, `h` or `d`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let (number, unit) = split_number(text)?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

/// Reads a size in bytes: a whole number and `B`, `KiB`, `MiB` or `GiB`.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let (number, unit) = split_number(text)?;
    let bytes = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(bytes)
}

/// Reads how our policies meet those of the upstream.
pub(crate) fn parse_merge(text: &str) -> Option<Merge> {
    match text {
        "keep" => Some(Merge::Keep),
        "extend" => Some(Merge::Extend),
        "replace" => Some(Merge::Replace),
        _ => None,
    }
}

/// Reads the address of an upstream: http or https, a host, and nothing behind it but `/`.
pub fn parse_upstream(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    is_plain.then_some(url)
}

fn split_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages() {
        assert_eq!(Share::parse("25%"), Some(Share::from_basis_points(2500)));
        assert_eq!(Share::parse("0.5 %"), Some(Share::from_basis_points(50)));
        assert_eq!(Share::parse("100%"), Some(Share::ALL));
        for text in ["25", "101%", "-1%", "1e1%", "%", "NaN%", ""] {
            assert_eq!(Share::parse(text), None, "{text}");
        }
        assert_eq!(Share::from_basis_points(50).to_string(), "0.5%");
    }

    #[test]
    fn a_share_holds_its_part_of_the_draws() {
        assert!(!Share::NONE.holds(0));
        assert!(Share::ALL.holds(u64::MAX));
        let half = Share::from_basis_points(5000);
        assert!(half.holds(u64::MAX / 2) && !half.holds(u64::MAX / 2 + 1));
    }

    #[test]
    fn hosts_match_exactly_below_or_always() {
        let below = HostPattern::parse("*.Example.com").unwrap();
        assert!(below.matches("a.b.example.com"));
        assert!(!below.matches("example.com") && !below.matches("badexample.com"));
        assert!(!below.matches(".example.com"));
        assert!(
            HostPattern::parse("App.example")
                .unwrap()
                .matches("app.example")
        );
        assert!(HostPattern::parse("[::1]").unwrap().matches("[::1]"));
        assert!(HostPattern::parse("*").unwrap().matches("anything"));
        for text in ["a.*.example", "", "a b", "http://a", "*.[::1]", "a:80"] {
            assert_eq!(HostPattern::parse(text), None, "{text}");
        }
    }

    #[test]
    fn paths_match_by_whole_segments() {
        let admin = PathPrefix::parse("/admin/").unwrap();
        assert!(admin.matches("/admin") && admin.matches("/admin/x"));
        assert!(!admin.matches("/administrator"));
        assert!(PathPrefix::parse("/").unwrap().matches("/anything"));
        for text in ["admin", "", "/a?b", "/a b", "/a//b", "/a\\b"] {
            assert_eq!(PathPrefix::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_contain_their_addresses() {
        let range = AddressRange::parse("10.0.0.0/8").unwrap();
        assert!(range.contains("10.1.2.3".parse().unwrap()));
        assert!(range.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!range.contains("11.0.0.1".parse().unwrap()));
        let all = AddressRange::parse("0.0.0.0/0").unwrap();
        assert!(all.contains("1.2.3.4".parse().unwrap()));
        assert!(!all.contains("::1".parse().unwrap()));
        for text in ["10.0.0.0/33", "10.0.0/8", "a", "::/129", "10.0.0.0/"] {
            assert_eq!(AddressRange::parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_and_sizes_need_a_unit() {
        assert_eq!(parse_duration("10m"), Some(Duration::from_mins(10)));
        assert_eq!(parse_duration("30 d"), Some(Duration::from_hours(720)));
        assert_eq!(parse_size("16 MiB"), Some(16 << 20));
        for text in ["10", "m", "1.5h", "-1s", "99999999999999999999s", ""] {
            assert_eq!(parse_duration(text), None, "{text}");
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    #[test]
    fn an_upstream_is_an_address_and_nothing_more() {
        assert!(parse_upstream("http://127.0.0.1:3000").is_some());
        for text in [
            "127.0.0.1:3000",
            "ftp://a",
            "http://a/b",
            "http://u@a",
            "http://a?b",
        ] {
            assert!(parse_upstream(text).is_none(), "{text}");
        }
    }
}
