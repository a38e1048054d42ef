//! Whose rules a report is held against.

use connect_src::{BrowserProfile, Rules};

/// The browser that a report comes from, as far as it can be told.
#[derive(Clone, Debug)]
pub(super) struct Browsers {
    /// The rules of the browser that the report names; of all browsers where it names none.
    pub(super) named: Vec<Rules>,
    /// Whether a browser is named.
    pub(super) is_known: bool,
}

impl Browsers {
    pub(super) fn of(user_agent: Option<&str>) -> Self {
        match user_agent.and_then(profile) {
            Some((profile, version)) => Self {
                named: rules(profile, version),
                is_known: true,
            },
            None => Self {
                named: BrowserProfile::BROWSERS.map(Rules::from).to_vec(),
                is_known: false,
            },
        }
    }

    /// The other profiles.
    pub(super) fn others(&self) -> impl Iterator<Item = BrowserProfile> {
        BrowserProfile::BROWSERS
            .into_iter()
            .filter(|profile| self.named.iter().all(|rules| rules.profile() != *profile))
    }
}

/// The version's rules, and the newest version's where they differ: a version in a name may be frozen.
fn rules(profile: BrowserProfile, version: Option<u16>) -> Vec<Rules> {
    let newest = Rules::from(profile);
    let own = version.map_or(newest, |version| profile.at_version(version));
    if own == newest {
        vec![newest]
    } else {
        vec![own, newest]
    }
}

/// The engine that a browser's name is of, with its major version. On iOS every browser is WebKit,
/// whatever else its name says.
fn profile(user_agent: &str) -> Option<(BrowserProfile, Option<u16>)> {
    const IOS: [&str; 5] = ["FxiOS/", "CriOS/", "EdgiOS/", "iPhone;", "iPad;"];
    const CHROMIUM: [&str; 3] = ["Chrome/", "Chromium/", "HeadlessChrome/"];
    let version = |mark| version_after(user_agent, mark);
    let has = |mark: &str| user_agent.contains(mark);
    if IOS.into_iter().any(has) {
        return Some((BrowserProfile::WebKit, version("Version/")));
    }
    if has("Edge/") || has("Trident/") {
        return None; // the old Edge and Internet Explorer had engines of their own
    }
    if has("Firefox/") || (has("Gecko/") && has("rv:")) {
        return Some((BrowserProfile::Firefox, version("Firefox/")));
    }
    if let Some(mark) = CHROMIUM.into_iter().find(|mark| has(mark)) {
        return Some((BrowserProfile::Chromium, version(mark)));
    }
    has("AppleWebKit/").then(|| (BrowserProfile::WebKit, version("Version/")))
}

fn version_after(user_agent: &str, mark: &str) -> Option<u16> {
    let start = user_agent.find(mark)? + mark.len();
    let digits = user_agent[start..]
        .split(|c: char| !c.is_ascii_digit())
        .next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_told_from_the_name() {
        use BrowserProfile::{Chromium, Firefox, WebKit};
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                Some((Chromium, Some(156))),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
                Some((Chromium, Some(156))),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                Some((Chromium, Some(140))),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
                Some((Firefox, Some(153))),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
                Some((WebKit, Some(17))),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0 Mobile/15E148 Safari/604.1",
                Some((WebKit, None)),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/120.0 Mobile Safari/604.1",
                Some((WebKit, None)),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0 Safari/537.36 Edge/17.17134",
                None,
            ),
            ("curl/8.5.0", None),
            ("", None),
            ("Chrome/99999999", Some((Chromium, None))),
        ] {
            assert_eq!(profile(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn no_name_means_every_browser() {
        let browsers = Browsers::of(None);
        assert_eq!(browsers.named.len(), 3);
        assert_eq!(browsers.others().count(), 0);
    }

    #[test]
    fn an_old_version_is_held_against_its_own_rules_and_the_newest() {
        let old = Browsers::of(Some("AppleWebKit/605.1.15 Version/15.0 Safari/605.1.15"));
        assert_eq!(old.named.len(), 2);
        assert_eq!(old.others().count(), 2);
    }
}
